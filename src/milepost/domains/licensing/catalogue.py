"""The catalogue: industries, the guides that say which permits each needs, conditions, documents and form fields.

It is read from the tables `catalogue/*.csv` and the decision tables `rules/*.yaml` of the wing, with a zone's own
after them. What a source does not give stays empty here; nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text
from milepost.rules import table as rules

Need = Literal["required", "filing", "not_required", "to_confirm", ""]
NEEDS: tuple[str, ...] = ("required", "filing", "not_required", "to_confirm")
OUTSIDE_THE_LICENCE = ("registration", "tax", "seal")


@dataclass(frozen=True)
class Industry:
    """A kind of business; `gbt4754` is its class of GB/T 4754-2017, empty where it is not sure."""

    id: str
    name: Text
    gbt4754: str = ""


@dataclass(frozen=True)
class Guide:
    """What one source says of one industry in one place. `days_after` is the time under the one licence."""

    id: str
    industry: str
    area: Text
    is_default: bool
    is_own: bool
    eligibility: str
    days_after: int | None
    days_after_standing: str
    source: str
    note: str


@dataclass(frozen=True)
class Permit:
    """An item: its 12-digit national base code and its legal basis where known, and how sure the basis is."""

    id: str
    name: Text
    kind: str
    base_code: str
    legal_basis: Text
    basis_standing: str

    @property
    def is_in_licence(self) -> bool:
        """May the one licence hold it? Registration, tax and seals stay beside it."""
        return self.kind not in OUTSIDE_THE_LICENCE


@dataclass(frozen=True)
class Requirement:
    """A permit of a guide: needed as `need` says, or as the decision table `rule` answers."""

    guide: str
    permit: str
    need: Need
    rule: str
    authority: Text
    statutory_days: int | None
    promised_days: int | None
    practice_days: int | None
    may_be_promised: bool | None
    valid_months: int | None
    citation: str
    source: str


@dataclass(frozen=True)
class Asked:
    """A document a permit asks for (all permits of a guide where `permit` is empty), if `rule` says so."""

    guide: str
    permit: str
    document: str
    rule: str
    may_be_promised: bool
    due_days_after_decision: int | None
    citation: str
    source: str


@dataclass(frozen=True)
class AskedField:
    """A form field a permit asks for; with neither guide nor permit it is asked of everybody."""

    guide: str
    permit: str
    field: str
    citation: str
    source: str


@dataclass(frozen=True)
class Field:
    """A question of a form, in force between its dates; `held_by` already knows the answer."""

    id: str
    name: Text
    definition: str
    type: str
    unit: str
    vocabulary: tuple[str, ...]
    held_by: Text
    from_date: date | None
    until_date: date | None
    source: str

    @property
    def identity(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes two fields one: definition, unit and vocabulary, never the label."""
        return self.definition, self.unit, tuple(sorted(self.vocabulary))

    def in_force(self, day: date) -> bool:
        """Is this definition of the field in force on that day?"""
        return (self.from_date is None or self.from_date <= day) and (self.until_date is None or day <= self.until_date)


@dataclass(frozen=True)
class Document:
    """A paper: who already holds it, what it takes the place of (`substitutes`), and which permit yields it."""

    id: str
    name: Text
    definition: str
    held_by: Text
    is_e_licence: bool
    substitutes: tuple[str, ...]
    product_of: str
    source: str


@dataclass(frozen=True)
class Published:
    """A reduction somebody published, without the lists behind it."""

    industry: str
    area: Text
    measure: str
    baseline: str
    before: float | None
    after_low: float | None
    after_high: float | None
    published_on: str
    source: str
    note: str


@dataclass(frozen=True)
class Scenario:
    """Several services as one thing: the guides that are resolved and merged together."""

    id: str
    name: Text
    guides: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Live:
    """From which day an industry is served with the one licence."""

    industry: str
    from_date: date | None
    until_date: date | None
    source: str


@dataclass(frozen=True)
class Catalogue:
    """All that is declared, by id; `requirements`, `documents_asked` and `fields_asked` by guide."""

    industries: Mapping[str, Industry]
    guides: Mapping[str, Guide]
    permits: Mapping[str, Permit]
    requirements: Mapping[str, tuple[Requirement, ...]]
    fields: Mapping[str, tuple[Field, ...]]
    documents: Mapping[str, Document]
    documents_asked: Mapping[str, tuple[Asked, ...]]
    fields_asked: Mapping[str, tuple[AskedField, ...]]
    complete: frozenset[tuple[str, str, str]]
    published: tuple[Published, ...]
    live: tuple[Live, ...]
    scenarios: Mapping[str, Scenario]
    rules: Mapping[str, rules.Table] = field(default_factory=dict)

    def guide_of(self, industry: str, guide: str = "") -> Guide:
        """Give the guide asked for, or the industry's own default: the zone's before a shipped one.

        Raises YoursToMend (H110) where there is none, with the nearest known name.
        """
        if guide:
            return self._known(guide, self.guides, "guide")
        self._known(industry, self.industries, "industry")
        found = [one for one in self.guides.values() if one.industry == industry]
        ranked = sorted(found, key=lambda one: (not one.is_own, not one.is_default))
        if not ranked:
            what = f"no guide says which permits {industry} needs"
            raise YoursToMend(Trouble("H110", what, "Add one to the zone's catalogue/guides.csv"))
        return ranked[0]

    def field_on(self, name: str, day: date) -> Field:
        """Give a field's definition in force on a day, or its last one."""
        versions = self.fields[name]
        return next((one for one in versions if one.in_force(day)), versions[-1])

    @cached_property
    def of_definition(self) -> Mapping[str, Document]:
        """Documents by their definition: two names of one definition are one document, the first declared."""
        found: dict[str, Document] = {}
        for document in self.documents.values():
            found.setdefault(document.definition, document)
        return found

    def _known(self, name: str, known: Mapping[str, Guide] | Mapping[str, Industry], kind: str) -> Guide:
        if name not in known:
            mend = nearest(name, known).rstrip("?").capitalize() or f"There are: {listed(sorted(known), 40)}"
            raise YoursToMend(Trouble("H110", f"{name} is not a known {kind}", mend))
        return known[name]  # type: ignore[return-value]
