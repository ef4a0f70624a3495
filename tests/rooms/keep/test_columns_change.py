"""A register gets a column that may be empty, and what was kept before reads on; any other change is told."""

import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from test_kept_units import RETURNS, STATE_TYPES, STATES, TYPES, keep, month, named, standing

from milepost.basics.errors import TryAgain, YoursToMend
from milepost.engines import delta
from milepost.engines.embedded import Engine
from milepost.keep.columns import CHANGE, HELD, schema
from milepost.keep.history import difference, history
from milepost.keep.store import Store
from milepost.registers.register import Column

NOTE = Column("note", named("note"), "moment", may_be_empty=True)
# The new column stands before others in the declaration: files are told apart by their columns' names.
WIDER = dataclasses.replace(RETURNS, columns=(*RETURNS.columns[:3], NOTE, *RETURNS.columns[3:]))
WIDER_TYPES = {**TYPES, "note": "timestamp"}
NOTED = datetime(2024, 5, 1, 12)
TOLD = "firm, month, output, note"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def with_note(number, value, firm="A", note=NOTED):
    return (*month(number, value, firm), note)


def keep_wider(store, rows, change="add"):
    return keep(store, rows, change, WIDER, WIDER_TYPES)


def refused(store, register):
    with Engine(threads=1) as engine, pytest.raises(YoursToMend) as caught:
        store.view(engine, register)
    assert {trouble.code for trouble in caught.value.troubles} == {"K005"}
    return " ".join(map(str, caught.value.troubles))


def test_older_rows_read_as_empty_in_a_new_column_and_newer_ones_as_written(store):
    keep(store, [month(1, "1.5"), month(2, "2.5")])
    assert standing(store, None, WIDER, TOLD) == [
        ("A", date(2024, 1, 1), Decimal("1.50"), None),
        ("A", date(2024, 2, 1), Decimal("2.50"), None),
    ], "before anything is kept with the column"
    version = keep_wider(store, [with_note(3, "3.5")])
    assert version.count == 3
    assert [row[2:] for row in standing(store, None, WIDER, TOLD)] == [
        (Decimal("1.50"), None),
        (Decimal("2.50"), None),
        (Decimal("3.50"), NOTED),
    ]
    assert [row[2:] for row in standing(store, 1, WIDER, TOLD)] == [(Decimal("1.50"), None), (Decimal("2.50"), None)]
    assert [one.added for one in store.versions(RETURNS.id)] == [2, 1], "what widens the table is no delivery"


def test_a_correction_a_closing_and_a_history_go_across_the_change(store):
    keep(store, [month(1, "1"), month(2, "2"), month(3, "3")])
    first = store.newest(RETURNS.id)
    with Engine(threads=1) as engine:
        assert len(history(engine, store, RETURNS, ("A", "2024-01-01"))) == 1, "an index is made before the change"
    keep_wider(store, [with_note(1, "10")], "correct")
    last = keep_wider(store, [with_note(2, "2")], "close").number
    assert [row[1:] for row in standing(store, None, WIDER, TOLD)] == [
        (date(2024, 1, 1), Decimal("10.00"), NOTED),
        (date(2024, 3, 1), Decimal("3.00"), None),
    ]
    with Engine(threads=1) as engine:
        told = [(one[CHANGE], one["output"], one["note"]) for one in history(engine, store, WIDER, ("A", "2024-01-01"))]
        found = difference(engine, store, WIDER, first, last)
        assert store.touched(engine, WIDER, last) == (date(2024, 2, 1), date(2024, 2, 1))
    assert told == [("add", Decimal("1.00"), None), ("correct", Decimal("10.00"), NOTED)]
    assert (found.added, found.corrected, found.gone) == (0, 1, 1)
    assert found.changed_cells == {"output": 1, "note": 1}


def test_files_are_gathered_across_the_change_and_nothing_of_a_column_is_lost(store):
    for number in range(1, 4):
        keep(store, [month(number, str(number))])
    for number in range(4, 7):
        keep_wider(store, [with_note(number, str(number))])
    delta.gather(store.table(RETURNS.id))
    assert len(delta.files(store.table(RETURNS.id))) == 1
    keep_wider(store, [with_note(7, "7")])
    assert [row[3] for row in standing(store, None, WIDER, TOLD)] == [None] * 3 + [NOTED] * 4
    assert [row[2] for row in standing(store, None, WIDER, TOLD)] == [Decimal(number) for number in range(1, 8)]


def without(register, *names):
    return pa.schema([field for field in schema(register) if field.name not in names])


def keep_as_before(store, rows):
    """Keep rows of the register of states as the program did before corrections came."""
    old, path = without(STATES, CHANGE, HELD), store.table(STATES.id)
    delta.create(path, old)
    place = {"_file": "a.csv", "_content_hash": "0" * 64, "_received_on": date(2024, 1, 1), "_version": 1}
    cells = [{**place, "_line": line, **row} for line, row in enumerate(rows, start=2)]
    parquet.write_table(pa.Table.from_pylist(cells, old), path / "1.parquet")
    told = {"file": "a.csv", "content_hash": "0" * 64, "received_at": datetime.now(UTC).isoformat(),
            "received_by": "somebody", "how_read": "CSV", "count": len(rows), "added": len(rows), "refused": 0,
            "warned": 0, "parent": 0}  # fmt: skip
    stats = {"numRecords": len(rows)}
    delta.attach(path, 0, old, path / "1.parquet", stats, {"milepost": json.dumps(told)}, "0" * 64)


def test_a_store_of_before_corrections_came_is_read_and_corrected(store):
    begun = date(2020, 1, 1)
    keep_as_before(store, [{"site": site, "owner": "old", "start": begun} for site in ("A", "B", "C")])
    keep(store, [("A", "new", begun, None)], "correct", STATES, STATE_TYPES)
    keep(store, [("B", "old", begun, None)], "close", STATES, STATE_TYPES)
    found = standing(store, None, STATES, f"site, owner, {HELD}")
    assert found == [("A", "new", None), ("C", "old", None)]
    assert len(standing(store, 1, STATES, "site")) == 3
    delta.gather(store.table(STATES.id))
    assert standing(store, None, STATES, f"site, owner, {HELD}") == found


def test_a_new_column_that_may_not_be_empty_or_is_of_the_key_is_told(store):
    keep(store, [month(1, "1")])
    needed = dataclasses.replace(NOTE, may_be_empty=False)
    told = refused(store, dataclasses.replace(RETURNS, columns=(*RETURNS.columns, needed)))
    assert "no column note, and it may not be empty. Let it be empty (may_be_empty: true)" in told
    keyed = dataclasses.replace(RETURNS, columns=(*RETURNS.columns, NOTE), key=("firm", "month", "note"))
    assert "no column note" in refused(store, keyed)


def test_a_column_that_was_taken_out_renamed_or_given_another_type_is_told(store):
    keep(store, [month(1, "1")])
    fewer = tuple(column for column in RETURNS.columns if column.id != "staff")
    assert "a column staff, which is not declared any more. Declare it again (" in refused(
        store, dataclasses.replace(RETURNS, columns=fewer)
    )
    renamed = Column("staffs", named("staff"), "whole", may_be_empty=True)
    told = refused(store, dataclasses.replace(RETURNS, columns=(*fewer, renamed)))
    assert "Declare it again where staffs stands now" in told
    for changed in (
        Column("staff", named("staff"), "text", may_be_empty=True),
        Column("staff", named("staff"), "number", places=2, may_be_empty=True),
    ):
        told = refused(store, dataclasses.replace(RETURNS, columns=(*fewer, changed)))
        assert "a column staff of another type than is declared. Declare its type and places as they were" in told


def test_of_two_that_widen_at_once_one_is_told_to_try_again(store):
    keep(store, [month(1, "1")])
    path, wider = store.table(RETURNS.id), schema(WIDER)
    assert delta.widen(path, 1, schema(RETURNS)) == 1, "nothing lacks, so that nothing is written"
    assert delta.widen(path, 1, wider) == 2
    with pytest.raises(TryAgain) as caught:
        delta.widen(
            path, 1, schema(dataclasses.replace(WIDER, columns=(*WIDER.columns, Column("x", NOTE.name, "text"))))
        )
    assert caught.value.troubles[0].code == "K002"
    assert delta.newest(path) == 2
