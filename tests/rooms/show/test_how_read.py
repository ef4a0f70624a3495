"""How a file was read is told in Chinese, whatever the format and the styles found."""

import csv
import gzip

import openpyxl
import pytest

from milepost.show.how_read import how_read
from small_registers import READING, Trial, write_records

COLUMNS = {"decimal", "point", "comma", "thousands", "in", "or", "separated", "sheet", "of", "rows", "left", "out"}


def read(tmp_path, path):
    trial = Trial(tmp_path)
    with trial.engine:
        return trial.check("reading", path).batch.receipt.how_read


def records(tmp_path, name="readings.csv"):
    register = Trial(tmp_path).zone.registers["small.reading"]
    return write_records(tmp_path / name, register, [READING, {**READING, "read_at": "2026-01-06 10:00"}])


def packed_in_utf16(tmp_path):
    text = records(tmp_path).read_text("utf-8").replace(",", "\t")
    path = tmp_path / "packed.txt.gz"
    path.write_bytes(gzip.compress(text.encode("utf-16")))
    return path


def excel(tmp_path):
    book = openpyxl.Workbook()
    with records(tmp_path).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            book.active.append(row)
    book.save(tmp_path / "readings.xlsx")
    return tmp_path / "readings.xlsx"


@pytest.mark.parametrize(
    ("made", "begins"),
    [
        (records, "CSV，UTF-8，以逗号分隔；"),
        (packed_in_utf16, "CSV，UTF-16，以制表符分隔，gzip 压缩；"),
        (excel, "Excel，第 1 张工作表（共 1 张）；"),
    ],
)
def test_no_english_word_is_left_but_names(tmp_path, made, begins):
    english = read(tmp_path, made(tmp_path))
    told = how_read(english, "zh")
    assert how_read(english, "en") == english
    assert told.startswith(begins)
    assert "index_kwh, energy_kwh 写作 小数点为句点" in told
    assert "read_at 写作 " in told
    assert not COLUMNS & set(told.replace("，", " ").replace("；", " ").split())


def test_every_piece_that_may_stand_in_a_receipt_is_told():
    assert how_read("CSV, GB18030, separated by bar; left out: a, b and 3 more", "zh") == (
        "CSV，GB18030，以竖线分隔；文件中没有的列：a, b 等，另有 3 列"
    )
    assert how_read("CSV, UTF-8 with a byte order mark, separated by semicolon; left out: a", "zh") == (
        "CSV，带字节顺序标记的 UTF-8，以分号分隔；文件中没有的列：a"
    )
    several = "JSON lines, UTF-8; decimal comma, thousands point or decimal comma, thousands space in x and 2 more"
    assert how_read(several, "zh") == (
        "JSON 行，UTF-8；x 等（另有 2 列）写作 小数点为逗号，千位以句点分隔或小数点为逗号，千位以空格分隔"
    )
    assert how_read("SQLite, table 1 of 2; several ways of writing in x", "zh") == (
        "SQLite，第 1 张表（共 2 张）；x 写作 多种写法"
    )
    assert how_read("Parquet, rows counted from 1", "zh") == "Parquet，行号从 1 起"
    assert how_read("e-invoice XML, 2 invoices, lines counted from 1", "zh") == "电子发票 XML，2 张发票，行号从 1 起"
    assert how_read("OCDS, releases of 3 processes merged, rows counted from 1", "zh") == (
        "OCDS，已合并 3 个采购过程的发布，行号从 1 起"
    )


def test_a_piece_that_is_no_message_stays_as_it_is():
    assert how_read("smoke signals; CSV, UTF-8, separated by tab", "zh") == "smoke signals；CSV，UTF-8，以制表符分隔"
