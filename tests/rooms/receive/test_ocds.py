"""Open contracting releases: merging gives the record; columns of a register are paths of the standard."""

import json

import pytest

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive.ocds_file import compiled, merge
from milepost.receive.receive import receive
from registers_made import column, register

CONTRACTS = register(
    column("ocid"),
    column("contract", also_written=("contracts/id",)),
    column("value", "number", also_written=("contracts/value/amount",)),
    column("buyer", also_written=("buyer/name",)),
    column("roles", also_written=("tender/submissionMethod",)),
)


@pytest.fixture(scope="module")
def samples(shared):
    folder = shared / "data/ocds_samples/fictional-example/1.1"
    if not folder.is_dir():
        pytest.skip("the OCDS samples are not in the shared folder")
    return folder


def rows(path, wanted):
    with Engine() as engine:
        batch = receive(engine, wanted, path, "somebody")
        return batch, engine.rows(f'select * exclude (_surplus, _beyond) from "{batch.table}" order by _line')


def by_id(tree):
    """The same tree without the order of lists of objects."""
    if isinstance(tree, dict):
        return {name: by_id(value) for name, value in tree.items()}
    if isinstance(tree, list) and all(isinstance(one, dict) for one in tree):
        return sorted((by_id(one) for one in tree), key=lambda one: json.dumps(one, sort_keys=True))
    return tree


def test_merging_the_published_releases_gives_the_published_record(samples):
    package = json.loads((samples / "ocds-213czf-000-00001.json").read_text("utf-8"))
    record = json.loads((samples / "record/ocds-213czf-000-00001.json").read_text("utf-8"))
    expected = record["records"][0]["compiledRelease"]
    found = merge(package["releases"])
    assert found["ocid"] == expected["ocid"]
    differing = [name for name in expected if by_id(found.get(name)) != by_id(expected[name])]
    assert differing == []


def test_merging_agrees_with_the_reference_library(samples):
    library = pytest.importorskip("ocdsmerge", reason="ocdsmerge is not installed")
    package = json.loads((samples / "ocds-213czf-000-00001.json").read_text("utf-8"))
    lists = [("parties", "additionalIdentifiers"), ("tender", "items", "additionalClassifications")]
    rules = {**dict.fromkeys(lists, "wholeListMerge"), ("id",): "omitWhenMerged", ("date",): "omitWhenMerged"}
    releases = package["releases"]
    for last in range(1, len(releases) + 1):
        expected = library.Merger(merge_rules=rules).create_compiled_release(releases[:last])
        assert merge(releases[:last]) == expected


def test_a_later_release_speaks_and_null_takes_away():
    first = {
        "ocid": "o",
        "date": "2020-02",
        "tender": {"id": "1", "title": "old", "items": [{"id": 1, "n": 1}, {"id": 2}]},
    }
    earlier = {"ocid": "o", "date": "2020-01", "tender": {"id": "1", "title": "oldest", "status": "active"}}
    last = {"ocid": "o", "date": "2020-03", "tender": {"title": None, "items": [{"id": 1, "n": 2, "m": 3}, {"id": 3}]}}
    assert merge([first, last, earlier]) == {
        "tag": ["compiled"],
        "id": "o-2020-03",
        "date": "2020-03",
        "ocid": "o",
        "tender": {"id": "1", "status": "active", "items": [{"id": 1, "n": 2, "m": 3}, {"id": 2}, {"id": 3}]},
    }


def test_releases_and_record_give_the_same_rows(samples):
    batch, found = rows(samples / "ocds-213czf-000-00001.json", CONTRACTS)
    assert batch.receipt.how_read.startswith("OCDS, releases of 1 processes merged")
    contract = "ocds-213czf-000-00001-contract-01"
    submission = "electronicSubmission"
    assert found == [(1, "ocds-213czf-000-00001", contract, "11000000", "London Borough of Barnet", submission)]
    assert rows(samples / "record/ocds-213czf-000-00001.json", CONTRACTS)[1] == found


def test_a_register_without_a_list_has_a_row_for_each_process(samples):
    wanted = register(column("ocid"), column("amount", "number", also_written=("planning/budget/amount/amount",)))
    _, found = rows(samples / "ocds-213czf-000-00001.json", wanted)
    assert found == [(1, "ocds-213czf-000-00001", "6700000")]


def test_lists_beside_each_other_are_refused(samples):
    wanted = register(column("a", also_written=("awards/id",)), column("c", also_written=("contracts/id",)))
    with pytest.raises(YoursToMend, match="R036"):
        rows(samples / "ocds-213czf-000-00001.json", wanted)


@pytest.mark.parametrize("release", [{"id": "1"}, {"ocid": "o"}])
def test_a_release_that_cannot_be_merged_is_refused(tmp_path, release):
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"releases": [release, {"ocid": "o"}]}))
    with pytest.raises(YoursToMend, match="R036"):
        compiled(path, "f.json")
