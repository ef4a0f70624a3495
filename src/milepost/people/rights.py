"""Who may do and see what: a person holds roles within a scope; a role carries rights.

Yes or no, with the reason. A thing that is not the person's to see is answered exactly as a thing that
does not exist: the two answers are equal, so that no address can be tried out. Accounts and sessions
are not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text

READ = "case.read"


@dataclass(frozen=True)
class Role:
    """A role and its rights: names such as `case.read`, `case.act`, or `case.*` for all of a kind."""

    id: str
    name: Text
    rights: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class Scope:
    """Whose something is: the enterprise it concerns, the desk that handles it, its kind of process.

    In a grant a part may be `*`, which means all of them; an empty part means none, so that an account
    without an enterprise sees nothing.
    """

    party: str = ""
    desk: str = ""
    process: str = ""


EVERYTHING = Scope("*", "*", "*")


def of_party(party: str) -> Scope:
    """Give the scope of an enterprise: its own cases, at every desk.

    >>> of_party("91110302X")
    Scope(party='91110302X', desk='*', process='*')
    """
    return Scope(party, "*", "*")


def of_desk(desk: str) -> Scope:
    """Give the scope of a desk: every enterprise's cases that it handles."""
    return Scope("*", desk, "*")


@dataclass(frozen=True)
class Grant:
    """A role held within a scope."""

    role: str
    within: Scope


@dataclass(frozen=True)
class Person:
    """Somebody who asks; `id` is what events are signed with."""

    id: str
    grants: tuple[Grant, ...] = ()
    is_active: bool = True


@dataclass(frozen=True)
class Answer:
    """Yes or no, and why. `is_absent`: to this person the thing does not exist."""

    is_yes: bool
    why: str
    is_absent: bool = False

    def __bool__(self) -> bool:
        return self.is_yes


ABSENT = Answer(False, "there is no such thing", is_absent=True)


class Rights:
    """The roles of a zone, and what they allow."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self.roles = {role.id: role for role in roles}

    def may(self, person: Person, right: str, scope: Scope | None) -> Answer:
        """Give whether a person has a right over a thing; `scope` is None where the thing does not exist.

        Somebody who may read the thing is told why not; to anybody else it is absent.

        >>> rights = Rights([Role("applicant", Text("Applicant", "申请人"), ("case.read", "case.act"))])
        >>> ann = Person("ann", (Grant("applicant", of_party("A")),))
        >>> rights.may(ann, "case.act", Scope(party="A")).is_yes
        True
        >>> rights.may(ann, "case.read", Scope(party="B")) == rights.may(ann, "case.read", None)
        True
        """
        if scope is None or not person.is_active:
            return ABSENT
        for role in self._held(person, scope):
            if _covers(role.rights, right):
                return Answer(True, f"as {role.id}")
        if right != READ and any(_covers(role.rights, READ) for role in self._held(person, scope)):
            return Answer(False, f"no role held here carries {right}")
        return ABSENT

    def may_at_desk(self, person: Person, right: str, scope: Scope) -> bool:
        """Does a role that carries the right, within a scope that names this very desk, fit? `*` names no desk.

        >>> rights = Rights([Role("window", Text("Window", "窗口"), ("thing.read_at_desk",))])
        >>> green = Scope("A", "green_desk", "site")
        >>> [rights.may_at_desk(Person("w", (Grant("window", of_desk(desk)),)), "thing.read_at_desk", green)
        ...  for desk in ("green_desk", "service_hall", "*")]
        [True, False, False]
        """
        named = [g for g in person.grants if g.within.desk == scope.desk != "" and g.role in self.roles]
        held = [self.roles[g.role] for g in named if _holds(g.within, scope)]
        return person.is_active and any(_covers(role.rights, right) for role in held)

    def roles_of(self, person: Person, scope: Scope) -> tuple[str, ...]:
        """Give the roles a person holds over a thing, as `cases.moving.allowed` asks for them."""
        return tuple(role.id for role in self._held(person, scope)) if person.is_active else ()

    def _held(self, person: Person, scope: Scope) -> list[Role]:
        held = [self.roles[g.role] for g in person.grants if g.role in self.roles and _holds(g.within, scope)]
        return list(dict.fromkeys(held))


def _holds(within: Scope, thing: Scope) -> bool:
    pairs = ((within.party, thing.party), (within.desk, thing.desk), (within.process, thing.process))
    return all(held == "*" or (held != "" and held == part) for held, part in pairs)


def _covers(rights: Iterable[str], right: str) -> bool:
    return any(held == right or (held.endswith("*") and right.startswith(held[:-1])) for held in rights)


@dataclass(frozen=True)
class RoleFile:
    """What a file of roles holds."""

    roles: tuple[Role, ...]


def read_roles(path: Path, known_rights: Iterable[str] = (), shown_as: str | None = None) -> Rights:
    """Give the rights declared in a file.

    Raises YoursToMend: D0xx, P101 (a role twice), P102 (a right that nothing asks for).
    """
    troubles: list[Trouble] = []
    file = build(RoleFile, read_yaml(path, shown_as), troubles)
    known, seen = list(known_rights), set()
    for role in file.roles if file else ():
        if role.id in seen:
            troubles.append(Trouble("P101", f"the role {role.id} is declared twice", "Keep one", role.place))
        seen.add(role.id)
        for right in role.rights:
            if known and not any(_covers((right,), name) for name in known):
                mend = nearest(right, known).rstrip("?") or f"Rights: {listed(known)}"
                troubles.append(Trouble("P102", f"{right} is not a right", mend, role.place))
    if file is None or troubles:
        raise YoursToMend(troubles)
    return Rights(file.roles)
