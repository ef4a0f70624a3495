"""From a computed figure back to its rows, and to a figure of older versions by its lasting id."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.measuring import RowStore, indicator, zone
from milepost.engines.embedded import Engine
from milepost.measure.figures import Measure
from milepost.measure.trace import reading_named, sources
from milepost.registers.indicator import Ratio

sys.path.insert(0, str(Path(__file__).parent))
from test_figures import (
    AREAS,
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
)  # fmt: skip

PER_STREET = indicator("made.here", "flow", "count(*)", "made.reading", area_from="street")
OF_CITY = indicator("made.city", "flow", "count(*)", "made.reading", area_from="street")
LASTLY = indicator("made.lastly", "level", "count(*)", "made.reading", by=("kind",), where="pieces > 1")
SHARE = indicator("made.part", "ratio", "made.here / made.city", unit="percent",
                  ratio=Ratio("made.here", "made.city", "CITY"))  # fmt: skip


@pytest.fixture
def store(tmp_path):
    made = RowStore(tmp_path)
    rows = made_rows(3, 90)
    for number, row in enumerate(rows):
        row["street"] = ("north", "CITY", "ZONE")[number % 3]
    made.commit(METERS, rows)
    made.commit(LICENCES, made_licences(4))
    return made


@pytest.mark.parametrize(
    ("name", "every", "by"),
    [("made.rows", "quarter", ("kind",)), ("made.here", "year", ()), ("made.part", "year", ()),
     ("made.licences", "year", ("kind",)), ("made.lastly", "quarter", ("kind",)), ("made.lastly", "month", ())],
)  # fmt: skip
def test_as_many_rows_are_told_as_were_counted(store, name, every, by):
    here = zone([METERS, LICENCES], [*FLOWS, *STOCKS, PER_STREET, OF_CITY, SHARE, LASTLY], AREAS)
    with Engine() as engine:
        measure = Measure(engine, here, store, TODAY, is_kept=False)
        found = [one for one in measure.readings(name, every, by) if not math.isnan(one.value)]
        assert len(found) > 3
        for reading in found:
            counts = {part.indicator: part.count for part in sources(engine, here, store, reading, TODAY)}
            value = counts.get(name) or 100 * counts["made.here"] / counts["made.city"]
            assert value == pytest.approx(reading.value), reading.id


@pytest.mark.parametrize("every", ["month", "quarter", "year", "to_date"])
def test_january_to_month_is_walked_back_to_the_rows_it_is_the_difference_of(tmp_path, every):
    made = RowStore(tmp_path)
    years = [("f", f"{year}-{month:02}", 10 * month + year - 2020) for year in (2021, 2022) for month in range(1, 13)]
    made.commit(REPORTS, reports(*years, *(("g", month, value / 2) for _, month, value in years[1:])))
    here = zone([REPORTS], [OUTPUT])
    with Engine() as engine:
        rows = {(r[0], r[1]): r[2:] for r in engine.rows(
            f'select _version, _line, month, output from "{made.view(engine, REPORTS)}"'
        )}  # fmt: skip
        found = Measure(engine, here, made, TODAY, is_kept=False).readings("made.output", every)
        assert len(found) > 1
        for reading in found:
            (part,) = sources(engine, here, made, reading, TODAY)
            told = [rows[version, line] for _, line, version in part.places]
            assert part.count == len(told)
            last = reading.period.end.replace(day=1)
            signed = [output if month == last else -output for month, output in told]
            assert float(sum(signed)) == pytest.approx(reading.value) or math.isnan(reading.value), reading.id


def test_rows_below_a_code_are_told_at_its_level(store, tmp_path):
    folder = tmp_path / "codes"
    folder.mkdir()
    (folder / "kinds.csv").write_text("code,name_en,name_zh,parent\ntop,T,T,\na,A,A,top\nb,B,B,top\n", "utf-8")
    columns = tuple(replace(one, codes=(), code_list="kinds") if one.id == "kind" else one for one in METERS.columns)
    here = zone([replace(METERS, columns=columns)], FLOWS, AREAS, tmp_path)
    with Engine() as engine:
        found = Measure(engine, here, store, TODAY, is_kept=False).readings("made.rows", "year", ["kind@1"])
        assert {one.made.dimensions[0][1] for one in found} == {"top", ""}
        for reading in found:
            (part,) = sources(engine, here, store, reading, TODAY)
            assert part.count == reading.value
            assert reading_named(engine, here, store, reading.id, TODAY) == reading


def test_cells_that_are_empty_are_counted_by_column(store):
    here = zone([METERS, LICENCES], [*FLOWS, *STOCKS], AREAS)
    with Engine() as engine:
        (reading, *_) = Measure(engine, here, store, TODAY, is_kept=False).readings("made.energy", "year")
        (part,) = sources(engine, here, store, reading, TODAY)
    ((column, empty),) = part.empty
    assert column == "kwh"
    assert reading.item_response == (part.count - empty) / part.count


def test_a_figure_of_older_versions_is_found_by_its_id(store):
    here = zone([METERS, LICENCES], [*FLOWS, *STOCKS], AREAS)
    with Engine() as engine:
        old = Measure(engine, here, store, TODAY, is_kept=False).readings("made.share", "year")
        store.commit(METERS, made_rows(9, 30))
        new = Measure(engine, here, store, TODAY, is_kept=False).readings("made.share", "year")
        assert {one.value for one in old} != {one.value for one in new}
        for reading in (*old, *new):
            assert reading_named(engine, here, store, reading.id, TODAY) == reading


@pytest.mark.parametrize(
    "name",
    ["", "measured:", "measured:made.energy:ZONE:2021@9", "measured:made.energy:ZONE:2021@1+1",
     "measured:made.nothing:ZONE:2021@1", "measured:made.energy:ZONE:1066@1",
     "measured:made.energy:ZONE:2021:street=x@1", "measured:made.energy:ZONE:2021@1; drop table"],
)  # fmt: skip
def test_an_id_of_nothing_finds_nothing(store, name):
    here = zone([METERS, LICENCES], [*FLOWS, *STOCKS], AREAS)
    with Engine() as engine:
        assert reading_named(engine, here, store, name, TODAY) is None
