"""The one licence: an envelope over permits that keep their number, validity and revocation, as a signed credential.

Nothing is valid longer than the shortest of its parts, and nothing is decided here: a decided case is put into
words and signed. Whether a licence may be believed is `verifying`'s question.

References: W3C Verifiable Credentials Data Model 2.0; W3C Bitstring Status List 1.0. In Beijing the envelope is a
voucher over permits (综合许可凭证), in Shanghai a licence of the industry; both keep the permits in law.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import Text
from milepost.cases.case import Case
from milepost.domains.licensing.catalogue import Catalogue
from milepost.science.credential import LEAST_ENTRIES, Signer, encoded_statuses, signed

CONTEXT = ["https://www.w3.org/ns/credentials/v2", {"@vocab": "urn:milepost:licensing:"}]
LICENCE, STATUS_LIST = "IntegratedLicenceCredential", "BitstringStatusListCredential"
_ZONE_TIME = "+08:00"


@dataclass(frozen=True)
class Part:
    """A permit inside the licence: its own number, authority, days of validity (both included) and status place."""

    permit: str
    name: Text
    number: str
    authority: Text
    valid_from: date
    valid_until: date | None
    status_place: int


@dataclass(frozen=True)
class Licence:
    """The envelope: to whom, for which industry and premises, by whom, over which parts.

    `status_list` is the address of the list in which `status_place` and the parts' places are looked up.
    """

    number: str
    holder_uscc: str
    holder_name: str
    industry: str
    industry_name: Text
    premises: str
    issuer: str
    issuer_name: Text
    parts: tuple[Part, ...]
    status_list: str
    status_place: int

    @property
    def valid_from(self) -> date:
        """The first day on which all parts are valid."""
        return max(part.valid_from for part in self.parts)

    @property
    def valid_until(self) -> date | None:
        """The last day on which all parts are valid, or None where none of them ends."""
        return min((part.valid_until for part in self.parts if part.valid_until is not None), default=None)


def parts_of(case: Case, catalogue: Catalogue, decided_on: date, status_places: Iterable[int]) -> tuple[Part, ...]:
    """Give the parts of a granted case: each authority's number and last day, from the opinion it gave.

    Raises YoursToMend H121 where the case was not granted, or an authority gave no number.
    """
    if case.decided_on is None or case.outcome not in (None, "issued"):
        raise YoursToMend(Trouble("H121", "the case was not granted", "Issue a licence for a granted case"))
    places = iter(status_places)
    troubles: list[Trouble] = []
    parts: list[Part] = []
    for permit in case.net.branches:
        number, until = (case.values.get((name, permit)) for name in ("permit_number", "valid_until"))
        if not number:
            what = f"the authority gave no number for {permit}"
            troubles.append(Trouble("H121", what, "Enter the permit's number with the opinion"))
            continue
        known = catalogue.permits[permit]
        asked = next((r for held in catalogue.requirements.values() for r in held if r.permit == permit), None)
        authority = asked.authority if asked else Text("", "")
        last = date.fromisoformat(until) if until else None
        parts.append(Part(permit, known.name, str(number), authority, decided_on, last, next(places)))
    if troubles:
        raise YoursToMend(troubles)
    return tuple(parts)


def credential_of(licence: Licence) -> dict[str, Any]:
    """Give the licence as an unsigned W3C credential. Raises YoursToMend H121 where it has no part."""
    if not licence.parts:
        raise YoursToMend(Trouble("H121", "the licence has no part", "A licence stands over at least one permit"))
    subject = {
        "id": f"urn:uscc:{licence.holder_uscc}",
        "name": licence.holder_name,
        "industry": licence.industry,
        "industryName": _both(licence.industry_name),
        "premises": licence.premises,
        "permits": [_part(licence, part) for part in licence.parts],
    }
    return {
        "@context": CONTEXT,
        "id": f"urn:milepost:licence:{licence.number}",
        "type": ["VerifiableCredential", LICENCE],
        "issuer": {"id": licence.issuer, "name": _both(licence.issuer_name)},
        **_validity(licence.valid_from, licence.valid_until),
        "credentialSubject": subject,
        "credentialStatus": _status(licence.status_list, licence.status_place),
    }


def issued(licence: Licence, signer: Signer, at: datetime) -> dict[str, Any]:
    """Give the licence signed at a moment; signing the same licence again gives the same bytes."""
    return signed(credential_of(licence), signer, _time(at))


def status_list_credential(
    address: str, issuer: str, revoked: Iterable[int], signer: Signer, at: datetime, days: int = 7,
    entries: int = LEAST_ENTRIES,
) -> dict[str, Any]:  # fmt: skip
    """Give the signed list of revoked places, to be believed for so many days from `at`.

    A revoked part is a place in the list like a revoked licence, so it shows with the next list that is fetched.
    """
    subject = {
        "id": f"{address}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": encoded_statuses(revoked, entries),
    }
    unsigned = {
        "@context": CONTEXT[:1],
        "id": address,
        "type": ["VerifiableCredential", STATUS_LIST],
        "issuer": issuer,
        "validFrom": _time(at),
        "validUntil": _time(at + timedelta(days)),
        "credentialSubject": subject,
    }
    return signed(unsigned, signer, _time(at))


def presented(
    credential: Mapping[str, Any], signer: Signer, at: datetime, nonce: str = "", domain: str = ""
) -> dict[str, Any]:
    """Give a licence shown once, to one asker: signed for its `nonce` and `domain`, so that a copy proves nothing."""
    asked = {name: value for name, value in (("challenge", nonce), ("domain", domain)) if value}
    subject = credential.get("credentialSubject", {})
    unsigned = {
        "@context": CONTEXT[:1],
        "type": ["VerifiablePresentation"],
        "holder": subject.get("id", "") if isinstance(subject, Mapping) else "",
        "verifiableCredential": [dict(credential)],
    }
    return signed(unsigned, signer, _time(at), "authentication", **asked)


def free_places(taken: Iterable[int], count: int, chosen: Sequence[int]) -> tuple[int, ...]:
    """Give the first `count` of the `chosen` places that are not taken; choose them at random, so they tell nothing.

    Raises YoursToMend H122 where too few are left: then begin a new list.
    """
    used = set(taken)
    free = [place for place in dict.fromkeys(chosen) if place not in used][:count]
    if len(free) < count:
        raise YoursToMend(Trouble("H122", "the status list has too few free places", "Begin a new status list"))
    return tuple(free)


def _part(licence: Licence, part: Part) -> dict[str, Any]:
    return {
        "permit": part.permit,
        "name": _both(part.name),
        "number": part.number,
        "authority": _both(part.authority),
        **_validity(part.valid_from, part.valid_until),
        "credentialStatus": _status(licence.status_list, part.status_place),
    }


def _status(address: str, place: int) -> dict[str, Any]:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def _validity(first: date, last: date | None) -> dict[str, str]:
    held = {"validFrom": f"{first.isoformat()}T00:00:00{_ZONE_TIME}"}
    return {**held, "validUntil": f"{last.isoformat()}T23:59:59{_ZONE_TIME}"} if last else held


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _time(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
