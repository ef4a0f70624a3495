"""A register leaves with its declaration, and what left comes in again as it was."""

import dataclasses
import io
import json
import shutil
import zipfile
from datetime import date

import pytest
import yaml
from openpyxl import load_workbook

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.registers.register import read_registers
from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.exchange.register_copy import cell_text, copy_register, declaration_text
from milepost.show.intake import take_in
from small_registers import records_zone, write_records

TODAY = date(2026, 3, 31)
EVIL = ["=1+1", "+441234", "-3 apples", "@cmd", "'=quoted", "\ttab", "plain", "'plain"]


def public(zone):
    """The zone with all its registers public."""
    registers = {key: dataclasses.replace(one, is_public=True) for key, one in zone.registers.items()}
    return dataclasses.replace(zone, registers=registers)


@pytest.fixture
def zone(tmp_path):
    return public(records_zone(tmp_path))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def kept(zone, store, register, number=None):
    with Engine() as engine:
        view = store.view(engine, zone.registers[register], number)
        names = ", ".join(f'"{name}"' for name in zone.registers[register].column_ids)
        return sorted(engine.rows(f'select {names} from "{view}"'), key=repr)


def nowhere(column):
    return dataclasses.replace(column, place=None, written=dataclasses.replace(column.written, place=None))


def taken(zone, store, name, rows, tmp_path, file="in.csv"):
    path = write_records(tmp_path / file, zone.registers[name], rows)
    intake = take_in(zone, store, path, name, TODAY, "somebody")
    assert intake.refused == 0
    return intake


NOTES = [
    {"on_day": "31/12/2024", "amount": "1.234,50", "in_thousands": "12", "words": "=1+1"},
    {"on_day": "n/a", "amount": "-0,07", "in_thousands": "0.5", "words": "-3 apples"},
    *({"words": word} for word in EVIL[1:]),
]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_leaves_comes_in_again_unchanged_whatever_its_cells_begin_with(zone, store, tmp_path, form):
    taken(zone, store, "small.note", NOTES, tmp_path)
    done = copy_register(zone, store, zone.registers["small.note"], tmp_path / "out", form)
    assert done.count == len(NOTES)
    again = Store(tmp_path / "again")
    intake = take_in(zone, again, tmp_path / f"out/small.note.{form}", "small.note", TODAY, "somebody else")
    assert (intake.accepted, intake.refused) == (len(NOTES), 0)
    assert kept(zone, again, "small.note") == kept(zone, store, "small.note")


def test_no_cell_that_leaves_is_a_formula(zone, store, tmp_path):
    taken(zone, store, "small.note", NOTES, tmp_path)
    copy_register(zone, store, zone.registers["small.note"], tmp_path / "out")
    copy_register(zone, store, zone.registers["small.note"], tmp_path / "out", "xlsx")
    text = (tmp_path / "out/small.note.csv").read_text("utf-8-sig")
    cells = [cell.strip('"') for line in text.splitlines()[1:] for cell in line.split(",")]
    assert not [cell for cell in cells if cell[:1] in "=@\t" and cell]
    sheet = load_workbook(tmp_path / "out/small.note.xlsx").worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_kept_row_is_a_row_kept_already_when_it_comes_back(zone, store, tmp_path):
    meters = [{"meter_code": f"M{n}", "site_code": f"S{n}", "valid_from": "2020-01-01"} for n in range(3)]
    taken(zone, store, "small.meter", meters, tmp_path)
    copy_register(zone, store, zone.registers["small.meter"], tmp_path / "out")
    back = take_in(zone, store, tmp_path / "out/small.meter.csv", "small.meter", TODAY, "somebody")
    assert (back.accepted, back.already_kept, back.refused) == (0, 3, 0)


def test_parquet_keeps_the_types(zone, store, tmp_path):
    import pyarrow.parquet as pq

    taken(zone, store, "small.note", NOTES, tmp_path)
    copy_register(zone, store, zone.registers["small.note"], tmp_path / "out", "parquet")
    table = pq.read_table(tmp_path / "out/small.note.parquet")
    assert [str(field.type) for field in table.schema] == [
        "date32[day]",
        "decimal128(18, 2)",
        "decimal128(18, 2)",
        "string",
    ]
    assert table["words"].to_pylist() == [row["words"] for row in NOTES]


def test_the_declaration_that_leaves_declares_the_same_register(zone, tmp_path):
    for name, register in zone.registers.items():
        path = tmp_path / "again.yaml"
        path.write_text(declaration_text(register), encoding="utf-8")
        troubles: list = []
        found = read_registers("small", {path: "again.yaml"}, troubles)[name]
        assert not troubles
        assert [nowhere(column) for column in found.columns] == [nowhere(column) for column in register.columns]
        assert (found.key, found.is_public, found.happened) == (register.key, register.is_public, register.happened)
        assert [yaml.safe_dump(str(rule.holds)) for rule in found.rules] == [
            yaml.safe_dump(str(rule.holds)) for rule in register.rules
        ]


def test_the_version_that_leaves_says_where_its_rows_came_from_and_not_who_sent_them(zone, store, tmp_path):
    meters = [{"meter_code": f"M{n}", "site_code": f"S{n}", "valid_from": "2020-01-01"} for n in range(3)]
    first = taken(zone, store, "small.meter", meters[:2], tmp_path)
    taken(zone, store, "small.meter", meters[2:], tmp_path, "second.csv")
    register = zone.registers["small.meter"]
    done = copy_register(zone, store, register, tmp_path / "out.zip", number=first.version.number)
    assert done.count == 2
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert set(packed.namelist()) == {"small.meter.csv", "register.yaml", "version.json", "codes/industries.csv"}
        told = json.loads(packed.read("version.json"))
        assert "somebody" not in packed.read("version.json").decode()
        assert len(packed.read("small.meter.csv").decode("utf-8-sig").splitlines()) == 3
    assert (told["version"], told["count"], len(told["versions"])) == (first.version.number, 2, 1)
    assert told["versions"][0]["content_sha256"] == first.content_hash


def test_corrected_rows_leave_as_they_stand(zone, store, tmp_path):
    meters = [{"meter_code": "M1", "site_code": "S1", "valid_from": "2020-01-01"}]
    taken(zone, store, "small.meter", meters, tmp_path)
    path = write_records(tmp_path / "c.csv", zone.registers["small.meter"], [meters[0] | {"site_code": "S9"}])
    take_in(zone, store, path, "small.meter", TODAY, "somebody", change="correct")
    copy_register(zone, store, zone.registers["small.meter"], tmp_path / "out")
    text = (tmp_path / "out/small.meter.csv").read_text("utf-8-sig")
    assert "S9" in text and "S1" not in text


def test_rows_of_single_persons_or_firms_do_not_leave(zone, store, tmp_path):
    private = dataclasses.replace(zone.registers["small.meter"], is_public=False)
    with pytest.raises(YoursToMend, match="S107"):
        copy_register(zone, store, private, tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_a_version_that_is_not_there_is_told(zone, store, tmp_path):
    with pytest.raises(YoursToMend, match="K004"):
        copy_register(zone, store, zone.registers["small.note"], tmp_path / "out")
    taken(zone, store, "small.note", NOTES[:1], tmp_path)
    with pytest.raises(YoursToMend, match="K004"):
        copy_register(zone, store, zone.registers["small.note"], tmp_path / "out", number=7)


def test_the_command_line_lets_out_what_the_zone_says_is_public_and_nothing_else(tmp_path, repository, capsys):
    folder = tmp_path / "steel_works"
    shutil.copytree(repository / "examples/steel_works", folder, ignore=shutil.ignore_patterns("data"))
    assert main(["walk", str(folder), "--json"]) == 0
    capsys.readouterr()
    assert main(["export", str(folder), str(tmp_path / "o.zip"), "--register", "carbon.meter"]) == 1
    assert "S107" in capsys.readouterr().err
    assert main(["export", str(folder), str(tmp_path / "o.zip"), "--register", "carbon.bought_energy", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["count"] >= 1 and "register.yaml" in told["files"]
    with zipfile.ZipFile(io.BytesIO((tmp_path / "o.zip").read_bytes())) as packed:
        declared = yaml.safe_load(packed.read("register.yaml"))
    assert list(declared) == ["bought_energy"]
    assert main(["export", str(folder), str(tmp_path / "o"), "--register", "bought_energy", "--as", "sdmx-csv"]) == 1
    assert "S108" in capsys.readouterr().err


def test_values_are_written_as_their_column_says_and_read_as_themselves(zone):
    from decimal import Decimal

    note = zone.registers["small.note"]
    assert cell_text(note.column("amount"), Decimal("1234.50")) == "1234,5"
    assert cell_text(note.column("in_thousands"), Decimal("500.00")) == "0.5"
    assert cell_text(note.column("on_day"), date(2024, 12, 31)) == "31/12/2024"


def test_an_export_of_a_wing_register_fits_a_zone_of_its_own(tmp_path, repository):
    """What left can be declared elsewhere: its declaration is a file of registers, its codes lie beside it."""
    register = open_zone(repository / "examples/eu_ets").registers["eu_ets.verified_emission"]
    (tmp_path / "registers.yaml").write_text(declaration_text(register), encoding="utf-8")
    troubles: list = []
    found = read_registers("other", {tmp_path / "registers.yaml": "registers.yaml"}, troubles)
    assert not troubles and list(found) == ["other.verified_emission"]
