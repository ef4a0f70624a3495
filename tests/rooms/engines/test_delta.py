"""Delta tables: versions, receipts, one writer wins, and nothing is ever thrown away."""

import json
import uuid

import pyarrow as pa
import pytest

from milepost.basics.errors import TryAgain, YoursToMend
from milepost.engines import delta
from milepost.engines.embedded import Engine

SCHEMA = pa.schema([("n", pa.int64())])


def numbers(*values):
    return "select unnest([" + ", ".join(f"{value}::bigint" for value in values) + "]) as n"


def append(path, parent, query, metadata, name):
    file = path / f"{uuid.uuid4().hex}.parquet"
    with Engine() as engine:
        engine.write(query, file)
    stats = {"numRecords": 1, "minValues": {"n": parent}}
    return delta.attach(path, parent, SCHEMA, file, stats, metadata, name)


def kept(path, version=None):
    with Engine() as engine:
        engine.view_files("v", delta.files(path, version), ["n"])
        return [n for (n,) in engine.rows("select n from v order by n")]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "它 's a=b*?" / "t"
    delta.create(path, SCHEMA)
    append(path, 0, numbers(1, 2), {"who": "a"}, "first")
    append(path, 1, numbers(3), {"who": "b"}, "second")
    return path


def test_a_version_reads_as_it_was(table):
    assert [kept(table, version) for version in (0, 1, 2)] == [[], [1, 2], [1, 2, 3]]
    assert kept(table) == [1, 2, 3]


def test_a_commit_carries_its_receipt_and_is_found_by_its_name(table):
    assert [(c.version, c.metadata.get("who")) for c in delta.history(table)] == [(0, None), (1, "a"), (2, "b")]
    assert [c.version for c in delta.history(table, since=2)] == [2]
    assert (delta.version_of(table, "first"), delta.version_of(table, "never")) == (1, None)


def test_of_two_writers_with_the_same_parent_one_wins(table):
    with pytest.raises(TryAgain, match="K002"):
        append(table, 1, numbers(9), {}, "late")
    assert kept(table) == [1, 2, 3]


def test_a_version_that_is_not_there_is_named(table):
    with pytest.raises(YoursToMend, match=r"K004.*from 0 to 2"):
        delta.files(table, 3)


@pytest.mark.parametrize("name", ["50%", "a[1]", "a|b"])
def test_a_folder_the_format_cannot_address_is_refused(tmp_path, name):
    with pytest.raises(YoursToMend, match="K007"):
        delta.create(tmp_path / name, SCHEMA)


def test_the_files_of_a_commit_are_told_with_their_statistics(table):
    ((file, stats),) = delta.added(table, 2)
    assert (stats["numRecords"], stats["minValues"]) == (1, {"n": 1})
    with Engine() as engine:
        engine.view_files("one", [file], ["n"])
        assert engine.rows("select n from one") == [(3,)]


def test_no_table_is_no_version(tmp_path):
    assert delta.newest(tmp_path / "none") is None
    assert delta.history(tmp_path / "none") == []


def test_the_log_is_kept_for_good(table):
    settings = json.loads((table / "_delta_log" / f"{0:020d}.json").read_text().splitlines()[2])
    assert settings["metaData"]["configuration"]["delta.enableExpiredLogCleanup"] == "false"


@pytest.mark.slow
def test_names_and_receipts_outlive_a_checkpoint(table):
    for number in range(2, 105):
        append(table, number, numbers(number), {"who": str(number)}, f"n{number}")
    assert list((table / "_delta_log").glob("*.checkpoint.parquet"))
    assert delta.version_of(table, "first") == 1
    assert len(delta.history(table)) == 106
    assert kept(table, 1) == [1, 2]


def test_a_table_with_deletion_vectors_is_refused(table):
    protocol = {"minReaderVersion": 3, "minWriterVersion": 7}
    features = {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
    line = json.dumps({"protocol": {**protocol, **features}})
    (table / "_delta_log" / f"{3:020d}.json").write_text(line + "\n")
    with pytest.raises(YoursToMend, match="K003"):
        delta.files(table)
    with pytest.raises(YoursToMend, match="K003"):
        delta.files(table, 3)
