"""The keys of an issuer: several verification methods with the days on which each may sign.

A new key is added before the old one ends; what the old one signed in its days stays good, unless it was
revoked: then nothing it signed is believed, since a thief can write any date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.science.credential import Ed25519Verifier, Verifier, from_multibase, multibase

_MEND = "Give the issuer's key list: id and verificationMethod, each with id, validFrom and publicKeyMultibase"


@dataclass(frozen=True)
class Key:
    """One verification method: its id, what verifies with it, and when it may sign."""

    id: str
    verifier: Verifier
    valid_from: datetime
    valid_until: datetime | None
    is_revoked: bool


@dataclass(frozen=True)
class KeyRing:
    """Keys of one or more issuers by the id of the verification method; `issuer_of` tells whose each is."""

    keys: Mapping[str, Key]
    issuer_of: Mapping[str, str]


def key_entry(method: str, public_key: bytes, first: datetime, last: datetime | None = None) -> dict[str, str]:
    """Give a key as an entry of a key list."""
    held = {"id": method, "type": "Multikey", "publicKeyMultibase": multibase(public_key)}
    held["validFrom"] = first.isoformat()
    return held if last is None else {**held, "validUntil": last.isoformat()}


def read_keys(*documents: Any) -> KeyRing:
    """Give the keys of issuers' key lists (controller documents).

    Raises YoursToMend H201 where one is not of that shape.
    """
    keys: dict[str, Key] = {}
    issuer_of: dict[str, str] = {}
    try:
        for document in documents:
            for entry in document["verificationMethod"]:
                if entry["id"] in keys:
                    raise ValueError("a key is given twice")
                keys[entry["id"]] = _key(entry)
                issuer_of[entry["id"]] = document["id"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise YoursToMend(Trouble("H201", "the key list cannot be read", _MEND)) from error
    return KeyRing(keys, issuer_of)


def _key(entry: Mapping[str, Any]) -> Key:
    until = entry.get("validUntil")
    verifier = Ed25519Verifier(from_multibase(entry["publicKeyMultibase"]))
    return Key(
        str(entry["id"]), verifier, moment(entry["validFrom"]), moment(until) if until else None, "revoked" in entry
    )


def moment(text: Any) -> datetime:
    """Give a moment written with its time zone. Raises ValueError."""
    found = datetime.fromisoformat(text) if isinstance(text, str) else None
    if found is None or found.tzinfo is None:
        raise ValueError("not a moment with its time zone")
    return found
