"""Documents and fields of several permits made one list and one form.

Fields and documents are the same only where their definition is the same (for fields with unit and words), never
where their labels look alike; likeness only proposes a merge to an officer.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Literal

from milepost.basics.text import Text
from milepost.domains.licensing.catalogue import Asked, Catalogue, Document, Field
from milepost.domains.licensing.reason import Reason, by_catalogue

Handing = Literal["hand_in", "held", "produced", "substituted"]


@dataclass(frozen=True)
class Paper:
    """A document that permits ask for, once.

    `handing`: `hand_in` by the applicant; `held` by an authority already (`held_by`), so not asked; `produced` by a
    permit of the same application; `substituted` by another paper of the list (`instead`). `asked` counts how
    often it would be handed in if every permit were applied for alone. `due_days_after_decision` is for
    a document that may be promised.
    """

    document: Document
    handing: Handing
    asked_by: tuple[str, ...]
    reasons: tuple[Reason, ...]
    may_be_promised: bool
    due_days_after_decision: int | None
    asked: int
    instead: str = ""


@dataclass(frozen=True)
class FormField:
    """A question of the one form: `merged` are the fields it stands for, `asked_by` the permits (empty: all)."""

    field: Field
    merged: tuple[str, ...]
    asked_by: tuple[str, ...]
    reasons: tuple[Reason, ...]
    answer: Any = None

    @property
    def is_held(self) -> bool:
        """Does an authority already know the answer?"""
        return bool(self.field.held_by.en)


@dataclass(frozen=True)
class Proposal:
    """Two fields of different definition whose labels look alike: an officer decides, nothing is merged."""

    one: str
    other: str
    likeness: float


def papers_of(
    catalogue: Catalogue, asked: Sequence[tuple[Asked, tuple[Reason, ...]]], permits: Iterable[str]
) -> tuple[Paper, ...]:
    """Give the papers of these permits: one for each definition, less what is held, produced or substituted."""
    grouped: dict[str, list[tuple[Asked, tuple[Reason, ...]]]] = {}
    for one, reasons in asked:
        grouped.setdefault(catalogue.documents[one.document].definition, []).append((one, reasons))
    documents = {name: catalogue.of_definition[name] for name in grouped}
    kept = list(documents)
    instead: dict[str, str] = {}
    for name, document in documents.items():
        other = next((o for o in kept if o != name and document.id in _substitutes(catalogue, documents[o])), None)
        if other is not None:
            kept.remove(name)
            instead[name] = documents[other].id
    in_set = set(permits)
    return tuple(_paper(documents[name], held, in_set, instead.get(name, "")) for name, held in grouped.items())


def _paper(
    document: Document, held: Sequence[tuple[Asked, tuple[Reason, ...]]], permits: set[str], instead: str
) -> Paper:
    handing: Handing = "hand_in"
    if document.product_of in permits:
        handing = "produced"
    elif document.held_by.en:
        handing = "held"
    elif instead:
        handing = "substituted"
    promised = all(one.may_be_promised for one, _ in held)
    days = [one.due_days_after_decision for one, _ in held if one.due_days_after_decision is not None]
    return Paper(
        document, handing, tuple(dict.fromkeys(one.permit for one, _ in held if one.permit)),
        tuple(dict.fromkeys(reason for _, reasons in held for reason in reasons)),
        promised, min(days) if promised and days else None, len(held), instead if handing == "substituted" else "",
    )  # fmt: skip


def _substitutes(catalogue: Catalogue, document: Document) -> set[str]:
    """Every document this one takes the place of, directly or through another."""
    found: set[str] = set()
    waiting = list(document.substitutes)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += catalogue.documents[name].substitutes if name in catalogue.documents else ()
    return found - {document.id}


def one_form(
    catalogue: Catalogue,
    guides: Sequence[str],
    permits: set[str],
    by_rules: Mapping[str, Sequence[str]],
    answers: Mapping[str, Any],
    on: date,
) -> tuple[FormField, ...]:
    """Give the one form of these permits: fields of one identity once, with the permits that ask for them."""
    asked: list[tuple[str, str, Reason]] = []
    for guide in ("", *guides):
        for one in catalogue.fields_asked.get(guide, ()):
            if not one.permit or one.permit in permits:
                asked.append((one.field, one.permit, by_catalogue(one.citation, one.source)))
    for name, needing in by_rules.items():
        reason = by_catalogue("a condition reads it", catalogue.field_on(name, on).source)
        asked += [(name, permit, reason) for permit in needing or ("",)]
    values = {catalogue.field_on(name, on).identity: value for name, value in answers.items()}
    grouped: dict[tuple[str, str, tuple[str, ...]], list[tuple[str, str, Reason]]] = {}
    for name, permit, reason in asked:
        grouped.setdefault(catalogue.field_on(name, on).identity, []).append((name, permit, reason))
    return tuple(
        FormField(
            catalogue.field_on(held[0][0], on),
            tuple(dict.fromkeys(name for name, _, _ in held)),
            tuple(dict.fromkeys(permit for _, permit, _ in held if permit)),
            tuple(dict.fromkeys(reason for _, _, reason in held)),
            values.get(identity),
        )
        for identity, held in grouped.items()
    )


def proposals(fields: Iterable[Field], at_least: float = 0.75) -> tuple[Proposal, ...]:
    """Give pairs of fields whose labels look alike while their definitions differ, the most alike first.

    `at_least` is the likeness [0..1] of difflib's ratio in either language.
    """
    found = []
    for one, other in combinations(fields, 2):
        if one.identity != other.identity:
            likeness = max(_likeness(one.name, other.name, language) for language in ("en", "zh"))
            if likeness >= at_least:
                found.append(Proposal(one.id, other.id, round(likeness, 3)))
    return tuple(sorted(found, key=lambda p: (-p.likeness, p.one, p.other)))


def _likeness(one: Text, other: Text, language: str) -> float:
    return difflib.SequenceMatcher(None, one[language].lower(), other[language].lower()).ratio()
