"""Accounts: Django's users and sessions in the zone's own database, and the person each account stands for.

A site has its own accounts; which database a request means is said by the request, so that two sites may live side
by side. What a person may do is the room `people`'s: an account only holds names of grants.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from milepost.basics.errors import Trouble, TryAgain, YoursToMend, listed, nearest
from milepost.people.rights import Grant, Person, Scope
from milepost.show.hall.hall import Hall

_IN_USE: ContextVar[str] = ContextVar("accounts", default="default")
_PARTS = ("party", "desk", "process")
_DOOR = threading.Lock()


class Router:
    """Tells Django which database a request's accounts are in."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Give the database of the site in use."""
        return _IN_USE.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Give the database of the site in use."""
        return _IN_USE.get()


@dataclass
class Accounts:
    """The accounts of one zone; the tables are made or brought up to date when they are first used."""

    hall: Hall
    url: str
    _is_ready: bool = False
    _door: threading.Lock = field(default_factory=threading.Lock)

    @property
    def alias(self) -> str:
        """The name Django knows the database by."""
        return f"accounts:{self.url}"

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Let everything inside mean these accounts. Raises TryAgain (S321) where their database is away."""
        self._prepare()
        before = _IN_USE.set(self.alias)
        try:
            yield
        finally:
            _IN_USE.reset(before)

    def _prepare(self) -> None:
        if self._is_ready:
            return
        from django.core.management import call_command
        from django.db import connections
        from django.db.utils import Error

        with self._door, _DOOR:
            if self._is_ready:
                return
            known = connections.configure_settings({"default": _NOTHING, self.alias: _database(self.url)})
            connections.databases[self.alias] = known[self.alias]
            before = _IN_USE.set(self.alias)
            try:
                call_command("migrate", database=self.alias, verbosity=0, interactive=False, skip_checks=True)
            except Error as error:
                mend = "Try again; if it stays so, look at the database"
                raise TryAgain(Trouble("S321", "the accounts cannot be read", mend)) from error
            finally:
                _IN_USE.reset(before)
            self._is_ready = True


_NOTHING = {"ENGINE": "django.db.backends.dummy"}


def _database(url: str) -> dict[str, Any]:
    """Give Django's settings for the database of the accounts."""
    if url.startswith(("postgresql://", "postgres://")):
        parts = urlsplit(url)
        options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        named = {
            "HOST": unquote(options.pop("host", parts.hostname or "")),
            "PORT": options.pop("port", parts.port or ""),
        }
        named |= {"USER": unquote(options.pop("user", parts.username or "")), "PASSWORD": unquote(parts.password or "")}
        name = unquote(parts.path.lstrip("/"))
        return {"ENGINE": "django.db.backends.postgresql", "NAME": name, "OPTIONS": options, **named}
    embedded: dict[str, Any] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;",
    }
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": url, "OPTIONS": embedded}


def accounts_of(hall: Hall, ledger_url: str = "") -> Accounts:
    """Give the accounts of a zone: beside the ledger's file, or on the ledger's server."""
    if ledger_url.startswith(("postgresql://", "postgres://")):
        return Accounts(hall, ledger_url)
    return Accounts(hall, str(hall.folder / "accounts.sqlite"))


def with_accounts(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Give the middleware that opens the session of a site that has accounts."""
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    from milepost.show.web.site import KEY

    opened = SessionMiddleware(AuthenticationMiddleware(get_response))

    def answer(request: Any) -> Any:
        accounts = request.META[KEY].accounts
        if accounts is None:
            return get_response(request)
        with accounts.in_use():
            return opened(request)

    return answer


def person_at_door(request: Any) -> Person | None:
    """Give the person who is signed in, or None."""
    user = getattr(request, "user", None)
    return person_of(user) if user is not None and user.is_authenticated and user.is_active else None


def person_of(user: Any) -> Person:
    """Give the person an account stands for, with what they hold."""
    names = user.groups.order_by("name").values_list("name", flat=True)
    grants = tuple(grant for name in names if (grant := _grant(name)) is not None)
    return Person(str(user.get_username()), grants, bool(user.is_active))


def _name(grant: Grant) -> str:
    within = grant.within
    return "|".join((grant.role, within.party, within.desk, within.process))


def _grant(name: str) -> Grant | None:
    parts = name.split("|")
    return Grant(parts[0], Scope(*parts[1:])) if len(parts) == 4 else None


def scope_asked(text: str) -> Scope:
    """Give the scope written as `all`, `party=91110302X`, `desk=market`, or several joined by commas.

    Raises YoursToMend S323.

    >>> scope_asked("desk=market")
    Scope(party='*', desk='market', process='*')
    """
    held = dict.fromkeys(_PARTS, "*")
    for part in text.split(",") if text != "all" else ():
        name, _, value = part.strip().partition("=")
        if name not in held or not value.strip() or "|" in value:
            mend = nearest(name, _PARTS).rstrip("?").capitalize() or "Write all, party=..., desk=... or process=..."
            raise YoursToMend(Trouble("S323", "the scope cannot be read", mend))
        held[name] = value.strip()
    return Scope(**held)


def add_person(accounts: Accounts, name: str, role: str, scope: str, password: str | None) -> bool:
    """Add a person, or a role to somebody who is there; True where the account is new.

    A password sets a new one. Raises YoursToMend: S322 (the name or the password is not accepted), S323 (the scope),
    S324 (no such role), S325 (a new account without a password).
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.db import transaction

    roles = accounts.hall.rights.roles
    if role not in roles:
        mend = nearest(role, roles).rstrip("?").capitalize() or f"Roles: {listed(list(roles), 20)}"
        raise YoursToMend(Trouble("S324", f"{role} is not a role of this zone", mend))
    within = scope_asked(scope or "all")
    if "case.apply" in roles[role].rights and within.party == "*":
        mend = "Name the enterprise the person speaks for: --scope party=91110302X"
        raise YoursToMend(Trouble("S323", f"a person who is {role} speaks for one enterprise", mend))
    with accounts.in_use(), transaction.atomic(using=accounts.alias):
        user = get_user_model().objects.filter(username=name).first()
        is_new = user is None
        if is_new and password is None:
            raise YoursToMend(Trouble("S325", "a new account needs a password", "Give it with --password-file"))
        user = user or get_user_model()(username=name)
        if password is not None:
            _set_password(user, password)
        user.save()
        group, _ = Group.objects.get_or_create(name=_name(Grant(role, within)))
        user.groups.add(group)
        return is_new


def close_account(accounts: Accounts, name: str) -> bool:
    """Close an account: nobody signs in with it any more, and what it did stays; False where there is none."""
    from django.contrib.auth import get_user_model

    with accounts.in_use():
        return bool(get_user_model().objects.filter(username=name).update(is_active=False))


def _set_password(user: Any, password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        user.full_clean(exclude=["password"], validate_unique=False)
        validate_password(password, user)
    except ValidationError as error:
        told = " ".join(error.messages)
        raise YoursToMend(Trouble("S322", "the name or the password is not accepted", told.rstrip("."))) from error
    user.set_password(password)
