"""Why a chance is what it is: what moved it since the announcement, and how far each figure pulls it."""

from __future__ import annotations

import functools
from typing import Any

from milepost.explain.account import Account, Part
from milepost.explain.moved import Pull, moved, pulls
from milepost.plan.plan import Target
from milepost.show.number import chance_words, day_words
from milepost.show.walk import Walk
from milepost.show.web.target_page import Evidence, evidence
from milepost.show.web.visit import Visit

_KEPT = 32


def why_page(visit: Visit, target: Target) -> dict[str, Any]:
    """Give what the template shows; the work behind it is done once for a walk and a target."""
    account, found = _explained(visit.walk, target)
    return {
        "title": visit.words.say("why.title"),
        "target": target,
        "target_name": target.name[visit.language],
        "target_link": visit.link("target", target.id),
        "moved": _moved(visit, target, account) if account else None,
        "pulls": [_pull(visit, target, pull) for pull in found],
    }


class _ByIdentity:
    """A walk as a key: two walks are the same only if they are one."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def __hash__(self) -> int:
        return id(self.walk)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and self.walk is other.walk


def _explained(walk: Walk, target: Target) -> tuple[Account | None, list[Pull]]:
    return _worked_out(_ByIdentity(walk), target.id)


@functools.lru_cache(_KEPT)
def _worked_out(key: _ByIdentity, target_id: str) -> tuple[Account | None, list[Pull]]:
    walk = key.walk
    target = next(one for one in walk.zone.plan.targets() if one.id == target_id)
    announced = walk.zone.plan.announced_on
    account = moved(target, walk.zone, walk.readings, announced, walk.known_on) if announced < walk.known_on else None
    return account, pulls(target, walk.zone, walk.readings, walk.known_on)


def _moved(visit: Visit, target: Target, account: Account) -> dict[str, Any]:
    announced, words = visit.walk.zone.plan.announced_on, visit.words
    return {
        "start": chance_words(account.start, visit.language),
        "end": chance_words(account.end, visit.language),
        "from": day_words(announced)[visit.language],
        "to": day_words(visit.walk.known_on)[visit.language],
        "parts": [_part(visit, target, part) for part in account.parts],
        "sum": points(account.end - account.start, words.say("why.points")),
    }


def _part(visit: Visit, target: Target, part: Part) -> dict[str, Any]:
    figures = [evidence(visit, target, reading) for reading in part.readings]
    return {
        "figures": figures,
        "says": "" if figures else visit.words.word("why", part.name),
        "change": points(part.value, visit.words.say("why.points")),
    }


def _pull(visit: Visit, target: Target, pull: Pull) -> tuple[Evidence, str]:
    says = visit.words.say("why.only") if pull.pull is None else points(pull.pull, visit.words.say("why.points"))
    return evidence(visit, target, pull.reading), says


def points(change: float, unit: str) -> str:
    """Give a change of a chance in points, with its sign.

    >>> points(-0.124, "points"), points(0.001, "points")
    ('−12 points', '0 points')
    """
    rounded = round(change * 100)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded)} {unit}"
