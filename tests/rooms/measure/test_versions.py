"""A new version is measured from the last one's cells and the rows that changed, and says the same as a full run."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from fakes.measuring import RowStore, zone
from milepost.engines.embedded import Engine
from milepost.measure.figures import Measure
from rooms.measure.test_figures import (
    FLOWS,
    LICENCES,
    METERS,
    OUTPUT,
    REPORTS,
    STOCKS,
    TODAY,
    made_licences,
    made_rows,
    reports,
)

HERE = zone([METERS, LICENCES, REPORTS], [*FLOWS, *STOCKS, OUTPUT])


def everything(store, is_kept):
    """All figures as written texts of their bits, and how the cells came."""
    with Engine() as engine:
        measure = Measure(engine, HERE, store, TODAY, is_kept=is_kept)
        names = [one for one in HERE.indicators if measure.version(measure._task(measure.inputs(one)[0]).register.id)]
        measure.prepare(names)
        found = []
        for name in names:
            for every in ("month", "quarter", "year", "to_date"):
                for by in ((), *((one,) for one in measure.dimensions(name))):
                    found += [(r.id, r.value.hex(), r.contributors, r.as_of) for r in measure.readings(name, every, by)]
        return found, set(measure.how.values())


def commit_something(store, chance):
    which = chance.randrange(4)
    if which == 0:
        rows = made_licences(chance.random(), chance.randrange(1, 9))
        known = {(row["licence"], row["start"]) for row in store.rows(LICENCES.id)}
        rows = [row for row in rows if (row["licence"], row["start"]) not in known]
        store.commit(LICENCES, rows)
    elif which == 1:
        held = store.rows(LICENCES.id)
        if held:
            row = dict(chance.choice(held))
            row |= {"until": chance.choice([None, row["start"] + timedelta(days=90)]), "holder": "h9"}
            store.commit(LICENCES, [row], "correct")
    elif which == 2:
        rows = made_rows(chance.random(), chance.randrange(1, 20))
        how = chance.choice(["append", "correct"])
        known = {(row["meter"], row["day"]) for row in store.rows(METERS.id)}
        rows = [row for row in rows if how == "correct" or (row["meter"], row["day"]) not in known]
        store.commit(METERS, rows, how)
    else:
        months = (f"2021-{chance.randrange(1, 13):02d}" for _ in range(5))
        rows = [(f"f{chance.randrange(3)}", month, chance.randrange(1000)) for month in months]
        store.commit(REPORTS, reports(*{row[:2]: row for row in rows}.values()), "correct")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_random_commits_and_corrections_are_measured_as_if_all_at_once(tmp_path, seed):
    chance = random.Random(seed)
    store = RowStore(tmp_path)
    store.commit(METERS, made_rows(seed, 200))
    store.commit(LICENCES, made_licences(seed, 60))
    seen = set()
    for _ in range(7):
        step, how = everything(store, is_kept=True)
        full, _ = everything(store, is_kept=False)
        assert step == full
        seen |= how
        for _ in range(chance.randrange(1, 3)):
            commit_something(store, chance)
    assert {"all rows", "added", "kept"} <= seen
    assert len(step) > 300


def test_a_run_repeated_is_the_same_to_the_last_bit_whatever_the_order_of_rows(tmp_path):
    first, second = RowStore(tmp_path), RowStore(tmp_path)
    rows = made_rows(11, 300)
    first.commit(METERS, rows)
    second.commit(METERS, list(reversed(rows)))
    one, other = everything(first, is_kept=False)[0], everything(second, is_kept=False)[0]
    assert one == other


def test_an_older_version_is_still_measured_as_it_was(tmp_path):
    store = RowStore(tmp_path)
    store.commit(METERS, made_rows(1, 100))
    before, _ = everything(store, is_kept=True)
    store.commit(METERS, [made_rows(2, 1)[0] | {"kwh": Decimal("1.5")}], "correct")
    everything(store, is_kept=True)
    with Engine() as engine:
        measure = Measure(engine, HERE, store, date(2020, 1, 1))
        again = measure.readings("made.energy", "month")
    assert [(r.id, r.value.hex()) for r in again] == [row[:2] for row in before if row[0] in {r.id for r in again}]


@pytest.mark.slow
def test_a_version_older_than_those_that_are_kept_is_measured_again_each_time(tmp_path):
    store = RowStore(tmp_path)
    store.commit(METERS, made_rows(1, 100))
    before, _ = everything(store, is_kept=False)
    for seed in (2, 3, 4):
        store.commit(METERS, [made_rows(seed, 1)[0] | {"kwh": Decimal("1.5")}], "correct")
        newest, _ = everything(store, is_kept=True)
    for _ in range(2):
        with Engine() as engine:
            measure = Measure(engine, HERE, store, date(2020, 1, 1))
            measure.prepare(one for one in HERE.indicators if measure.version(HERE.indicators[one].register or ""))
            again = measure.readings("made.energy", "month")
        assert set(measure.how.values()) == {"all rows"}
        assert [(r.id, r.value.hex()) for r in again] == [row[:2] for row in before if row[0] in {r.id for r in again}]
    assert everything(store, is_kept=True) == (newest, {"kept"})
