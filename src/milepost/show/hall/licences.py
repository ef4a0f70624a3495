"""Licences of the hall: signed when a case is issued, in force as a case of its own, and told by the status list.

The signed licence is kept in the event that opens the case which follows it. Which places of the status list are
taken or revoked is read from the ledger, each event once; nothing else remembers it.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from milepost.basics.text import Text
from milepost.cases.case import Case, Refusal
from milepost.cases.event import OPEN, Event
from milepost.domains.licensing.licence import Licence, Part, free_places, issued, parts_of, status_list_credential
from milepost.domains.licensing.verifying import Verification, verify_file
from milepost.keep.docket import History
from milepost.people.rights import Person
from milepost.science.credential import LEAST_ENTRIES
from milepost.show.hall.hall import Hall
from milepost.show.hall.handling import Application, begin
from milepost.show.hall.issuer import Issuer
from milepost.show.hall.one_licence import OneLicence

ISSUING = ("issue", "issue_on_commitment")
IN_FORCE = "licence_in_force"
LIST = "1"


@dataclass
class Licences:
    """The licences of one zone."""

    hall: Hall
    issuer: Issuer
    _position: int = 0
    _places: dict[str, dict[str, int]] = field(default_factory=dict)
    _revoked: set[int] = field(default_factory=set)
    _door: threading.Lock = field(default_factory=threading.Lock)

    @property
    def list_address(self) -> str:
        """Where the status list is: its address on the site, or a name where the site has none to the outside."""
        address = os.environ.get("MILEPOST_ADDRESS", "").rstrip("/")
        return f"{address}/licences/status/{LIST}" if address else f"urn:milepost:{self.hall.zone.declared.id}:status"

    def signed(self, history: History, at: datetime) -> dict[str, Any]:
        """Give the signed licence of a granted case.

        Raises YoursToMend H121 (an authority gave no number), H122 (the status list is full).
        """
        case, opening = history.case, history.events[0].event.data or {}
        service = self.hall.service
        catalogue = service.catalogue if isinstance(service, OneLicence) else None
        if catalogue is None or case.decided_on is None:
            raise ValueError("a licence is issued by its service, after the decision")
        with self._door:
            self._follow()
            taken = [place for held in self._places.values() for place in held.values()]
            count = len(case.net.branches) + 1
            chosen = [secrets.randbelow(LEAST_ENTRIES) for _ in range(40 * count)]
            places = free_places(taken, count, chosen)
        parts = parts_of(case, catalogue, case.decided_on, places[1:])
        return issued(self._licence(history, opening, parts, places[0]), self.issuer.signer(at), at)

    def _licence(self, history: History, opening: Mapping[str, Any], parts: tuple[Part, ...], place: int) -> Licence:
        case, zone = history.case, self.hall.zone.declared
        answers = {name: str(case.values.get((name, ""), "")) for name in ("applicant_name", "premises_address")}
        year = case.decided_on.year if case.decided_on else 0
        return Licence(
            number=f"{zone.id.upper()}-{year}-{case.id[1:].upper()}",
            holder_uscc=str(opening.get("party", "")),
            holder_name=answers["applicant_name"],
            industry=str(opening.get("industry", "")),
            industry_name=Text(**opening["industry_name"]),
            premises=answers["premises_address"],
            issuer=self.issuer.id,
            issuer_name=Text(f"{zone.name.en}, service hall", f"{zone.name.zh}政务服务大厅"),
            parts=parts,
            status_list=self.list_address,
            status_place=place,
        )

    def bring_into_force(
        self, person: Person, history: History, signed: dict[str, Any] | None = None
    ) -> History | None:
        """Give the case that follows an issued licence, opened with it where it is not yet; None before the issue.

        Asking twice is harmless. A licence whose signing was cut off after the case was issued is signed here.
        """
        case, opening = history.case, history.events[0].event.data or {}
        licence_case = in_force_id(case.id)
        found = self.hall.docket.history(licence_case)
        if found is not None or not was_issued(case):
            return found
        held = {name: opening[name] for name in ("industry", "industry_name", "names", "authorities", "desks")}
        signed = signed or self.signed(history, self.hall.now())
        application = Application(
            IN_FORCE,
            str(opening.get("party", "")),
            "window",
            {**held, "branches": list(case.net.branches), "of_case": case.id, "licence": signed},
            first_act="enter_force",
        )
        after = begin(self.hall, person, application, f"in-force-{case.id}", licence_case)
        return None if isinstance(after, Refusal) else self.hall.docket.history(licence_case)

    def status_list(self, at: datetime) -> dict[str, Any]:
        """Give the signed list of what is revoked, as it is now."""
        with self._door:
            self._follow()
            revoked = sorted(self._revoked)
        return status_list_credential(self.list_address, self.issuer.id, revoked, self.issuer.signer(at), at)

    def verified(self, content: bytes, at: datetime, **asked: str) -> Verification:
        """Give whether a licence may be believed now, by our own keys and our own list; nobody else is asked."""
        statuses = [self.status_list(at)]
        return verify_file(content, self.issuer.ring(), at, statuses, **asked)

    def _follow(self) -> None:
        """Read the events that were kept since the last time."""
        for kept in self.hall.ledger.events_since(self._position):
            self._position = kept.position
            self._note(kept.event)

    def _note(self, event: Event) -> None:
        data = event.data or {}
        if event.process == IN_FORCE and event.act == OPEN:
            self._places[event.case.removeprefix(in_force_id(""))] = places_of(data["licence"])
        elif event.process == IN_FORCE and event.act == "revoke_part":
            places = self._places.get(event.case.removeprefix(in_force_id("")), {})
            self._revoked |= {place for permit, place in places.items() if permit == event.branch}
        elif event.process == IN_FORCE and event.act in ("revoke_licence", "surrender", "close"):
            self._revoked |= set(self._places.get(event.case.removeprefix(in_force_id("")), {}).values())
        elif event.act == "revoke":
            self._revoked |= set(self._places.get(event.case, {}).values())


def licences_of(hall: Hall) -> Licences:
    """Give the licences of a zone's hall."""
    issuer = Issuer(f"urn:milepost:issuer:{hall.zone.declared.id}", hall.folder / "issuer.json")
    return Licences(hall, issuer)


def in_force_id(case_id: str) -> str:
    """Give the id of the case that follows an issued licence."""
    return f"licence-{case_id}"


def was_issued(case: Case) -> bool:
    """Was a licence issued in this case, whatever came of it afterwards?"""
    return any(act in ISSUING for act, _, _ in case.did)


def licence_in(history: History) -> dict[str, Any]:
    """Give the licence, as it was signed, of the case that follows it."""
    found: dict[str, Any] = (history.events[0].event.data or {})["licence"]
    return found


def places_of(licence: Mapping[str, Any]) -> dict[str, int]:
    """Give the status places of a licence: the whole under the empty name, and each permit's."""
    found = {"": int(licence["credentialStatus"]["statusListIndex"])}
    for part in licence["credentialSubject"]["permits"]:
        found[str(part["permit"])] = int(part["credentialStatus"]["statusListIndex"])
    return found
