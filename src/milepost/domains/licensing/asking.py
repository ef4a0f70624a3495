"""From answers to what an applicant needs: permits, documents and one form, each with its reason.

`questions` gives the questions that can still change the result, the one that leaves fewest others first;
`resolve` gives what is needed, and what is still open. An answer counts for every field of the same definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any, Literal

from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.domains.licensing.catalogue import Asked, Catalogue, Field, Guide, Permit, Requirement
from milepost.domains.licensing.merging import FormField, Paper, one_form, papers_of
from milepost.domains.licensing.reason import Reason, by_catalogue, by_lines, by_ruling
from milepost.rules import table as rules
from milepost.rules.prospect import Prospect, prospect
from milepost.rules.ruling import decide
from milepost.rules.space import AS_OF, space_of

Standing = Literal["required", "filing", "to_confirm", "open", "not_required"]
_STRONGEST: tuple[Standing, ...] = ("required", "filing", "to_confirm", "open", "not_required")
Identity = tuple[str, str, tuple[str, ...]]
Told = dict[tuple[str, tuple[tuple[str, Any], ...]], "Judged"]


@dataclass(frozen=True)
class Judged:
    """What a decision table answers, `open` while it is not settled: then by which questions, and what is possible."""

    answer: str
    reasons: tuple[Reason, ...]
    open_questions: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """A permit and whether it is needed: `required`, `filing` (a filing is enough), `not_required`,
    `to_confirm` (the source leaves it to the authority) or `open` (it depends on `open_questions`).
    """

    permit: Permit
    standing: Standing
    reasons: tuple[Reason, ...]
    requirements: tuple[Requirement, ...]
    open_questions: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Must it be applied for or filed?"""
        return self.standing in ("required", "filing")


@dataclass(frozen=True)
class Question:
    """A field that can still change the result, and what it can change: permits and documents by id."""

    field: Field
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Eligibility:
    """May this application use the one licence? None while it is open, or where the guide states no condition."""

    may_use: bool | None
    is_stated: bool
    reasons: tuple[Reason, ...] = ()
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """What an applicant needs under some guides: items, papers, one form, and the questions still open."""

    guides: tuple[Guide, ...]
    on: date
    answers: Mapping[str, Any]
    items: tuple[Item, ...]
    papers: tuple[Paper, ...]
    form: tuple[FormField, ...]
    eligibility: tuple[Eligibility, ...]
    open_questions: tuple[str, ...]

    @property
    def permits(self) -> tuple[Permit, ...]:
        """The permits of the one licence, in the guide's order."""
        return tuple(item.permit for item in self.items if item.is_needed and item.permit.is_in_licence)

    @property
    def is_settled(self) -> bool:
        """Can no further answer change anything?"""
        return not self.open_questions


def typed_answers(catalogue: Catalogue, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give answers as typed values by field; texts are read as the field's type (`yes`, `no`, `120`).

    Raises YoursToMend H111 with every answer that is not asked anywhere, or not of its field's type or words.
    """
    troubles: list[Trouble] = []
    values: dict[str, Any] = {}
    for name, answer in given.items():
        if name not in catalogue.fields:
            mend = nearest(name, catalogue.fields).rstrip("?").capitalize() or "Leave it out"
            troubles.append(Trouble("H111", f"{name} is not a question of the catalogue", mend))
            continue
        field = catalogue.fields[name][-1]
        try:
            values[name] = _typed(field, answer)
        except ValueError:
            mend = f"One of {listed(field.vocabulary)}" if field.vocabulary else f"Answer with a {field.type}"
            troubles.append(Trouble("H111", f"the answer to {name} is not of its kind", mend))
    if troubles:
        raise YoursToMend(troubles)
    return values


def resolve(catalogue: Catalogue, guides: Sequence[str], given: Mapping[str, Any], on: date) -> Resolved:
    """Give what these guides ask of an applicant with these answers, under the rules in force on a day.

    Raises YoursToMend: H110 no such guide, H111 an answer that cannot be taken.
    """
    return _resolved(catalogue, guides, _Known(catalogue, typed_answers(catalogue, given), on, {}))


def _resolved(catalogue: Catalogue, guides: Sequence[str], known: _Known) -> Resolved:
    held, on, answers = tuple(catalogue.guide_of("", guide) for guide in guides), known.on, known.answers
    items = _items(catalogue, held, known)
    needed = {item.permit.id for item in items if item.is_needed}
    asked = [(one, known.judge(one.rule, one.citation, one.source)) for one in _documents(catalogue, held, needed)]
    eligibility = tuple(_eligibility(guide, known) for guide in held)
    papers = papers_of(catalogue, [(one, of.reasons) for one, of in asked if of.answer == "required"], needed)
    open_ones = [q for item in items for q in item.open_questions]
    open_ones += [q for _, of in asked for q in of.open_questions] + [q for e in eligibility for q in e.open_questions]
    return Resolved(
        held, on, answers, items, papers,
        one_form(catalogue, [guide.id for guide in held], needed, known.asked_by_rules(held, needed), answers, on),
        eligibility, tuple(dict.fromkeys(open_ones)),
    )  # fmt: skip


def questions(catalogue: Catalogue, guides: Sequence[str], given: Mapping[str, Any], on: date) -> tuple[Question, ...]:
    """Give the questions that can still change the result, the best one to ask next first; none when it is settled.

    The best is the one that leaves the fewest questions open on average over its possible answers. A question that
    cannot change any permit, document or the right to use the one licence is never among them.
    """
    known = _Known(catalogue, typed_answers(catalogue, given), on, {})
    changes = _changes(catalogue, guides, known)
    if len(changes) < 2:
        order = list(changes)
    else:
        left = {name: _left_after(catalogue, guides, known, name) for name in changes}
        order = sorted(changes, key=lambda name: (left[name], -len(changes[name])))
    return tuple(Question(catalogue.field_on(name, on), changes[name]) for name in order)


def _changes(catalogue: Catalogue, guides: Sequence[str], known: _Known) -> dict[str, tuple[str, ...]]:
    """Each open question with what it can change; questions of one definition are asked once."""
    resolved, on = _resolved(catalogue, guides, known), known.on
    found: dict[Identity, tuple[str, list[str]]] = {}
    pairs = [(q, item.permit.id) for item in resolved.items for q in item.open_questions]
    for guide, may in zip(resolved.guides, resolved.eligibility, strict=True):
        pairs += [(q, guide.eligibility) for q in may.open_questions]
    needed = {item.permit.id for item in resolved.items if item.is_needed}
    for one in _documents(catalogue, resolved.guides, needed):
        pairs += [(q, one.document) for q in known.judge(one.rule, "", "").open_questions]
    for name, changed in pairs:
        _, held = found.setdefault(catalogue.field_on(name, on).identity, (name, []))
        held.append(changed)
    return {name: tuple(dict.fromkeys(held)) for name, held in found.values()}


def _documents(catalogue: Catalogue, guides: Iterable[Guide], needed: set[str]) -> list[Asked]:
    """The documents asked for by these permits, or for the guide as a whole."""
    every = (one for guide in guides for one in catalogue.documents_asked.get(guide.id, ()))
    return [one for one in every if not one.permit or one.permit in needed]


def _left_after(catalogue: Catalogue, guides: Sequence[str], known: _Known, name: str) -> float:
    """How many questions are left open after this one, on average over its possible answers."""
    values = possible_answers(catalogue, guides, name, known.on)
    return fmean(len(_changes(catalogue, guides, known.with_answer(name, value))) for value in values)


def possible_answers(catalogue: Catalogue, guides: Iterable[str], name: str, on: date) -> tuple[Any, ...]:
    """Give one answer of every piece of a question on which no condition of these guides can change its result."""
    identity = catalogue.field_on(name, on).identity
    found: list[Any] = []
    for rule in _rules_of(catalogue, guides):
        for axis in space_of(catalogue.rules[rule]).axes:
            if axis.name != AS_OF and catalogue.field_on(axis.name, on).identity == identity:
                bits = (1 << n for n in range(axis.domain.bit_length()) if axis.domain >> n & 1)
                found += [axis.example(bit) for bit in bits if bit != axis.null_bit]
    return tuple(dict.fromkeys(found))


def _rules_of(catalogue: Catalogue, guides: Iterable[str]) -> list[str]:
    names: list[str] = []
    for guide in guides:
        names += [r.rule for r in catalogue.requirements.get(guide, ())]
        names += [a.rule for a in catalogue.documents_asked.get(guide, ())]
        names.append(catalogue.guides[guide].eligibility)
    return [name for name in dict.fromkeys(names) if name]


class _Known:
    """The answers, found for every field of the same definition, and the tables judged with them."""

    def __init__(self, catalogue: Catalogue, answers: Mapping[str, Any], on: date, told: Told) -> None:
        self.catalogue, self.answers, self.on, self.told = catalogue, answers, on, told
        self.values = {catalogue.field_on(name, on).identity: value for name, value in answers.items()}

    def with_answer(self, name: str, value: Any) -> _Known:
        """The same with one more answer; what tables told to the same values is not asked of them again."""
        return _Known(self.catalogue, {**self.answers, name: value}, self.on, self.told)

    def of(self, table: rules.Table) -> dict[str, Any]:
        """The answers to what a table asks."""
        pairs = ((name, self.catalogue.field_on(name, self.on).identity) for name in sorted(table.needs))
        return {name: self.values[identity] for name, identity in pairs if identity in self.values}

    def judge(self, rule: str, citation: str, source: str) -> Judged:
        """What a table answers; without one, that it is required, as the catalogue cites."""
        if not rule:
            return Judged("required", (by_catalogue(citation, source),))
        table = self.catalogue.rules[rule]
        values = self.of(table)
        key = rule, tuple(values.items())
        if key not in self.told:
            self.told[key] = self._judged(table, values)
        return self.told[key]

    def _judged(self, table: rules.Table, values: Mapping[str, Any]) -> Judged:
        if values.keys() >= table.needs:
            ruling = decide(table, values, self.on)
            _raise_unfit(ruling.troubles)
            return Judged(str(ruling.value), by_ruling(ruling))
        left: Prospect = prospect(table, values, self.on)
        _raise_unfit(left.troubles)
        if left.is_settled:
            return Judged(str(left.answers[0]), by_lines(table, values, self.on, left.answers[0]))
        possible = tuple(str(answer) for answer in left.answers) or ("required",)
        return Judged("open", by_lines(table, values, self.on), left.open_inputs, possible)

    def asked_by_rules(self, guides: Iterable[Guide], needed: set[str]) -> dict[str, tuple[str, ...]]:
        """Fields that conditions read and that were answered or are open, with the permits they are read for."""
        found: dict[str, list[str]] = {}
        for guide in guides:
            pairs = [(r.rule, r.permit) for r in self.catalogue.requirements.get(guide.id, ())]
            pairs += [(a.rule, a.permit) for a in _documents(self.catalogue, (guide,), needed)]
            for rule, permit in [*pairs, (guide.eligibility, "")]:
                if rule:
                    table = self.catalogue.rules[rule]
                    for name in (*self.of(table), *self.judge(rule, "", "").open_questions):
                        found.setdefault(name, []).append(permit)
        return {name: tuple(dict.fromkeys(p for p in permits if p)) for name, permits in found.items()}


def _items(catalogue: Catalogue, guides: Iterable[Guide], known: _Known) -> tuple[Item, ...]:
    """The items of all guides; a permit of two guides is one item, as strong as its strongest need."""
    found: dict[str, list[tuple[Requirement, Judged]]] = {}
    for guide in guides:
        for one in catalogue.requirements.get(guide.id, ()):
            judged = known.judge(one.rule, one.citation, one.source)
            judged = judged if one.rule else Judged(one.need, judged.reasons)
            found.setdefault(one.permit, []).append((one, judged))
    return tuple(_item(catalogue.permits[permit], held) for permit, held in found.items())


def _item(permit: Permit, held: Sequence[tuple[Requirement, Judged]]) -> Item:
    """A need that is certain for one guide stays: another's question is open only if it could make it stronger."""
    certain = min((_rank(judged.answer) for _, judged in held if not judged.open_questions), default=len(_STRONGEST))
    could = [j for _, j in held if j.open_questions and min(map(_rank, j.possible)) < certain]
    opened = tuple(dict.fromkeys(q for judged in could for q in judged.open_questions))
    standing = _rank("open") if opened else certain
    reasons = tuple(reason for _, judged in held if _rank(judged.answer) == standing for reason in judged.reasons)
    return Item(permit, _STRONGEST[standing], reasons, tuple(one for one, _ in held), opened)


def _rank(standing: str) -> int:
    return _STRONGEST.index(standing)


def _eligibility(guide: Guide, known: _Known) -> Eligibility:
    if not guide.eligibility:
        return Eligibility(None, False)
    judged = known.judge(guide.eligibility, "", "")
    may_use = {"yes": True, "no": False}.get(judged.answer)
    return Eligibility(may_use, True, judged.reasons, judged.open_questions)


def _raise_unfit(troubles: Iterable[Trouble]) -> None:
    troubles = tuple(troubles)
    if troubles:
        raise YoursToMend(Trouble("H111", one.what, one.mend, one.place) for one in troubles)


def _typed(field: Field, answer: Any) -> Any:
    if field.type == "boolean":
        words = {"yes": True, "no": False, "true": True, "false": False}
        found = words.get(answer.lower()) if isinstance(answer, str) else answer
        return found if isinstance(found, bool) else _refuse()
    if field.type in ("number", "integer"):
        if isinstance(answer, bool):
            _refuse()
        number = (int if field.type == "integer" else float)(answer)
        return number if number == number and abs(number) != float("inf") else _refuse()
    if field.type == "date":
        return answer if isinstance(answer, date) else date.fromisoformat(answer)
    if not isinstance(answer, str) or (field.vocabulary and answer not in field.vocabulary):
        _refuse()
    return answer


def _refuse() -> Any:
    raise ValueError
