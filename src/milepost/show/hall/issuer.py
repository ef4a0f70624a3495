"""The issuer's keys: made on this machine, kept where only its owner reads them, and changed without losing the past.

A new key begins before the old one ends; what the old one signed in its days stays good.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from milepost.domains.licensing.keys import KeyRing, key_entry, read_keys
from milepost.science.credential import Ed25519Signer, Signer

_OVERLAP = timedelta(days=7)


@dataclass
class Issuer:
    """Who signs the licences of a zone; the keys are in one file, made the first time somebody signs."""

    id: str
    path: Path
    _door: threading.Lock = field(default_factory=threading.Lock)

    def signer(self, at: datetime) -> Signer:
        """Give what signs at a moment: the newest key, made where there is none yet."""
        with self._door:
            keys = self._read() or self._write([_fresh(f"{self.id}#key-1", at)])
        newest = keys[-1]
        return Ed25519Signer(base64.b64decode(newest["private"]), newest["id"])

    def rotate(self, at: datetime, is_stolen: bool = False) -> str:
        """Begin a new key and give its id; the old one ends in seven days, or is revoked now where it was stolen."""
        with self._door:
            keys = self._read()
            if keys:
                keys[-1] |= {"validUntil": at.isoformat() if is_stolen else (at + _OVERLAP).isoformat()}
                keys[-1] |= {"revoked": at.isoformat()} if is_stolen else {}
            keys = self._write([*keys, _fresh(f"{self.id}#key-{len(keys) + 1}", at)])
            return str(keys[-1]["id"])

    def document(self) -> dict[str, Any]:
        """Give the public list of keys, by which anybody verifies without asking us again."""
        methods = []
        for one in self._read():
            public = Ed25519Signer(base64.b64decode(one["private"]), one["id"]).public_key
            until = datetime.fromisoformat(one["validUntil"]) if "validUntil" in one else None
            held: dict[str, Any] = {**key_entry(one["id"], public, datetime.fromisoformat(one["validFrom"]), until)}
            methods.append(held | {"controller": self.id} | ({"revoked": one["revoked"]} if "revoked" in one else {}))
        return {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": self.id,
            "verificationMethod": methods,
            "assertionMethod": [one["id"] for one in methods],
        }

    def ring(self) -> KeyRing:
        """Give the keys to verify with."""
        return read_keys(self.document())

    def _read(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        found: list[dict[str, Any]] = json.loads(self.path.read_text("utf-8"))["keys"]
        return found

    def _write(self, keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"keys": keys}, indent=1), "utf-8")
        os.replace(fresh, self.path)
        return keys


def _fresh(id: str, at: datetime) -> dict[str, Any]:
    # A machine whose clock is a little behind must still believe the first licence.
    first = (at - timedelta(minutes=5)).isoformat(timespec="seconds")
    return {"id": id, "private": base64.b64encode(secrets.token_bytes(32)).decode("ascii"), "validFrom": first}
