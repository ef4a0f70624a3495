"""Blocks about single things of a register: what is kept of one, the list of those one may see, and cases about one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from milepost.registers.domain import Domain
from milepost.registers.page import Block, ThingPage, filled
from milepost.registers.register import Column
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.hall.about import AboutCase, cases_about, opening_role
from milepost.show.hall.sight import seen
from milepost.show.number import amount, day_words
from milepost.show.things import Row, Thing, list_things, may_see, thing_page
from milepost.show.web.accounts import person_at_door
from milepost.show.web.case_page import state_words
from milepost.show.web.counter import Entry, enter_hall, token
from milepost.show.web.visit import Visit

FIND = "find"
_MOST_LISTED = 60
_DAY_SIGNS = 10


@dataclass(frozen=True)
class SeenThing:
    """A thing a visitor sees: as one's `own` (or in charge of it) all that is told of it, else what is public."""

    wing: Domain
    thing: Thing
    is_own: bool


def facts(visit: Visit, block: Block, seen_thing: SeenThing) -> dict[str, Any]:
    """Give what the register says of a thing, and the days on which that changed."""
    thing = seen_thing.thing
    names = block.columns or thing.register.column_ids
    rows = [_fact(visit, seen_thing.wing, thing, thing.register.column(name)) for name in names]
    valid = thing.register.valid
    return {
        "rows": [row for row in rows if row["value"]],
        "earlier": [
            {"from": row[valid.start][:_DAY_SIGNS], "until": row.get(valid.until or "", "")[:_DAY_SIGNS],
             "name": row.get(thing.page.label, "")}
            for row in thing.rows if row is not thing.row
        ] if valid else [],
    }  # fmt: skip


def _fact(visit: Visit, wing: Domain, thing: Thing, column: Column) -> dict[str, str]:
    written = thing.row.get(column.id, "")
    part = thing.page.part_of.get(column.id)
    return {
        "name": column.name[visit.language],
        "value": cell(visit, wing, column, written),
        "link": visit.link("thing", thing.wing, part, written) if part and written else "",
    }


def cell(visit: Visit, wing: Domain, column: Column, written: str) -> str:
    """Give a cell of a register as a reader reads it."""
    if not written:
        return ""
    if column.type == "code":
        return wing.words(visit.language).codes.get(written, written)
    if column.type == "yes_no":
        return visit.words.say(f"study.{written}")
    if column.unit:
        return amount(float(written), column.unit, visit.language)
    return written


def parts(visit: Visit, block: Block, seen_thing: SeenThing) -> dict[str, Any] | None:
    """Give the things that are part of a thing."""
    return things(visit, seen_thing.wing, block, seen_thing)


def things(visit: Visit, wing: Domain, block: Block, within: SeenThing | None = None) -> dict[str, Any] | None:
    """Give the things of a page that this visitor may see; of others only how many there are, where they are many."""
    thing = within.thing if within is not None else None
    page = thing_page((wing,), wing.id, block.thing)
    if page is None or page.register not in visit.walk.zone.registers:
        return None
    where = filled(block.where, thing.row) if thing is not None else dict(block.where)
    if "" in where.values():
        return None
    every = list_things(visit.walk.zone, wing.id, page, where, visit.asked_on or visit.site.today(), visit.asked_on)
    if not every:
        return {"waits": visit.words.say("thing.none")}
    shown = [row for row, party in every if _may_see(visit, page, party)]
    asked = visit.request.GET.get(FIND, "").strip()[:100] if visit.request is not None and thing is None else ""
    key = visit.walk.zone.registers[page.register].key[0]
    found = [row for row in shown if asked.lower() in f"{row[key]} {row.get(page.label, '')}".lower()]
    return {
        "rows": [_listed(visit, wing, page, row, block) for row in found[:_MOST_LISTED]],
        "heads": _heads(visit, page, block),
        "more": max(len(found) - _MOST_LISTED, 0),
        "has_find": thing is None and len(shown) > 1,
        "find": asked,
        "action": visit.path,
        "day": visit.asked_on.isoformat() if visit.asked_on else "",
        "hidden": _hidden(visit, len(every) - len(shown)),
    }


def _may_see(visit: Visit, page: ThingPage, party: str) -> bool:
    if visit.walk.zone.registers[page.register].is_public:
        return True
    rights = visit.site.hall.rights if visit.site.hall is not None else None
    return may_see(rights, person_at_door(visit.request), page, party)


def _hidden(visit: Visit, count: int) -> str:
    if not count:
        return ""
    told = str(count) if count >= LEAST_CONTRIBUTORS else visit.words.say("wing.few", least=LEAST_CONTRIBUTORS)
    return visit.words.say("thing.hidden", count=told)


def _heads(visit: Visit, page: ThingPage, block: Block) -> list[str]:
    register = visit.walk.zone.registers[page.register]
    return [register.column(name).name[visit.language] for name in (register.key[0], *block.columns)]


def _listed(visit: Visit, wing: Domain, page: ThingPage, row: Row, block: Block) -> dict[str, Any]:
    register = visit.walk.zone.registers[page.register]
    code = row[register.key[0]]
    return {
        "link": visit.link("thing", wing.id, page.id, code),
        "code": code,
        "name": row.get(page.label, ""),
        "cells": [cell(visit, wing, register.column(name), row.get(name, "")) for name in block.columns],
    }


def case(visit: Visit, block: Block, seen_thing: SeenThing) -> dict[str, Any] | None:
    """Give the cases of a process about a thing, and the way to open one for whoever may."""
    thing, hall = seen_thing.thing, visit.site.hall if seen_thing.is_own else None
    versions = [version for name, version in hall.docket.processes if name == block.process] if hall else []
    if hall is None or not versions:
        return None
    entry = enter_hall(visit.request, visit.language)
    found = cases_about(hall, thing, block.process)
    may_open = not any(one.is_open for one in found) and bool(opening_role(hall, entry.person, thing, block.process))
    return {
        "process": hall.docket.processes[block.process, max(versions)].name[visit.language],
        "rows": [*_cases(entry, found)],
        "action": visit.link("thing_case", thing.wing, thing.page.id, thing.code, block.process) if may_open else "",
        "token": token(entry, case_token(thing, block.process)) if may_open else "",
    }


def case_token(thing: Thing, process: str) -> str:
    """Give what the form that opens a case is about."""
    return f"open/{process}/{thing.page.id}/{thing.code}"


def _cases(entry: Entry, found: list[AboutCase]) -> Iterator[Mapping[str, Any]]:
    for one in found:
        held = one.history.case
        is_mine = entry.person is not None and seen(entry.hall, entry.person, held.id) is not None
        yield {
            "link": entry.link("case", held.id) if is_mine else "",
            "id": held.id,
            "states": [state["name"] for state in state_words(entry, held, {})],
            "opened": day_words(held.day(held.opened_at))[entry.language],
            "last": day_words(held.day(held.last_at))[entry.language],
        }
