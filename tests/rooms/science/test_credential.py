"""The W3C vectors of eddsa-jcs-2022 byte for byte, and what must not pass."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.science.credential import (
    LEAST_ENTRIES,
    Ed25519Signer,
    Ed25519Verifier,
    base58,
    canonical,
    encoded_statuses,
    from_base58,
    from_multibase,
    hash_data,
    is_set,
    is_signed_by,
    signed,
)

# Printed in W3C Data Integrity EdDSA Cryptosuites 1.0, appendix B.1.
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"


@pytest.fixture(scope="module")
def vectors(shared):
    folder = shared / "data/w3c_eddsa_jcs"
    if not folder.is_dir():
        pytest.skip("the W3C vectors are not in the shared folder")
    return {path.name: path.read_text("utf-8").rstrip("\n") for path in folder.iterdir()}


@pytest.fixture(scope="module")
def verifier():
    return Ed25519Verifier(from_multibase(PUBLIC))


def test_canonical_forms_and_hashes_are_those_of_the_w3c_byte_for_byte(vectors, verifier):
    document, options = json.loads(vectors["unsigned.json"]), json.loads(vectors["proofConfigJCS.json"])
    assert canonical(document) == vectors["canonDocJCS.txt"].encode()
    assert canonical(options) == vectors["proofCanonJCS.txt"].encode()
    assert hashlib.sha256(canonical(document)).hexdigest() == vectors["docHashJCS.txt"]
    assert hashlib.sha256(canonical(options)).hexdigest() == vectors["proofHashJCS.txt"]
    assert hash_data(document, options, verifier).hex() == vectors["combinedHashJCS.txt"]


def test_the_signature_of_the_w3c_fits_its_key(vectors, verifier):
    document = json.loads(vectors["signedJCS.json"])
    assert is_signed_by(document, verifier)
    assert from_base58(vectors["sigBTC58JCS.txt"][1:]).hex() == vectors["sigHexJCS.txt"]


def test_signing_again_gives_the_same_bytes(vectors):
    key = from_base58(PRIVATE[1:])
    assert key[:2] == b"\x80\x26"
    signer = Ed25519Signer(key[2:])
    expected = json.loads(vectors["signedJCS.json"])
    assert signer.verification_method == expected["proof"]["verificationMethod"]
    assert signed(json.loads(vectors["unsigned.json"]), signer, expected["proof"]["created"]) == expected


def changes():
    yield "a changed subject", lambda d: d["credentialSubject"].update(alumniOf="Another School")
    yield "a changed name", lambda d: d.update(name="Other")
    yield "something added", lambda d: d.update(extra=1)
    yield "something removed", lambda d: d.pop("description")
    yield "a changed time of signing", lambda d: d["proof"].update(created="2023-02-24T23:36:39Z")
    yield "another purpose", lambda d: d["proof"].update(proofPurpose="authentication")
    yield "another suite", lambda d: d["proof"].update(cryptosuite="eddsa-rdfc-2022")
    yield "another context in the proof", lambda d: d["proof"].update({"@context": ["https://other.example"]})
    yield "another key's name", lambda d: d["proof"].update(verificationMethod="did:key:zOther#zOther")
    yield "a signature cut short", lambda d: d["proof"].update(proofValue=d["proof"]["proofValue"][:-1])
    yield "a letter outside base58", lambda d: d["proof"].update(proofValue="z0OIl")
    yield "no signature", lambda d: d["proof"].pop("proofValue")
    yield "no proof", lambda d: d.pop("proof")
    yield "a list of proofs", lambda d: d.update(proof=[d["proof"]])
    yield "a number JSON cannot hold", lambda d: d.update(extra=float("nan"))


@pytest.mark.parametrize(("what", "change"), list(changes()), ids=[what for what, _ in changes()])
def test_an_altered_document_does_not_pass(vectors, verifier, what, change):
    document = json.loads(vectors["signedJCS.json"])
    change(document)
    assert not is_signed_by(document, verifier)


def test_another_key_does_not_fit(vectors):
    document = json.loads(vectors["signedJCS.json"])
    assert not is_signed_by(document, Ed25519Verifier(Ed25519Signer(bytes(range(32))).public_key))


def test_order_of_names_does_not_matter():
    signer = Ed25519Signer(bytes(range(32)))
    one = signed({"a": 1, "b": {"c": 2, "d": 3}}, signer, "2025-01-01T00:00:00Z")
    other = signed({"b": {"d": 3, "c": 2}, "a": 1}, signer, "2025-01-01T00:00:00Z")
    assert one["proof"]["proofValue"] == other["proof"]["proofValue"]


@given(st.binary(max_size=80))
def test_base58_survives_a_round_trip(data):
    assert from_base58(base58(data)) == data


@given(st.sets(st.integers(0, LEAST_ENTRIES - 1), max_size=20), st.integers(0, LEAST_ENTRIES - 1))
def test_a_status_list_says_exactly_what_was_set(revoked, place):
    encoded = encoded_statuses(revoked)
    assert is_set(encoded, place) == (place in revoked)
    assert all(is_set(encoded, one) for one in revoked)


@pytest.mark.parametrize("encoded", ["", "u", "uAAAA", "m" + "A" * 8, "u!!!!"])
def test_a_list_that_is_none_is_said_to_be_none(encoded):
    with pytest.raises(ValueError):
        is_set(encoded, 0)


def test_the_example_list_of_the_w3c_is_read():
    """W3C Bitstring Status List 1.0, example 6: nothing is set."""
    encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert not any(is_set(encoded, place) for place in (0, 1, 94567, LEAST_ENTRIES - 1))


def test_a_place_outside_the_list_is_refused():
    with pytest.raises(ValueError):
        encoded_statuses([LEAST_ENTRIES])
    with pytest.raises(ValueError):
        is_set(encoded_statuses([]), LEAST_ENTRIES)
