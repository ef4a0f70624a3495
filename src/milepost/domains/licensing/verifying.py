"""May this licence be believed? Answered offline from the file, the issuer's keys and the last status list.

Every check says whether it passed, failed or could not be made; a file that is not what it says fails its checks and
never stops the program. A copied licence is told by whom and where it is for, a copied presentation by its nonce.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from milepost.basics.text import Text
from milepost.domains.licensing.keys import KeyRing, moment
from milepost.domains.licensing.licence import LICENCE, STATUS_LIST
from milepost.science.credential import is_set, is_signed_by

Standing = Literal["passed", "failed", "not_checked"]
Verdict = Literal["valid", "valid_but_revocation_not_checked", "not_valid"]
LONGEST_FILE_BYTES = 256_000
_SHOWN_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `code` has a page under docs/errors where it failed."""

    id: str
    standing: Standing
    says: Text
    code: str = ""


@dataclass(frozen=True)
class PartStanding:
    """A permit of the licence as it stands: `valid`, `not_yet`, `expired`, `revoked` or `not_checked`."""

    permit: str
    name: Text
    number: str
    valid_until: str
    standing: Literal["valid", "not_yet", "expired", "revoked", "not_checked"]


@dataclass(frozen=True)
class Verification:
    """The answer: the verdict, every check, the parts as they stand, and to whom and for where it was issued.

    Nothing is told of a document whose signature does not fit: what it says is nobody's word.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    parts: tuple[PartStanding, ...] = ()
    number: str = ""
    holder: str = ""
    holder_uscc: str = ""
    premises: str = ""
    valid_until: str = ""

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.standing == "failed")


def verify(
    document: Any, keys: KeyRing, at: datetime, statuses: Sequence[Any] = (), *,
    nonce: str = "", domain: str = "", holder_uscc: str = "", premises: str = "",
) -> Verification:  # fmt: skip
    """Give whether a licence, or a presentation of one, may be believed at a moment.

    `statuses` are status list credentials, the newest known; without the licence's own the verdict says that
    revocation was not checked. `nonce` and `domain` are what the asker gave for a presentation: with either, a bare
    licence or another asker's presentation fails. `holder_uscc` and `premises` are whom and where the asker sees.
    """
    checks: list[Check] = []
    credential = document
    if _has_type(document, "VerifiablePresentation"):
        checks += _presentation_checks(document, keys, at, nonce, domain)
        held = document.get("verifiableCredential")
        credential = held[0] if isinstance(held, list) and len(held) == 1 else None
    elif nonce or domain:
        checks.append(_fail("presentation", "H217", "a copy is shown, not a presentation for this asker",
                            "出示的是副本，不是针对本次查验的出示"))  # fmt: skip
    checks.append(_shape(credential))
    if checks[-1].standing == "failed":
        return Verification("not_valid", tuple(checks))
    checks += _signature_checks(credential, keys)
    if any(check.standing == "failed" for check in checks):
        return Verification("not_valid", tuple(checks))
    return _judged(credential, keys, at, statuses, checks, holder_uscc, premises)


def verify_file(
    content: bytes, keys: KeyRing, at: datetime, statuses: Sequence[Any] = (), **asked: str
) -> Verification:
    """Give `verify` of a file: JSON, or the text of a QR code. `asked` as in `verify`."""
    from milepost.domains.licensing.qr_code import PREFIX, from_qr_text

    try:
        if len(content) > LONGEST_FILE_BYTES:
            raise ValueError("too large for a licence")
        text = content.decode("utf-8-sig").strip()
        document = from_qr_text(text) if text.startswith(PREFIX) else json.loads(text)
    except (ValueError, RecursionError):
        return Verification("not_valid", (_unreadable(),))
    return verify(document, keys, at, statuses, **asked)


def _judged(
    credential: Mapping[str, Any], keys: KeyRing, at: datetime, statuses: Sequence[Any], checks: list[Check],
    holder_uscc: str, premises: str,
) -> Verification:  # fmt: skip
    subject = credential["credentialSubject"]
    lists = _believed(statuses, keys, at, credential["issuer"]["id"])
    checks += [_period(credential, at), _derived(credential), _status_check(credential, lists, statuses, at)]
    parts = tuple(_part_standing(part, at, lists) for part in subject["permits"])
    checks.append(_parts_check(parts))
    uscc = str(subject["id"]).removeprefix("urn:uscc:")
    if holder_uscc or premises:
        is_theirs = (not holder_uscc or holder_uscc == uscc) and (not premises or premises == subject["premises"])
        checks.append(
            _pass("issued_to", "it was issued to them, for this place", "持有人与经营场所一致") if is_theirs
            else _fail("issued_to", "H217", "it was issued to others, or for another place", "持有人或经营场所不一致")
        )  # fmt: skip
    verdict: Verdict = "valid"
    if any(check.standing == "failed" for check in checks):
        verdict = "not_valid"
    elif any(check.standing == "not_checked" for check in checks):
        verdict = "valid_but_revocation_not_checked"
    number = str(credential["id"]).removeprefix("urn:milepost:licence:")
    return Verification(
        verdict, tuple(checks), parts, number, str(subject["name"]), uscc, str(subject["premises"]),
        str(credential.get("validUntil", "")),
    )  # fmt: skip


def _shape(credential: Any) -> Check:
    """Is it a licence, with every part a licence has?"""
    try:
        subject = credential["credentialSubject"]
        texts = [credential["id"], credential["issuer"]["id"], subject["id"], subject["name"], subject["premises"]]
        texts += [value for part in subject["permits"] for value in (part["permit"], part["number"])]
        texts += [part["name"][language] for part in subject["permits"] for language in ("en", "zh")]
        for held in (credential, *subject["permits"]):
            moment(held["validFrom"])
            if "validUntil" in held:
                moment(held["validUntil"])
            texts.append(held["credentialStatus"]["statusListCredential"])
            if int(held["credentialStatus"]["statusListIndex"]) < 0:
                raise ValueError("a place is 0 or more")
        if not subject["permits"] or not all(isinstance(text, str) for text in texts):
            raise ValueError("not of a licence's shape")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return _unreadable()
    return _pass("shape", "it is a licence", "是行业综合许可凭证") if _has_type(credential, LICENCE) else _unreadable()


def _signature_checks(credential: Mapping[str, Any], keys: KeyRing) -> list[Check]:
    proof = credential.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    key = keys.keys.get(method) if isinstance(method, str) else None
    issuer = credential["issuer"] if isinstance(credential["issuer"], str) else credential["issuer"]["id"]
    if key is None or not isinstance(proof, dict) or keys.issuer_of[key.id] != issuer:
        return [_fail("key", "H211", "the issuer has no such key", "发证机关没有该密钥")]
    if not is_signed_by(credential, key.verifier):
        return [_fail("signature", "H210", "the signature does not fit: forged or altered", "签名不符：伪造或被改动")]
    checks = [_pass("signature", "the signature fits the issuer's key", "签名与发证机关密钥相符")]
    try:
        created = moment(proof.get("created"))
        is_timely = key.valid_from <= created and (key.valid_until is None or created <= key.valid_until)
    except ValueError:
        is_timely = False
    if key.is_revoked or not is_timely or proof.get("proofPurpose") != "assertionMethod":
        return [*checks, _fail("key", "H212", "the key might not sign this then", "该密钥当时不可用于此签名")]
    return [*checks, _pass("key", "the key was good when it signed", "签名时密钥有效")]


def _presentation_checks(
    document: Mapping[str, Any], keys: KeyRing, at: datetime, nonce: str, domain: str
) -> list[Check]:
    proof = document.get("proof")
    proof = proof if isinstance(proof, dict) else {}
    key = keys.keys.get(str(proof.get("verificationMethod")))
    held = document.get("verifiableCredential")
    inner = held[0] if isinstance(held, list) and len(held) == 1 and isinstance(held[0], dict) else {}
    subject = inner.get("credentialSubject")
    is_theirs = isinstance(subject, dict) and document.get("holder") == subject.get("id")
    issuer = inner.get("issuer")
    is_issuers = key is not None and isinstance(issuer, dict) and keys.issuer_of[key.id] == issuer.get("id")
    if key is None or key.is_revoked or not (is_theirs and is_issuers) or not is_signed_by(document, key.verifier):
        return [_fail("presentation", "H210", "the presentation is forged or altered", "出示凭证伪造或被改动")]
    try:
        created = moment(proof.get("created"))
        is_fresh = created - timedelta(minutes=2) <= at <= created + _SHOWN_FOR
        is_fresh = is_fresh and key.valid_from <= created and (key.valid_until is None or created <= key.valid_until)
    except ValueError:
        is_fresh = False
    is_asked = (not nonce or proof.get("challenge") == nonce) and (not domain or proof.get("domain") == domain)
    if not is_fresh or not is_asked or proof.get("proofPurpose") != "authentication":
        return [_fail("presentation", "H217", "it was shown to somebody else, or before", "系重放：曾向他人或先前出示")]
    return [_pass("presentation", "it is shown for this asker, now", "系针对本次查验的出示")]


def _period(credential: Mapping[str, Any], at: datetime) -> Check:
    standing = _in_period(credential, at)
    if standing == "not_yet":
        return _fail("period", "H213", "it is not valid yet", "尚未生效")
    if standing == "expired":
        return _fail("period", "H213", "it has expired", "已过有效期")
    return _pass("period", "it is within its days", "在有效期内")


def _in_period(held: Mapping[str, Any], at: datetime) -> Literal["valid", "not_yet", "expired"]:
    if at < moment(held["validFrom"]):
        return "not_yet"
    return "expired" if "validUntil" in held and at > moment(held["validUntil"]) else "valid"


def _derived(credential: Mapping[str, Any]) -> Check:
    """The licence may not claim more than the shortest of its parts."""
    parts = credential["credentialSubject"]["permits"]
    ends = [moment(part["validUntil"]) for part in parts if "validUntil" in part]
    is_within = moment(credential["validFrom"]) >= max(moment(part["validFrom"]) for part in parts)
    if ends:
        is_within = is_within and "validUntil" in credential and moment(credential["validUntil"]) <= min(ends)
    if not is_within:
        return _fail("derived", "H218", "it claims more days than its parts have", "有效期超出所含许可")
    return _pass("derived", "it ends with the first of its parts", "有效期不长于所含许可")


def _believed(statuses: Iterable[Any], keys: KeyRing, at: datetime, issuer: str) -> dict[str, str]:
    """The status lists of the licence's issuer that are signed and not too old, by address; the newest of each."""
    found: dict[str, tuple[datetime, str]] = {}
    for one in statuses:
        try:
            is_list = _has_type(one, STATUS_LIST) and one["issuer"] == issuer
            address, encoded = one["id"], one["credentialSubject"]["encodedList"]
            first, last = moment(one["validFrom"]), moment(one["validUntil"])
            is_revocation = one["credentialSubject"]["statusPurpose"] == "revocation"
        except (KeyError, TypeError, ValueError):
            continue
        is_good = is_list and is_revocation and first <= at <= last and isinstance(address, str)
        if is_good and all(check.standing == "passed" for check in _signature_checks(one, keys)):
            is_newer = address not in found or found[address][0] < first
            found[address] = (first, encoded) if is_newer else found[address]
    return {address: encoded for address, (_, encoded) in found.items()}


def _revoked(held: Mapping[str, Any], lists: Mapping[str, str]) -> bool | None:
    """Is it revoked? None where no list says."""
    encoded = lists.get(held["credentialStatus"]["statusListCredential"])
    if not isinstance(encoded, str):
        return None
    try:
        return is_set(encoded, int(held["credentialStatus"]["statusListIndex"]))
    except ValueError:
        return None


def _status_check(credential: Mapping[str, Any], lists: Mapping[str, str], given: Sequence[Any], at: datetime) -> Check:
    revoked = _revoked(credential, lists)
    if revoked:
        return _fail("status", "H214", "the licence was revoked", "凭证已被撤销")
    if revoked is None and given:
        says = Text("the status list given is not the issuer's, or too old", "所给状态列表非发证机关所签或已过期")
        return Check("status", "not_checked", says, "H215")
    if revoked is None:
        return Check("status", "not_checked", Text("no status list was given", "未提供状态列表"))
    return _pass("status", "the licence was not revoked", "凭证未被撤销")


def _part_standing(part: Mapping[str, Any], at: datetime, lists: Mapping[str, str]) -> PartStanding:
    standing: Any = _in_period(part, at)
    revoked = _revoked(part, lists)
    if standing == "valid" and revoked is not False:
        standing = "revoked" if revoked else "not_checked"
    name = Text(str(part["name"]["en"]), str(part["name"]["zh"]))
    return PartStanding(part["permit"], name, part["number"], str(part.get("validUntil", "")), standing)


def _parts_check(parts: Sequence[PartStanding]) -> Check:
    bad = [part for part in parts if part.standing in ("revoked", "expired", "not_yet")]
    if bad:
        named = Text(", ".join(part.name.en for part in bad), "、".join(part.name.zh for part in bad))
        return _fail("parts", "H216", f"a permit in it does not stand: {named.en}", f"所含许可失效：{named.zh}")
    if any(part.standing == "not_checked" for part in parts):
        return Check(
            "parts", "not_checked", Text("revocation of its permits was not checked", "未核验所含许可是否撤销")
        )
    return _pass("parts", "every permit in it stands", "所含许可均有效")


def _has_type(document: Any, name: str) -> bool:
    kinds = document.get("type") if isinstance(document, dict) else None
    return isinstance(kinds, list) and name in kinds


def _pass(check: str, en: str, zh: str) -> Check:
    return Check(check, "passed", Text(en, zh))


def _fail(check: str, code: str, en: str, zh: str) -> Check:
    return Check(check, "failed", Text(en, zh), code)


def _unreadable() -> Check:
    return _fail("shape", "H202", "it is not a licence that can be read", "不是可识读的综合许可凭证")
