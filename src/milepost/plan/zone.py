"""A zone: the folder that holds all there is of a place."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path

from milepost.basics.area import Area
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text
from milepost.basics.time_zone import CHINA, CHINA_NAME, day_in, time_zone_named
from milepost.plan.plan import Plan
from milepost.registers.code_list import CodeList, code_lists_of
from milepost.registers.indicator import Indicator
from milepost.registers.register import Register, own_register, own_registers


@dataclass(frozen=True)
class Range:
    """A central 90 % range of a number that is not known."""

    low: float
    high: float


@dataclass(frozen=True)
class Relation:
    """How a figure of one area may speak for another: value(`area`) = r x value(`evidence_area`).

    `ratio` is the range of r before any pair of figures is seen; pairs known on the date sharpen it.
    Without such a declaration a figure of one area is never used for another. `may_be_same`: sources mix the
    two names, so that the figures may already be of `area` itself.
    """

    indicator: str
    area: str
    evidence_area: str
    ratio: Range
    reason: Text
    may_be_same: bool = True
    place: Place = NOWHERE


@dataclass(frozen=True)
class Whole:
    """Indicators of one area that are parts of another: their sum is at most the `whole`.

    `may_overlap`: the parts may count the same thing twice, so that their sum binds nothing. Both are for a reason.
    """

    whole: str
    area: str
    parts: tuple[str, ...]
    reason: Text
    may_overlap: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True)
class Figure:
    """How a published name is read: which indicator it means, and its unit where the source's is unusual."""

    indicator: str
    unit: str | None = None
    note: Text | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Settings:
    """What a zone decides for itself; each has a default and a meaning in docs/guide.

    `oldest_evidence_years` is the age past which an indicator's newest figure is no evidence; `on_course`,
    `at_risk` and `behind` are the least chances of these verdicts; `seed` and `draws` are the forecast's;
    `session_minutes` is how long somebody signed in may be idle.
    """

    oldest_evidence_years: float = 3.0
    on_course: float = 0.8
    at_risk: float = 0.5
    behind: float = 0.2
    seed: int = 20231122
    draws: int = 10_000
    session_minutes: int = 30
    status_rules: tuple[str, ...] = ("growth_ratio", "remaining_miss", "linear_pace")


@dataclass(frozen=True)
class ZoneFile:
    """What zone.yaml itself holds.

    `notice` stands on every page and in every document that leaves the zone (that its figures are made up, say).

    `public_registers` are those whose rows are published as they are (open data): what is counted from them leaves
    however few stand behind it. `public_studies` are questions whose answers leave whole, because those they tell of
    agreed or nobody stands behind them.

    `time_zone` says which day it is when something happens here, by its name in the IANA list.

    `roles` says which area a word of the wings stands for here (`city: BEIJING`); `units` gives the
    source's own spellings of units; `undated_periods` the words that stand where a period has no date.
    """

    id: str
    name: Text
    main_area: str
    areas: tuple[Area, ...]
    about: Text | None = None
    notice: Text | None = None
    settings: Settings = field(default_factory=Settings)
    roles: dict[str, str] = field(default_factory=dict)
    undated_periods: tuple[str, ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    wholes: tuple[Whole, ...] = ()
    public_registers: tuple[str, ...] = ()
    public_studies: tuple[str, ...] = ()
    time_zone: str = CHINA_NAME
    place: Place = NOWHERE


@dataclass(frozen=True)
class Zone:
    """A zone as the walk needs it: its folder, areas, plan, indicators, how published names are read, its registers of
    unit records (the wings' and its own) by id, and the folders of code lists by their owner (a wing, or the zone).
    """

    folder: Path
    declared: ZoneFile
    plan: Plan
    indicators: dict[str, Indicator]
    figures: dict[str, Figure]
    registers: dict[str, Register] = field(default_factory=dict)
    code_folders: dict[str, Path] = field(default_factory=dict)

    @functools.cached_property
    def time_zone(self) -> tzinfo:
        """The clock on the wall here."""
        return time_zone_named(self.declared.time_zone) or CHINA

    def day(self, moment: datetime) -> date:
        """Give the day it is here at a moment."""
        return day_in(self.time_zone, moment)

    @functools.cached_property
    def areas(self) -> dict[str, Area]:
        """Areas by their id."""
        return {area.id: area for area in self.declared.areas}

    @functools.cached_property
    def _written(self) -> dict[str, str]:
        spellings = {word: area.id for area in self.declared.areas for word in area.also_written}
        return spellings | {area.id: area.id for area in self.declared.areas}

    def register_named(self, written: str) -> Register:
        """Give the register called `written`: its id, or the last word of an id that no other has.

        Raises YoursToMend (D022) where there is none, or more than one.
        """
        found = [key for key in self.registers if written in (key, key.rpartition(".")[2])]
        if len(found) == 1 and written not in own_registers():
            return self.registers[found[0]]
        if len(found) > 1:
            what = f"{written} may be any of {listed(found)}"
            raise YoursToMend(Trouble("D022", what, "Write its full name"))
        if written in own_registers():
            return own_register(written)
        known = [*own_registers(), *self.registers]
        mend = nearest(written, known).rstrip("?") or f"Known registers: {listed(known, 30)}"
        raise YoursToMend(Trouble("D022", f"there is no register {written}", mend))

    def code_lists_of(self, register: Register) -> dict[str, CodeList]:
        """Give the code lists that a register's columns name, by name: its owner's own before the zone's.

        Raises YoursToMend (D021) where one is missing or cannot be read.
        """
        owners = (register.id.rpartition(".")[0], self.declared.id)
        folders = [self.code_folders[owner] for owner in owners if owner in self.code_folders]
        return code_lists_of(register, folders)

    def area_named(self, written: str) -> str | None:
        """Give the id of the area a source writes as `written`, or None."""
        return self._written.get(written)

    def unit_named(self, written: str) -> str:
        """Give the unit a source writes as `written`: the zone's reading of it, or the word itself."""
        return self.declared.units.get(written, written)
