"""Files beside the tables: copies under their hash, refused rows that can be mended and sent again."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.basics.errors import TryAgain, YoursToMend
from milepost.keep import files
from milepost.keep.files import arriving, safe_name, settled
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
    path, store = write(tmp_path / "f.csv", [row(note="一")], encoding="gb18030"), Store(tmp_path / "data")
    for _ in range(2):
        with arriving(store, path) as came:
            copy = came.keep()
        settled(copy)
        assert came.content_hash == content_hash(path)
        assert copy.name == f"{came.content_hash}_f.csv"
        assert copy.read_bytes() == path.read_bytes()
        assert [entry.name for entry in copy.parent.iterdir()] == [copy.name]


def test_nothing_stays_of_a_file_whose_copy_is_not_kept(tmp_path):
    path, store = write(tmp_path / "f.csv", [row()]), Store(tmp_path / "data")
    with arriving(store, path) as came:
        assert came.content_hash == content_hash(path)
    assert list((tmp_path / "data" / "01_received").iterdir()) == []


def test_a_copy_that_did_not_reach_the_disk_is_made_again(tmp_path):
    path, store = write(tmp_path / "f.csv", [row()]), Store(tmp_path / "data")
    with arriving(store, path) as came:
        copy = came.keep()
    copy.write_bytes(bytes(path.stat().st_size))
    with arriving(store, path) as came:
        assert came.keep().read_bytes() == path.read_bytes()


def test_a_file_that_changes_while_it_is_copied_is_not_kept(tmp_path, monkeypatch):
    path = write(tmp_path / "f.csv", [row()])
    copied = files._copied

    def growing(*asked):
        digest = copied(*asked)
        with path.open("a") as more:
            more.write("one more line")
        return digest

    monkeypatch.setattr(files, "_copied", growing)
    with pytest.raises(TryAgain, match="K006"), arriving(Store(tmp_path / "data"), path):
        pass
    assert list((tmp_path / "data" / "01_received").iterdir()) == []


def test_a_file_that_is_not_there_leaves_no_trace(tmp_path):
    with pytest.raises(YoursToMend, match="R000"), arriving(Store(tmp_path / "data"), tmp_path / "none.csv"):
        pass
    assert not (tmp_path / "data").exists()


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
