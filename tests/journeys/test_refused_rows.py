"""Refused rows wait, are fetched, mended by a person and sent again: on the command line, by the programs they use."""

import csv
import io
import json
import shutil

import pytest
from openpyxl import Workbook

from milepost.show.command import main

REGISTER = "carbon.site"
WRONG = {2: ("valid_from", "2021-02-30"), 4: ("kind", "werk"), 5: ("holder_code", "91110000600037341N")}


@pytest.fixture
def zone(tmp_path, repository):
    folder = tmp_path / "steel_works"
    shutil.copytree(repository / "examples/steel_works", folder, ignore=shutil.ignore_patterns("data", "records"))
    return folder


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def as_excel(path, rows):
    """The file as a person would save it from Excel: every cell a text."""
    book = Workbook()
    sheet = book.active
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        sheet.append(row)
    for line in sheet.iter_rows():
        for cell in line:
            cell.data_type = "s"
    book.save(path)
    return path


def send(zone, file, capsys, *options):
    capsys.readouterr()
    code = main(["receive", str(zone), REGISTER, str(file), *options])
    return code, capsys.readouterr().out


@pytest.fixture
def sent(zone, tmp_path, capsys):
    """Eight good rows, of which three are spoilt and one has a name that a spreadsheet would run."""
    main(["sample", str(zone), REGISTER, str(tmp_path / "made"), "--rows", "8"])
    good = table(tmp_path / "made/1_made_carbon.site.csv")
    for row in good:
        row["parent_code"], row["kind"] = "", "site"
    good[2]["site_name"] = "=HYPERLINK(1)"
    spoilt = [dict(row) for row in good]
    for place, (name, cell) in WRONG.items():
        spoilt[place][name] = cell
    return good, write(tmp_path / "sites.csv", spoilt)


def test_the_verdict_names_lines_rules_and_mends_and_no_value(zone, sent, capsys):
    _, file = sent
    code, said = send(zone, file, capsys)
    assert code == 1
    assert "accepted 5, kept as version 1 (5 rows in all)" in said
    assert "refused 3, waiting with every reason in " in said
    for words in ("C025: valid_from: ", "line 4.", "C023: kind: ", "line 6.", "C028: holder_code: ", "line 7."):
        assert words in said
    assert not [cell for _, cell in WRONG.values() if cell in said]
    assert max(len(line) for line in said.splitlines()) < 400


def test_the_verdict_reads_in_chinese(zone, sent, capsys):
    _, said = send(zone, sent[1], capsys, "--language", "zh")
    for words in ("接受 5 行", "退回 3 行", "第4行", "单元格不是"):
        assert words in said


def test_the_waiting_rows_say_why_in_chinese_and_are_taken_when_they_are_mended(zone, sent, tmp_path, capsys):
    good, file = sent
    _, said = send(zone, file, capsys, "--json", "--language", "zh")
    (told,) = json.loads(said)["files"]
    waiting = table(zone.parent / told["waiting_in"])
    assert [(row["退回行号"], row["退回规则"]) for row in waiting] == [("4", "C025"), ("6", "C023"), ("7", "C028")]
    assert waiting[0]["退回原因"].startswith("valid_from: 单元格不是")
    assert all(row["改正办法"] and not row["改正办法"].isascii() for row in waiting)
    assert waiting[0]["site_name"] == "'=HYPERLINK(1)", "no spreadsheet runs it"
    _, said = send(zone, file, capsys, "--json")
    english = table(zone.parent / json.loads(said)["files"][0]["waiting_in"])
    assert [row["refused_reasons"].isascii() for row in english] == [True] * 3, "the known file in another language"
    for row, place in zip(waiting, WRONG, strict=True):
        row[WRONG[place][0]] = good[place][WRONG[place][0]]
    code, said = send(zone, write(tmp_path / "mended.csv", waiting), capsys, "--json", "--language", "zh")
    (again,) = json.loads(said)["files"]
    assert (code, again["accepted_count"], again["refused_count"]) == (0, 3, 0)
    _, said = send(zone, write(tmp_path / "whole.csv", good), capsys, "--json")
    assert json.loads(said)["files"][0]["already_kept_count"] == 8, "every cell came through unchanged"


@pytest.mark.parametrize("save", [write, as_excel])
def test_mended_rows_are_taken_and_every_row_is_kept_once_as_it_was_written(zone, sent, save, tmp_path, capsys):
    good, file = sent
    _, said = send(zone, file, capsys, "--json")
    (told,) = json.loads(said)["files"]
    waiting = table(zone.parent / told["waiting_in"])
    assert [row["refused_line"] for row in waiting] == ["4", "6", "7"]
    assert waiting[0]["site_name"] == "'=HYPERLINK(1)", "no spreadsheet runs it"
    for row, place in zip(waiting, WRONG, strict=True):
        name = WRONG[place][0]
        row[name] = good[place][name]
    ending = "xlsx" if save is as_excel else "csv"
    code, said = send(zone, save(tmp_path / f"mended.{ending}", waiting), capsys, "--json")
    (again,) = json.loads(said)["files"]
    assert (code, again["accepted_count"], again["refused_count"], again["version"]) == (0, 3, 0, 2)
    code, said = send(zone, write(tmp_path / "whole.csv", good), capsys, "--json")
    (whole,) = json.loads(said)["files"]
    assert (code, whole["accepted_count"], whole["already_kept_count"]) == (0, 0, 8), (
        "every cell came through unchanged"
    )


def test_half_mended_rows_wait_again_with_what_is_left(zone, sent, tmp_path, capsys):
    good, file = sent
    _, said = send(zone, file, capsys, "--json")
    waiting = table(zone.parent / json.loads(said)["files"][0]["waiting_in"])
    waiting[0]["valid_from"] = good[2]["valid_from"]
    code, said = send(zone, write(tmp_path / "half.csv", waiting), capsys, "--json")
    (told,) = json.loads(said)["files"]
    assert (code, told["accepted_count"], told["refused_count"]) == (1, 1, 2)
    left = table(zone.parent / told["waiting_in"])
    assert [row["refused_rules"] for row in left] == ["C023", "C028"]
