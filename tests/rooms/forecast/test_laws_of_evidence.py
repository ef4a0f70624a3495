"""Laws of the evidence model over all kinds of figures together: truths simulated from it are found again, more
figures never widen, and neither order, units nor the future change an answer.

Simulation-based calibration: Talts et al. (2018), Validating Bayesian inference algorithms with simulation-based
calibration. The simulations below say again, in their own words, what each kind of figure is taken to mean.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from made import DEADLINE, INDICATORS, SAY, reading, target, zone
from milepost.basics.period import parse_period
from milepost.explain.moved import moved
from milepost.forecast.case import gather
from milepost.forecast.chance import outlook
from milepost.forecast.choices import Assumed
from milepost.forecast.learning import learned
from milepost.forecast.paths import draw_years
from milepost.forecast.priors import Noise, default_priors
from milepost.forecast.replay import quarter_ends, replay
from milepost.forecast.trials import run_trials
from milepost.measure.reading import FigureKind, Reading
from milepost.plan.plan import Goal

ON = date(2021, 6, 30)
PRIORS = default_priors().known_on(ON)
PLAIN = Assumed(damping=1.0, look_back_years=15, is_same_area=False)
YEARS = range(2013, 2026)
# A monthly walk whose yearly means change by one: the variance of their change in steps of one is 289 / 36.
MONTHLY_WALK = np.sqrt(289.0 / 36.0)
CORE = ("output", "CORE", 1.0, 1.3)
# Chi-square with 9 degrees of freedom: 27.9 is passed once in a thousand.
LIMIT = 27.9


CUTS = (1, 2, 3, 6, 9)


class World:
    """One truth drawn from the model: paths of a share, of a city and of a stock, with all that figures hang on."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.share, share_inside = self.walk(np.log(0.2), PRIORS.ratio_drift_mean)
        self.city, city_inside = self.walk(np.log(500.0), PRIORS.drift_mean)
        self.firms, self.firms_inside = self.walk(np.log(900.0), PRIORS.drift_mean)
        self.inside = {
            "share": share_inside,
            "CITY": city_inside,
            "ZONE": {at: share_inside[at] + city_inside[at] for at in share_inside},
        }
        common = self.season(PRIORS.share_common_sd)
        self.seasons = {area: common + self.season(PRIORS.share_own_sd) for area in ("ZONE", "CITY")}
        ends = np.log([1.0, 1.3])
        self.core = random.normal(ends.mean(), (ends[1] - ends[0]) / 3.2897)

    def walk(self, start: float, drift_mean: float) -> tuple[dict[int, float], dict[tuple[int, int], float]]:
        """Draw a yearly path, and how its first k months stand to each year: the line, and a monthly walk beside it.

        The months of a day's number (183 for the second of July) hold the bridge of a stock instead.
        """
        scale = PRIORS.innovation_sd_median * PRIORS.innovation_sd_spread ** _on_grid(self.random)
        drift = self.random.normal(drift_mean, PRIORS.drift_sd)
        found, level = {}, start + self.random.normal(0.0, 0.5)
        for year in YEARS:
            found[year] = level
            times = PRIORS.break_times if self.random.random() < self.rare(year + 1) else 1.0
            level += drift + scale * times * self.random.standard_normal()
        inside = {}
        for year in YEARS[1:-1]:
            rare = self.rare(year)
            sd = scale * np.sqrt(1.0 - rare + rare * PRIORS.break_times**2)
            steps = self.random.standard_normal(36)
            months = np.cumsum(steps) / MONTHLY_WALK
            before, this, after = months.reshape(3, 12).mean(axis=1)
            for k in CUTS:
                apart = months[12 : 12 + k].mean() - this + (12 - k) / 48.0 * (after - before)
                line = (12 - k) / 48.0 * (found[year + 1] - found[year - 1])
                inside[year, k] = sd * apart - line
            inside[year, 183] = sd * 0.5 * self.random.standard_normal()
        return found, inside

    def rare(self, year: int) -> float:
        return PRIORS.disturbed_break_weight if year in PRIORS.disturbed_years else PRIORS.break_weight

    def season(self, half_year_sd: float) -> np.ndarray:
        """Draw twelve monthly effects that sum to nothing; the first half year's mean has the given sd."""
        effects = self.random.normal(0.0, half_year_sd * np.sqrt(12.0), 12)
        return np.asarray(effects - effects.mean())

    def months(self, area: str, year: int, first: int, last: int) -> float:
        """Give the log of a flow over some months: of the mean of its months' logs."""
        so_far = [(k * self.inside[area][year, k] if 0 < k < 12 else 0.0) for k in (last, first - 1)]
        apart = (so_far[0] - so_far[1]) / (last - first + 1)
        season = self.seasons[area][first - 1 : last].mean()
        return self.level(area, year) + apart + float(season) + float(np.log((last - first + 1) / 12.0))

    def level(self, series: str, year: int) -> float:
        return {"ZONE": self.share[year] + self.city[year], "CITY": self.city[year], "share": self.share[year]}[series]

    def error(self, kind: str, extra_sd: float = 0.0) -> float:
        return _draw(self.random, PRIORS.noise[kind]) + self.random.normal(0.0, extra_sd)

    def said(self, name: str, period: str, log_value: float, kind: FigureKind, area: str = "ZONE") -> Reading:
        value = float(np.exp(log_value)) * (100.0 if name == "share" else 1.0)
        if kind == "growth_yoy_pct":
            value -= 1.0
        text = f"{value:.9f}"
        if kind == "approx":
            text = f"{float(f'{value:.2g}'):.0f}"
            value = float(text)
        return reading(name, period, value, kind, area, known_on=ON, text=text)

    def figures_of_share(self) -> list[Reading]:
        """Every kind of figure that can speak of a share, through its parts, months and a part of the area."""
        found = [
            self.said("output", str(y), self.level("ZONE", y) - self.error("actual"), "actual") for y in (2014, 2016)
        ]
        found += [
            self.said("output", str(y), self.level("CITY", y) - self.error("actual"), "actual", "CITY")
            for y in (2014, 2017, 2019)
        ]
        found.append(self.said("output", "2015", self.level("ZONE", 2015) - self.error("actual"), "approx"))
        found.append(self.said("output", "2018", self.level("ZONE", 2018) - self.error("at_least"), "at_least"))
        found.append(self.said("output", "2017", self.level("ZONE", 2017) - self.error("preliminary"), "preliminary"))
        found.append(self.said("share", "2018", self.share[2018] - self.error("actual"), "actual"))
        for area, years in (("ZONE", (2016, 2020)), ("CITY", (2019, 2020))):
            for year in years:
                found.append(self.of_months(area, year, 1, 6, "ytd"))
        found += self.monthly_figures()
        for year in (2018, 2020):
            grown = self.level("CITY", year) - self.level("CITY", year - 1) - self.error("growth")
            found.append(self.said("output", str(year), grown, "growth_yoy_pct", "CITY"))
        for year in (2019, 2020):
            core = self.level("ZONE", year) - self.core - self.error("actual", PRIORS.relation_year_sd)
            found.append(self.said("output", str(year), core, "actual", "CORE"))
        return found

    def monthly_figures(self) -> list[Reading]:
        """Months, quarters and the year to date, January and February together or apart, with growth between them."""
        found = [self.of_months("CITY", 2020, 1, 2, "ytd"), self.of_months("CITY", 2020, 7, 9, "actual")]
        found += [self.of_months("CITY", year, 3, 3, "actual") for year in (2019, 2020)]
        found += [self.of_months("ZONE", 2019, 1, 9, "ytd"), self.of_months("ZONE", 2020, 2, 2, "actual", 1.0)]
        grown = self.months("ZONE", 2020, 1, 9) - self.months("ZONE", 2019, 1, 9) - self.error("growth")
        found.append(self.said("output", "2020-01..09", grown, "growth_yoy_pct"))
        share = self.share[2019] + self.inside["share"][2019, 6] - self.error("actual")
        return [*found, self.said("share", "2019-01..06", share, "actual")]

    def of_months(
        self, area: str, year: int, first: int, last: int, kind: FigureKind, festival: float = 0.0
    ) -> Reading:
        period = f"{year}-{first:02d}..{last:02d}" if first != last else f"{year}-{first:02d}"
        value = self.months(area, year, first, last) - self.error("actual", festival * PRIORS.festival_sd)
        return self.said("output", period, value, kind, area)

    def figures_of_firms(self) -> list[Reading]:
        """A stock at a year's end, on days inside a year, and its growth over the same day of the year before."""
        found = [self.said("firms", str(y), self.firms[y] - self.error("actual"), "actual") for y in (2014, 2017)]
        for year in (2016, 2019):
            inside = self.on_second_of_july(year) - self.error("actual")
            found.append(self.said("firms", f"{year}-07-02", inside, "actual"))
        grown = self.on_second_of_july(2020) - self.on_second_of_july(2019) - self.error("growth")
        found.append(self.said("firms", "2020-07-02", grown, "growth_yoy_pct"))
        found.append(self.said("firms", "2018", self.firms[2018] - self.error("at_least"), "at_least"))
        return found

    def on_second_of_july(self, year: int) -> float:
        passed = date(year, 7, 2).timetuple().tm_yday / date(year, 12, 31).timetuple().tm_yday
        bridge = self.firms_inside[year, 183]
        return passed * self.firms[year] + (1.0 - passed) * self.firms[year - 1] + bridge


def _on_grid(random: np.random.Generator) -> float:
    """The innovation scale's prior is a normal on a grid of 15 points between -2.5 and 2.5."""
    grid = np.linspace(-2.5, 2.5, 15)
    weight = np.exp(-0.5 * grid**2)
    return float(random.choice(grid, p=weight / weight.sum()))


def _draw(random: np.random.Generator, noise: Noise) -> float:
    weights = np.array([part.weight for part in noise])
    part = noise[random.choice(len(noise), p=weights / weights.sum())]
    return float(random.normal(part.shift, part.sd))


def _ranks(
    name: str, figures: list[Reading], truth: dict[int, float], years: tuple[int, ...], seed: int
) -> list[float]:
    ask = replace(target(name, 1.0), deadline=date(2024, 12, 31))
    case = gather(ask, zone(CORE), figures, ON, PLAIN)
    assert len(case.used) == len(figures)
    drawn = draw_years(case, PLAIN, PRIORS, 1_200, seed).years
    size = 100.0 if name == "share" else 1.0
    return [float((drawn[year] < np.exp(truth[year]) * size).mean()) for year in years]


def _is_uniform(ranks: np.ndarray) -> bool:
    counts, _ = np.histogram(ranks, bins=10, range=(0.0, 1.0))
    expected = len(ranks) / 10.0
    return bool(((counts - expected) ** 2 / expected).sum() < LIMIT)


@pytest.mark.slow
def test_ranks_are_uniform_over_all_kinds_of_figures_together() -> None:
    worlds = [World(np.random.default_rng(run)) for run in range(300)]
    shares = [
        _ranks("share", w.figures_of_share(), w.share, (2016, 2018, 2020, 2024), run) for run, w in enumerate(worlds)
    ]
    firms = [
        _ranks("firms", w.figures_of_firms(), w.firms, (2016, 2019, 2020, 2024), run) for run, w in enumerate(worlds)
    ]
    for ranks in (*np.array(shares).T, *np.array(firms).T):
        assert _is_uniform(ranks), np.histogram(ranks, bins=10, range=(0.0, 1.0))[0]


def _ranks_of_quarters(world: World, seed: int, figures: list[Reading]) -> list[float]:
    """Ranks of the four quarters of the year in progress, and of that year and the next, of the city's flow."""
    ask = replace(target("output", 1.0, area="CITY"), deadline=date(2022, 12, 31))
    drawn = draw_years(gather(ask, zone(), figures, ON, PLAIN), PLAIN, PRIORS, 1_200, seed, months=3)
    quarters = np.exp([world.months("CITY", 2021, first, first + 2) for first in (1, 4, 7, 10)])
    quarters *= np.exp(world.city[2021]) / quarters.sum()
    ranks = [float((drawn.spans[span] < size).mean()) for span, size in zip(drawn.spans, quarters, strict=True)]
    return ranks + [float((drawn.years[year] < np.exp(world.city[year])).mean()) for year in (2021, 2022)]


def _monthly_city(world: World) -> list[Reading]:
    """Two finished years by the quarter and a third that has begun, with growth over the same months."""
    found = [
        world.said("output", str(y), world.city[y] - world.error("actual"), "actual", "CITY") for y in (2018, 2020)
    ]
    for year, ends in ((2019, (2, 6, 9)), (2020, (2, 3, 6, 9)), (2021, (2, 3))):
        found += [world.of_months("CITY", year, 1, last, "ytd") for last in ends]
    grown = world.months("CITY", 2021, 1, 3) - world.months("CITY", 2020, 1, 3) - world.error("growth")
    return [*found, world.said("output", "2021-01..03", grown, "growth_yoy_pct", "CITY")]


@pytest.mark.slow
def test_ranks_of_quarters_are_uniform_given_months() -> None:
    worlds = [World(np.random.default_rng(5_000 + run)) for run in range(200)]
    for ranks in np.array([_ranks_of_quarters(w, run, _monthly_city(w)) for run, w in enumerate(worlds)]).T:
        assert _is_uniform(ranks), np.histogram(ranks, bins=10, range=(0.0, 1.0))[0]


def test_months_of_another_season_would_be_seen() -> None:
    """The law above can fail: read as two months, a first quarter pushes its ranks to one end."""
    ranks = []
    for run in range(60):
        world = World(np.random.default_rng(run))
        shifted = [
            replace(r, period=parse_period("2021-01..02")) if r.period.text == "2021-01..03" else r
            for r in _monthly_city(world)
            if r.period.text != "2021-01..02"
        ]
        ranks.append(_ranks_of_quarters(world, run, shifted)[0])
    assert not _is_uniform(np.array(ranks))


def test_a_wrong_reading_of_bounds_would_be_seen() -> None:
    """The law above can fail: read as exact, bounds push the ranks to one end."""
    ranks = []
    for run in range(60):
        world = World(np.random.default_rng(run))
        exact = [replace(r, kind="actual") if r.kind == "at_least" else r for r in world.figures_of_firms()]
        ranks += _ranks("firms", exact, world.firms, (2018,), run)
    assert not _is_uniform(np.array(ranks))


@pytest.mark.slow
def test_more_figures_never_widen_on_average() -> None:
    order = ("actual", "approx", "preliminary", "ytd", "growth_yoy_pct", "at_least")
    widths = []
    for run in range(25):
        figures = World(np.random.default_rng(1_000 + run)).figures_of_share()
        figures.sort(key=lambda r: order.index(r.kind))
        least = sum(r.kind == "actual" for r in figures)
        mine = []
        for count in (least, least + 2, least + 4, least + 6, len(figures)):
            found = outlook(target("share", 25.0), zone(CORE, draws=2_000), figures[:count], ON, PRIORS)
            at_2020 = next(point for point in found.path if point.year == 2020)
            mine.append(np.log(at_2020.p95 / at_2020.p05))
        widths.append(mine)
    mean = np.mean(widths, axis=0)
    assert (np.diff(mean) < 0.01).all(), mean
    assert mean[-1] < mean[0] - 0.02


def test_order_does_not_matter_with_all_kinds_and_parts() -> None:
    figures = World(np.random.default_rng(5)).figures_of_share()
    shuffled = list(figures)
    random.Random(2).shuffle(shuffled)
    first, second = (outlook(target("share", 22.0), zone(CORE), given, ON) for given in (figures, shuffled))
    assert (first.chance, first.path, first.hangs_on) == (second.chance, second.path, second.hangs_on)


@pytest.mark.slow
def test_units_change_nothing_of_a_ratio_and_its_parts() -> None:
    figures = World(np.random.default_rng(6)).figures_of_share()

    def in_other_units(one: Reading) -> Reading:
        if one.is_growth or one.kind == "growth_yoy_pct":
            return one
        times, unit = (0.01, "fraction") if one.indicator == "share" else (1e8, "yuan")
        text = f"{one.value * times:.9f}" if one.kind != "approx" else f"{float(one.published_text) * times:.0f}"
        return replace(one, value=one.value * times, unit=unit, published_text=text, published_unit=unit)

    indicators = {
        **INDICATORS,
        "output": replace(INDICATORS["output"], unit="yuan"),
        "share": replace(INDICATORS["share"], unit="fraction"),
    }
    plain = outlook(target("share", 22.0), zone(CORE), figures, ON)
    other = replace(zone(CORE), indicators=indicators)
    ask = replace(target("share", 0.22), unit="fraction")
    moved_units = outlook(ask, other, [in_other_units(one) for one in figures], ON)
    assert plain.median is not None and moved_units.median is not None
    assert moved_units.chance == pytest.approx(plain.chance, abs=0.012)
    assert moved_units.median * 100.0 == pytest.approx(plain.median, rel=0.005)


def test_units_change_nothing_of_a_count() -> None:
    figures = [reading("firms", str(2017 + i), v, known_on=ON) for i, v in enumerate((2.0, 3.0, 5.0))]
    unit = "million_count"
    millions = {**INDICATORS, "firms": replace(INDICATORS["firms"], unit=unit)}
    in_millions = [
        replace(r, value=r.value / 1e6, unit=unit, published_unit=unit, published_text=f"{r.value / 1e6:.6f}")
        for r in figures
    ]
    plain = outlook(target("firms", 6.0), zone(), figures, ON)
    ask = replace(target("firms", 6.0e-6), unit=unit)
    other = outlook(ask, replace(zone(), indicators=millions), in_millions, ON)
    assert other.chance == pytest.approx(plain.chance, abs=0.012)


FIGURES = [reading("output", str(2014 + i), 100.0 * 1.05**i, known_on=date(2015 + i, 2, 1)) for i in range(10)]
# Wild revisions of old years, published later than anything asked below.
PLANTED = [reading("output", str(2014 + i), (60.0, 190.0)[i % 2], known_on=date(2024, 3, 1)) for i in range(10)] + [
    reading("output", str(2014 + i), 300.0, "at_least", known_on=date(2024, 3, 1)) for i in range(10)
]


@pytest.mark.slow
def test_a_figure_planted_in_the_future_changes_neither_chances_nor_learned_errors() -> None:
    until = date(2022, 12, 31)
    plain = [t for t in run_trials(FIGURES, zone()) if t.question.known_on <= until]
    later = [t for t in run_trials([*FIGURES, *PLANTED], zone()) if t.question.known_on <= until]
    assert len(plain) >= 20
    for before, after in zip(plain, later, strict=True):
        assert np.array_equal(before.draws, after.draws)
    ask = target("output", 160.0)
    place = replace(zone(), plan=replace(zone().plan, goals=(Goal("G", SAY, (ask,)),)))
    dates = quarter_ends(date(2021, 1, 1), until)
    assert replay(place, FIGURES, dates) == replay(place, [*FIGURES, *PLANTED], dates)
    first = moved(ask, place, FIGURES, date(2021, 6, 30), until)
    assert first is not None and first == moved(ask, place, [*FIGURES, *PLANTED], date(2021, 6, 30), until)
    assert learned(PRIORS, [*FIGURES, *PLANTED]) != learned(PRIORS, FIGURES)


def test_nobody_knows_of_a_disturbed_year_before_it_begins() -> None:
    assert default_priors().known_on(date(2019, 12, 31)).disturbed_years == ()
    assert default_priors().known_on(date(2021, 1, 1)).disturbed_years == (2020, 2021)
    early = [r for r in FIGURES if r.known_on <= date(2019, 6, 30)]
    calm = replace(default_priors(), disturbed_years=())
    ask = replace(target("output", 160.0), deadline=date(2022, 12, 31))
    asked_early = (outlook(ask, zone(), early, date(2019, 6, 30), priors) for priors in (default_priors(), calm))
    first, second = asked_early
    assert first.chance == second.chance


@pytest.mark.slow
def test_a_day_on_which_nothing_changed_is_answered_as_the_long_way_answers() -> None:
    from milepost.forecast import sampler

    asks = (target("output", 160.0), replace(target("output", 150.0), id="other", deadline=DEADLINE))
    place = replace(zone(), plan=replace(zone().plan, goals=(Goal("G", SAY, asks),)))
    dates = quarter_ends(date(2020, 1, 1), date(2023, 12, 31))
    short = replay(place, FIGURES, dates)
    long = []
    for day in dates:
        sampler.forget()
        long += replay(place, FIGURES, [day])
    assert short == long


@pytest.mark.slow
def test_a_chance_is_within_a_point_and_a_half_of_a_long_run() -> None:
    figures = World(np.random.default_rng(9)).figures_of_share()
    ask = target("share", 21.0)
    long = outlook(ask, zone(CORE, draws=100_000, seed=1), figures, ON)
    errors = [outlook(ask, zone(CORE, seed=seed), figures, ON).chance - long.chance for seed in range(2, 14)]  # type: ignore[operator]
    assert abs(np.mean(errors)) < 0.01
    assert np.std(errors, ddof=1) < 0.015
