"""Zones whose registers are drawn by chance: columns of every type and way of writing, rules of every form.

Each holds things that are valid for a time, events that name them, and control totals of the events.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import yaml

_WORDS = {
    "says": {"en": "A rule", "zh": "规则"},
    "fault": {"en": "broken", "zh": "不符"},
    "mend": {"en": "Mend", "zh": "改正"},
}
_DATES = [[], ["%d/%m/%Y"], ["%Y年%m月%d日", "%Y/%m/%d"], ["%Y%m%d"]]
_NUMBERS = [{}, {"decimal": ","}, {"decimal": ",", "thousands": "."}, {"thousands": ","}]


def named(word: str) -> dict[str, str]:
    return {"en": word.replace("_", " ").capitalize(), "zh": f"名{word}"}


class Drawn:
    """A zone that is drawn: its registers as plain values, `rules` the forms that came to be in it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.forms: list[str] = []
        self.registers = {"thing": self.thing(), "event": self.event(), "control": self.control()}

    def column(self, id: str, type: str, **more: Any) -> dict[str, Any]:
        """A column, written in one of many ways."""
        written: dict[str, Any] = {}
        if type == "date" and (forms := self.chance.choice(_DATES)):
            written["dates"] = forms
        if type == "number":
            written |= self.chance.choice(_NUMBERS)
        if type == "yes_no" and self.chance.random() < 0.5:
            written |= {"yes": ["有"], "no": ["无"]}
        if self.chance.random() < 0.3:
            written["empty"] = ["n/a", "—"]
        return {"id": id, "type": type, "name": named(id), **({"written": written} if written else {}), **more}

    def rule(self, id: str, form: dict[str, Any]) -> dict[str, Any]:
        severity = self.chance.choice(["block", "hold", "warn"])
        self.forms += [name for name in form if name not in ("by", "where")]
        return {"id": id, "severity": severity, **_WORDS, **form}

    def maybe(self, found: list[Any], likely: float = 0.6) -> list[Any]:
        return [one for one in found if self.chance.random() < likely]

    def thing(self) -> dict[str, Any]:
        self.key_type = self.chance.choice(["text", "credit_code"])
        columns = [
            self.column("thing_code", self.key_type),
            self.column("begins", "date"),
            self.column("ends", "date", may_be_empty=True),
            self.column("place", "text", may_be_empty=True),
            self.column("size", "number", places=self.chance.randint(0, 3)),
        ]
        rules = self.maybe([
            self.rule("one_at_a_place", {"do_not_overlap": ["place"]}),
            self.rule("size_is_some", {"holds": "size > 0"}),
            self.rule("place_is_a_code", {"holds": "place is null or matches(place, '[A-F][0-9]{3}')"}),
        ])  # fmt: skip
        return {
            "name": named("thing"), "definition": named("thing"), "key": ["thing_code"],
            "valid": {"start": "begins", "until": "ends"}, "columns": columns, "rules": rules,
        }  # fmt: skip

    def event(self) -> dict[str, Any]:
        places = self.chance.randint(0, 3)
        self.has_kind = self.chance.random() < 0.5
        columns = [
            self.column("thing_code", self.key_type),
            self.column("day", "date"),
            self.column("month", "month"),
            self.column("number", "whole"),
            self.column("kind", "code", codes=["a", "b", "c"]),
            *(self.column(name, "number", places=places, may_be_empty=self.chance.random() < 0.3)
              for name in ("whole_amount", "part_one", "part_two", "counter")),
            self.column("share", "number", places=4),
            self.column("heat", "real", may_be_empty=True),
            self.column("is_good", "yes_no", may_be_empty=True),
            self.column("note", "text", may_be_empty=True),
        ]  # fmt: skip
        rules = self.maybe([
            self.rule("thing_is_known", {"refers": {"register": "drawn.thing", "columns": {"thing_code": "thing_code"},
                                                    "on": "day"}}),
            self.rule("parts_are_the_whole", {"holds": "whole_amount = part_one + part_two"}),
            self.rule("not_negative", {"holds": "part_one >= 0"}),
            self.rule("shares_are_one", {"by": ["thing_code", "month"], "holds": "abs(sum(share) - 1) <= 0.001"}),
            self.rule("counter_never_falls", {"never_falls": {"column": "counter", "along": "day",
                                                              "within": ["thing_code"]}}),
            self.rule("kind_c_is_noted", {"holds": "kind <> 'c' or note is not null"}),
        ])  # fmt: skip
        if self.chance.random() < 0.85:
            by = {"month": "of_month", **({"kind": "of_kind"} if self.has_kind else {})}
            total = self.chance.choice(["sum(whole_amount)", "sum(whole_amount)", "sum(part_one) + sum(part_two)"])
            control: dict[str, Any] = {
                "total": total, "register": "drawn.control", "by": by, "tolerance": self.chance.choice([0, 0.5]),
                "total_there": self.chance.choice(["sum(told)", "max(told)", "sum(told) - sum(left_out)"]),
            }  # fmt: skip
            where = {"where": "is_good or is_good is null"} if self.chance.random() < 0.3 else {}
            if self.chance.random() < 0.4:
                control["where_there"] = "level = 'all'"
            rules.append(self.rule("totals_are_the_controls", {**where, "reconciles": control}))
        return {
            "name": named("event"), "definition": named("event"), "key": ["thing_code", "day", "number"],
            "happened": "day", "columns": columns, "rules": rules,
        }  # fmt: skip

    def control(self) -> dict[str, Any]:
        columns = [
            self.column("of_month", "month"),
            self.column("of_kind", "code", codes=["a", "b", "c"]),
            self.column("level", "code", codes=["all", "part", "none"]),
            self.column("told", "number", places=3),
            self.column("left_out", "number", places=3),
        ]
        rules = self.maybe([self.rule("left_out_is_some", {"holds": "left_out >= 0"})])
        key = ["of_month", *(["of_kind"] if self.has_kind else []), "level"]
        return {
            "name": named("control"), "definition": named("control"), "key": key, "happened": "of_month",
            "columns": columns, "rules": rules,
        }  # fmt: skip

    def written_to(self, folder: Path) -> Path:
        """Write the zone into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        zone = {
            "id": "drawn", "name": named("drawn"), "main_area": "HERE",
            "areas": [{"id": "HERE", "name": named("here"), "kind": "zone"}],
        }  # fmt: skip
        for name, told in (("zone", zone), ("registers", self.registers)):
            text = yaml.safe_dump(json.loads(json.dumps(told)), allow_unicode=True, sort_keys=False)
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        return folder
