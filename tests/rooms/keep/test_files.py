"""Files beside the tables: copies under their hash, refused rows that can be mended and sent again."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.basics.errors import TryAgain
from milepost.keep.files import keep_received, safe_name
from milepost.keep.store import Store
from milepost.receive.receive import content_hash
from small_zone import REGISTER, row, write


@given(st.text(max_size=200))
def test_no_name_leads_out_of_its_folder(name):
    safe = safe_name(name)
    assert safe not in ("", ".", "..")
    assert not set(safe) & set('/\\\0\n:*?"<>|')
    assert not safe.startswith(".")
    assert len(f"{'0' * 64}_{safe}".encode()) <= 255 or len(safe) > 60


def test_a_received_file_is_kept_as_it_came(tmp_path):
    path = write(tmp_path / "f.csv", [row(note="一")], encoding="gb18030")
    digest = content_hash(path)
    copy = keep_received(Store(tmp_path / "data"), path, digest)
    assert copy.name == f"{digest}_f.csv"
    assert copy.read_bytes() == path.read_bytes()
    assert [entry.name for entry in copy.parent.iterdir()] == [copy.name]


def test_a_file_that_changes_while_it_is_copied_is_not_kept(tmp_path):
    path = write(tmp_path / "f.csv", [row()])
    with pytest.raises(TryAgain, match="K006"):
        keep_received(Store(tmp_path / "data"), path, "0" * 64)
    assert list((tmp_path / "data" / "01_received").iterdir()) == []


def test_the_refused_file_opens_in_a_spreadsheet_without_running(tmp_path):
    from rooms.show.test_intake import taken

    rows = [
        row(value="=1+1", note="@SUM(A1)", source_title="-2+3"),
        row(kind="growth_yoy_pct", unit="km", value="-1.6"),
    ]
    intake = taken(tmp_path, rows)
    text = intake.refused_file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    with intake.refused_file.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["value"], first["note"], first["source_title"]) == ("'=1+1", "'@SUM(A1)", "'-2+3")
    assert (second["value"], second["refused_line"], second["refused_rules"]) == ("-1.6", "3", "C013")
    assert list(first)[: len(REGISTER.columns)] == list(REGISTER.column_ids)
