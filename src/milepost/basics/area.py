"""Areas and how they nest: a figure of one area never silently stands for another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from milepost.basics.errors import NOWHERE, Place
from milepost.basics.text import Text


@dataclass(frozen=True)
class Area:
    """A place, a park or a firm that figures are published for.

    `short` is its name where room is scarce; `inside` names the areas that wholly contain it, `overlaps` those it
    shares ground with; `also_written` lists other spellings found in sources; `land_km2` is its surface.
    """

    id: str
    name: Text
    kind: Literal["zone", "city", "province", "region", "district", "country", "firm", "park", "group"] = "district"
    inside: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    also_written: tuple[str, ...] = ()
    land_km2: float | None = None
    short: Text | None = None
    note: Text | None = None
    source: str = ""
    place: Place = NOWHERE

    @property
    def label(self) -> Text:
        """Its short name, or its name where it has none."""
        return self.short or self.name
