"""A wing's page as declared: which blocks it shows, in which order. No templates, no code."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend
from milepost.basics.text import Text

BlockKind = Literal["numbers", "trend", "gap", "table", "study", "studies", "cases", "records"]


@dataclass(frozen=True)
class Block:
    """One block of a page.

    numbers: the newest figure of each of `indicators`; trend: their course over the years, published and computed;
    gap: the zone's targets that rest on them, with verdict and chance; table: an indicator divided by `by`; study:
    `study` asked and answered here, with the parameters in `set`, of its tables those named in `tables` (all where none
    is named; the question's own page has them all); studies: the wing's questions; cases: how many cases
    of `process` are open and how the others ended; records: the wing's registers with their versions, their forms, and
    the way in. What stands at places, in a tree or over time is a study's table with its picture.
    """

    kind: BlockKind
    title: Text | None = None
    indicators: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    study: str = ""
    set: dict[str, str] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    process: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class WingPage:
    """The blocks of a wing's page."""

    blocks: tuple[Block, ...]
    place: Place = NOWHERE


_NEEDS = {
    "numbers": ("indicators",),
    "trend": ("indicators",),
    "gap": ("indicators",),
    "table": ("indicators", "by"),
    "study": ("study",),
    "cases": ("process",),
}


def read_page(path: Path, shown_as: str) -> WingPage:
    """Give the page declared in a YAML file; without a file, the wing's questions and its registers.

    Raises YoursToMend with every trouble (D001 to D013, D028 a block without what it needs).
    """
    if not path.exists():
        return WingPage((Block("studies"), Block("records")))
    troubles: list[Trouble] = []
    page = build(WingPage, read_yaml(path, shown_as), troubles)
    for block in page.blocks if page else ():
        lacking = [name for name in _NEEDS.get(block.kind, ()) if not getattr(block, name)]
        if lacking:
            what = f"a block {block.kind} lacks {lacking[0]}"
            troubles.append(Trouble("D028", what, f"Add {lacking[0]}", block.place))
    if troubles or page is None:
        raise YoursToMend(troubles)
    return page
