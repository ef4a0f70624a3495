"""The one integrated licence as a service of the hall: the wing `licensing` is asked here and nowhere else in show.

Its catalogue is the wing's, with the zone's own in `licensing/` of the zone's folder after it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import Text
from milepost.cases import process as cases
from milepost.domains.licensing import asking, merging
from milepost.domains.licensing.catalogue import Catalogue, Guide
from milepost.domains.licensing.catalogue import Field as CatalogueField
from milepost.domains.licensing.opening import Application, opening_data, twice
from milepost.domains.licensing.reading import catalogue_of
from milepost.domains.licensing.reason import Reason
from milepost.keep.docket import History
from milepost.plan.zone import Zone
from milepost.show.catalogue import find_wings
from milepost.show.hall.notice import Choice, Notice, Paper, Permit, Question, Why

_TYPES = ("text", "integer", "number", "date", "choice", "boolean")
_NOT_NAMED = "not named in the source"
_NO_DOCUMENTS = Text(
    "The guide names no complete list of documents. An authority may ask for more, and must say so once.",
    "该指南未列出完整材料清单。主管部门可能一次性告知补充材料。",
)


@dataclass(frozen=True)
class OneLicence:
    """The service 'one integrated licence' of a zone."""

    catalogue: Catalogue
    process: str = "joint_licence"
    lead: str = "service_hall"

    def industries(self, on: date) -> tuple[Choice, ...]:
        """Give the industries that some guide speaks of, by the catalogue's order."""
        served = {guide.industry for guide in self.catalogue.guides.values()}
        return tuple(self._choice(name) for name in self.catalogue.industries if name in served)

    def open_questions(self, industry: str, answers: Mapping[str, Any], on: date) -> tuple[cases.Field, ...] | None:
        """Give the questions that can still change permits or documents, the best one first."""
        guide = self._guide(industry)
        if guide is None:
            return None
        found = asking.questions(self.catalogue, (guide.id,), answers, on)
        return tuple(_field(question.field) for question in found)

    def notice(self, industry: str, answers: Mapping[str, Any], on: date) -> Notice | None:
        """Give the permits, documents and the one form that the answers lead to, each with its reasons."""
        guide = self._guide(industry)
        if guide is None:
            return None
        found = asking.resolve(self.catalogue, (guide.id,), answers, on)
        permits = tuple(_permit(item) for item in found.items if item.is_needed and item.permit.is_in_licence)
        beside = tuple(item for item in found.items if item.is_needed and not item.permit.is_in_licence)
        to_confirm = tuple(item for item in found.items if item.standing == "to_confirm")
        papers = tuple(_paper(paper) for paper in found.papers if paper.handing == "hand_in")
        form = tuple(Question(_field(one.field), _whys(one.reasons)) for one in found.form)
        lacks = [
            Text(f"Beside this licence, apply for: {item.permit.name.en}.", f"另需单独办理：{item.permit.name.zh}。")
            for item in beside
        ]
        lacks += [
            Text(
                f"The authority says whether this is needed: {item.permit.name.en}.",
                f"是否需要由主管部门确认：{item.permit.name.zh}。",
            )
            for item in to_confirm
        ]
        if (guide.id, "", "documents") not in self.catalogue.complete:
            lacks.append(_NO_DOCUMENTS)
        refusals = tuple(why for one in found.eligibility if one.may_use is False for why in _whys(one.reasons))
        may_apply = found.is_settled and permits and not refusals
        handed = {**opening_data(found), "guides": [guide.id]} if may_apply else {}
        return Notice(self._choice(industry), permits, papers, form, guide.days_after, tuple(lacks), refusals, handed)

    def repeats(self, before: Iterable[History], party: str, industry: str, premises: str) -> tuple[Trouble, ...]:
        """Give H123 where this enterprise has an open application or a licence for the same place."""
        guide = self._guide(industry)
        known = [
            Application(
                one.case.id,
                party,
                tuple((one.events[0].event.data or {}).get("guides", ())),
                str(one.case.values.get(("premises_address", ""), "")),
                not one.case.is_ended,
                one.case.outcome == "issued",
            )
            for one in before
        ]
        return twice(known, party, (guide.id,) if guide else (), premises)

    def _guide(self, industry: str) -> Guide | None:
        try:
            return self.catalogue.guide_of(industry)
        except YoursToMend:
            return None

    def _choice(self, industry: str) -> Choice:
        guide = self._guide(industry)
        held = self.catalogue.industries[industry]
        area = guide.area if guide and guide.area.en != _NOT_NAMED else None
        return Choice(industry, held.name, area, guide.source if guide else "")


def one_licence(zone: Zone) -> OneLicence | None:
    """Give the service of a zone, or None where the wing is not there."""
    wing = next((wing for wing in find_wings() if wing.id == "licensing"), None)
    return OneLicence(_catalogue(wing.folder, zone.folder / "licensing")) if wing else None


@functools.cache
def _catalogue(shipped: Path, own: Path) -> Catalogue:
    return catalogue_of((shipped, own))


def desk_of(authority: Text) -> str:
    """Give the id of an authority's desk: its English name in small letters.

    >>> desk_of(Text("Market regulation", "市场监管部门"))
    'market_regulation'
    """
    return re.sub(r"[^a-z0-9]+", "_", authority.en.lower()).strip("_")


def _field(field: CatalogueField) -> cases.Field:
    kind = field.type if field.type in _TYPES else "text"
    return cases.Field(
        field.id, field.name, field.definition, kind, field.unit, field.vocabulary, field.held_by.en,  # type: ignore[arg-type]
        at_least=0.0 if kind in ("number", "integer") else None,
    )  # fmt: skip


def _permit(item: asking.Item) -> Permit:
    held = item.requirements[0]
    months = [one.valid_months for one in item.requirements if one.valid_months is not None]
    return Permit(
        item.permit.id,
        item.permit.name,
        held.authority,
        desk_of(held.authority),
        _whys(item.reasons),
        held.statutory_days,
        held.promised_days,
        min(months) if months else None,
        item.permit.base_code,
    )


def _paper(paper: merging.Paper) -> Paper:
    document = cases.Document(
        paper.document.id,
        paper.document.name,
        paper.document.definition,
        paper.document.held_by.en,
        paper.may_be_promised,
        paper.due_days_after_decision,
    )
    return Paper(document, _whys(paper.reasons))


def _whys(reasons: tuple[Reason, ...]) -> tuple[Why, ...]:
    return tuple(Why(one.citation, one.source if one.source.startswith("http") else "") for one in reasons)
