"""Registers on the site: what a record is, which versions are kept, and the way in for a file with its verdict.

What a register is and how many rows it holds is open to everybody; files are sent, and refused rows fetched, by people
with the right. The verdict names lines, rules and mends, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import FileResponse, HttpResponseRedirect

from milepost.basics.errors import YoursToMend
from milepost.check.verdict import Refusal
from milepost.keep.files import safe_name
from milepost.keep.retold import refused_file_in
from milepost.keep.version import Version
from milepost.registers.register import Register, own_registers
from milepost.show import verdict_lines
from milepost.show.exchange.register_copy import is_open
from milepost.show.hall.reception import READ, Delivery, may
from milepost.show.hall.sending import may_send_for
from milepost.show.how_read import how_read
from milepost.show.number import unit_words
from milepost.show.walk import store_of
from milepost.show.web.counter import Entry, absent, at_counter, for_people, token, token_of, told
from milepost.show.web.sign_in import ask_to_sign_in

_MOST_TOLD = 200
_MOST_VERSIONS = 30
_REFRESH_SECONDS = 2
_STEPS = ("receive", "check", "keep")


@at_counter
def records(entry: Entry) -> Any:
    """Every register of the zone with its versions."""
    zone = entry.hall.zone
    store = store_of(zone)
    rows = []
    for register in _registers(entry):
        versions = store.versions(register.id)
        rows.append(
            {
                "name": entry.said(register.name),
                "definition": entry.said(register.definition),
                "link": entry.link("register", register.id),
                "count": f"{versions[-1].count:,}" if versions else "",
                "number": str(len(versions)) if versions else "",
            }
        )
    return entry.page("records.html", {"title": entry.words.say("records.title"), "rows": rows})


@at_counter
def register(entry: Entry, register_id: str) -> Any:
    """One register: its columns and rules, its versions, and the form to send a file."""
    asked = register_of(entry, register_id)
    wrong: list[dict[str, str]] = []
    if entry.request.method == "POST":
        if entry.person is None:
            return ask_to_sign_in(entry)
        done = _sent(entry, asked)
        if isinstance(done, str):
            return HttpResponseRedirect(entry.link("delivery", asked.id, done))
        wrong = done
    return entry.page("register.html", _page(entry, asked) | {"troubles": wrong}, 400 if wrong else 200)


@for_people
def delivery(entry: Entry, register_id: str, delivery_id: str) -> Any:
    """Where a file stands that was sent, and the verdict on its rows when it is done; its sender may cancel it."""
    asked, found = register_of(entry, register_id), _delivery(entry, delivery_id)
    if found is None or found.register != asked.id:
        raise absent(entry)
    if entry.request.method == "POST" and entry.site.reception is not None:
        if found.sender == entry.who.id:
            entry.site.reception.cancel(found.id)
        return HttpResponseRedirect(entry.link("delivery", asked.id, found.id))
    page = {
        "may_cancel": found.sender == entry.who.id and not found.is_over,
        "title": entry.words.say("records.delivery", file=found.file),
        "register": entry.said(asked.name),
        "register_link": entry.link("register", asked.id),
        "records_link": entry.link("records"),
        "state": found.state,
        "state_words": entry.words.word("records", f"state_{found.state}"),
        "steps": _steps(entry, found),
        "rows": _so_far(entry, found),
        "share": f"{found.rows / found.of:.3f}" if found.of and found.step == _STEPS[0] else "",
        "troubles": told(entry, found.troubles),
        "refresh": 0 if found.is_over else _REFRESH_SECONDS,
        **_verdict(entry, asked, found),
    }
    return entry.page("delivery.html", page)


@for_people
def refused(entry: Entry, register_id: str, content_hash: str) -> Any:
    """The refused rows of a file, to be mended and sent again; for those who may read or sent it."""
    asked = register_of(entry, register_id)
    may_see = may(entry.hall.rights, entry.person, READ, asked.id) or _is_own(entry, asked, content_hash)
    if not re.fullmatch(r"[0-9a-f]{12,64}", content_hash) or not may_see:
        raise absent(entry)
    place = refused_file_in(store_of(entry.hall.zone), asked, content_hash, entry.language)
    if not place.is_file():
        raise absent(entry)
    name = f"refused_{safe_name(asked.id)}_{content_hash[:12]}.csv"
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(place.open("rb"), as_attachment=True, filename=name, content_type="text/csv", headers=headers)


def _registers(entry: Entry) -> Iterator[Register]:
    """Those every zone has, then the zone's own, then those of the wings."""
    zone = entry.hall.zone
    mine = f"{zone.declared.id}."
    yield from (zone.register_named(name) for name in own_registers())
    yield from sorted(zone.registers.values(), key=lambda one: (not one.id.startswith(mine), one.id))


def register_of(entry: Entry, name: str) -> Register:
    """Give the register an address names by its full id; others are not there."""
    try:
        found = entry.hall.zone.register_named(name)
    except YoursToMend:
        raise absent(entry) from None
    if found.id != name:
        raise absent(entry)
    return found


def may_copy(entry: Entry, asked: Register) -> bool:
    """May whoever asks have the register's rows: because they are public, or by a right?"""
    return is_open(asked) or may(entry.hall.rights, entry.person, READ, asked.id)


def _delivery(entry: Entry, id: str) -> Delivery | None:
    """The delivery, for the person who sent it and for those who may read the register."""
    found = entry.site.reception.delivery(id) if entry.site.reception else None
    if found is None:
        return None
    is_own = found.sender == entry.who.id
    return found if is_own or may(entry.hall.rights, entry.person, READ, found.register) else None


def _is_own(entry: Entry, asked: Register, content_hash: str) -> bool:
    reception = entry.site.reception
    return reception is not None and any(
        one.sender == entry.who.id and one.register == asked.id and one.intake is not None
        and one.intake.content_hash.startswith(content_hash)
        for one in reception.deliveries()
    )  # fmt: skip


def _page(entry: Entry, asked: Register) -> dict[str, Any]:
    versions = store_of(entry.hall.zone).versions(asked.id)
    may_send = entry.site.reception is not None and _parties(entry, asked) is not None
    return {
        "title": entry.said(asked.name),
        "definition": entry.said(asked.definition),
        "records_link": entry.link("records"),
        "key": ", ".join(asked.key),
        "columns": [_column(entry, asked, name) for name in asked.column_ids],
        "rules": [
            {
                "says": entry.said(rule.says),
                "severity": entry.words.word("records", f"severity_{rule.severity}"),
                "citation": rule.citation,
            }
            for rule in asked.rules
        ],
        "versions": [_version(entry, asked, one) for one in versions[-_MOST_VERSIONS:][::-1]],
        "waits": _waits(entry, asked) if may(entry.hall.rights, entry.person, READ, asked.id) else [],
        "copy_link": entry.link("copy", asked.id) if versions and may_copy(entry, asked) else "",
        "manual_link": entry.link("manual", asked.id),
        "form_links": [(kind, entry.link("blank_form", asked.id, kind)) for kind in ("xlsx", "csv")],
        "may_send": may_send,
        "is_signed_in": entry.person is not None,
        "token": token(entry, f"records {asked.id}") if may_send else "",
    }


def _parties(entry: Entry, asked: Register) -> tuple[str, ...] | None:
    """For whom whoever asks may send rows of the register; None where they may not."""
    return may_send_for(entry.hall.rights, entry.person, asked.id)


def _waits(entry: Entry, asked: Register) -> list[dict[str, Any]]:
    """What waits for a decision: the rule in words, the version whose rows break it, and how many."""
    from milepost.engines.embedded import Engine
    from milepost.keep.holds import holds

    with Engine() as engine:
        found = holds(engine, store_of(entry.hall.zone), asked)
    says = {rule.id: entry.said(rule.says) for rule in asked.rules}
    return [
        {"rule": says.get(one.rule, one.rule), "id": one.rule, "version": one.version, "rows": f"{one.rows:,}"}
        for one in found
    ]


def _column(entry: Entry, asked: Register, name: str) -> dict[str, Any]:
    column = asked.column(name)
    return {
        "id": column.id,
        "name": entry.said(column.name),
        "definition": entry.said(column.definition),
        "type": entry.words.word("records", f"type_{column.type}"),
        "unit": unit_words(column.unit, entry.language) if column.unit else "",
        "codes": ", ".join(column.codes),
        "may_be_empty": column.may_be_empty,
    }


def _version(entry: Entry, asked: Register, version: Version) -> dict[str, Any]:
    may_see = may(entry.hall.rights, entry.person, READ, asked.id)
    has_refused = version.refused and may_see
    return {
        "number": version.number,
        "day": entry.hall.zone.day(version.kept_at).isoformat(),
        "added": f"{version.added:,}",
        "count": f"{version.count:,}",
        "file": version.receipt.file if may_see else "",
        "mark": version.content_hash[:12],
        "refused_link": entry.link("refused", asked.id, version.content_hash) if has_refused else "",
        "refused": f"{version.refused:,}" if version.refused else "",
    }


def _sent(entry: Entry, asked: Register) -> str | list[dict[str, str]]:
    """Take a sent file to the reception; give the delivery's id, or what is wrong with what was sent."""
    request, reception = entry.request, entry.site.reception
    held = token_of(entry, request.POST.get("token", ""))
    is_from_here = held is not None and (held.who, held.about) == (entry.who.id, f"records {asked.id}")
    parties = _parties(entry, asked)
    if reception is None or parties is None:
        raise absent(entry)
    file = request.FILES.get("file")
    if not is_from_here or file is None or not file.size:
        key = "no_file" if is_from_here else "old_form"
        return [{"code": "S302", "what": entry.words.word("records", key), "about": ""}]
    place = reception.place()
    with place.open("wb") as arriving:
        for chunk in file.chunks():
            arriving.write(chunk)
    return reception.deliver(asked.id, safe_name(file.name), entry.who.id, place, parties).id


def _verdict(entry: Entry, asked: Register, found: Delivery) -> dict[str, Any]:
    intake = found.intake
    if intake is None:
        return {"is_done": False}
    warnings = intake.verdict.warnings if intake.verdict else ()
    return {
        "is_done": True,
        "was_known": intake.was_known,
        "counts": [
            (entry.words.word("records", name), f"{count:,}")
            for name, count in (
                ("accepted", intake.accepted),
                ("refused", intake.refused),
                ("warned", intake.warned),
                ("held", intake.held),
                ("already_kept", intake.already_kept),
            )
        ],
        "how_read": how_read(intake.verdict.batch.receipt.how_read, entry.language) if intake.verdict else "",
        "version": intake.version.number if intake.version else "",
        "rules": _rules(entry, asked, intake.rule_counts),
        "refusals": [*_lines(intake.refusals, entry.language)],
        "more": max(intake.refused - _MOST_TOLD, 0),
        "warnings": verdict_lines.grouped(warnings, entry.language),
        "more_warnings": max(intake.warned + intake.held - len(warnings), 0),
        "findings": [
            {
                "code": one.code,
                "subject": one.subject,
                "says": entry.said(one.says),
                "mend": entry.said(one.mend),
                "lines": ", ".join(map(str, one.lines)),
            }
            for one in intake.findings
        ],
        "refused_link": entry.link("refused", asked.id, intake.content_hash) if intake.refused else "",
    }


def _steps(entry: Entry, found: Delivery) -> list[dict[str, str]]:
    """The steps a file goes through, each done, under way or still to come."""
    here = _STEPS.index(found.step) if found.step in _STEPS else -1
    return [
        {
            "word": entry.words.word("records", f"step_{step}"),
            "stands": "done" if place < here or found.state == "done" else "now" if place == here else "later",
        }
        for place, step in enumerate(_STEPS)
    ]


def _so_far(entry: Entry, found: Delivery) -> str:
    if not found.rows:
        return ""
    if found.of > found.rows:
        return entry.words.say("records.so_far_of", rows=f"{found.rows:,}", of=f"{found.of:,}")
    return entry.words.say("records.so_far", rows=f"{found.rows:,}")


def _rules(entry: Entry, asked: Register, counts: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Every rule that rows broke with what it says, where the register declares it, and how many rows."""
    says = {rule.id: entry.said(rule.says) for rule in asked.rules}
    told = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [(code, says.get(code.partition("/")[2], ""), f"{count:,}") for code, count in told]


def _lines(refusals: tuple[Refusal, ...], language: str) -> Iterator[dict[str, Any]]:
    for one in refusals[:_MOST_TOLD]:
        yield {"line": one.line, "faults": verdict_lines.told(one, language)}
