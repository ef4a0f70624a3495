"""The licence as a credential: what is true is believed offline; forged, altered, replayed and outlived is not."""

import copy
import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from milepost.basics.errors import YoursToMend
from milepost.basics.text import Text
from milepost.domains.licensing.keys import key_entry, read_keys
from milepost.domains.licensing.licence import (
    Licence,
    Part,
    credential_of,
    free_places,
    issued,
    presented,
    status_list_credential,
)
from milepost.domains.licensing.qr_code import PREFIX, base45, from_base45, from_qr_text, qr_svg, qr_text
from milepost.domains.licensing.verifying import verify, verify_file
from milepost.science.credential import Ed25519Signer, signed

AT = datetime(2025, 6, 1, 9, tzinfo=timezone(timedelta(hours=8)))
NOW = AT + timedelta(days=30)
ISSUER, LIST = "did:web:zone.example", "https://zone.example/status/1"
OLD, NEW, THIEF = (Ed25519Signer(bytes([n] * 32), f"{ISSUER}#{name}") for n, name in enumerate(("old", "new", "old")))


def key_list(**old):
    first = key_entry(OLD.verification_method, OLD.public_key, AT - timedelta(days=100), AT + timedelta(days=10))
    second = key_entry(NEW.verification_method, NEW.public_key, AT + timedelta(days=5))
    return {"id": ISSUER, "verificationMethod": [{**first, **old}, second]}


KEYS = read_keys(key_list())


def part(permit, until, place):
    return Part(permit, Text(permit.title(), "许可"), f"N-{permit}", Text("Authority", "部门"), AT.date(), until, place)


LICENCE = Licence(
    "E-2025-1", "91110302X", "Blue Cup", "restaurant", Text("Restaurant", "餐馆"), "1 Made Road", ISSUER,
    Text("Zone", "开发区"),
    (part("food", date(2030, 5, 31), 11), part("fire", None, 12), part("sign", date(2027, 5, 31), 13)), LIST, 10,
)  # fmt: skip
DOCUMENT = issued(LICENCE, OLD, AT)


def statuses(*revoked, signer=NEW, at=NOW - timedelta(days=1), **more):
    return [status_list_credential(LIST, ISSUER, revoked, signer, at, **more)]


def failed(found):
    return sorted({check.code for check in found.failed})


def test_a_true_licence_is_valid():
    found = verify(DOCUMENT, KEYS, NOW, statuses())
    assert found.verdict == "valid"
    assert all(check.standing == "passed" for check in found.checks)
    assert (found.number, found.holder, found.holder_uscc) == ("E-2025-1", "Blue Cup", "91110302X")
    assert {one.standing for one in found.parts} == {"valid"}


def test_without_a_status_list_the_verdict_says_what_was_not_checked():
    assert verify(DOCUMENT, KEYS, NOW).verdict == "valid_but_revocation_not_checked"


def test_the_licence_is_valid_no_longer_than_the_shortest_of_its_parts():
    assert LICENCE.valid_until == date(2027, 5, 31)
    last = datetime(2027, 5, 31, 23, 59, tzinfo=AT.tzinfo)
    assert verify(DOCUMENT, KEYS, last).verdict != "not_valid"
    assert failed(verify(DOCUMENT, KEYS, last + timedelta(minutes=2))) == ["H213", "H216"]


def test_a_licence_without_an_end_is_valid_without_an_end():
    endless = replace(LICENCE, parts=(part("fire", None, 12),))
    assert "validUntil" not in credential_of(endless)
    assert verify(issued(endless, OLD, AT), KEYS, NOW + timedelta(days=9000), statuses()).verdict != "not_valid"


def test_a_licence_that_outlives_a_part_is_not_believed_even_when_signed():
    unsigned = credential_of(LICENCE)
    for change in ({"validUntil": "2030-01-01T00:00:00+08:00"}, {"validFrom": "2020-01-01T00:00:00+08:00"}):
        assert failed(verify(signed({**unsigned, **change}, OLD, AT.isoformat()), KEYS, NOW)) == ["H218"]
    del unsigned["validUntil"]
    assert failed(verify(signed(unsigned, OLD, AT.isoformat()), KEYS, NOW)) == ["H218"]


def test_revoking_one_part_shows_at_once_and_the_others_stand():
    found = verify(DOCUMENT, KEYS, NOW, statuses(12))
    assert failed(found) == ["H216"] and found.verdict == "not_valid"
    assert {one.permit: one.standing for one in found.parts} == {"food": "valid", "fire": "revoked", "sign": "valid"}


def test_revoking_the_licence_shows():
    assert failed(verify(DOCUMENT, KEYS, NOW, statuses(10))) == ["H214"]


def test_a_neighbours_revocation_does_not_matter():
    assert verify(DOCUMENT, KEYS, NOW, statuses(9, 14)).verdict == "valid"


def test_the_newest_status_list_counts():
    older, newer = statuses(at=NOW - timedelta(days=3)), statuses(10, at=NOW - timedelta(days=1))
    for given in (older + newer, newer + older):
        assert failed(verify(DOCUMENT, KEYS, NOW, given)) == ["H214"]


@pytest.mark.parametrize(
    "given",
    [statuses(at=NOW - timedelta(days=9)), statuses(at=NOW + timedelta(days=1)), statuses(signer=THIEF),
     [status_list_credential("https://other.example", ISSUER, [], NEW, NOW - timedelta(days=1))], [{}], [None], ["x"],
     [DOCUMENT]],
    ids=["too old", "of tomorrow", "forged", "another list", "empty", "nothing", "a text", "a licence"],
)  # fmt: skip
def test_a_status_list_that_cannot_be_believed_checks_nothing(given):
    found = verify(DOCUMENT, KEYS, NOW, given)
    assert found.verdict == "valid_but_revocation_not_checked"
    assert next(check.code for check in found.checks if check.standing == "not_checked") == "H215"


def alterations():
    def at(*path, to):
        def change(document):
            for name in path[:-1]:
                document = document[name]
            document[path[-1]] = to

        return change

    yield "name", at("credentialSubject", "name", to="Red Cup")
    yield "premises", at("credentialSubject", "premises", to="2 Made Road")
    yield "a permit's number", at("credentialSubject", "permits", 0, "number", to="N-other")
    yield "a permit's end", at("credentialSubject", "permits", 2, "validUntil", to="2035-05-31T23:59:59+08:00")
    yield "a status place", at("credentialStatus", "statusListIndex", to="99")
    yield "the end", at("validUntil", to="2026-05-31T23:59:59+08:00")
    yield "the signature", at("proof", "proofValue", to="z" + "2" * 88)
    yield "the time of signing", at("proof", "created", to="2025-06-02T09:00:00+08:00")


@pytest.mark.parametrize(("what", "change"), list(alterations()), ids=[what for what, _ in alterations()])
def test_an_altered_licence_is_not_believed_and_tells_nothing(what, change):
    document = copy.deepcopy(DOCUMENT)
    change(document)
    found = verify(document, KEYS, NOW, statuses())
    assert failed(found) == ["H210"]
    assert found.parts == () and found.holder == ""


def test_a_permit_taken_out_or_added_is_found():
    document = copy.deepcopy(DOCUMENT)
    document["credentialSubject"]["permits"].pop()
    assert failed(verify(document, KEYS, NOW)) == ["H210"]


def test_a_forged_licence_in_the_issuers_name_is_not_believed():
    assert failed(verify(issued(LICENCE, THIEF, AT), KEYS, NOW)) == ["H210"]
    stranger = Ed25519Signer(bytes([7] * 32))
    assert failed(verify(issued(LICENCE, stranger, AT), KEYS, NOW)) == ["H211"]


def test_a_key_of_one_issuer_does_not_sign_for_another():
    other = {**key_list(), "id": "did:web:other.example"}
    assert failed(verify(DOCUMENT, read_keys(other), NOW)) == ["H211"]


def test_keys_change_and_what_the_old_one_signed_in_its_days_stays_good():
    assert verify(issued(LICENCE, NEW, AT + timedelta(days=6)), KEYS, NOW, statuses()).verdict == "valid"
    assert verify(issued(LICENCE, OLD, AT), KEYS, NOW + timedelta(days=300)).verdict != "not_valid"
    assert failed(verify(issued(LICENCE, OLD, AT + timedelta(days=11)), KEYS, NOW)) == ["H212"]
    assert failed(verify(issued(LICENCE, NEW, AT), KEYS, NOW)) == ["H212"]


def test_nothing_a_revoked_key_signed_is_believed():
    keys = read_keys(key_list(revoked="2025-06-20T00:00:00+08:00"))
    assert failed(verify(DOCUMENT, keys, NOW, statuses())) == ["H212"]


def test_a_presentation_is_for_one_asker_and_one_moment():
    shown = presented(DOCUMENT, NEW, NOW, nonce="n-1", domain="gate.example")
    assert verify(shown, KEYS, NOW, statuses(), nonce="n-1", domain="gate.example").verdict == "valid"
    assert failed(verify(shown, KEYS, NOW, nonce="n-2", domain="gate.example")) == ["H217"]
    assert failed(verify(shown, KEYS, NOW, nonce="n-1", domain="other.example")) == ["H217"]
    assert failed(verify(shown, KEYS, NOW + timedelta(minutes=11), nonce="n-1")) == ["H217"]
    assert failed(verify(shown, KEYS, NOW - timedelta(minutes=11), nonce="n-1")) == ["H217"]


def test_a_copy_is_not_a_presentation():
    assert failed(verify(DOCUMENT, KEYS, NOW, nonce="n-1")) == ["H217"]


def test_a_presentation_of_another_licence_is_found():
    shown = presented(DOCUMENT, NEW, NOW, nonce="n-1")
    other = issued(replace(LICENCE, holder_uscc="OTHER"), OLD, AT)
    assert failed(verify({**shown, "verifiableCredential": [other]}, KEYS, NOW, nonce="n-1")) == ["H210"]
    assert failed(verify({**shown, "verifiableCredential": []}, KEYS, NOW, nonce="n-1")) == ["H202", "H210"]


def test_a_licence_shown_by_others_or_elsewhere_is_found():
    assert verify(DOCUMENT, KEYS, NOW, statuses(), holder_uscc="91110302X", premises="1 Made Road").verdict == "valid"
    assert failed(verify(DOCUMENT, KEYS, NOW, holder_uscc="91110302Y")) == ["H217"]
    assert failed(verify(DOCUMENT, KEYS, NOW, premises="2 Made Road")) == ["H217"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"[]", b"null", b"1", b'{"type": "VerifiableCredential"}', b"{" * 100_000, b"[" * 200_000,
     b'{"a": NaN}', b"MP1:", b"MP1:%%%", b"MP1:A", b"%PDF-1.7", b" " * 300_000,
     b'{"type":["VerifiablePresentation"]}', b"9" * 5000],
    ids=range(16),
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_fails_its_checks_and_nothing_else(content):
    found = verify_file(content, KEYS, NOW)
    assert found.verdict == "not_valid"
    assert "H202" in failed(found)


@pytest.mark.parametrize(
    "path",
    [("issuer",), ("credentialSubject",), ("credentialSubject", "permits"), ("credentialStatus",), ("validFrom",),
     ("proof",), ("credentialSubject", "permits", 0, "name"), ("credentialStatus", "statusListIndex"),
     ("credentialSubject", "id"), ("type",), ("id",)],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, [], {}, "x", -1, True])
def test_any_part_replaced_by_nonsense_is_not_valid(path, value):
    document = copy.deepcopy(DOCUMENT)
    held = document
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] = value
    assert verify(document, KEYS, NOW, statuses()).verdict == "not_valid"


def test_a_qr_code_holds_the_whole_licence_and_is_verified_from_its_text():
    text = qr_text(DOCUMENT)
    assert from_qr_text(text) == DOCUMENT
    assert len(text) < 1000
    assert verify_file(text.encode(), KEYS, NOW, statuses()).verdict == "valid"
    assert verify_file(json.dumps(DOCUMENT).encode(), KEYS, NOW, statuses()).verdict == "valid"


def test_the_picture_is_one_svg():
    picture = qr_svg(DOCUMENT)
    assert picture.startswith("<svg") and picture.endswith("</svg>") and "<script" not in picture


def test_a_licence_of_twelve_permits_still_fits_one_code():
    many = replace(LICENCE, parts=tuple(part(f"permit_{n}", date(2027, 1, n + 1), n) for n in range(12)))
    assert qr_svg(issued(many, OLD, AT)).startswith("<svg")


def test_a_code_that_swells_when_opened_is_refused():
    import zlib

    bomb = PREFIX + base45(zlib.compress(b" " * 50_000_000))
    with pytest.raises(ValueError, match="too large"):
        from_qr_text(bomb)


def test_the_example_of_the_standard_for_base45():
    """RFC 9285, section 4.3 and 4.4."""
    assert base45(b"Hello!!") == "%69 VD92EX0"
    assert from_base45("QED8WEX0") == b"ietf!"
    with pytest.raises(ValueError):
        from_base45("GGW")


def test_signing_again_gives_the_same_bytes():
    assert issued(LICENCE, OLD, AT) == DOCUMENT


def test_a_licence_over_nothing_is_not_issued():
    with pytest.raises(YoursToMend, match="H121"):
        credential_of(replace(LICENCE, parts=()))


def test_places_in_the_status_list_are_taken_once():
    assert free_places([3], 2, [3, 5, 5, 8, 9]) == (5, 8)
    with pytest.raises(YoursToMend, match="H122"):
        free_places([3], 2, [3, 5])


TWICE = {**key_list(), "verificationMethod": key_list()["verificationMethod"] * 2}


@pytest.mark.parametrize("document", [None, {}, {"id": "a", "verificationMethod": [{}]}, [], {"id": 1}, TWICE])
def test_a_faulty_key_list_is_told(document):
    with pytest.raises(YoursToMend, match="H201"):
        read_keys(document)
