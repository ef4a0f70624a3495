"""Bad records beside their expected outcome: each trap is a file, or is made here where it is large; every word counts.

A file is named after its register: `reading-falls.csv` is taken in by `small.reading` of `small_registers`. To write an
outcome anew after a change that is meant: delete its .txt and run the test once.
"""

import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from milepost.basics.errors import MilepostError
from milepost.receive.receive import receive
from milepost.show.catalogue import check_zone
from small_registers import METER, Trial

HERE = Path(__file__).parent
ENDINGS = (".csv", ".jsonl", ".xlsx", ".xml", ".json", ".gz")
DECLARED = sorted(path.name for path in HERE.iterdir() if path.suffix == ".yaml")
STORED = sorted(path.name for path in HERE.iterdir() if path.suffix in ENDINGS)
ZONE = """
id: trap
name: {en: Trap, zh: 陷阱}
main_area: HERE
areas: [{id: HERE, name: {en: Here, zh: 此处}, kind: zone}]
"""
NOTE_HEAD = "on_day,amount,in_thousands,words\n"
SHEET = "xl/worksheets/sheet1.xml"


def an_endless_line() -> bytes:
    return (NOTE_HEAD + "31/12/2025,1,2," + "x" * 3_000_000).encode()


def an_endless_head() -> bytes:
    return b"on_day," + b"x" * 3_000_000


def an_open_quote() -> bytes:
    return (NOTE_HEAD + '31/12/2025,1,2,"' + "x,\n" * 400_000).encode()


def ten_thousand_columns() -> bytes:
    return (",".join(f"c{number}" for number in range(10_000)) + "\n").encode()


def a_gzip_bomb() -> bytes:
    return gzip.compress(NOTE_HEAD.encode() + b"0" * 300_000_000, 9)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["on_day", "amount", "in_thousands", "words"])
    sheet.append(["31/12/2025", 1, 2, "x"])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """The workbook with one of its parts replaced, or with one more."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
        if name not in old.namelist():
            new.writestr(name, content)
    return held.getvalue()


def a_zip_bomb() -> bytes:
    return with_part(SHEET, b"<worksheet>" + b" " * 320_000_000)


def laughs() -> str:
    return "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


def a_billion_laughs() -> bytes:
    sheet = '<worksheet><sheetData><row r="1"><c><v>&l9;</v></c></row></sheetData></worksheet>'
    return with_part(SHEET, f"<!DOCTYPE w [{laughs()}]>{sheet}".encode())


def an_external_entity() -> bytes:
    text = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData/></worksheet>'
    return with_part(SHEET, text.encode())


def an_entity_behind_a_long_comment() -> bytes:
    text = f"<!-- {'x' * 10_000} --><!DOCTYPE w [{laughs()}]><worksheet><sheetData/></worksheet>"
    return with_part(SHEET, text.encode())


def an_entity_in_utf16() -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [{laughs()}]><worksheet/>'
    return with_part("xl/sharedStrings.data", text.encode("utf-16"))


def a_damaged_workbook() -> bytes:
    """A download that went wrong in the middle of a part."""
    content = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        info = packed.getinfo(SHEET)
    begins = info.header_offset + 30 + len(SHEET)
    content[begins + 8 : begins + 40] = b"\xff" * 32
    return bytes(content)


def a_damaged_parquet() -> bytes:
    held = pa.BufferOutputStream()
    names = ("on_day", "amount", "in_thousands", "words")
    pq.write_table(pa.table({name: [f"{name} {n}" for n in range(500)] for name in names}), held, compression="gzip")
    content = bytearray(held.getvalue().to_pybytes())
    content[200:300] = b"\xff" * 100
    return bytes(content)


def a_path_out_of_the_zip() -> bytes:
    return with_part("../../../../tmp/out.txt", b"out")


def merged_heads() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.active.merge_cells("B1:C1")
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def an_invoice_that_laughs() -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE EInvoice [{laughs()}]><EInvoice>&l9;</EInvoice>'.encode()


def an_invoice_that_reads_a_file() -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE E [<!ENTITY x SYSTEM "file:///etc/passwd">]><EInvoice>&x;</EInvoice>'


def deep_json() -> bytes:
    return b'{"on_day": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"


def deep_ocds() -> bytes:
    return b'{"ocid": "a", "releases": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"


def huge_integers_in_json() -> bytes:
    return (
        json.dumps({"on_day": "31/12/2025", "in_thousands": "2", "words": "x"})[:-1].encode()
        + b', "amount": '
        + b"9" * 5000
        + b"}\n"
    )


MADE = {
    "note-endless_line.csv": an_endless_line,
    "note-endless_head.csv": an_endless_head,
    "note-open_quote.csv": an_open_quote,
    "note-ten_thousand_columns.csv": ten_thousand_columns,
    "note-gzip_bomb.csv.gz": a_gzip_bomb,
    "note-zip_bomb.xlsx": a_zip_bomb,
    "note-billion_laughs.xlsx": a_billion_laughs,
    "note-external_entity.xlsx": an_external_entity,
    "note-entity_behind_a_long_comment.xlsx": an_entity_behind_a_long_comment,
    "note-entity_in_utf16.xlsx": an_entity_in_utf16,
    "note-damaged.xlsx": a_damaged_workbook,
    "note-damaged.parquet": a_damaged_parquet,
    "note-path_out_of_the_zip.xlsx": a_path_out_of_the_zip,
    "note-merged_heads.xlsx": merged_heads,
    "note-billion_laughs.xml": an_invoice_that_laughs,
    "note-external_entity.xml": an_invoice_that_reads_a_file,
    "note-deep_json.jsonl": deep_json,
    "note-deep_ocds.json": deep_ocds,
    "note-huge_integers.jsonl": huge_integers_in_json,
}


def outcome(path: Path, folder: Path) -> str:
    trial = Trial(folder)
    try:
        trial.keep("meter", [METER])
        trial.keep("control", [{"month": "2026-01", "total_cny": "1000"}, {"month": "2026-02", "total_cny": "200"}])
        verdict = trial.check(path.name.partition("-")[0], path)
    except MilepostError as error:
        return f"refused as a whole\n{error}\n"
    finally:
        trial.engine.close()
    lines = [
        verdict.batch.receipt.how_read,
        f"{verdict.accepted_count} accepted ({verdict.warned_count} with a warning), {verdict.refused_count} refused",
    ]
    for title, told in (("refused", verdict.refusals), ("warning", verdict.warnings)):
        for each in told:
            for code, reason, mend in zip(each.rules, each.reasons, each.mends, strict=True):
                lines.append(f"{title}: line {each.line}: {code}: {reason}. {mend}.")
    for one in verdict.findings:
        lines.append(f"finding: {one.code} {one.subject} ({one.count}): {one.says.en}. {one.mend.en}.")
    return "\n".join(lines) + "\n"


def judged(name: str, found: str) -> None:
    expected = HERE / f"{name}.txt"
    if not expected.exists():
        expected.write_text(found, encoding="utf-8")
        pytest.fail(f"{expected.name} was missing and is now written: read it, then run again")
    assert found == expected.read_text("utf-8")


def test_there_are_traps_to_judge():
    assert len(STORED) >= 35
    assert len(MADE) >= 15


@pytest.mark.parametrize("name", [*STORED, *MADE])
def test_the_outcome_is_as_written(name, tmp_path):
    path = HERE / name
    if name in MADE:
        path = tmp_path / name
        path.write_bytes(MADE[name]())
    judged(name, outcome(path, tmp_path))


def aliases_that_explode() -> str:
    """Nine steps of ten aliases each: a thousand million words when written out."""
    steps = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    steps += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(steps) + "\n"


@pytest.mark.parametrize("name", [*DECLARED, "aliases_that_explode.yaml", "nested_too_deep.yaml"])
def test_a_declaration_that_means_harm_is_told(name, tmp_path):
    text = {"aliases_that_explode.yaml": aliases_that_explode(), "nested_too_deep.yaml": "a: " + "[" * 5000}
    (tmp_path / "zone.yaml").write_text(ZONE, "utf-8")
    (tmp_path / "registers.yaml").write_text(text.get(name) or (HERE / name).read_text("utf-8"), "utf-8")
    troubles = [str(trouble).replace(f"{tmp_path}/", "") for trouble in check_zone(tmp_path)]
    more = [f"and {len(troubles) - 9} more"] if len(troubles) > 9 else []
    judged(name, "\n".join([*troubles[:9], *more]) + "\n")


def test_a_file_with_a_path_for_a_name_stays_in_its_folder(tmp_path):
    from milepost.keep.files import arriving, safe_name
    from milepost.keep.store import Store

    trial = Trial(tmp_path)
    (tmp_path / "..").mkdir(exist_ok=True)
    for name in ("..%2f..%2fetc%2fpasswd.csv", "a\\..\\b.csv", "-rf.csv", "a\nb.csv", "ＣＯＮ.csv", "x" * 200 + ".csv"):
        path = tmp_path / name
        path.write_text(NOTE_HEAD + "31/12/2025,1,2,x\n", "utf-8")
        batch = receive(trial.engine, trial.zone.registers["small.note"], path, "somebody")
        with arriving(Store(tmp_path / "data"), path) as came:
            place = came.keep()
        assert place.parent == tmp_path / "data/01_received"
        assert "/" not in safe_name(name)
        assert "\n" not in batch.receipt.file
    trial.engine.close()
