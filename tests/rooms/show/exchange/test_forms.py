"""Forms and made rows come from the declaration alone, and go back in through the front door."""

import csv
import io
import json
import shutil

import pytest
from openpyxl import load_workbook

from milepost.check.fault import faults_of
from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.exchange.form import Form, heads, write_form
from small_registers import records_zone

ENERGY = "carbon.bought_energy"


@pytest.fixture
def works(tmp_path, repository):
    folder = tmp_path / "steel_works"
    ignore = shutil.ignore_patterns("data", "records")
    shutil.copytree(repository / "examples/steel_works", folder, ignore=ignore)
    return folder


@pytest.fixture
def small(tmp_path):
    return records_zone(tmp_path)


def csv_rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def received(folder, register, file, capsys, sheet=()):
    """What the command line says of a file that is sent in."""
    capsys.readouterr()
    code = main(["receive", str(folder), register, str(file), "--json", *sheet])
    return code, json.loads(capsys.readouterr().out)["files"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", [None, "en", "zh"])
def test_a_form_filled_with_made_rows_is_received_without_a_fault(works, kind, language, tmp_path, capsys):
    seed = ["--rows", "15", "--seed", "5"]
    assert main(["sample", str(works), ENERGY, str(tmp_path / "made"), *seed]) == 0
    assert received(works, "carbon.site", tmp_path / "made/1_made_carbon.site.csv", capsys)[0] == 0
    form = tmp_path / f"form.{kind}"
    assert main(["form", str(works), ENERGY, str(form), *seed, *(["--language", language] if language else [])]) == 0
    code, (told,) = received(works, ENERGY, form, capsys)
    assert (code, told["accepted_count"], told["refused_count"], told["warned_count"]) == (0, 15, 0, 0)


def test_a_blank_form_has_the_heads_of_its_language_and_no_row(works, tmp_path):
    register = open_zone(works).registers["carbon.site"]
    for language, first in (("en", "name"), ("zh", "name")):
        main(["form", str(works), "carbon.site", str(tmp_path / "f.csv"), "--language", language])
        lines = list(csv.reader(io.StringIO((tmp_path / "f.csv").read_text("utf-8-sig"))))
        assert lines == [heads(register, language)] and first
    assert heads(register, "zh") != heads(register, "en")
    assert heads(register, None) == list(register.column_ids)


def test_a_name_that_two_columns_share_is_not_used_as_a_head(small):
    import dataclasses

    register = small.registers["small.control"]
    twin = dataclasses.replace(register.columns[1], name=register.columns[0].name)
    doubled = dataclasses.replace(register, columns=(register.columns[0], twin))
    assert heads(doubled, "en") == ["month", "total_cny"]


def test_excel_offers_codes_checks_numbers_and_days_and_marks_what_must_be_filled(works, tmp_path):
    main(["form", str(works), ENERGY, str(tmp_path / "f.xlsx"), "--language", "zh"])
    book = load_workbook(tmp_path / "f.xlsx")
    register = open_zone(works).registers[ENERGY]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == heads(register, "zh")
    fills = [sheet.cell(1, number).fill.fgColor.rgb for number in range(1, len(register.columns) + 1)]
    needed = {fill for fill, column in zip(fills, register.columns, strict=True) if not column.may_be_empty}
    free = {fill for fill, column in zip(fills, register.columns, strict=True) if column.may_be_empty}
    assert len(needed) == len(free) == 1 and needed != free
    checks = {str(one.sqref).split(":")[0]: one for one in sheet.data_validations.dataValidation}
    letters = {column.id: sheet.cell(2, number).coordinate for number, column in enumerate(register.columns, start=1)}
    assert checks[letters["kind"]].type == "list"
    assert checks[letters["period_from"]].type == "date"
    assert checks[letters["energy_kwh"]].type == "decimal"
    title, _, cells = checks[letters["kind"]].formula1.replace("$", "").rpartition("!")
    codes = [row[0].value for row in book[title.strip("'")][cells]]
    assert codes == list(register.column("kind").codes)


def test_excel_explains_every_column_and_every_rule(works, tmp_path):
    main(["form", str(works), ENERGY, str(tmp_path / "f.xlsx"), "--language", "en"])
    book = load_workbook(tmp_path / "f.xlsx")
    register = open_zone(works).registers[ENERGY]
    assert [row[0].value for row in book["Columns"].iter_rows(min_row=2)] == list(register.column_ids)
    told = {row[1].value for row in book["Rules"].iter_rows(min_row=2)}
    assert told == {fault.rule.says.en for fault in faults_of(register).values()}


def test_a_column_written_in_another_way_is_text_in_the_form_and_comes_back(small, tmp_path):
    register = small.registers["small.note"]
    row = {"on_day": "31/12/2024", "amount": "1.234,50", "in_thousands": "12", "words": "=1+1"}
    write_form(tmp_path / "note.xlsx", Form(register, {}, None, [row]), "xlsx")
    from milepost.engines.embedded import Engine
    from milepost.receive.receive import receive

    with Engine() as engine:
        batch = receive(engine, register, tmp_path / "note.xlsx", "somebody")
        names = ", ".join(f'"{name}"' for name in register.column_ids)
        assert engine.rows(f'select {names} from "{batch.table}"') == [tuple(row.values())]


def test_a_unit_is_told_as_the_cell_is_written(small):
    from milepost.show.exchange.described import unit_told
    from milepost.show.wording import Wording
    from registers_made import column

    say = Wording("en")
    assert unit_told(column("share", "number", unit="fraction"), say).startswith("a fraction")
    assert unit_told(column("sum", "number", unit="CNY_100m"), say) == "CNY_100m"
    assert unit_told(column("sum", "number", unit="CNY_100m"), Wording("zh")) == "亿元"


@pytest.mark.slow
def test_made_rows_are_the_same_for_one_seed_and_others_for_another(works, tmp_path):
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        main(["sample", str(works), "carbon.site", str(tmp_path / name), "--seed", seed, "--rows", "8"])
    one, same, other = ((tmp_path / name / "1_made_carbon.site.csv").read_bytes() for name in "abc")
    assert one == same != other


@pytest.mark.slow
def test_faulty_rows_are_refused_where_they_are_said_to_be(works, tmp_path, capsys):
    main(["sample", str(works), "carbon.site", str(tmp_path / "made"), "--faults", "--rows", "10"])
    expected = csv_rows(tmp_path / "made/2_faults_carbon.site_expected.csv")
    code, (told,) = received(works, "carbon.site", tmp_path / "made/2_faults_carbon.site.csv", capsys)
    assert code == 1 and len(expected) > 15
    rows = [*told["refusals"], *told["warnings"]]
    found = {(str(one["line"]), rule["code"]) for one in rows for rule in one["rules"]}
    assert {(one["line"], one["fault"].partition("/")[0]) for one in expected} <= found


def test_published_figures_are_not_made_up(works, tmp_path, capsys):
    assert main(["sample", str(works), "published_figures", str(tmp_path / "made")]) == 1
    assert "S109" in capsys.readouterr().err
    assert main(["form", str(works), "published_figures", str(tmp_path / "f.xlsx")]) == 0


def test_what_could_not_be_made_is_said(works, tmp_path, capsys):
    """No row is both below 1 and above 2, so none is made, and the rule is named."""
    declared = works / "registers.yaml"
    text = (
        declared.read_text("utf-8")
        + """
impossible:
  name: {en: Impossible, zh: 不可能}
  definition: {en: No row is good, zh: 没有合格的行}
  columns:
    - {id: size, type: number, name: {en: Size, zh: 大小}}
  rules:
    - id: size_is_small_and_large
      severity: block
      says: {en: A size is small and large, zh: 大小兼备}
      fault: {en: it is not, zh: 并非如此}
      mend: {en: Nothing helps, zh: 无法改正}
      holds: "size < 1 and size > 2"
"""
    )
    declared.write_text(text, encoding="utf-8")
    assert main(["sample", str(works), "impossible", str(tmp_path / "made"), "--rows", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["missing"] == 3
    assert told["unmet"] == [{"register": "steel_works.impossible", "rule": "C050/size_is_small_and_large"}]
