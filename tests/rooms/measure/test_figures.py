"""Declared formulas over kept rows give readings: each kind of indicator against a plain answer in Python."""

import math
import random
from collections import defaultdict
from dataclasses import replace
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
AREAS = (
    Area("ZONE", SAY, inside=("CITY",)),
    Area("CITY", SAY),
    Area("NORTH", SAY, inside=("ZONE",), also_written=("north",)),
)
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
    if not values:
        return None
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
    "made.middle": lambda rows, _: quantile(list(map(float, filled(rows, "kwh"))), 0.5),
    "made.high": lambda rows, _: quantile(filled(rows, "heat"), 0.9),
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
                    answered(measure, name, every, by, rows)
                    judged += 1
    assert judged >= 60


def responses(measure, name, every, by):
    return {
        (one.period.start, *(text for _, text in one.made.dimensions)): one.item_response
        for one in measure.readings(name, every, by)
    }


LACKING = dict.fromkeys(("made.energy", "made.per_piece", "made.mean", "made.middle", "made.most"), ("kwh",))
LACKING |= {"made.heat": ("heat",), "made.high": ("heat",), "made.share": ("kwh", "heat")}


def answered(measure, name, every, by, rows):
    """The share of rows with a filled cell, of the column that is filled least, is told with every figure."""
    wanted = {
        key: min([len(filled(some, column)) / len(some) for column in LACKING.get(name, ())], default=1)
        for key, some in groups(rows, every, by).items()
    }
    for key, response in responses(measure, name, every, by).items():
        assert response == wanted[key], (name, key)


def test_a_formula_of_many_sums_is_answered_at_once(tmp_path):
    names = [f"x{number}" for number in range(24)]
    wide = register(
        "made.wide",
        [column("firm"), column("day", "date"), *(column(n, "number", unit="yuan", may_be_empty=True) for n in names)],
        key=("firm", "day"), happened="day",
    )  # fmt: skip
    sums = " + ".join(f"sum({name}) filter (where firm <> 'f{n}')" for n, name in enumerate(names, start=100))
    whole = indicator("made.whole", "flow", sums, "made.wide", "yuan", contributor="firm")
    rows = [
        {"firm": f"f{n}", "day": date(2021, 5, 1), **{name: None if n < place else Decimal(1)
         for place, name in enumerate(names)}} for n in range(30)
    ]  # fmt: skip
    store = RowStore(tmp_path)
    store.commit(wide, rows)
    with Engine() as engine:
        (found,) = Measure(engine, zone([wide], [whole]), store, TODAY, is_kept=False).readings("made.whole", "year")
    assert (found.value, found.item_response) == (sum(30 - place for place in range(24)), 7 / 30)
    assert found.contributors == 7, "the fewest that stand behind one of the sums"


# --- what holds on a day ------------------------------------------------------------------------------------------

LICENCES = register(
    "made.licence",
    [
        column("licence"), column("holder"), column("start", "date"), column("until", "date", may_be_empty=True),
        column("area_m2", "number", unit="m2", places=2, may_be_empty=True), column("kind", "code", codes=("a", "b")),
    ],
    key=("licence", "start"), valid=Valid("start", "until"),
)  # fmt: skip
STOCKS = (
    indicator("made.licences", "stock", "count(*)", "made.licence", by=("kind",), contributor="holder"),
    indicator("made.floor", "stock", "sum(area_m2)", "made.licence", "m2", by=("kind",)),
    indicator("made.holders", "stock", "count(distinct holder)", "made.licence", by=("kind",), where="area_m2 > 50"),
    indicator("made.median", "level", "median(area_m2)", "made.licence", "m2"),
    indicator("made.largest", "stock", "max(area_m2)", "made.licence", "m2", by=("kind",)),
    indicator("made.issued", "flow", "count(*)", "made.licence", by=("kind",)),
    indicator("made.ever", "cumulative", "count(*)", "made.licence", by=("kind",), happened="start"),
)


def made_licences(seed, count=80):
    chance = random.Random(seed)
    found = {}
    for _ in range(count):
        start = date(2021, 1, 1) + timedelta(days=chance.randrange(500))
        until = chance.choice([None, start + timedelta(days=chance.randrange(-5, 400))])
        name = f"l{chance.randrange(25)}"
        found[name, start] = {
            "licence": name, "holder": f"h{chance.randrange(6)}", "start": start, "until": until,
            "area_m2": chance.choice([None, Decimal(chance.randrange(1, 10000)) / 100]), "kind": chance.choice("ab"),
        }  # fmt: skip
    return list(found.values())


def valid_on(rows, day):
    held = []
    for row in rows:
        later = [
            other["start"] for other in rows if other["licence"] == row["licence"] and other["start"] > row["start"]
        ]
        end = row["until"] or min(later, default=None)
        if row["start"] <= day and (end is None or day < end):
            held.append(row)
    return held


STOCK_PLAIN = {
    "made.licences": len,
    "made.floor": lambda rows: total(rows, "area_m2"),
    "made.holders": lambda rows: len({r["holder"] for r in rows if r["area_m2"] is not None and r["area_m2"] > 50}),
    "made.median": lambda rows: quantile([float(x) for x in filled(rows, "area_m2")], 0.5),
    "made.largest": lambda rows: max(filled(rows, "area_m2"), default=None),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_a_stock_is_what_is_valid_on_the_last_day(tmp_path, seed):
    rows = made_licences(seed, random.Random(seed).choice([1, 5, 80]))
    store = RowStore(tmp_path)
    store.commit(LICENCES, rows)
    judged = 0
    with Engine() as engine:
        measure = Measure(engine, zone([LICENCES], STOCKS), store, date(2022, 11, 15), is_kept=False)
        for name, answer in STOCK_PLAIN.items():
            for every in ("month", "quarter", "year"):
                for by in ((), *((one,) for one in measure.dimensions(name))):
                    for key, value in computed(measure, name, every, by).items():
                        day = last_day(every, key[0])
                        assert day <= date(2022, 11, 15)
                        told = dict(zip(by, key[1:], strict=True)).items()
                        here = [row for row in valid_on(rows, day) if all(row[b] == k for b, k in told)]
                        wanted = answer(here)
                        assert (value is None) == (wanted is None), (name, key)
                        assert value is None or value == pytest.approx(float(wanted), rel=1e-13)
                        judged += 1
                        lacks = name in ("made.floor", "made.median", "made.largest") and here
                        response = len(filled(here, "area_m2")) / len(here) if lacks else 1
                        assert responses(measure, name, every, by)[key] == response, (name, key)
        assert not measure.readings("made.licences", "to_date")
    assert judged > 20 or len(rows) < 10


def test_a_stock_goes_on_where_nothing_happens_and_a_count_falls_to_nothing(tmp_path):
    store = RowStore(tmp_path)
    row = {"licence": "l", "holder": "h", "kind": "a", "area_m2": Decimal("2.50")}
    store.commit(LICENCES, [{**row, "start": date(2021, 1, 31), "until": date(2021, 4, 30)}])
    with Engine() as engine:
        measure = Measure(engine, zone([LICENCES], STOCKS), store, date(2021, 6, 29))
        counted = {r.period.text: r.value for r in measure.readings("made.licences", "month")}
        floor = {r.period.text: r.value for r in measure.readings("made.floor", "month")}
    assert counted == {"2021-01": 1, "2021-02": 1, "2021-03": 1, "2021-04": 0, "2021-05": 0}
    assert floor == {"2021-01": 2.5, "2021-02": 2.5, "2021-03": 2.5}


def test_a_count_since_the_beginning_never_falls_and_a_flow_of_states_counts_their_starts(tmp_path):
    rows = made_licences(3)
    store = RowStore(tmp_path)
    store.commit(LICENCES, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([LICENCES], STOCKS), store, date(2022, 12, 31))
        ever = computed(measure, "made.ever", "month", ())
        issued = computed(measure, "made.issued", "month", ())
    assert list(ever.values()) == sorted(ever.values())
    for (start,), value in ever.items():
        assert value == sum(row["start"] <= last_day("month", start) for row in rows)
    assert sum(issued.values()) == len(rows)


# --- January to month ---------------------------------------------------------------------------------------------

REPORTS = register(
    "made.report",
    [column("firm"), column("month", "month"), column("output", "number", unit="yuan", places=2), column("kind")],
    key=("firm", "month"), happened="month",
)  # fmt: skip
OUTPUT = indicator("made.output", "cumulative", "sum(output)", "made.report", "yuan", by=("kind",), contributor="firm")


def reports(*rows):
    return [
        {"firm": f, "month": date.fromisoformat(f"{m}-01"), "output": Decimal(str(x)), "kind": "k"} for f, m, x in rows
    ]


def outputs(tmp_path, rows, every):
    store = RowStore(tmp_path)
    store.commit(REPORTS, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([REPORTS], [OUTPUT]), store, TODAY, is_kept=False)
        found = {
            r.period.text: None if math.isnan(r.value) else r.value for r in measure.readings("made.output", every)
        }
        divided_too = measure.readings("made.output", every, ["kind"])
    assert {r.period.text: None if math.isnan(r.value) else r.value for r in divided_too} == found
    return found


YEAR = [
    ("f", f"2021-{m:02d}", v) for m, v in ((2, 20), (3, 31), (4, 45), (5, 50), (6, 66), (9, 99), (10, 101), (12, 140))
]


def test_january_to_month_is_differenced_and_january_and_february_are_joint(tmp_path):
    found = outputs(tmp_path, reports(*YEAR), "month")
    assert found == {
        "2021-01..02": 20, "2021-03": 11, "2021-04": 14, "2021-05": 5, "2021-06": 16, "2021-07": None, "2021-09": None,
        "2021-10": 2, "2021-11": None, "2021-12": None,
    }  # fmt: skip
    assert outputs(tmp_path, reports(*YEAR), "quarter") == {"2021-Q1": 31, "2021-Q2": 35, "2021-Q3": 33, "2021-Q4": 41}
    assert outputs(tmp_path, reports(*YEAR), "year") == {"2021": 140}
    assert outputs(tmp_path, reports(*YEAR), "to_date")["2021-01..06"] == 66


def test_a_january_of_its_own_is_no_joint_month(tmp_path):
    found = outputs(tmp_path, reports(("f", "2021-01", 8), *YEAR[:2]), "month")
    assert found == {"2021-01": 8, "2021-02": 12, "2021-03": 11, "2021-04": None}


def test_a_firm_that_leaves_a_cell_empty_is_no_firm_that_fell_to_nought(tmp_path):
    """Of two months the one that is not filled makes the difference lacking; where neither is, it is told how many."""
    empty = replace(REPORTS, columns=tuple(replace(one, may_be_empty=one.id == "output") for one in REPORTS.columns))
    rows = reports(*YEAR[:5], *(("g", f"2021-{m:02d}", 9) for m in range(2, 7)))
    for row in rows:
        if row["firm"] == "g" and row["month"].month in (4, 5):
            row["output"] = None
    store = RowStore(tmp_path)
    store.commit(empty, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([empty], [OUTPUT]), store, TODAY, is_kept=False)
        found = {every: {
            r.period.text: (None if math.isnan(r.value) else r.value, r.item_response)
            for r in measure.readings("made.output", every)
        } for every in ("month", "quarter", "to_date")}  # fmt: skip
    assert found["month"] == {
        "2021-01..02": (29, 1), "2021-03": (11, 1), "2021-04": (None, 0.5), "2021-05": (5, 0.5), "2021-06": (None, 1),
        "2021-07": (None, 1),
    }  # fmt: skip
    assert found["quarter"] == {"2021-Q1": (40, 1), "2021-Q2": (35, 1), "2021-Q3": (None, 1)}
    assert found["to_date"]["2021-01..04"] == (45, 0.5)


def test_each_firm_is_differenced_before_firms_are_summed(tmp_path):
    """A firm that leaves a month out would make the others' difference wrong: the figure is lacking instead."""
    two = [("g", "2021-02", 5), ("g", "2021-03", 7), ("g", "2021-05", 9)]
    found = outputs(tmp_path, reports(*YEAR[:4], *two), "month")
    assert found == {"2021-01..02": 25, "2021-03": 13, "2021-04": None, "2021-05": None, "2021-06": None}
    assert outputs(tmp_path, reports(*YEAR[:4], *two), "to_date")["2021-01..05"] == 59


def test_correcting_an_early_month_never_disturbs_a_later_one(tmp_path):
    changed = [(f, m, v + 7 if m == "2021-03" else v) for f, m, v in YEAR]
    for every, hit in (
        ("to_date", {"2021-01..03"}),
        ("month", {"2021-03", "2021-04"}),
        ("quarter", {"2021-Q1", "2021-Q2"}),
    ):
        before, after = outputs(tmp_path, reports(*YEAR), every), outputs(tmp_path, reports(*changed), every)
        assert {key for key in before if before[key] != after[key]} == hit
    assert outputs(tmp_path, reports(*YEAR), "year") == outputs(tmp_path, reports(*changed), "year")


# --- areas, code lists, ratios --------------------------------------------------------------------------------------


def test_a_row_counts_for_its_area_and_for_those_around_it_up_to_the_main_area(tmp_path):
    rows = made_rows(1, 60)
    for number, row in enumerate(rows):
        row["street"] = ("north", "ZONE", "CITY", "elsewhere", None)[number % 5]
    one = indicator("made.rows", "flow", "count(*)", "made.reading", area_from="street")
    store = RowStore(tmp_path)
    store.commit(METERS, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([METERS], [one], AREAS), store, TODAY)
        sums = defaultdict(float)
        for reading in measure.readings("made.rows", "year"):
            sums[reading.area] += reading.value
    assert sums == {"NORTH": 12, "ZONE": 24, "CITY": 12}


def test_codes_are_rolled_up_to_the_level_that_is_asked(tmp_path):
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes/kinds.csv").write_text(
        "code,name_en,parent\na,A,top\nb,B,top\nc,C,other\ntop,T,\nother,O,\n", "utf-8"
    )
    kind = column("kind", "code", code_list="kinds", may_be_empty=True)
    columns = [kind if one.id == "kind" else one for one in METERS.columns]
    meters = register("made.reading", columns, key=METERS.key, happened="day")
    rows = made_rows(2)
    store = RowStore(tmp_path)
    store.commit(meters, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([meters], FLOWS, folder=tmp_path), store, TODAY)
        found = defaultdict(float)
        for reading in measure.readings("made.rows", "year", ["kind@1"]):
            found[reading.made.dimensions[0]] += reading.value
        with pytest.raises(YoursToMend, match="M005"):
            measure.readings("made.rows", "year", ["kind@3"])
        with pytest.raises(YoursToMend, match="M005"):
            measure.readings("made.rows", "year", ["street@1"])
        with pytest.raises(YoursToMend, match="M005"):
            measure.readings("made.energy", "year", ["street"])
    wanted = {
        ("kind@1", "top"): sum(r["kind"] in ("a", "b") for r in rows),
        ("kind@1", "other"): sum(r["kind"] == "c" for r in rows),
    }
    assert found == {**wanted, ("kind@1", ""): sum(r["kind"] is None for r in rows)}


def test_a_ratio_takes_its_denominator_in_another_area_where_that_is_declared(tmp_path):
    from milepost.registers.indicator import Ratio

    rows = made_rows(1, 60)
    for number, row in enumerate(rows):
        row["street"] = ("ZONE", "CITY")[number % 2]
    one = indicator("made.rows", "flow", "count(*)", "made.reading", area_from="street")
    share = indicator("made.of_city", "ratio", "made.rows / made.rows_of_city", unit="percent",
                      ratio=Ratio("made.rows", "made.rows_of_city", "CITY"))  # fmt: skip
    other = indicator("made.rows_of_city", "flow", "count(*)", "made.reading", area_from="street")
    store = RowStore(tmp_path)
    store.commit(METERS, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([METERS], [one, other, share], AREAS), store, TODAY)
        counts = {(r.area, r.period.text): r.value for r in measure.readings("made.rows", "year")}
        shares = {(r.area, r.period.text): r.value for r in measure.readings("made.of_city", "year")}
    for (area, year), value in shares.items():
        assert value == pytest.approx(100 * counts[area, year] / counts["CITY", year])
    assert len(shares) >= 4


def test_a_figure_lacking_inputs_lists_them_and_a_zero_denominator_gives_nothing(tmp_path):
    rows = [row | {"pieces": 0, "heat": None} for row in made_rows(4, 20)]
    store = RowStore(tmp_path)
    store.commit(METERS, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([METERS], FLOWS), store, TODAY)
        shares, ratios = measure.readings("made.share"), measure.readings("made.per_piece")
    assert shares and all(reading.made.lacking == ("made.heat",) for reading in shares)
    assert {name for reading in ratios for name in reading.made.lacking} == {"made.reading.kwh", "made.reading.pieces"}


def test_an_indicator_of_itself_is_refused(tmp_path):
    circle = [indicator("made.one", "ratio", "made.two / 2"), indicator("made.two", "ratio", "made.one / 2")]
    with Engine() as engine, pytest.raises(YoursToMend, match="M006"):
        Measure(engine, zone([METERS], circle), RowStore(tmp_path), TODAY).readings("made.one")


def test_a_name_that_is_not_computed_is_refused_with_the_nearest(tmp_path):
    with Engine() as engine, pytest.raises(YoursToMend, match=r"Did you mean made\.energy"):
        Measure(engine, zone([METERS], FLOWS), RowStore(tmp_path), TODAY).readings("made.enrgy")


def test_all_readings_of_a_zone_know_their_formula_and_versions(tmp_path):
    store = RowStore(tmp_path)
    store.commit(METERS, made_rows(5))
    store.commit(METERS, made_rows(6, first=date(2023, 1, 1)))
    with Engine() as engine:
        found = measured_readings(engine, zone([METERS, LICENCES], [*FLOWS, *STOCKS]), store, date(2020, 1, 1))
        later = measured_readings(engine, zone([METERS, LICENCES], [*FLOWS, *STOCKS]), store, date(2020, 1, 2))
    assert {reading.made.versions for reading in found} == {(("made.reading", 1),)}
    assert {reading.made.versions for reading in later} == {(("made.reading", 2),)}
    assert len({reading.id for reading in [*found, *later]}) == len(found) + len(later)
    assert all(len(reading.made.formula_hash) == 12 for reading in found)
    assert {reading.indicator for reading in found} == {one.id for one in FLOWS}


def test_a_period_that_rows_do_not_cover_says_so(tmp_path):
    store = RowStore(tmp_path)
    store.commit(METERS, [row for row in made_rows(7) if row["day"] < date(2021, 5, 20)])
    with Engine() as engine:
        measure = Measure(engine, zone([METERS], FLOWS), store, TODAY)
        as_of = {r.period.text: r.as_of for r in measure.readings("made.energy", "year")}
        months = {r.as_of for r in measure.readings("made.energy", "month")}
    assert as_of == {"2020": None, "2021": date(2021, 5, 31)}
    assert months == {None}


def test_year_to_date_adds_from_january_on(tmp_path):
    rows = made_rows(8)
    store = RowStore(tmp_path)
    store.commit(METERS, rows)
    with Engine() as engine:
        measure = Measure(engine, zone([METERS], FLOWS), store, TODAY)
        for name in ("made.rows", "made.meters", "made.per_piece", "made.middle", "made.share"):
            for reading in measure.readings(name, "to_date"):
                some = [row for row in rows if reading.period.start <= row["day"] <= reading.period.end]
                wanted = PLAIN[name](some, some)
                assert reading.kind == "ytd"
                if wanted not in (None, "no row"):
                    assert reading.value == pytest.approx(float(wanted))


def test_periods_are_written_as_they_are_published():
    assert [period(every, date(2021, 4, 1)).text for every in ("day", "month", "quarter", "year", "to_date")] == [
        "2021-04-01", "2021-04", "2021-Q2", "2021", "2021-01..04",
    ]  # fmt: skip
    assert begins("to_date", "x") == begins("month", "x")


FILTERED = (
    indicator("made.some", "flow", "sum(kwh) filter (where kind = 'a')", "made.reading", "kWh", contributor="meter"),
    indicator("made.few", "flow", "count(*) filter (where kind = 'c')", "made.reading", contributor="meter"),
    indicator("made.share", "ratio", "sum(pieces) filter (where kind = 'a') / sum(pieces)", "made.reading",
              contributor="meter"),
    indicator("made.two", "ratio", "sum(pieces) filter (where kind = 'a') / sum(pieces) filter (where kind = 'b')",
              "made.reading", contributor="meter"),
    indicator("made.whole", "flow", "sum(pieces)", "made.reading", contributor="meter"),
)  # fmt: skip


def test_behind_a_total_with_a_filter_stand_those_whose_rows_pass_it(tmp_path):
    """Of five meters two have rows of the kind a, one of them without a number, and three of the kind b."""
    kinds = [("m1", "a", 5), ("m2", "a", None), ("m3", "b", 5), ("m4", "b", 5), ("m5", "b", 5)]
    rows = [
        {"meter": meter, "day": date(2021, 5, 1), "kwh": kwh and Decimal(kwh), "heat": 1, "pieces": 1, "kind": kind,
         "street": None}
        for meter, kind, kwh in kinds
    ]  # fmt: skip
    with Engine(threads=1) as engine:
        store = RowStore(tmp_path)
        store.commit(METERS, rows)
        measure = Measure(engine, zone([METERS], FILTERED), store, TODAY)
        found = {one.id: measure.readings(one.id, "year") for one in FILTERED}
    counts = {name: [(reading.value, reading.contributors) for reading in readings] for name, readings in found.items()}
    assert counts == {
        "made.some": [(5.0, 1)],
        "made.few": [(0.0, 5)],
        "made.share": [(0.4, 2)],
        "made.two": [(pytest.approx(2 / 3), 2)],
        "made.whole": [(5.0, 5)],
    }


def test_behind_a_yearly_sum_with_a_filter_stand_those_whose_rows_pass_it(tmp_path):
    big = indicator("made.big", "cumulative", "sum(output) filter (where kind = 'a')", "made.report", "yuan",
                    contributor="firm")  # fmt: skip
    rows = [("f1", 2, "a"), ("f2", 2, "a"), ("f3", 2, "b"), ("f4", 2, "b")]
    with Engine(threads=1) as engine:
        store = RowStore(tmp_path)
        store.commit(REPORTS, [{"firm": f, "month": date(2021, m, 1), "output": 1, "kind": k} for f, m, k in rows])
        measure = Measure(engine, zone([REPORTS], [big]), store, TODAY)
        assert [(one.value, one.contributors) for one in measure.readings(big.id, "to_date")] == [(2.0, 2)]
