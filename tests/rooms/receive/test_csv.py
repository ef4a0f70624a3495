"""CSV files as people send them."""

import codecs
import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive.receive import content_hash, receive
from milepost.receive.waiting import neutral, restored
from small_zone import REGISTER, row, write

HEAD = ",".join(REGISTER.column_ids)
GOOD_LINE = ",".join(row()[column] for column in REGISTER.column_ids)


def received(path, columns="_line, value, note"):
    with Engine() as engine:
        batch = receive(engine, REGISTER, path, "somebody")
        return batch, engine.rows(f'select {columns} from "{batch.table}" order by _line')


def utf16(text):
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")


def refused(path):
    with Engine() as engine, pytest.raises(YoursToMend) as caught:
        receive(engine, REGISTER, path, "somebody")
    return caught.value.troubles


@pytest.mark.parametrize(
    ("encoding", "how"),
    [
        ("utf-8", "CSV, UTF-8,"),
        ("utf-8-sig", "UTF-8 with a byte order mark"),
        ("utf-16", "CSV, UTF-16,"),
        ("gb18030", "GB18030"),
    ],
)
def test_the_encoding_is_found_and_told(tmp_path, encoding, how):
    rows = [row(note="北京经济技术开发区，全年"), row(note="镕基"), row(note="plain")]
    batch, found = received(write(tmp_path / "f.csv", rows, encoding=encoding))
    assert how in batch.receipt.how_read
    assert [note for _, _, note in found] == ["北京经济技术开发区，全年", "镕基", "plain"]


@pytest.mark.parametrize(("separator", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_the_separator_is_found_and_told(tmp_path, separator, name):
    batch, found = received(write(tmp_path / "f.csv", [row(note="a, b; c")], separator=separator))
    assert name in batch.receipt.how_read
    assert found == [(2, "2456.41", "a, b; c")]


def test_a_row_keeps_the_line_it_begins_on(tmp_path):
    rows = [row(note="one\ntwo\r\nthree"), row(note="next")]
    path = write(tmp_path / "f.csv", rows)
    with path.open("ab") as file:
        file.write(b"\n,,,,,,,,,,\n" + GOOD_LINE.encode() + b"\n")
    _, found = received(path)
    assert [line for line, *_ in found] == [2, 5, 8]
    assert found[0][2] == "one\ntwo\r\nthree"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("order", ["le", "be"])
def test_unicode_text_of_excel_is_read_in_either_order_of_bytes(tmp_path, order, packed):
    written = write(tmp_path / "f.txt", [row(note="多行\n𠮷\tplain"), row(note="end")], separator="\t").read_bytes()
    content = codecs.BOM_UTF16_LE if order == "le" else codecs.BOM_UTF16_BE
    content += written.decode().encode(f"utf-16-{order}")
    (tmp_path / "f.txt").write_bytes(gzip.compress(content) if packed else content)
    batch, found = received(tmp_path / "f.txt")
    assert found == [(2, "2456.41", "多行\n𠮷\tplain"), (4, "2456.41", "end")]
    assert batch.receipt.how_read.startswith("CSV, UTF-16, separated by tab" + ", packed by gzip" * packed)


def test_heads_are_trimmed_and_may_stand_in_any_order(tmp_path):
    path = tmp_path / "f.csv"
    columns = list(REGISTER.column_ids)[::-1]
    cells = ",".join(row(note="n")[column] for column in columns)
    path.write_text(" , ".join(columns) + "\n" + cells + "\n")
    assert received(path)[1] == [(2, "2456.41", "n")]


def test_cells_are_not_mended(tmp_path):
    _, found = received(write(tmp_path / "f.csv", [row(value=" 1,081 ", note="'kept")]))
    assert found == [(2, " 1,081 ", "'kept")]


def test_a_ragged_row_keeps_every_cell(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(f'{HEAD}\n{GOOD_LINE},more,"and, more"\ngdp,BDA\n{GOOD_LINE},,\n')
    _, found = received(path, "_surplus, _beyond, indicator, period")
    assert found == [(2, 'more,"and, more"', "gdp", "2022"), (-9, "", "gdp", ""), (0, "", "gdp", "2022")]


def test_the_receipt_holds_the_hash_and_who(tmp_path):
    path = write(tmp_path / "f.csv", [row()])
    batch, _ = received(path)
    assert batch.receipt.content_hash == content_hash(path)
    assert (batch.receipt.received_by, batch.receipt.file, batch.count) == ("somebody", "f.csv", 1)
    assert batch.receipt.received_at.tzinfo is not None


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "R001", 0),
        (b"\n\n  \n", "R024", 3),
        (b"\n\n\n", "R001", 0),
        (HEAD.encode() + b"\n", "R001", 1),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "R002", 0),
        ((HEAD + "\n" + GOOD_LINE + "caf\xe9 cr\xe8me\n").encode("latin-1"), "R003", 0),
        ((HEAD + "\n").encode("utf-16"), "R001", 1),
        (f"{HEAD}\n{GOOD_LINE}\n".encode("utf-16-le"), "R003", 0),
        ("甲，乙\t丙\n".encode("utf-16-be"), "R003", 0),
        (utf16(f"{HEAD}\n{GOOD_LINE}\n")[:-1], "R003", 0),
        (utf16(f"{HEAD}\n") + b"\x00\xd8" + "\n".encode("utf-16-le"), "R003", 0),
        (utf16(f"{HEAD}\n\0"), "R002", 0),
        ((HEAD + "\n").encode("utf-32"), "R002", 0),
        (utf16("a" * 1_500_000), "R010", 1),
        (utf16(f"{HEAD}\n" + "x," * 700_000), "R010", 2),
        (utf16(f'{HEAD}\n{GOOD_LINE}\n"gdp,BDA\n'), "R011", 3),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 500, "R004", 0),
        (b"PK\x03\x04" + b"\0" * 100, "R004", 0),
        (b"a" * 1_500_000, "R010", 1),
        ((HEAD + "\n" + "x," * 700_000).encode(), "R010", 2),
        ((HEAD + '\n"gdp,BDA\n' + GOOD_LINE + "\n").encode(), "R011", 2),
        ((HEAD + "\n" + GOOD_LINE + "\n" + '"a"b,c\n').encode(), "R011", 3),
        ((HEAD + ",\n").replace("area,", "area,area,").encode(), "R021", 1),
        ((HEAD.replace("area", "aera") + "\n" + GOOD_LINE + "\n").encode(), "R022", 1),
        ((HEAD.replace(",note", "") + "\n").encode(), "R023", 1),
        ((HEAD.replace("area,", "area,,") + "\n").encode(), "R020", 1),
    ],
)
def test_what_is_no_table_of_the_register_is_refused(tmp_path, content, code, line):
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    troubles = refused(path)
    assert code in {trouble.code for trouble in troubles}
    assert {(trouble.place.file, trouble.place.line) for trouble in troubles} == {("f.csv", line)}
    assert all(trouble.mend for trouble in troubles)


def test_all_troubles_of_a_head_are_told_at_once_with_the_nearest_name(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(HEAD.replace("area", "aera").replace("note", "area_note").replace("unit", "value") + "\n1\n")
    told = refused(path)
    assert sorted(trouble.code for trouble in told) == ["R021", "R022", "R022", "R023"]
    assert any("did you mean area" in trouble.mend for trouble in told)
    assert "aera" not in "".join(map(str, told)), "a head may be data where the head is missing"


def test_a_missing_file_is_named_without_its_folders(tmp_path):
    with pytest.raises(YoursToMend) as caught:
        content_hash(tmp_path / "secret" / "f.csv")
    assert "R000" in str(caught.value)
    assert "secret" not in str(caught.value)
    with pytest.raises(YoursToMend, match="R000"):
        content_hash(tmp_path)


@given(st.text(min_size=0, max_size=20))
def test_a_neutral_cell_never_starts_a_formula_and_comes_back(cell):
    assert restored(neutral(cell)) == cell
    assert neutral(cell)[:1] not in set("=@\t\r")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), min_size=1, max_size=6
    )
)
def test_any_text_comes_through_whole(tmp_path, notes):
    _, found = received(write(tmp_path / "any.csv", [row(note=note) for note in notes]))
    assert [note for _, _, note in found] == notes
