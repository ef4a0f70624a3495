"""The verbs that look into what is kept: versions, the difference of two, a thing's history, and the second gate."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from milepost.show import telling
from milepost.show.rooms import Rooms

if TYPE_CHECKING:
    from milepost.keep.version import Version

AddVerb = Callable[..., argparse.ArgumentParser]
_MOST_KEYS = 50


def add_verbs(verb: AddVerb) -> None:
    """Add the verbs to a command line by its own way (`verb`)."""
    versions = verb("versions", _versions, "list a register's versions: when, from which file, what was added or waits")
    versions.add_argument("register", metavar="REGISTER", help="the register")
    difference = verb("difference", _difference, "say what is different between two versions of a register")
    difference.add_argument("register", metavar="REGISTER", help="the register")
    difference.add_argument("since", metavar="VERSION", type=int, help="the earlier version (0 for none)")
    difference.add_argument("until", metavar="VERSION", type=int, help="the later version")
    history = verb("history", _history, "tell everything that was ever kept of one key")
    history.add_argument("register", metavar="REGISTER", help="the register")
    history.add_argument("key", metavar="KEY", nargs="+", help="the values of its key, in the declared order")
    revisions = verb("revisions", _revisions, "tell how an indicator's figures were revised from version to version")
    revisions.add_argument("indicator", metavar="INDICATOR", help="the indicator's id, such as industry.gross_output")
    every = ("month", "quarter", "year")
    revisions.add_argument("--every", choices=every, default="year", help="figures of months, quarters or years")
    accept = verb("accept", _accept, "answer for rows that are held back from publishing")
    accept.add_argument("register", metavar="REGISTER", help="the register")
    accept.add_argument("version", metavar="VERSION", type=int, help="for the rows kept up to this version")
    accept.add_argument("rule", metavar="RULE", help="the rule that the rows break")
    accept.add_argument("--reason", required=True, help="why the rows are right as they are")


def _versions(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.engines.embedded import Engine
    from milepost.keep.holds import acceptances, holds
    from milepost.show.walk import store_of

    zone = rooms.open_zone(asked.zone)
    register, store = zone.register_named(asked.register), store_of(zone)
    with Engine() as engine:
        waiting = holds(engine, store, register)
    found: dict[str, Any] = {
        "register": register.id,
        "versions": [_version(one, store.time_zone) for one in store.versions(register.id)],
        "waiting": [
            {"rule": one.rule, "version": one.version, "rows": one.rows, "first_day": _day(one.first),
             "last_day": _day(one.last)} for one in waiting
        ],
        "accepted": [
            {"rule": one.rule, "version": one.version, "by": one.by, "at": one.at, "reason": one.reason}
            for one in acceptances(store, register.id)
        ],
    }  # fmt: skip
    if asked.json:
        telling.print_document(found)
        return 0
    for one in found["versions"]:
        held = f", {one['held']} held" if one["held"] else ""
        at = one["kept_at"][:19].replace("T", " ")
        print(
            f"{one['version']:>5}  {at}  {one['change']:<7} {one['added']:>10,} rows"
            f"  {one['count']:>12,} in all  {one['refused']} refused{held}  {one['file']}"
        )
    for one in found["waiting"]:
        print(f"Waits for a decision: {one['rows']} rows of version {one['version']} break {one['rule']}.")
    for one in found["accepted"]:
        print(f"Accepted: {one['rule']} up to version {one['version']}, by {one['by']}: {one['reason']}")
    return 0


def _version(one: Version, clock: tzinfo) -> dict[str, Any]:
    return {
        "version": one.number, "kept_at": one.kept_at.astimezone(clock).isoformat(), "change": one.change,
        "added": one.added, "count": one.count, "refused": one.refused, "warned": one.warned, "held": one.held,
        "file": one.receipt.file, "content_hash": one.content_hash, "received_by": one.receipt.received_by,
        "how_read": one.receipt.how_read,
    }  # fmt: skip


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _difference(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.engines.embedded import Engine
    from milepost.keep.history import difference
    from milepost.show.walk import store_of

    zone = rooms.open_zone(asked.zone)
    register = zone.register_named(asked.register)
    with Engine() as engine:
        found = difference(engine, store_of(zone), register, asked.since, asked.until, _MOST_KEYS)
    if asked.json:
        telling.print_document(found.document())
        return 0
    print(f"From version {asked.since} to {asked.until}: {found.added:,} added, {found.corrected:,} corrected, "
          f"{found.gone:,} gone.")  # fmt: skip
    for column, count in found.changed_cells.items():
        print(f"  {column}: another value in {count:,} rows")
    return 0


def _history(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.engines.embedded import Engine
    from milepost.keep.history import history
    from milepost.show.walk import store_of

    zone = rooms.open_zone(asked.zone)
    register = zone.register_named(asked.register)
    with Engine() as engine:
        found = history(engine, store_of(zone), register, tuple(asked.key))
    if asked.json:
        rows = [{name: value if isinstance(value, int | float | bool) or value is None else str(value)
                 for name, value in row.items()} for row in found]  # fmt: skip
        telling.print_document({"register": register.id, "rows": rows})
        return 0
    if not found:
        print("Nothing was ever kept of this key.")
    for row in found:
        cells = ", ".join(
            f"{name} {value}" for name, value in row.items() if not name.startswith("_") and value is not None
        )
        print(f"version {row['_version']:>5}  {row['_change']:<7} {row['_received_on']}  {cells}")
    return 0


def _revisions(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show.revising import revisions

    found = revisions(rooms.open_zone(asked.zone), asked.indicator, asked.every)
    if asked.json:
        telling.print_document(found.document())
        return 0
    print(*found.lines(), sep="\n")
    return 0


def _accept(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.engines.embedded import Engine
    from milepost.keep.holds import accept
    from milepost.show.rooms import who
    from milepost.show.walk import store_of

    zone = rooms.open_zone(asked.zone)
    register, now = zone.register_named(asked.register), datetime.now(UTC)
    with Engine() as engine:
        found = accept(engine, store_of(zone), register, asked.rule, asked.version, who(), asked.reason, now)
    if asked.json:
        telling.print_document({"register": found.register, "rule": found.rule, "version": found.version,
                                "by": found.by, "at": found.at, "reason": found.reason})  # fmt: skip
    else:
        rows = f"the rows of {found.register} that break {found.rule}, up to version {found.version}"
        print(f"{found.by} answers for {rows}.")
    return 0
