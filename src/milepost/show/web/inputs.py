"""Questions of a form as inputs of a page, and what was sent back as answers; papers are kept on the way in.

Nothing is judged here but papers: whether an answer fits is the process's question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from milepost.basics.errors import Trouble, YoursToMend
from milepost.cases.process import Document, Field
from milepost.show.hall.notice import Why
from milepost.show.hall.papers import LARGEST_BYTES, told_name
from milepost.show.web.counter import Entry
from milepost.show.wording import messages

_SALT = "milepost.paper"
ANSWER, PAPER, KEPT, PROMISE = "f.", "d.", "k.", "p."


@dataclass(frozen=True)
class Input:
    """A question on a page; `value` is what stands in it already.

    `kind`: text, number, date, choice, file, or evidence (a link in words, or a file in its place).
    """

    name: str
    label: str
    kind: str
    value: str = ""
    unit: str = ""
    is_required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""
    why: tuple[Why, ...] = ()
    promise: str = ""
    is_promised: bool = False
    kept: str = ""
    kept_name: str = ""
    step: str = "any"
    low: str = ""
    high: str = ""
    wrong: str = ""

    @property
    def id(self) -> str:
        """The name as an id of the page."""
        return self.name.replace(".", "-")


def question(entry: Entry, asked: Field, value: str = "", prefix: str = ANSWER, why: tuple[Why, ...] = ()) -> Input:
    """Give a field as an input."""
    words = messages(entry.language)
    kinds = {"integer": "number", "number": "number", "date": "date", "choice": "choice", "boolean": "choice"}
    choices: tuple[tuple[str, str], ...] = ()
    if asked.type == "boolean":
        choices = (("yes", entry.words.say("form.yes")), ("no", entry.words.say("form.no")))
    elif asked.type == "choice":
        choices = tuple((word, words.get(f"choice.{word}") or word.replace("_", " ")) for word in asked.vocabulary)
    return Input(
        prefix + asked.id,
        entry.said(asked.name),
        "evidence" if is_evidence(asked) else kinds.get(asked.type, "text"),
        value,
        words.get(f"unit.{asked.unit}") or asked.unit.replace("_", " "),
        asked.is_required,
        choices,
        asked.source,
        why,
        step="1" if asked.type == "integer" else "any",
        low="" if asked.at_least is None else f"{asked.at_least:g}",
        high="" if asked.at_most is None else f"{asked.at_most:g}",
    )


def is_evidence(asked: Field) -> bool:
    """Does the field say where something can be seen, so that a paper may stand in its place?"""
    return asked.definition.endswith("_evidence")


def paper(entry: Entry, asked: Document, sent: Mapping[str, list[str]], why: tuple[Why, ...] = ()) -> Input:
    """Give a document as an input; one that was sent and kept before need not be chosen again."""
    kept = (sent.get(KEPT + asked.id) or [""])[0]
    held = _paper_of(entry, kept)
    promise = ""
    if asked.may_be_promised:
        promise = entry.words.say("form.promise", days=asked.due_days_after_decision or 0)
    return Input(
        PAPER + asked.id,
        entry.said(asked.name),
        "file",
        source=asked.held_by,
        why=why,
        promise=promise,
        is_promised=asked.id in sent.get("promised", []),
        kept=kept if held else "",
        kept_name=held[1] if held else "",
    )


def answer(asked: Field, text: str) -> Any:
    """Give what was typed as the field's type; what cannot be read so stays text, and is judged as such.

    >>> from milepost.basics.text import Text
    >>> answer(Field("area", Text("Area", "面积"), "x:area", "number"), " 1,200.5 ")
    1200.5
    """
    text = text.strip()
    try:
        if asked.type == "integer":
            return int(text.replace(",", ""))
        if asked.type == "number":
            return float(text.replace(",", ""))
    except ValueError:
        return text
    if asked.type == "boolean":
        return {"yes": True, "no": False}.get(text, text)
    return text


def answers(fields: Iterable[Field], sent: Mapping[str, list[str]], prefix: str = ANSWER) -> dict[str, Any]:
    """Give the answers among what was sent; those left empty are left out."""
    found = {one.id: (sent.get(prefix + one.id) or [""])[0] for one in fields}
    known = {one.id: one for one in fields}
    return {name: answer(known[name], text) for name, text in found.items() if text.strip()}


@dataclass
class Handed:
    """Papers that came with a form: hashes by document, what they were called, tokens, and what was wrong."""

    hashes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    sent: dict[str, list[str]] = field(default_factory=dict)
    troubles: dict[str, tuple[Trouble, ...]] = field(default_factory=dict)
    promised: list[str] = field(default_factory=list)


def hand_in(entry: Entry, asked: Iterable[str], files: Any, sent: Mapping[str, list[str]]) -> Handed:
    """Keep the papers that came for these documents, or were kept when the form came before."""
    handed = Handed()
    for name in asked:
        came = files.get(PAPER + name)
        held = _paper_of(entry, (sent.get(KEPT + name) or [""])[0])
        if came is not None:
            _keep(entry, name, came, handed)
        elif held is not None:
            handed.hashes[name], handed.names[name] = held
            handed.sent[KEPT + name] = [sent[KEPT + name][0]]
        elif (PROMISE + name) in sent:
            handed.promised.append(name)
    handed.sent["promised"] = handed.promised
    return handed


def _keep(entry: Entry, name: str, came: Any, handed: Handed) -> None:
    # One byte more than may be is enough to see that it is too large.
    try:
        kept = entry.hall.papers.keep(came.name, came.read(LARGEST_BYTES + 1))
    except YoursToMend as error:
        handed.troubles[name] = error.troubles
        return
    handed.hashes[name], handed.names[name] = kept.hash, kept.name
    held = {"who": entry.who.id, "hash": kept.hash, "name": kept.name}
    handed.sent[KEPT + name] = [signing.dumps(held, key=entry.hall.secret.hex(), salt=_SALT)]


def _paper_of(entry: Entry, text: str) -> tuple[str, str] | None:
    """The hash and name of a paper this person handed in lately."""
    try:
        held = signing.loads(text, key=entry.hall.secret.hex(), salt=_SALT, max_age=24 * 3600) if text else None
    except signing.BadSignature:
        return None
    return (held["hash"], told_name(held["name"])) if held and held.get("who") == entry.who.id else None
