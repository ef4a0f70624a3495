"""What was kept of one key, and what is different between two versions, against the plain list of what was sent."""

import multiprocessing
import random
from datetime import date
from decimal import Decimal

import pytest
from test_kept_units import RETURNS, STATE_TYPES, STATES, keep

from milepost.basics.errors import TryAgain, YoursToMend
from milepost.basics.text import Text
from milepost.engines.embedded import Engine
from milepost.keep import history as history_module
from milepost.keep.history import difference, history
from milepost.keep.store import Store
from milepost.registers.register import Column, Register, Written

MONTHS = [date(2024, month, 1) for month in range(1, 13)]


def row(firm, month, output, staff=None):
    return (firm, month, Decimal(output), staff, None, None, None)


def told(store, key, register=RETURNS):
    with Engine(threads=1) as engine:
        return [(one["_version"], one["_change"], one["output"]) for one in history(engine, store, register, key)]


def different(store, since, until):
    with Engine(threads=1) as engine:
        return difference(engine, store, RETURNS, since, until)


def test_a_key_is_told_from_its_first_row_to_its_closing(tmp_path):
    store = Store(tmp_path)
    keep(store, [row("A", MONTHS[0], "1.00"), row("B", MONTHS[0], "2.00")])
    keep(store, [row("A", MONTHS[0], "1.50")], "correct")
    assert told(store, ("A", "2024-01-01")) == [(1, "add", Decimal("1.00")), (2, "correct", Decimal("1.50"))]
    keep(store, [row("A", MONTHS[0], "1.50")], "close")
    assert [change for _, change, _ in told(store, ("A", "2024-01-01"))] == ["add", "correct", "close"]
    assert told(store, ("C", "2024-01-01")) == told(store, ("A'; drop table x; --", "2024-01-01")) == []
    with pytest.raises(YoursToMend, match="the value of month cannot be read"):
        told(store, ("A", "no day"))


@pytest.mark.slow
def test_many_versions_are_found_through_few_files_and_an_index_that_was_lost_is_made_again(tmp_path):
    store, sent, chance = Store(tmp_path), {}, random.Random(5)
    for version in range(1, 61):
        firm, change = f"F{chance.randrange(9)}", "correct"
        if (firm, MONTHS[version % 12]) not in sent:
            change = "add"
        sent.setdefault((firm, MONTHS[version % 12]), []).append(Decimal(version))
        keep(store, [row(firm, MONTHS[version % 12], str(version))], change)
        if version % 3 == 0:
            told(store, (firm, "2024-01-01"))
    parts = list((tmp_path / history_module.INDEX / RETURNS.id).glob("*.parquet"))
    assert len(parts) <= 17
    for broken in (lambda: None, parts[0].unlink):
        broken()
        for (firm, month), outputs in sent.items():
            assert [output for _, _, output in told(store, (firm, month.isoformat()))] == outputs


@pytest.mark.slow
def test_files_are_gathered_and_every_version_stays_as_it_was(tmp_path):
    store = Store(tmp_path)
    for version in range(1, 61):
        keep(store, [row(f"F{version}", MONTHS[0], str(version))])
    numbers = [one.number for one in store.versions(RETURNS.id)]
    assert len(numbers) == 60 and [one.count for one in store.versions(RETURNS.id)] == list(range(1, 61))
    with Engine(threads=1) as engine:
        for count, number in enumerate(numbers, start=1):
            name = store.view(engine, RETURNS, number)
            assert engine.rows(f'select count(*), sum(output) from "{name}"') == [(count, count * (count + 1) // 2)]
    assert store.newest(RETURNS.id) > 60, "some versions only gathered files"


def test_a_difference_counts_rows_and_cells_and_names_the_keys(tmp_path):
    store = Store(tmp_path)
    keep(store, [row("A", MONTHS[0], "1.00", 5), row("B", MONTHS[0], "2.00", 6), row("C", MONTHS[0], "3.00", 7)])
    keep(store, [row("A", MONTHS[0], "1.50", 5), row("B", MONTHS[0], "2.00", None)], "correct")
    keep(store, [row("C", MONTHS[0], "3.00", 7)], "close")
    keep(store, [row("D", MONTHS[1], "4.00")])
    found = different(store, 1, 4)
    assert (found.added, found.corrected, found.gone) == (1, 2, 1)
    assert found.changed_cells == {"output": 1, "staff": 1}
    assert found.keys == {
        "added": [("D", "2024-02-01")],
        "corrected": [("A", "2024-01-01"), ("B", "2024-01-01")],
        "gone": [("C", "2024-01-01")],
    }
    assert different(store, 0, 4).added == 3 and different(store, 4, 4).document()["added"] == 0
    with pytest.raises(YoursToMend) as caught:
        different(store, 1, 9)
    assert caught.value.troubles[0].code == "K004"


def test_states_are_told_by_their_key_with_all_their_days(tmp_path):
    store = Store(tmp_path)
    days = [date(2024, 1, 1), date(2024, 6, 1)]
    keep(store, [("S1", "A", days[0], None), ("S2", "A", days[0], None)], register=STATES, types=STATE_TYPES)
    keep(store, [("S1", "B", days[1], None)], register=STATES, types=STATE_TYPES)
    with Engine(threads=1) as engine:
        found = history(engine, store, STATES, ("S1",))
    assert [(one["owner"], one["start"]) for one in found] == [("A", days[0]), ("B", days[1])]


def test_a_key_is_written_as_in_a_file_or_as_it_is_told(tmp_path):
    say, store = Text("w", "w"), Store(tmp_path)
    columns = (Column("depot", say, "text"), Column("month", say, "month"),
               Column("day", say, "date", written=Written(dates=("%d.%m.%Y",))))  # fmt: skip
    monthly = Register("z.monthly", say, say, columns, key=("depot", "month", "day"), happened="month")
    types = {"_line": "bigint", "depot": "varchar", "month": "date", "day": "date"}
    keep(store, [("A", date(2024, 4, 1), date(2024, 12, 31))], register=monthly, types=types)
    with Engine(threads=1) as engine:
        for month in ("2024-04", "2024-04-01"):
            for day in ("31.12.2024", "2024-12-31"):
                assert len(history(engine, store, monthly, ("A", month, day))) == 1
        assert not history(engine, store, monthly, ("A", "2024-05", "31.12.2024"))
        with pytest.raises(YoursToMend, match="the value of month, day cannot be read") as caught:
            history(engine, store, monthly, ("A", "april", "12/31"))
    assert caught.value.troubles[0].code == "K010"


def test_without_a_key_or_with_another_number_of_values_it_is_said_what_to_give(tmp_path):
    say = Text("w", "w")
    keyless = Register("z.notes", say, say, (Column("words", say, "text"),))
    with Engine(threads=1) as engine:
        for register, key in ((keyless, ("a",)), (RETURNS, ("A",))):
            with pytest.raises(YoursToMend) as caught:
                history(engine, Store(tmp_path), register, key)
            assert caught.value.troubles[0].code == "K010"
        with pytest.raises(YoursToMend):
            difference(engine, Store(tmp_path), keyless, 0, 0)


def _work(folder, worker):
    """Add rows of one's own, and correct each of them once; somebody else's commit in between is tried again."""
    store = Store(folder)
    for number in range(6):
        for change, output in (("add", "1.00"), ("correct", f"{worker}.50")):
            while True:
                try:
                    keep(store, [row(f"W{worker}", MONTHS[number], output)], change)
                    break
                except TryAgain:
                    continue


@pytest.mark.slow
def test_several_writers_add_and_correct_at_once_and_nothing_is_lost_or_doubled(tmp_path):
    keep(Store(tmp_path), [row("first", MONTHS[0], "0.00")])
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_work, args=(tmp_path, number)) for number in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(240)
    assert [one.exitcode for one in workers] == [0] * 4
    store = Store(tmp_path)
    with Engine(threads=1) as engine:
        found = engine.rows(
            f'select firm, count(*), min(output), max(output) from "{store.view(engine, RETURNS)}" group by 1'
        )
    assert sorted(found) == sorted(
        [("first", 1, Decimal("0.00"), Decimal("0.00"))]
        + [(f"W{n}", 6, Decimal(f"{n}.50"), Decimal(f"{n}.50")) for n in range(4)]
    )
    assert len(store.versions(RETURNS.id)) == 1 + 4 * 12 and store.versions(RETURNS.id)[-1].count == 25
