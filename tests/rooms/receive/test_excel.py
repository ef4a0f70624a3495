"""Excel files: the text a person sees, merged cells refused by name, nothing run, no bomb unpacked."""

import random
import zipfile
from datetime import datetime

import openpyxl
import pytest

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive.excel_file import shown
from milepost.receive.receive import receive
from small_zone import REGISTER, row


def workbook(path, rows, arrange=lambda book, sheet: None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(REGISTER.column_ids))
    for each in rows:
        sheet.append([each[column] for column in REGISTER.column_ids])
    arrange(book, sheet)
    book.save(path)
    return path


def received(path, columns="_line, value, period, note", sheet=None):
    with Engine() as engine:
        batch = receive(engine, REGISTER, path, "somebody", sheet=sheet)
        return batch, engine.rows(f'select {columns} from "{batch.table}" order by _line')


def refused(path, sheet=None):
    with Engine() as engine, pytest.raises(YoursToMend) as caught:
        receive(engine, REGISTER, path, "somebody", sheet=sheet)
    return caught.value.troubles


def column_letter(column):
    return "ABCDEFGHIJK"[REGISTER.column_ids.index(column)]


def test_cells_become_the_text_a_person_sees(tmp_path):
    def arrange(_, sheet):
        sheet[f"{column_letter('value')}2"] = 2456.41
        sheet[f"{column_letter('period')}2"] = datetime(2020, 6, 1)
        sheet[f"{column_letter('period')}2"].number_format = "mmm-yy"
        sheet[f"{column_letter('value')}3"] = 12
        sheet[f"{column_letter('period')}3"] = 2022
        sheet[f"{column_letter('value')}5"] = 0.05
        sheet[f"{column_letter('value')}5"].number_format = "0.0%"

    path = workbook(tmp_path / "f.xlsx", [row(), row(note="二"), dict.fromkeys(REGISTER.column_ids), row()], arrange)
    batch, found = received(path)
    assert found == [(2, "2456.41", "2020-06", ""), (3, "12", "2022", "二"), (5, "5%", "2022", "")]
    assert batch.receipt.how_read == "Excel, sheet 1 of 1"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1e15, "General", "1000000000000000"),
        (1.5e-7, "General", "1.5e-07"),
        (-1.6, "0", "-1.6"),
        (0.1 + 0.2, "0.00", "0.3"),
        (True, "General", "TRUE"),
        (datetime(2025, 11, 30), "yyyy\\-mm\\-dd", "2025-11-30"),
        (datetime(2025, 11, 30), '[$-804]yyyy"年"m"月"', "2025-11"),
        (datetime(2025, 1, 1), "yyyy", "2025"),
        (datetime(2025, 1, 1, 8, 30), "h:mm", "2025-01-01 08:30:00"),
        ("#N/A", "General", "#N/A"),
        (None, "General", ""),
    ],
)
def test_a_cell_shows_as_its_format_says_with_all_digits(value, number_format, text):
    assert shown(value, number_format) == text


def test_the_first_visible_sheet_is_read_or_the_chosen_one(tmp_path):
    def arrange(book, sheet):
        sheet.sheet_state = "hidden"
        book.copy_worksheet(sheet).title = "shown"
        book["shown"].sheet_state = "visible"
        book["shown"][f"{column_letter('note')}2"] = "from shown"
        book.active = 1

    path = workbook(tmp_path / "f.xlsx", [row(note="from hidden")], arrange)
    batch, found = received(path)
    assert (found[0][3], batch.receipt.how_read) == ("from shown", "Excel, sheet 2 of 2")
    assert received(path, sheet="Sheet")[1][0][3] == "from hidden"
    assert "did you mean shown" in refused(path, sheet="showm")[0].mend
    assert refused(path, sheet="other")[0].code == "R005"


def test_merged_heads_are_refused_with_the_cells(tmp_path):
    path = workbook(tmp_path / "f.xlsx", [row()], lambda _, sheet: sheet.merge_cells("A1:B1"))
    (trouble,) = refused(path)
    assert trouble.code == "R006"
    assert "A1:B1" in trouble.what


def test_a_formula_is_not_run(tmp_path):
    def arrange(_, sheet):
        sheet[f"{column_letter('value')}2"] = "=1+1"

    (trouble,) = refused(workbook(tmp_path / "f.xlsx", [row()], arrange))
    assert trouble.code == "R007"
    assert f"{column_letter('value')}2" in trouble.what


def test_the_last_computed_value_of_a_formula_is_read(tmp_path):
    def arrange(_, sheet):
        sheet[f"{column_letter('value')}2"] = "=1+1"

    path = workbook(tmp_path / "f.xlsx", [row()], arrange)
    changed(path, "xl/worksheets/sheet1.xml", b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    assert received(path)[1][0][1] == "2"


def changed(path, part, before, after):
    with zipfile.ZipFile(path) as packed:
        # An empty element has two spellings, by whether the writing library found lxml on this machine.
        parts = {name: packed.read(name).replace(b"<v />", b"<v></v>") for name in packed.namelist()}
    assert before in parts[part]
    parts[part] = parts[part].replace(before, after, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = workbook(tmp_path / "f.xlsx", [row()])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet2.xml", b"0" * 20_000_000)
    (trouble,) = refused(path)
    assert trouble.code == "R004"
    assert "unpacks to 20 MB" in trouble.what


def test_xml_entities_are_refused(tmp_path):
    path = workbook(tmp_path / "f.xlsx", [row()])
    changed(path, "xl/worksheets/sheet1.xml", b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet')
    (trouble,) = refused(path)
    assert (trouble.code, trouble.place.line) == ("R033", 0)
    assert "part 4 of the workbook declares" in trouble.what


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_damaged_in_a_file_it_is_read_or_refused_calmly(tmp_path, seed):
    chance = random.Random(seed)
    content = bytearray(workbook(tmp_path / "f.xlsx", [row()]).read_bytes())
    for _ in range(chance.choice([1, 2, 8])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if seed % 5 == 0:
        del content[chance.randrange(len(content)) :]
    (tmp_path / "f.xlsx").write_bytes(content)
    try:
        received(tmp_path / "f.xlsx")
    except YoursToMend as error:
        assert {trouble.code[0] for trouble in error.troubles} == {"R"}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_file_is_refused(tmp_path, part):
    path = workbook(tmp_path / "f.xlsx", [row()])
    changed(path, part, b"</", b"<")
    assert refused(path)[0].code == "R004"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "hello")
    assert refused(path)[0].code == "R004"


def test_a_name_does_not_make_a_file_excel(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_text(",".join(REGISTER.column_ids) + "\n" + ",".join(row().values()) + "\n")
    assert "CSV" in received(path)[0].receipt.how_read
