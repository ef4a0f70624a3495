"""What a process may declare: states, acts, roles, clocks, forms and documents.

A process is a small Petri net. A case stands in one or more states; an act takes the marks of the
states in `after` and marks those in `to`. Two acts after the same state are a choice; one act to
several states opens parallel branches; one act after several states joins them. A state or act
`for_each` exists once for every branch of the case (every permit, every milestone), named when the
case is opened. Nothing is decided here: `soundness` judges a process, `case` moves through one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Literal

from milepost.basics.errors import NOWHERE, Place
from milepost.basics.text import Text

FieldType = Literal["text", "integer", "number", "date", "choice", "boolean"]
Ground = Literal[
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review", "other"
]
GIVEN = "given"
PROMISED = "promised"


@dataclass(frozen=True)
class Role:
    """Who acts: an applicant, a window, an authority; what a person holds is the room `people`'s."""

    id: str
    name: Text
    place: Place = NOWHERE


@dataclass(frozen=True)
class State:
    """Somewhere a case may stand; with an `outcome` the case ends there."""

    id: str
    name: Text
    for_each: bool = False
    outcome: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Extension:
    """More days for a clock, granted by a role with a reason, at most `most` times."""

    days: int
    by: str
    most: int = 1


@dataclass(frozen=True)
class ClockRule:
    """A legal period: its days, how they are counted, and the article that sets it (`citation_zh` in Chinese).

    `days` is the statutory period, `promised_days` what the authority promises (a case may be opened
    with its own promise, never above `days`). Working days follow the official calendar; a period in
    calendar days that ends on a day off ends on the next working day (Civil Code, art. 203).

    With `ends_before`, a date field of the act that starts it, it is a term of validity: it counts from the day of that
    act and ends before the day answered, or, where none is answered, before the day `days` later; no day off moves it.
    """

    id: str
    name: Text
    days: int
    citation: str
    counts: Literal["working_days", "calendar_days"] = "working_days"
    promised_days: int | None = None
    extension: Extension | None = None
    for_each: bool = False
    may_restart: bool = False
    ends_before: str = ""
    citation_zh: str = ""
    place: Place = NOWHERE

    @property
    def cited(self) -> Text:
        """The citation in both languages; as it is written where it has no Chinese."""
        return Text(self.citation, self.citation_zh or self.citation)


@dataclass(frozen=True)
class Field:
    """A question of a form. Two fields are the same only if `definition` and vocabulary are the same.

    `unit` names the unit of a number; `vocabulary` the allowed words of a choice; `source` the system
    that already holds the answer.
    """

    id: str
    name: Text
    definition: str
    type: FieldType = "text"
    unit: str = ""
    vocabulary: tuple[str, ...] = ()
    source: str = ""
    is_required: bool = True
    at_least: float | None = None
    at_most: float | None = None
    place: Place = NOWHERE

    @property
    def identity(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes two fields one: definition, unit and vocabulary, never the label."""
        return self.definition, self.unit, tuple(sorted(self.vocabulary))


@dataclass(frozen=True)
class Form:
    """Fields asked together; with `is_given` they are handed over when the case is opened."""

    id: str
    name: Text
    fields: tuple[Field, ...] = ()
    is_given: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True)
class Document:
    """A paper a case needs. If it may be promised, it is due that many calendar days after the decision."""

    id: str
    name: Text
    definition: str = ""
    held_by: str = ""
    may_be_promised: bool = False
    due_days_after_decision: int | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Guard:
    """A condition on an act: the value of a field is `among` these words.

    `of`: of this branch or case, of all branches, of any, or of none. The field `promised` is kept by
    the case itself: `some` while a promised document is outstanding, else `none`.
    """

    field: str
    among: tuple[str, ...]
    of: Literal["this", "all", "any", "none"] = "this"
    place: Place = NOWHERE


@dataclass(frozen=True)
class Act:
    """Something a role does. It happens whole or not at all.

    `while_any`: one of these states is marked, and stays so. `unless`: none of these is marked.
    `clears`: every mark is taken away (a withdrawal). `ground`: the lawful ground of a suspension.
    `decides`: the decision is made here, and promised documents become due from this day.
    `not_by_who_did`: the person must be another than the one who did those acts.
    `documents`: needed here; the word `given` means all those handed over at the opening.
    """

    id: str
    name: Text
    by: tuple[str, ...]
    after: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    while_any: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    clears: bool = False
    for_each: bool = False
    when: tuple[Guard, ...] = ()
    forms: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    suspends: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    ground: Ground | None = None
    needs_reason: bool = False
    decides: bool = False
    not_by_who_did: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, eq=False)
class Process:
    """A whole process; a case remembers the version it was opened under.

    `branches` names what `for_each` runs over (a permit); a case has at least `least_branches` of them.
    """

    id: str
    name: Text
    version: int
    source: str
    roles: tuple[Role, ...]
    states: tuple[State, ...]
    start: str
    acts: tuple[Act, ...]
    clocks: tuple[ClockRule, ...] = ()
    forms: tuple[Form, ...] = ()
    documents: tuple[Document, ...] = ()
    branches: Text | None = None
    least_branches: int = 1
    opened_by: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class FlatAct:
    """An act of one branch, or of the case: the marks it takes and puts, by full name."""

    act: Act
    branch: str
    takes: frozenset[str]
    puts: frozenset[str]
    while_any: frozenset[str]
    unless: frozenset[str]

    def is_enabled(self, marking: frozenset[str]) -> bool:
        """May it happen where these states are marked, conditions aside?"""
        if self.act.clears and not marking:
            return False
        return (
            self.takes <= marking
            and (not self.while_any or not marking.isdisjoint(self.while_any))
            and marking.isdisjoint(self.unless)
        )

    def fired(self, marking: frozenset[str]) -> frozenset[str]:
        """Give the states marked after it happened."""
        return self.puts if self.act.clears else (marking - self.takes) | self.puts


@dataclass(frozen=True, eq=False)
class Net:
    """A process unfolded over the branches of a case: `review` becomes `review@food`, `review@fire`."""

    process: Process
    branches: tuple[str, ...]
    acts: dict[tuple[str, str], FlatAct]
    ends: dict[str, str]
    clocks: dict[str, ClockRule]
    forms: dict[str, Form]
    documents: dict[str, Document]
    field_is_of_branch: dict[str, bool] = field(default_factory=dict)


def branched(name: str, branch: str) -> str:
    """Give the full name of a state or clock in a branch.

    >>> branched("review", "food"), branched("submitted", "")
    ('review@food', 'submitted')
    """
    return f"{name}@{branch}" if branch else name


@functools.lru_cache(maxsize=4_096)
def unfold(process: Process, branches: tuple[str, ...] = ()) -> Net:
    """Give the net of a case with these branches; an empty tuple where the process has none."""
    each_state = {state.id: state.for_each for state in process.states}
    each_clock = {clock.id: clock.for_each for clock in process.clocks}

    def full(names: tuple[str, ...], each: dict[str, bool], branch: str) -> frozenset[str]:
        found: set[str] = set()
        for name in names:
            if not each.get(name, False):
                found.add(name)
            else:
                found.update(branched(name, b) for b in ((branch,) if branch else branches))
        return frozenset(found)

    acts: dict[tuple[str, str], FlatAct] = {}
    of_branch: dict[str, bool] = {}
    forms = {form.id: form for form in process.forms}
    for act in process.acts:
        for branch in branches if act.for_each else ("",):
            sets = (full(names, each_state, branch) for names in (act.after, act.to, act.while_any, act.unless))
            acts[act.id, branch] = FlatAct(act, branch, *sets)
        for form in act.forms:
            of_branch.update({f.id: act.for_each for f in forms[form].fields} if form in forms else {})
    clocks: dict[str, ClockRule] = {}
    for clock in process.clocks:
        clocks.update(dict.fromkeys(full((clock.id,), each_clock, ""), clock))
    ends = {state.id: state.outcome for state in process.states if state.outcome is not None}
    documents = {document.id: document for document in process.documents}
    return Net(process, branches, acts, ends, clocks, forms, documents, of_branch)


def clocks_of(names: tuple[str, ...], net: Net, branch: str) -> tuple[str, ...]:
    """Give the full names of the clocks an act in `branch` touches."""
    found: list[str] = []
    for name in names:
        if name in net.clocks:
            found.append(name)
        elif branch:
            found.append(branched(name, branch))
        else:
            found.extend(branched(name, b) for b in net.branches)
    return tuple(found)
