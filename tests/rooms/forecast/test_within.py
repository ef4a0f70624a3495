"""The path inside a year: quarters and months agree with their year, learn from it, and teach it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from made import INDICATORS, indicator, reading, target, zone
from milepost.forecast.case import gather
from milepost.forecast.chance import outlook
from milepost.forecast.choices import Assumed
from milepost.forecast.outlook import Outlook
from milepost.forecast.paths import Drawn, draw_years
from milepost.forecast.priors import default_priors
from milepost.forecast.spans import Span
from milepost.forecast.verdict import decided
from milepost.forecast.within import DAYS, line, steps
from milepost.measure.reading import Reading
from milepost.plan.plan import Target

ON = date(2024, 11, 30)
PLAIN = Assumed(damping=1.0, look_back_years=15, is_same_area=False)
SIZES = {year: 1000.0 * 1.06 ** (year - 2023) for year in range(2018, 2025)}
YEARS = [reading("output", str(year), size, text=f"{size:.1f}") for year, size in SIZES.items() if year < 2024]


def covariance(law: str, cuts: tuple[int, ...]) -> np.ndarray:
    """The covariance that the steps of a law amount to."""
    count = len(cuts)
    whitened = np.eye(count)
    for row, step in enumerate(steps(law, cuts)):  # type: ignore[arg-type]
        whitened[row, :row] = [-pull for pull in step.coefficients]
        whitened[row] /= step.sd
    return np.asarray(np.linalg.inv(whitened.T @ whitened))


def drawn(known: list[Reading], months: int = 3, name: str = "output", **more: object) -> Drawn:
    ask = target(name, 1.0, **{"deadline": date(2025, 12, 31), **more})
    case = gather(ask, zone(), known, ON, PLAIN)
    return draw_years(case, PLAIN, default_priors().known_on(ON), 4_000, 5, months)


def test_a_season_is_twelve_monthly_effects_less_their_mean() -> None:
    effects = np.random.default_rng(1).normal(size=(200_000, 12))
    effects -= effects.mean(axis=1, keepdims=True)
    so_far = np.stack([effects[:, :k].mean(axis=1) for k in (2, 3, 6, 9)])
    # The unit is the standard deviation of the half year.
    assert covariance("season", (2, 3, 6, 9)) == pytest.approx(np.cov(so_far) / np.var(so_far[2]), abs=0.05)


def test_the_pace_is_a_monthly_walk_beside_the_line_through_its_neighbours() -> None:
    walks = np.random.default_rng(2).normal(size=(200_000, 36)).cumsum(axis=1)
    before, year, after = walks.reshape(-1, 3, 12).mean(axis=2).T
    apart = [walks[:, 12 : 12 + k].mean(axis=1) - year + (12 - k) / 48.0 * (after - before) for k in (1, 3, 6, 11)]
    assert covariance("pace", (1, 3, 6, 11)) == pytest.approx(np.cov(np.stack(apart)) / np.var(year - before), abs=0.01)


def test_a_bridge_is_tied_at_both_year_ends() -> None:
    days = np.array([91, 182, 274]) / DAYS
    expected = np.minimum.outer(days, days) - np.outer(days, days)
    assert covariance("bridge", (91, 182, 274)) == pytest.approx(expected)


@pytest.mark.parametrize("law", ["season", "pace", "bridge"])
def test_asking_for_more_cuts_changes_nothing_of_those_already_there(law: str) -> None:
    few, many = covariance(law, (3, 9)), covariance(law, (1, 2, 3, 6, 9, 11))
    assert few == pytest.approx(many[np.ix_([2, 4], [2, 4])])


def test_on_a_line_the_months_so_far_stand_below_their_year() -> None:
    months = np.arange(12.0)
    for k in range(1, 13):
        assert months[:k].mean() - months.mean() == pytest.approx(-line(k) * 24.0)


@pytest.mark.parametrize("months", [1, 2, 3, 4, 6])
def test_the_months_of_a_flow_sum_to_their_year_in_every_draw(months: int) -> None:
    found = drawn([*YEARS, reading("output", "2024-01..09", 760.0, "ytd")], months)
    assert len(found.spans) == 12 // months and {span.year for span in found.spans} == {2024}
    assert np.sum(list(found.spans.values()), axis=0) == pytest.approx(found.years[2024])


def test_the_months_of_a_level_have_their_year_as_their_mean() -> None:
    indicators = {**INDICATORS, "price": indicator("price", "level", "yuan")}
    known = [replace(r, indicator="price") for r in YEARS]
    case = gather(
        replace(target("output", 1.0), indicator="price"), replace(zone(), indicators=indicators), known, ON, PLAIN
    )
    found = draw_years(case, PLAIN, default_priors(), 2_000, 5, 3)
    assert np.mean(list(found.spans.values()), axis=0) == pytest.approx(found.years[2024])


def test_a_stock_ends_its_year_where_its_last_quarter_ends() -> None:
    known = [replace(r, indicator="firms") for r in YEARS]
    found = drawn([*known, reading("firms", "2024-06-30", 1040.0)], name="firms")
    assert found.spans[Span(2024, 10, 12)] == pytest.approx(found.years[2024])
    at_half = found.spans[Span(2024, 4, 6)]
    assert np.median(at_half) == pytest.approx(1040.0, rel=0.01)


def test_what_never_falls_rises_through_its_quarters() -> None:
    known = [replace(r, indicator="counted") for r in YEARS]
    found = drawn([*known, reading("counted", "2024-06-30", 1010.0)], name="counted")
    assert (found.spans[Span(2024, 10, 12)] >= found.spans[Span(2024, 1, 3)] - 1e-9).all()


def test_asking_for_quarters_changes_no_year() -> None:
    known = [*YEARS, reading("output", "2024-01..06", 500.0, "ytd")]
    with_quarters, without = drawn(known).years[2025], drawn(known, 0).years[2025]
    assert np.quantile(with_quarters, (0.1, 0.5, 0.9)) == pytest.approx(
        np.quantile(without, (0.1, 0.5, 0.9)), rel=0.015
    )


def seasonal(year: int, *shares: float) -> list[Reading]:
    """Quarters of a year so far, as the year to date."""
    so_far = SIZES[year] * np.cumsum(shares)
    return [
        reading("output", f"{year}-01..{3 * quarter:02d}", value, "ytd", text=f"{value:.1f}")
        for quarter, value in enumerate(so_far.tolist(), start=1)
    ]


def test_the_season_is_learned_from_years_where_the_quarters_are_known() -> None:
    shares = (0.18, 0.25, 0.27)
    known = YEARS + [one for year in range(2019, 2024) for one in seasonal(year, *shares)]
    first = drawn([*known, *seasonal(2024, 0.18)])
    share = first.spans[Span(2024, 1, 3)] / first.years[2024]
    assert np.median(share) == pytest.approx(0.18, abs=0.006)
    assert np.median(first.years[2024]) == pytest.approx(1060.0, rel=0.02)
    # Without the season the same first quarter would speak of a poor year.
    blind = drawn([*YEARS, *seasonal(2024, 0.18)])
    assert np.median(blind.years[2024]) < 0.985 * np.median(first.years[2024])
    assert np.std(np.log(first.years[2024])) < np.std(np.log(blind.years[2024]))


def test_each_further_quarter_narrows_the_year() -> None:
    shares = (0.22, 0.25, 0.26)
    known = YEARS + [one for year in range(2019, 2024) for one in seasonal(year, *shares)]
    widths = [np.std(np.log(drawn(known + seasonal(2024, *shares[:count])).years[2024])) for count in range(4)]
    assert np.diff(widths).max() < 0.0


def test_a_strong_end_of_a_year_speaks_for_the_next_one() -> None:
    """Of two ways to the same year, the one that rose late leads higher."""
    uneven = {2018: 800.0, 2019: 900.0, 2020: 860.0, 2021: 980.0, 2022: 950.0, 2023: 1000.0}
    years = [reading("output", str(year), size, text=f"{size:.1f}") for year, size in uneven.items()]
    medians = []
    for first_half in (0.51, 0.49):
        halves = [reading("output", f"{year}-01..06", uneven[year] / 2, "ytd") for year in range(2019, 2023)]
        found = drawn([*years, *halves, reading("output", "2023-01..06", 1000.0 * first_half, "ytd")])
        medians.append(np.median(found.years[2024]))
    assert medians[1] > 1.01 * medians[0]


def test_january_alone_says_less_than_january_and_february_together() -> None:
    widths = []
    for months, share in (("01", 0.07), ("01..02", 0.14)):
        spans = [reading("output", f"{year}-{months}", share * size, "ytd") for year, size in SIZES.items()]
        widths.append(np.std(np.log(drawn([*YEARS, *spans]).years[2024])))
    assert widths[0] > 1.2 * widths[1]


QUARTER = {"deadline": date(2025, 6, 30), "months": 3}


def asked(value: float, known: list[Reading], **more: object) -> Outlook:
    return outlook(target("output", value, **{**QUARTER, **more}), zone(draws=4_000), known, ON)


def test_a_promise_of_a_quarter_is_judged_by_that_quarter() -> None:
    quarter, half, whole = (asked(1.0, YEARS, months=months) for months in (3, 6, None))
    assert quarter.median is not None and half.median is not None and whole.median is not None
    assert quarter.median == pytest.approx(whole.median / 4.0, rel=0.05)
    assert half.median == pytest.approx(whole.median / 2.0, rel=0.05)
    assert "note_whole_year" in whole.notes and "note_whole_year" not in quarter.notes


def test_the_figure_of_the_quarter_decides_and_that_of_the_half_year_does_not() -> None:
    ask = target("output", 250.0, **QUARTER)

    def told(period: str, value: float) -> tuple[str, str] | None:
        figure = reading("output", period, value, known_on=date(2025, 8, 1))
        return decided(ask, zone(), [figure], date(2025, 9, 1))

    assert told("2025-04..06", 260.0) == ("met", "met_by_figure")
    assert told("2025-04..06", 240.0) == ("missed", "missed_by_figure")
    assert told("2025-01..06", 500.0) is None and told("2025", 2000.0) is None
    assert told("2025-05", 255.0) == ("met", "met_before_the_end")


def test_a_stock_promised_for_a_day_inside_a_year_wanders_between_the_year_ends() -> None:
    known = [replace(r, indicator="firms") for r in YEARS]
    ask = Target(**{**target("firms", 1000.0).__dict__, "deadline": date(2025, 6, 30)})
    found = outlook(ask, zone(draws=4_000), known, ON)
    ends = {point.year: point.median for point in found.path}
    assert found.median == pytest.approx(np.sqrt(ends[2024] * ends[2025]), rel=0.01)
