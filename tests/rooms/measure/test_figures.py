"""Declared formulas over kept rows give readings: each kind of indicator against a plain answer in Python."""

import math
import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from fakes.measuring import RowStore, column, indicator, register, zone
from milepost.basics.area import Area
from milepost.basics.errors import YoursToMend
from milepost.basics.text import Text
from milepost.engines.embedded import Engine
from milepost.measure.figures import Measure, measured_readings
from milepost.measure.spell import begins, last_day, period
from milepost.registers.register import Valid

TODAY = date(2022, 12, 31)
SAY = Text("words", "词")
METERS = register(
    "made.reading",
    [
        column("meter"), column("day", "date"), column("kwh", "number", unit="kWh", places=3, may_be_empty=True),
        column("heat", "real", unit="kWh", may_be_empty=True), column("pieces", "whole", unit="count"),
        column("kind", "code", codes=("a", "b", "c"), may_be_empty=True), column("street", may_be_empty=True),
    ],
    key=("meter", "day"), happened="day",
)  # fmt: skip
AREAS = (Area("ZONE", SAY, inside=("CITY",)), Area("CITY", SAY), Area("NORTH", SAY, inside=("ZONE",), also_written=("north",)))
FLOWS = (
    indicator("made.energy", "flow", "sum(kwh)", "made.reading", "MWh", by=("kind",), contributor="meter"),
    indicator("made.heat", "flow", "sum(heat)", "made.reading", "kWh", by=("kind",)),
    indicator("made.rows", "flow", "count(*)", "made.reading", by=("kind", "street")),
    indicator("made.meters", "flow", "count(distinct meter)", "made.reading", by=("kind",), where="pieces > 3"),
    indicator("made.per_piece", "ratio", "sum(kwh) / sum(pieces)", "made.reading", "kWh / count", by=("kind",)),
    indicator("made.mean", "level", "mean(kwh)", "made.reading", "kWh", by=("kind",), contributor="meter"),
    indicator("made.middle", "level", "median(kwh)", "made.reading", "kWh"),
    indicator("made.high", "level", "quantile(heat, 0.9)", "made.reading", "kWh", by=("kind",)),
    indicator("made.most", "level", "max(kwh) - min(kwh)", "made.reading", "kWh", by=("kind",)),
    indicator("made.some", "flow", "sum(pieces) filter (where kind in ('a', 'b'))", "made.reading", by=("street",)),
    indicator("made.last", "level", "sum(pieces)", "made.reading", by=("kind",)),
    indicator("made.share", "ratio", "made.energy / made.heat", unit="percent"),
)  # fmt: skip


def made_rows(seed, count=120, first=date(2020, 11, 3), span=500):
    chance = random.Random(seed)
    found = {}
    for _ in range(count):
        day = first + timedelta(days=chance.randrange(span))
        meter = f"m{chance.randrange(6)}"
        found[meter, day] = {
            "meter": meter, "day": day, "kwh": chance.choice([None, Decimal(chance.randrange(-9999, 99999)) / 1000]),
            "heat": chance.choice([None, chance.randrange(1, 4000) / 8]), "pieces": chance.randrange(9),
            "kind": chance.choice(["a", "b", "c", None]), "street": chance.choice(["x", "y", "", None]),
        }  # fmt: skip
    return list(found.values())


def start_of(every, day):
    if every == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[every]
    return date(day.year, month, 1)


def quantile(values, level):
    values = sorted(values)
    at = level * (len(values) - 1)
    low, high = values[math.floor(at)], values[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


def filled(rows, name):
    return [row[name] for row in rows if row[name] is not None]


def total(rows, name):
    values = filled(rows, name)
    return sum(values) if values else None


def divided(over, under):
    return None if over is None or not under else float(over) / float(under)


def mean(rows):
    return divided(total(rows, "kwh"), len(filled(rows, "kwh")))


def last_pieces(rows, everyone):
    newest = max(row["day"] for row in everyone)
    rows = [row for row in rows if row["day"] == newest]
    return total(rows, "pieces") if rows else "no row"


PLAIN = {
    "made.energy": lambda rows, _: divided(total(rows, "kwh"), 1000),
    "made.heat": lambda rows, _: total(rows, "heat"),
    "made.rows": lambda rows, _: len(rows),
    "made.meters": lambda rows, _: len({row["meter"] for row in rows if row["pieces"] > 3}) or "no row",
    "made.per_piece": lambda rows, _: divided(total(rows, "kwh"), total(rows, "pieces")),
    "made.mean": lambda rows, _: mean(rows),
    "made.middle": lambda rows, _: quantile(list(map(float, filled(rows, "kwh"))), 0.5) if filled(rows, "kwh") else None,
    "made.high": lambda rows, _: quantile(filled(rows, "heat"), 0.9) if filled(rows, "heat") else None,
    "made.most": lambda rows, _: max(filled(rows, "kwh")) - min(filled(rows, "kwh")) if filled(rows, "kwh") else None,
    "made.some": lambda rows, _: total([row for row in rows if row["kind"] in ("a", "b")], "pieces"),
    "made.last": last_pieces,
    "made.share": lambda rows, _: (
        None if divided(total(rows, "kwh"), total(rows, "heat")) is None
        else divided(total(rows, "kwh"), total(rows, "heat")) * 100
    ),
}  # fmt: skip


def groups(rows, every, by):
    found = defaultdict(list)
    for row in rows:
        found[(start_of(every, row["day"]), *(row[name] or "" for name in by))].append(row)
    return found


def plain(name, rows, every, by):
    everyone = groups(rows, every, ())
    answers = {}
    for key, some in groups(rows, every, by).items():
        answer = PLAIN[name](some, everyone[key[:1]])
        if answer != "no row":
            answers[key] = answer
    return answers


def computed(measure, name, every, by):
    found = {}
    for reading in measure.readings(name, every, by):
        value = None if math.isnan(reading.value) else reading.value
        assert (value is None) == bool(reading.made.lacking)
        found[(reading.period.start, *(text for _, text in reading.made.dimensions))] = value
    return found


def agree(found, wanted):
    assert found.keys() == wanted.keys()
    for key, answer in wanted.items():
        if answer is None:
            assert found[key] is None, key
        else:
            assert found[key] == pytest.approx(float(answer), rel=1e-13, abs=1e-12), key


@pytest.mark.parametrize("seed", range(6))
def test_each_kind_of_total_is_what_plain_python_says(tmp_path, seed):
    rows = made_rows(seed, count=random.Random(seed).choice([1, 7, 120, 300]))
    store = RowStore(tmp_path)
    store.commit(METERS, rows)
    here = zone([METERS], FLOWS)
    with Engine() as engine:
        measure = Measure(engine, here, store, TODAY, is_kept=seed % 2 == 0)
        measure.prepare(PLAIN, by_day=seed % 3 == 0)
        judged = 0
        for name in PLAIN:
            ways = [(), *((one,) for one in measure.dimensions(name))]
            for every in ("month", "quarter", "year", *(["day"] if seed % 3 == 0 else [])):
                for by in ways:
                    agree(computed(measure, name, every, by), plain(name, rows, every, by))
                    judged += 1
    assert judged >= 60
