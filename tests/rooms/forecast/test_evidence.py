"""What a single figure is taken to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from made import INDICATORS, reading, target, zone
from milepost.forecast.chance import outlook
from milepost.forecast.copies import distinct, half_unit
from milepost.forecast.evidence import years_of
from milepost.forecast.learning import learned, paired_errors
from milepost.forecast.priors import default_priors
from milepost.forecast.scale import scale_of
from milepost.measure.reading import FigureKind

ON = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("text", "kind", "half"),
    [
        *[("6000", "approx", 500.0), ("6000", "actual", 0.5), ("6100", "approx", 50.0), ("5371.2", "actual", 0.05)],
        *[("22.0", "actual", 0.05), ("22.0", "approx", 0.5), ("0", "actual", 0.5), ("-10", "actual", 0.5)],
    ],
)
def test_a_figure_is_known_to_half_a_unit_of_its_last_digit(text: str, kind: FigureKind, half: float) -> None:
    assert half_unit(reading("output", "2023", float(text), kind, text=text)) == pytest.approx(half)


def test_the_last_digit_is_taken_over_into_the_unit_of_the_reading() -> None:
    in_yuan = replace(reading("output", "2023", 5371.2, text="537120000000"), published_unit="yuan")
    assert half_unit(in_yuan) == pytest.approx(0.5e-8)


def test_a_rounding_that_contains_an_exact_figure_does_not_replace_it() -> None:
    exact = reading("output", "2023", 2456.4, known_on=date(2024, 2, 1), text="2456.4")
    rounded = reading("output", "2023", 2500.0, "approx", known_on=date(2024, 5, 1), text="2500")
    other = reading("output", "2023", 2900.0, "approx", known_on=date(2024, 5, 1), text="2900")
    assert distinct([exact, rounded])[1] == set()
    assert distinct([exact, other])[1] == {exact.id}


def test_the_rounding_of_growth_counts() -> None:
    level = reading("output", "2022", 100.0, text="100.00")
    widths = []
    for text in ("10.0", "10"):
        grown = reading("output", "2023", 0.10, "growth_yoy_pct", known_on=ON, text=text)
        grown = replace(grown, unit="fraction", published_unit="percent", is_growth=True)
        found = outlook(target("output", 150.0), zone(draws=40_000), [level, grown], ON)
        at_2023 = next(point for point in found.path if point.year == 2023)
        widths.append(np.log(at_2023.p75 / at_2023.p25))
    assert widths[1] > widths[0]


def test_a_stock_inside_a_year_lies_between_two_year_ends_by_the_day_its_source_states() -> None:
    ends = [reading("firms", "2022", 1000.0, text="1000"), reading("firms", "2023", 2000.0, text="2000")]
    half_way = reading("firms", "2024", 2800.0, known_on=ON, text="2800")
    inside = replace(half_way, as_of=date(2024, 6, 29))
    at_end, by_day = (
        outlook(target("firms", 5000.0), zone(), [*ends, one], date(2024, 12, 31)).median for one in (half_way, inside)
    )
    # The half year still to come moves by half a year's drift, as a walk does.
    assert at_end is not None and by_day is not None and at_end < by_day < 1.1 * at_end


def test_growth_of_a_stock_on_a_day_reaches_back_over_two_year_ends() -> None:
    level = reading("firms", "2021", 1000.0, text="1000")
    grown = [reading("firms", f"{year}-07-01", 0.2, "growth_yoy_pct", known_on=ON) for year in (2022, 2023)]
    found = outlook(target("firms", 5000.0), zone(), [level, *grown], ON)
    assert found.path[0].year == 2020
    at_2023 = next(point for point in found.path if point.year == 2023)
    assert at_2023.median == pytest.approx(1000.0 * 1.2**2, rel=0.08)


def test_a_share_near_its_whole_is_wrong_by_what_remains() -> None:
    scale = scale_of(INDICATORS["coverage"], [95.0])
    size = scale.to_path(99.9) - scale.to_path(99.8)
    # One per cent of 99.9 would pass the whole; a tenth of the whole bounds what remains.
    assert scale.stretch(99.9) == pytest.approx(scale.stretch(95.0))
    assert size > 0.0
    assert scale.allows(100.0) and np.isfinite(scale.to_path(100.0)) and not scale.allows(100.1)


def test_a_figure_that_stood_unchanged_is_a_pair_without_error() -> None:
    first = reading("output", "2020", 100.0, known_on=date(2021, 2, 1))
    at_once = reading("output", "2020", 100.0, known_on=date(2021, 3, 1))
    later = reading("output", "2020", 100.0, known_on=date(2022, 2, 1))
    assert paired_errors([first, at_once]) == {}
    assert paired_errors([first, at_once, later]) == {"actual": [0.0]}


def test_the_same_bound_printed_three_times_is_one_pair() -> None:
    bounds = [reading("output", "2020", 90.0, "at_least", known_on=date(2021, m, 1)) for m in (1, 2, 3)]
    exact = reading("output", "2020", 93.0, known_on=date(2022, 2, 1))
    assert len(paired_errors([*bounds, exact])["at_least"]) == 1
    late = learned(default_priors(), [*bounds, exact]).noise["at_least"]
    assert sum(part.weight for part in late) == pytest.approx(1.0)


def test_years_touched_by_a_figure() -> None:
    from milepost.forecast.evidence import Said
    from milepost.forecast.scale import log_scale
    from milepost.forecast.spans import Subject

    def touched(name: str, period: str, kind: FigureKind = "actual") -> tuple[int, int]:
        said = reading(name, period, 0.1, kind)
        return years_of(Said(said, "own", Subject((("own", 1.0),)), INDICATORS[name], log_scale()))

    assert touched("firms", "2023") == (2023, 2023)
    assert touched("firms", "2023-06-30") == (2022, 2023)
    assert touched("firms", "2023", "growth_yoy_pct") == (2022, 2023)
    assert touched("firms", "2023-06-30", "growth_yoy_pct") == (2021, 2023)
    assert touched("output", "2023-01..06", "ytd") == (2023, 2023)


def test_what_never_falls_can_rest_and_its_noise_does_not_lift_it() -> None:
    figures = [reading("counted", str(2019 + i), v, text=f"{v:g}") for i, v in enumerate((100.0, 101.0, 101.0, 101.0))]
    found = outlook(target("counted", 105.0), zone(), figures, date(2023, 6, 30))
    for quantile in ("p05", "median", "p95"):
        values = [getattr(point, quantile) for point in found.path]
        assert values == sorted(values)
    assert found.chance is not None and 0.2 < found.chance < 0.8
    at_2022 = next(point for point in found.path if point.year == 2022)
    assert at_2022.median == pytest.approx(101.0, abs=1.0)
    assert found.p05 is not None and found.p05 >= 99.0


def test_what_never_falls_ends_higher_than_what_may_fall_again() -> None:
    figures = [reading("counted", "2023", 100.0, text="100.0")]
    stock = {**INDICATORS, "counted": replace(INDICATORS["counted"], kind="stock")}
    found = outlook(target("counted", 120.0), zone(), figures, ON)
    free = outlook(target("counted", 120.0), replace(zone(), indicators=stock), figures, ON)
    assert found.p05 is not None and free.p05 is not None
    assert found.p05 > 97.0 > free.p05
