"""What no single row shows: parents that closed after their row began, and where enterprises are registered and work.

The division inside a credit code is the registering office's, the one beside it the place of work. A zone has its own
code in each of the two (codes/own_divisions.csv of the zone), and they differ: neither is read for the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, Headline, Proof
from milepost.basics.credit_code import division_of, is_credit_code
from milepost.basics.text import Text
from milepost.domains.industry.answers import column, percent, table, texts, valid_on


def review(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give where enterprises in business are registered and work, and those whose parent is no longer open."""
    rows = valid_on(tables["enterprises"], on)
    codes, parents, works = (texts(rows[one]) for one in ("enterprise_code", "parent_code", "division_code"))
    status, names, inside = texts(rows["status"]), texts(rows["name"]), texts(rows["parent_is_in_register"])
    open_codes = {code for code, one in zip(codes, status, strict=True) if one in ("in_business", "suspended")}
    own = _own(tables.get("own_divisions", {}))
    held = [place for place, code in enumerate(codes) if code in open_codes and is_credit_code(code)]
    places = Counter(
        (_named(division_of(codes[one]), own["registered"]), _named(works[one], own["work"])) for one in held
    )
    orphans = [
        (codes[one], names[one], parents[one])
        for one in held
        if parents[one] and parents[one] not in open_codes and inside[one] in ("True", "true", "1")
    ]
    columns = (
        column("registered", "Division in the credit code", "信用代码中的登记区划"),
        column("work", "Division of the place of work", "经营地区划"),
        column("enterprises", "Enterprises", "企业数", "count"),
        column("share", "Share", "占比", "percent"),
    )
    names_of = (
        column("enterprise", "Enterprise", "企业"),
        column("name", "Name", "名称"),
        column("parent", "Parent that is not open", "已不存续的上级法人"),
    )
    listed = [(*pair, count, percent(count / len(held))) for pair, count in places.most_common(30)]
    no_parent = Text("Enterprises whose parent is no longer open", "上级法人已不存续的企业")
    where = Text("Where they are registered, and where they work", "登记地与经营地")
    return Answer(
        headlines=[
            Headline(Text("Enterprises in business", "存续企业"), len(held), "count"),
            Headline(no_parent, len(orphans), "count"),
        ],
        tables=(
            table("places", where, columns, listed, "enterprises"),
            table("orphans", no_parent, names_of, orphans),
        ),
        proof=Proof("counted", Text("Every number counts rows of the register.", "各数均为登记簿行数。")),
        document={"in_business": len(held), "parent_not_open": len(orphans), "places": len(places)},
    )


def _own(given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The zone's own divisions by what they are used for: registered (in credit codes) or work."""
    found: dict[str, dict[str, str]] = {"registered": {}, "work": {}}
    for code, used, name in zip(*(given.get(one, []) for one in ("code", "used_in", "name_zh")), strict=True):
        found[used][code] = name
    return found


def _named(code: str, own: Mapping[str, str]) -> str:
    """A division by its code, with its name where it is the zone's own."""
    return f"{code} {own[code]}" if code in own else code
