"""Registers are kept: versions with receipts, nothing twice, nothing overwritten."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from milepost.basics.errors import TryAgain, YoursToMend
from milepost.check.check import check
from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.receive.receive import receive
from small_zone import REGISTER, TODAY, row, small_zone, write


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def keep(store, path, parent="newest"):
    with Engine() as engine:
        batch = receive(engine, REGISTER, path, "somebody")
        newest = store.newest(REGISTER.id) if parent == "newest" else parent
        verdict = check(engine, small_zone(), REGISTER, batch, TODAY, store.view(engine, REGISTER))
        return store.commit(engine, REGISTER, verdict, newest)


def notes(store, version=None):
    with Engine() as engine:
        view = store.view(engine, REGISTER, version)
        return [note for (note,) in engine.rows(f'select note from "{view}" order by note')]


def test_a_version_holds_what_was_kept_until_then(store, tmp_path):
    first = keep(store, write(tmp_path / "a.csv", [row(note="a1"), row(note="a2")]))
    second = keep(store, write(tmp_path / "b.csv", [row(note="b"), row(value="x")]))
    assert (first.number, first.count, first.added, first.parent) == (1, 2, 2, None)
    assert (second.number, second.count, second.added, second.parent, second.refused) == (2, 3, 1, 1, 1)
    assert [notes(store, version) for version in (0, 1, 2)] == [[], ["a1", "a2"], ["a1", "a2", "b"]]
    assert store.versions(REGISTER.id) == [first, second]


def test_a_version_carries_the_receipt_of_its_file(store, tmp_path):
    path = write(tmp_path / "年报 a.csv", [row()])
    version = keep(store, path)
    assert (version.receipt.file, version.receipt.received_by) == ("年报 a.csv", "somebody")
    assert version.receipt.content_hash == version.content_hash
    assert store.version_of(REGISTER.id, version.content_hash) == version
    assert store.version_of(REGISTER.id, "0" * 64) is None


def test_a_kept_row_knows_its_file_line_and_version(store, tmp_path):
    version = keep(store, write(tmp_path / "a.csv", [row(value="x"), row()]))
    with Engine() as engine:
        view = store.view(engine, REGISTER)
        found = engine.rows(f'select _file, _line, _version, _content_hash, value from "{view}"')
    assert found == [("a.csv", 3, 1, version.content_hash, "2456.41")]


def test_a_check_against_an_older_version_cannot_be_kept(store, tmp_path):
    keep(store, write(tmp_path / "a.csv", [row(note="a")]))
    keep(store, write(tmp_path / "b.csv", [row(note="b")]))
    with pytest.raises(TryAgain, match="K002"):
        keep(store, write(tmp_path / "c.csv", [row(note="c")]), parent=1)
    assert notes(store) == ["a", "b"]


def test_nothing_kept_is_an_empty_register(store):
    assert (store.newest(REGISTER.id), store.versions(REGISTER.id), notes(store)) == (None, [], [])
    with pytest.raises(YoursToMend, match="K004"):
        notes(store, 1)


def test_a_folder_that_cannot_be_written_is_told_without_a_path(tmp_path):
    (tmp_path / "data").write_text("a file stands here")
    with pytest.raises(TryAgain, match="K001") as caught:
        keep(Store(tmp_path / "data"), write(tmp_path / "a.csv", [row()]))
    assert str(tmp_path) not in str(caught.value)


def test_several_readers_see_a_whole_version_while_rows_arrive(store, tmp_path):
    keep(store, write(tmp_path / "0.csv", [row(note=f"0{n}") for n in range(5)]))

    def write_more(number):
        keep(store, write(tmp_path / f"{number}.csv", [row(note=f"{number}{n}") for n in range(5)]))

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(lambda: [write_more(number) for number in range(1, 6)])
        seen = [len(notes(store)) for _ in range(10)]
        writing.result()
    assert all(count % 5 == 0 for count in seen)
    assert len(notes(store)) == 30
