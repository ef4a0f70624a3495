"""From what an applicant needs to a case of the one licence: one branch for each permit, one form, papers, promises.

The process is `joint_licence` of cases.yaml; what an event does to a case is the room `cases`' to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend, listed
from milepost.cases import process as cases
from milepost.cases.declaration import Processes, read_processes
from milepost.cases.form import document_as_json, field_as_json
from milepost.domains.licensing.asking import Resolved
from milepost.domains.licensing.catalogue import Field

JOINT, SINGLE = "joint_licence", "single_permit"


@cache
def processes() -> Processes:
    """Give the wing's processes by id and version, each proven sound when it is read."""
    return read_processes(Path(__file__).parent / "cases.yaml", "licensing/cases.yaml")


def process(name: str = JOINT) -> cases.Process:
    """Give the newest version of a process."""
    return max((one for (key, _), one in processes().items() if key == name), key=lambda one: one.version)


def opening_data(resolved: Resolved) -> dict[str, Any]:
    """Give the data of the event `open` of a joint case: branches, promised days, the one form, the papers.

    A paper that may be promised keeps its day after the decision. Raises YoursToMend H120 where questions are
    still open, no permit is needed, or the application may not use the one licence.
    """
    troubles = list(_not_ready(resolved))
    if troubles:
        raise YoursToMend(troubles)
    papers = [paper for paper in resolved.papers if paper.handing == "hand_in"]
    return {
        "branches": [permit.id for permit in resolved.permits],
        "days": _promises(resolved),
        "forms": {"application": [field_as_json(_field(held.field)) for held in resolved.form]},
        "documents": [
            document_as_json(
                cases.Document(
                    paper.document.id, paper.document.name, paper.document.definition, "", paper.may_be_promised,
                    paper.due_days_after_decision,
                )
            )
            for paper in papers
        ],
    }  # fmt: skip


def known_answers(resolved: Resolved) -> dict[str, Any]:
    """Give the answers already given, as the form of the case takes them."""
    return {held.field.id: held.answer for held in resolved.form if held.answer is not None}


@dataclass(frozen=True)
class Application:
    """An application as the ledger knows it: whose, for which guides and premises, and whether it is still open."""

    case: str
    uscc: str
    guides: tuple[str, ...]
    premises: str
    is_open: bool
    is_issued: bool = False


def twice(before: Iterable[Application], uscc: str, guides: Iterable[str], premises: str) -> tuple[Trouble, ...]:
    """Give the trouble of applying twice: the same applicant, an industry's guide in common, the same premises."""
    asked, place = set(guides), _plain(premises)
    same = [a for a in before if a.uscc == uscc and asked & set(a.guides) and _plain(a.premises) == place]
    if any(one.is_open for one in same):
        what, mend = "an application for the same place is still open", "Go on with that one, or withdraw it first"
    elif any(one.is_issued for one in same):
        what, mend = "a licence for the same place was already issued", "Ask for a change or a renewal of it"
    else:
        return ()
    return (Trouble("H123", what, mend),)


def _plain(address: str) -> str:
    """An address without spaces and case, so that a blank more does not make another place."""
    return "".join(address.split()).casefold()


def _not_ready(resolved: Resolved) -> Iterable[Trouble]:
    if resolved.open_questions:
        what = f"questions are still open: {listed(resolved.open_questions)}"
        yield Trouble("H120", what, "Answer them, then open the case")
    elif not resolved.permits:
        yield Trouble("H120", "no permit of the one licence is needed", "Nothing has to be applied for here")
    elif any(one.may_use is False for one in resolved.eligibility):
        yield Trouble("H120", "this application may not use the one licence", "Apply for each permit by itself")


def _promises(resolved: Resolved) -> dict[str, int]:
    """The promised days the guides state, none longer than the law's: for the decision, and for each opinion."""
    clocks = {clock.id: clock.days for clock in process().clocks}
    days = [guide.days_after for guide in resolved.guides]
    found = {"decision": max(d for d in days if d is not None)} if days and None not in days else {}
    for item in resolved.items:
        promised = [r.promised_days for r in item.requirements if r.promised_days is not None]
        if promised and item.permit in resolved.permits:
            found[cases.branched("opinion", item.permit.id)] = min(promised)
    return {name: n for name, n in found.items() if n <= clocks[name.split("@")[0]]}


def _field(field: Field) -> cases.Field:
    return cases.Field(field.id, field.name, field.definition, field.type, field.unit,  # type: ignore[arg-type]
                       field.vocabulary, field.held_by.en)  # fmt: skip
