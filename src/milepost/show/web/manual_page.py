"""The manual of a register on the site, its blank form to fetch, and a copy of its rows.

What a declaration says is open to everybody; rows are for everybody where they are public, else for who may read them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpResponse

from milepost.basics.errors import YoursToMend
from milepost.keep.files import safe_name
from milepost.show.exchange.form import Form, write_form
from milepost.show.exchange.manual import manual_of
from milepost.show.exchange.register_copy import copy_register
from milepost.show.walk import store_of
from milepost.show.web.counter import Entry, absent, at_counter
from milepost.show.web.records_page import may_copy, register_of

_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@at_counter
def manual(entry: Entry, register_id: str) -> Any:
    """The manual page of a register."""
    asked = register_of(entry, register_id)
    told = manual_of(asked, entry.hall.zone.code_lists_of(asked), entry.language)
    say = entry.words.say
    tables = [
        {"title": say("blank.columns"), "heads": told.heads, "rows": told.columns},
        {"title": say("blank.rules"), "heads": told.rule_heads, "rows": told.declared},
        {"title": say("blank.always"), "heads": told.rule_heads, "rows": told.general},
    ]
    page = {
        "title": told.title,
        "manual": told,
        "facts": [fact.replace("`", "") for fact in told.facts],
        "tables": [one for one in tables if one["rows"]],
        "codes_title": say("blank.codes"),
        "register": entry.said(asked.name),
        "register_link": entry.link("register", asked.id),
        "records_link": entry.link("records"),
    }
    return entry.page("manual.html", page)


@at_counter
def blank(entry: Entry, register_id: str, kind: str) -> Any:
    """The blank form of a register, as CSV or Excel, with heads in the language of the page."""
    asked = register_of(entry, register_id)
    if kind not in _TYPES:
        raise absent(entry)
    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        place = Path(folder) / f"form.{kind}"
        write_form(place, Form(asked, entry.hall.zone.code_lists_of(asked), entry.language), kind)
        content = place.read_bytes()
    name = f"{safe_name(asked.id)}_{entry.language}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=_TYPES[kind], headers=headers)


@at_counter
def copy(entry: Entry, register_id: str) -> Any:
    """The rows of a register's newest version with its declaration, for everybody or for those who may read them."""
    asked = register_of(entry, register_id)
    if not may_copy(entry, asked):
        raise absent(entry)
    zone = entry.hall.zone
    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        place = Path(folder) / "copy.zip"
        try:
            done = copy_register(zone, store_of(zone), asked, place, has_right=True)
        except YoursToMend:
            raise absent(entry) from None
        content = place.open("rb")  # stays readable when the folder is gone
    name = f"{safe_name(asked.id)}_{done.version.number}.zip"
    headers = {"Cache-Control": "no-store"}
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip", headers=headers)
