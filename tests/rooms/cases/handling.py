"""How tests handle applications: one clerk for all roles, who walks a case by acts."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from milepost.basics.text import Text
from milepost.cases.case import Case, Refusal
from milepost.cases.declaration import read_processes
from milepost.cases.event import Event
from milepost.cases.form import document_as_json, field_as_json
from milepost.cases.moving import apply
from milepost.cases.opening import open_case
from milepost.cases.process import Document, Field, Process

REPOSITORY = Path(__file__).resolve().parents[3]
PROCESSES = read_processes(REPOSITORY / "src/milepost/domains/licensing/cases.yaml")
SINGLE, JOINT = PROCESSES["single_permit", 1], PROCESSES["joint_licence", 1]
CHINA = timezone(timedelta(hours=8))

AREA = Field(
    "area", Text("Floor area", "面积"), "premises:floor_area", "number", "square_metre", at_least=1, at_most=1e6
)
FOOD = Field("food", Text("Sells food", "是否经营食品"), "premises:sells_food", "boolean")
LEASE = Document("lease", Text("Lease", "租赁合同"), "doc:lease")
LAYOUT = Document("layout", Text("Layout", "平面图"), "doc:layout", may_be_promised=True, due_days_after_decision=30)
GIVEN = {
    "forms": {"application": [field_as_json(AREA), field_as_json(FOOD)]},
    "documents": [document_as_json(LEASE), document_as_json(LAYOUT)],
}
FILLED = {"fields": {"area": 120.0, "food": True}, "documents": {"lease": "sha256:1", "layout": "sha256:2"}}
PROMISING = {"fields": {"area": 120.0, "food": True}, "documents": {"lease": "sha256:1"}, "promised": ["layout"]}


def at(day: str, hour: int = 10) -> datetime:
    """A moment in Beijing."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=CHINA)


def opened(process: Process, day: str, **data: Any) -> Case:
    if process.branches and "branches" not in data:
        data["branches"] = ["food", "fire"]
    event = Event("e1", "c", 1, "open", "ann", "applicant", at(day), process.id, process.version, "", data)
    case = open_case(process, event)
    assert isinstance(case, Case), case
    return case


def asked(case: Case, act: str, day: str, **given: Any) -> Case | Refusal:
    """Ask for an act by somebody who holds the first role that may do it; each act by its own person."""
    name, _, branch = act.partition("@")
    flat = case.net.acts.get((name, branch))
    role = given.pop("role", flat.act.by[0] if flat else "applicant")
    person, number = given.pop("person", f"{role}-{name}"), given.pop("sequence", case.sequence + 1)
    moment, calendar = at(day, given.pop("hour", 10)), given.pop("calendar", None)
    process = case.net.process
    event = Event(f"e{number}", "c", number, name, person, role, moment, process.id, process.version, branch, given)
    return apply(case, event, calendar)


def done(case: Case, act: str, day: str, **given: Any) -> Case:
    after = asked(case, act, day, **given)
    assert isinstance(after, Case), after
    return after


def codes(answer: Case | Refusal) -> list[str]:
    assert isinstance(answer, Refusal)
    return [reason.code for reason in answer.reasons]


def accepted(process: Process, day: str = "2026-02-09", filled: dict[str, Any] = FILLED, **data: Any) -> Case:
    """Opened and handed in on the Wednesday before, accepted on the day."""
    case = opened(process, "2026-02-04", **{**GIVEN, **data})
    case = done(case, "submit", "2026-02-04", **filled)
    return done(case, "accept", day)
