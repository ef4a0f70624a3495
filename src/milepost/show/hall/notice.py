"""What a service of the hall gives: its industries, the questions still open, and the one notice they lead to.

A wing's functions are asked by an adapter (`one_licence`); pages know only what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from milepost.basics.errors import Trouble
from milepost.basics.text import Text
from milepost.cases.process import Document, Field
from milepost.keep.docket import History


@dataclass(frozen=True)
class Choice:
    """An industry an applicant may choose; `area` is the place whose guide is followed, `source` the guide."""

    id: str
    name: Text
    area: Text | None = None
    source: str = ""


@dataclass(frozen=True)
class Why:
    """Why something is asked: the words of the law or guide, and where they are published."""

    words: str
    source: str = ""


@dataclass(frozen=True)
class Permit:
    """A permit the applicant needs; `desk` is the id of the authority's desk. Days are working days."""

    id: str
    name: Text
    authority: Text
    desk: str
    why: tuple[Why, ...] = ()
    statutory_days: int | None = None
    promised_days: int | None = None
    valid_months: int | None = None
    base_code: str = ""


@dataclass(frozen=True)
class Paper:
    """A document the applicant hands in, with its reasons."""

    document: Document
    why: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Question:
    """A field of the one form, with its reasons."""

    field: Field
    why: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Notice:
    """All that one application needs, each with its reason.

    `lacks` says what the catalogue does not know or what stands beside; `refusals` why the service may not be used.
    `handed` is what the opening of a case takes over: branches, promised days, the form's fields, the documents.
    """

    industry: Choice
    permits: tuple[Permit, ...]
    papers: tuple[Paper, ...]
    form: tuple[Question, ...]
    promised_days: int | None = None
    lacks: tuple[Text, ...] = ()
    refusals: tuple[Why, ...] = ()
    handed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def may_apply(self) -> bool:
        """Is there something to apply for, and may the service be used?"""
        return bool(self.handed)

    def opening(self, answers: Mapping[str, Any], lead: str) -> dict[str, Any]:
        """Give what the opening of a case hands over; `lead` is the desk of the case as a whole."""
        held: dict[str, Any] = {
            "industry": self.industry.id,
            "industry_name": _words(self.industry.name),
            "answers": dict(answers),
            "desks": {"": lead, **{permit.id: permit.desk for permit in self.permits}},
            "names": {permit.id: _words(permit.name) for permit in self.permits},
            "authorities": {permit.id: _words(permit.authority) for permit in self.permits},
            "base_codes": {permit.id: permit.base_code for permit in self.permits},
            "valid_months": {permit.id: permit.valid_months for permit in self.permits},
        }
        return held | dict(self.handed)


def _words(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


class Service(Protocol):
    """A service people can apply for; `process` is how it is handled, `lead` the desk that leads."""

    @property
    def process(self) -> str:
        """The process of its cases."""

    @property
    def lead(self) -> str:
        """The desk that leads."""

    def industries(self, on: date) -> tuple[Choice, ...]:
        """Give what may be chosen on a day."""

    def open_questions(self, industry: str, answers: Mapping[str, Any], on: date) -> tuple[Field, ...] | None:
        """Give the questions that can still change the answer; None where there is no such industry."""

    def notice(self, industry: str, answers: Mapping[str, Any], on: date) -> Notice | None:
        """Give the notice that the answers lead to; None where there is no such industry."""

    def repeats(self, before: Iterable[History], party: str, industry: str, premises: str) -> tuple[Trouble, ...]:
        """Give the trouble of applying for what the same enterprise applied for already; none where it did not."""
