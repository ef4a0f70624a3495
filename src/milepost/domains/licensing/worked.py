"""Worked examples of the wing: given these answers, these permits and papers; a law test runs every one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend
from milepost.domains.licensing.asking import resolve
from milepost.domains.licensing.reading import shipped

_ON = date(2025, 6, 1)


@dataclass(frozen=True)
class Example:
    """What an applicant with these answers needs under these guides; every permit of the guides is named once."""

    says: str
    guides: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    filing: tuple[str, ...] = ()
    not_required: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    documents: dict[str, str] = field(default_factory=dict)
    may_use: bool | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class ExampleFile:
    """What a file of examples holds."""

    examples: tuple[Example, ...]


def worked(path: Path) -> Iterator[tuple[str, object, object]]:
    """Give for each example of a file its sentence, what it expects and what came out. Raises YoursToMend."""
    troubles: list[Trouble] = []
    file = build(ExampleFile, read_yaml(path, f"licensing/examples/{path.name}"), troubles)
    if file is None:
        raise YoursToMend(troubles)
    for one in file.examples:
        found = resolve(shipped(), one.guides, one.answers, _ON)
        expected = {name: set(getattr(one, name)) for name in ("required", "filing", "not_required", "to_confirm")}
        items = {name: {i.permit.id for i in found.items if i.standing == name} for name in (*expected, "open")}
        papers = {paper.document.id: paper.handing for paper in found.papers}
        may_use = next((e.may_use for e in found.eligibility if e.is_stated), None)
        yield one.says, ({**expected, "open": set()}, one.documents, one.may_use), (items, papers, may_use)
