"""A target with all that is known of it on a date: which figures speak, of what, and which cannot.

The target's own indicator is one series. A ratio whose numerator and denominator both have figures is
known by these two series as well, and its own figures then tie them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.unit import factor
from milepost.forecast.choices import Assumed
from milepost.forecast.copies import distinct, half_unit
from milepost.forecast.evidence import STOCKS, Said, last_day, why_unused
from milepost.forecast.scale import Scale, log_scale, scale_of
from milepost.forecast.spans import Subject
from milepost.forecast.statements import Latent
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Relation, Zone
from milepost.registers.indicator import Indicator

_YEAR_DAYS = 365.25
# Two figures of one period further apart than this share of the lower are told as a contradiction.
_FAR_APART = 0.1


@dataclass(frozen=True)
class Series:
    """One series that takes part: an indicator in an area, and the areas whose figures may speak for it.

    `name` is "own" for the target's indicator, "numerator" or "denominator" for the parts of a ratio.
    """

    name: str
    indicator: Indicator
    area: str
    relations: dict[str, Relation]

    @classmethod
    def of(cls, name: str, indicator: Indicator, area: str, zone: Zone, related_as: str = "") -> Series:
        """Give the series with the relations declared for it (or for the indicator `related_as`)."""
        subject = related_as or indicator.id
        mine = (r for r in zone.declared.relations if r.indicator == subject and r.area == area)
        return cls(name, indicator, area, {r.evidence_area: r for r in mine})

    def covers(self, reading: Reading) -> bool:
        """May the reading speak here: the same indicator, in this area or a related one?"""
        return reading.indicator == self.indicator.id and (reading.area == self.area or reading.area in self.relations)

    def relation_latent(self, area: str, assumed: Assumed) -> Latent | None:
        """Give the name of the unknown ratio between this area and another, None where they are taken as one."""
        relation = self.relations.get(area)
        if relation and relation.may_be_same and assumed.is_same_area:
            return None
        return ("relation", relation.indicator, relation.evidence_area, relation.area) if relation else None


@dataclass(frozen=True)
class Case:
    """The figures of one target on a date; `used` is empty where none gives a level."""

    target: Target
    zone: Zone
    known_on: date
    own: Series
    parts: tuple[Series, ...]
    scale: Scale
    used: tuple[Said, ...]
    unused: tuple[tuple[Reading, str], ...]
    figures: tuple[Reading, ...]

    @property
    def indicator(self) -> Indicator:
        """The target's indicator."""
        return self.own.indicator

    def newest_first(self) -> tuple[Reading, ...]:
        """Give the readings that speak, newest first."""
        return tuple(sorted((said.reading for said in self.used), key=_newness, reverse=True))

    def age_years(self) -> float:
        """Give the age of the evidence on the known-on date; of a ratio known by its parts, of the staler part."""
        newest: dict[str, date] = {}
        for said in self.used:
            newest[said.series] = max(newest.get(said.series, date.min), end_of(said.reading))
        ends = [newest[self.own.name]] if self.own.name in newest else []
        if self.parts:
            ends.append(min(newest.get(part.name, date.min) for part in self.parts))
        return age_on(self.known_on, max(ends))

    def latest(self) -> Reading | None:
        """Give the newest level of the indicator itself, else its newest figure of any kind."""
        dated = [r for r in self.figures if r.period.end]
        return max([r for r in dated if r.kind != "growth_yoy_pct"] or dated, key=_newness, default=None)

    def is_off_scale_now(self) -> bool:
        """Is the newest level of the indicator itself one that its scale cannot follow, as a zero on a log scale?"""
        aside = [r for r, why in self.unused if why == "unused_off_scale" and r.indicator == self.indicator.id]
        off = [end_of(r) for r in aside if not _is_growth_of_what_has_none(r)]
        on = [end_of(said.reading) for said in self.used if _is_level_of(said.reading, self.own)]
        return bool(off) and max(off) > max(on, default=date.min)

    def missing(self) -> tuple[str, ...]:
        """Give message keys of what would be needed and is not there."""
        levels = [r for r in self.figures if r.kind not in ("growth_yoy_pct", "ytd")]
        deadline, keys = self.target.deadline, []
        if not self.figures:
            keys.append("missing_any_figure")
        if not any(r.area == self.target.area for r in self.figures):
            keys.append(f"missing_own_area:{self.target.area}")
        if deadline and not any(end_of(r) == deadline for r in levels):
            keys.append(f"missing_deadline_figure:{deadline.year}")
        if self.indicator.ratio and not self.parts:
            keys.append(f"missing_parts:{self.indicator.ratio.numerator},{self.indicator.ratio.denominator}")
        return tuple(keys)

    def notes(self) -> tuple[str, ...]:
        """Give message keys of what a reader must know of the evidence."""
        target = self.target
        areas = sorted({said.reading.area for said in self.used if said.subject.relation})
        keys = [f"note_other_area:{area},{target.area}" for area in areas]
        if self.parts:
            keys.append("note_parts:" + ",".join(part.indicator.id for part in self.parts))
        if target.sum_from and target.deadline:
            keys.append(f"note_sum:{target.sum_from},{target.deadline.year}")
        if any(said.reading.is_known_on_assumed for said in self.used):
            keys.append("note_undated_publication")
        if target.deadline and self.known_on > target.deadline:
            keys.append("note_deadline_passed")
        return (*keys, *self._notes_on_figures())

    def _notes_on_figures(self) -> list[str]:
        """Give message keys of what is odd in the figures themselves."""
        target, keys = self.target, []
        own = [said for said in self.used if said.reading.indicator == self.indicator.id]
        if any(why == "unused_off_scale" and not _is_growth_of_what_has_none(r) for r, why in self.unused):
            keys.append("note_off_scale")
        clashing = sorted({one.reading.period.text for one in own for other in own if _clash(one, other)})
        keys += [f"note_contradiction:{period}" for period in clashing]
        if target.deadline and own and target.deadline < min(end_of(said.reading) for said in own):
            keys.append("note_before_first_figure")
        is_year_end = target.deadline is None or (target.deadline.month, target.deadline.day) == (12, 31)
        if not is_year_end and self.indicator.kind not in STOCKS and target.months is None:
            keys.append("note_whole_year")
        return keys


def gather(target: Target, zone: Zone, readings: Iterable[Reading], known_on: date, assumed: Assumed) -> Case:
    """Give the case of a target; `readings` are those known on the date, of any indicator, in any order."""
    assert target.indicator is not None and target.area is not None
    readings = list(readings)
    indicator = zone.indicators[target.indicator]
    first_year = known_on.year - assumed.look_back_years
    parts = _ratio_parts(indicator, target.area, zone, readings, first_year)
    # A published ratio of another area differs from ours as its numerator does.
    own = Series.of("own", indicator, target.area, zone, parts[0].indicator.id if parts else "")
    scale = _ratio_scale(indicator, parts) if parts else scale_of(indicator, _levels(readings, own))
    used: list[Said] = []
    unused: list[tuple[Reading, str]] = []
    for series in (own, *parts):
        its_scale = scale if series is own else log_scale()
        mine = [r for r in readings if series.covers(r)]
        kept, replaced = distinct(mine, series.area)
        kept_ids = {r.id for r in kept}
        for reading in mine:
            reason = why_unused(reading, series.indicator.kind, its_scale, first_year)
            reason = reason or ("" if reading.id in kept_ids else "unused_repeats")
            if reason:
                unused.append((reading, reason))
            else:
                subject = _subject(series, parts, reading.area, assumed)
                used.append(Said(reading, series.name, subject, series.indicator, its_scale, reading.id in replaced))
    own_readings = [r for r in readings if r.indicator == indicator.id and r.is_evidence]
    unused += [(r, "unused_other_area") for r in own_readings if not own.covers(r)]
    figures = tuple(r for r in own_readings if own.covers(r))
    has_level = any(said.reading.kind != "growth_yoy_pct" for said in used)
    if not has_level:
        unused += [(said.reading, "unused_no_level") for said in used]
    return Case(
        target, zone, known_on, own, parts, scale, tuple(used) if has_level else (), tuple(unused), figures
    )  # fmt: skip


def end_of(reading: Reading) -> date:
    """Give the last day a reading is about; the beginning of time where it has none."""
    return last_day(reading) or date.min


def age_on(day: date, end: date) -> float:
    """Give the years from `end` to `day`."""
    return (day - end).days / _YEAR_DAYS


def _newness(reading: Reading) -> tuple[date, date, str]:
    return end_of(reading), reading.known_on, reading.id


def _is_level_of(reading: Reading, series: Series) -> bool:
    return reading.indicator == series.indicator.id and reading.is_evidence and reading.kind != "growth_yoy_pct"


def _is_growth_of_what_has_none(reading: Reading) -> bool:
    """Is it growth of a share or a balance, which its scale cannot use? A fall by all there was is a zero instead."""
    return reading.kind == "growth_yoy_pct" and reading.value > -1.0


def _clash(one: Said, other: Said) -> bool:
    """Does a bound stand above the exact figure of the same area and period, or two exact figures far apart?"""
    first, second = one.reading, other.reading
    if (first.area, first.period) != (second.area, second.period) or "growth_yoy_pct" in (first.kind, second.kind):
        return False
    if second.kind == "at_least":
        return False
    gap = first.value - second.value - half_unit(second)
    if first.kind == "at_least":
        return gap > 0.0
    return gap - half_unit(first) > _FAR_APART * abs(second.value)


def _levels(readings: Sequence[Reading], series: Series) -> list[float]:
    return [r.value for r in readings if series.covers(r) and r.is_evidence and r.kind != "growth_yoy_pct"]


def _ratio_parts(
    indicator: Indicator, area: str, zone: Zone, readings: Sequence[Reading], first_year: int
) -> tuple[Series, ...]:
    """Give numerator and denominator where both have a usable figure of their level, else nothing."""
    ratio = indicator.ratio
    if ratio is None:
        return ()
    parts = (
        Series.of("numerator", zone.indicators[ratio.numerator], area, zone),
        Series.of("denominator", zone.indicators[ratio.denominator], ratio.of_area or area, zone),
    )
    by_part = ([r for r in readings if r.indicator == part.indicator.id] for part in parts)
    has_level = [
        _levels([r for r in mine if not why_unused(r, part.indicator.kind, log_scale(), first_year)], part)
        for part, mine in zip(parts, by_part, strict=True)
    ]
    return parts if all(has_level) else ()


def _ratio_scale(indicator: Indicator, parts: tuple[Series, ...]) -> Scale:
    """Give the log scale on which a published ratio is numerator minus denominator."""
    numerator, denominator = (part.indicator.unit for part in parts)
    like = factor(numerator, denominator)
    if like is not None:
        return log_scale((factor(indicator.unit, "fraction") or 1.0) / like)
    return log_scale(factor(indicator.unit, f"({numerator})/({denominator})") or 1.0)


def _subject(series: Series, parts: tuple[Series, ...], area: str, assumed: Assumed) -> Subject:
    latent = series.relation_latent(area, assumed)
    # The log of a part is the log of its ratio plus the log of its whole: both move with the whole.
    paths = (("own", 1.0), ("denominator", 1.0)) if series.name == "numerator" else ((series.name, 1.0),)
    return Subject(paths, latent)
