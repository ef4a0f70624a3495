"""Who sees a case and what they may do to it now: people, processes and desks are brought together here.

A case tells at its opening which desk leads it and which desk answers for each of its branches. Somebody who may
not see a case gets what everybody gets for a case that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from milepost.cases.case import Case
from milepost.cases.moving import allowed
from milepost.cases.process import FlatAct, clocks_of
from milepost.keep.docket import History
from milepost.people.rights import READ, Person, Rights, Scope
from milepost.show.hall.hall import Hall

DUTY = "duty"


@dataclass(frozen=True)
class Offer:
    """An act somebody may do now, and the role they do it in."""

    flat: FlatAct
    role: str

    @property
    def key(self) -> tuple[str, str]:
        """The act and its branch."""
        return self.flat.act.id, self.flat.branch


def scopes_of(history: History) -> dict[str, Scope]:
    """Give whose a case is: by branch, and under the empty name the case as a whole."""
    opening = history.events[0].event
    data = opening.data or {}
    party, desks = str(data.get("party", "")), data.get("desks", {})
    names = ("", *history.case.net.branches)
    return {name: Scope(party, str(desks.get(name, "")), opening.process) for name in names}


def seen(hall: Hall, person: Person, case_id: str) -> History | None:
    """Give a case this person may see, or None: there is no such case, or not for them."""
    history = hall.docket.history(case_id)
    if history is None or history.events[0].event.process == DUTY:
        return None
    scopes = scopes_of(history).values()
    return history if any(hall.rights.may(person, READ, scope) for scope in scopes) else None


def roles_in(rights: Rights, person: Person, history: History) -> dict[str, tuple[str, ...]]:
    """Give the roles a person holds in each branch of a case, and under the empty name over the whole.

    A role that answers for a branch counts for the whole too, where the process lets such a role act on the whole
    (an authority joins the visit); a decider of one desk does not decide for the others.
    """
    scopes = scopes_of(history)
    held = {branch: rights.roles_of(person, scope) for branch, scope in scopes.items()}
    of_branches = {role for flat in history.case.net.acts.values() if flat.branch for role in flat.act.by}
    joined = [role for branch, roles in held.items() if branch for role in roles if role in of_branches]
    return held | {"": tuple(dict.fromkeys((*held[""], *joined)))}


def offers(rights: Rights, person: Person, history: History) -> tuple[Offer, ...]:
    """Give what a person may do to a case now, in the order of its process."""
    case, roles = history.case, roles_in(rights, person, history)
    found = {
        (flat.act.id, branch): Offer(flat, next(role for role in held if role in flat.act.by))
        for branch, held in roles.items()
        for flat in allowed(case, held, person.id)
        if flat.branch == branch and not _is_used_up(case, flat)
    }
    return tuple(found[key] for key in case.net.acts if key in found)


def _is_used_up(case: Case, flat: FlatAct) -> bool:
    """Would the act extend a clock that has had every extension the law allows?"""
    clocks = [case.clocks[name] for name in clocks_of(flat.act.extends, case.net, flat.branch)]
    return any(one.rule.extension is None or one.extensions >= one.rule.extension.most for one in clocks)


def role_for(rights: Rights, person: Person, history: History, act: str, branch: str) -> str:
    """Give the role a person would do an act in, whether or not it is possible now; empty where none."""
    flat = history.case.net.acts.get((act, branch))
    held = roles_in(rights, person, history).get(branch, ())
    return next((role for role in held if flat is not None and role in flat.act.by), "")


def party_of(case_history: History) -> str:
    """Give whose case it is."""
    return str((case_history.events[0].event.data or {}).get("party", ""))
