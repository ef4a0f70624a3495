"""Signed documents: W3C Verifiable Credentials with a data-integrity proof of the suite eddsa-jcs-2022.

A document is made canonical, hashed with its proof options, and signed; what a credential means is not known here.

References: W3C Verifiable Credential Data Integrity 1.0; W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.3
(eddsa-jcs-2022); RFC 8785 (canonical JSON); RFC 8032 (Ed25519); W3C Bitstring Status List 1.0, sections 3 and 4.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519_KEY = b"\xed\x01"
_LONGEST_LIST_BYTES = 16 * 1024 * 1024
LEAST_ENTRIES = 131_072
"""Entries of the smallest status list, so that one credential is not found out by its list (section 6.1)."""


class Signer(Protocol):
    """Somebody who signs: the suite's name, the verification method (who and which key), and the signature.

    Another suite (SM2 with SM3, say) is another signer with its own `cryptosuite` and `digest`.
    """

    cryptosuite: str
    verification_method: str

    def digest(self, data: bytes) -> bytes:
        """Give the hash the suite asks for."""

    def sign(self, data: bytes) -> bytes:
        """Give the signature over the two hashes."""


class Verifier(Protocol):
    """The other half of a signer: a public key of a suite."""

    cryptosuite: str

    def digest(self, data: bytes) -> bytes:
        """Give the hash the suite asks for."""

    def fits(self, signature: bytes, data: bytes) -> bool:
        """Is this the key's signature over the data?"""


class Ed25519Signer:
    """A signer with an Ed25519 private key of 32 bytes."""

    cryptosuite = "eddsa-jcs-2022"

    def __init__(self, private_key: bytes, verification_method: str = "") -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.verification_method = verification_method or did_key(self.public_key)

    def digest(self, data: bytes) -> bytes:
        """Give the SHA-256 hash [32 bytes]."""
        return hashlib.sha256(data).digest()

    def sign(self, data: bytes) -> bytes:
        """Give the signature [64 bytes]."""
        return self._key.sign(data)


class Ed25519Verifier:
    """A public key of Ed25519 [32 bytes]. Raises ValueError where it is not one."""

    cryptosuite = "eddsa-jcs-2022"

    def __init__(self, public_key: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    def digest(self, data: bytes) -> bytes:
        """Give the SHA-256 hash [32 bytes]."""
        return hashlib.sha256(data).digest()

    def fits(self, signature: bytes, data: bytes) -> bool:
        """Is this the key's signature over the data?"""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def canonical(document: Any) -> bytes:
    """Give a JSON value in its one canonical form [UTF-8], RFC 8785. Raises ValueError where it has none.

    >>> canonical({"b": 1.0, "a": "é"}).decode()
    '{"a":"é","b":1}'
    """
    import rfc8785

    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError as error:
        raise ValueError("the document has no canonical form") from error


def hash_data(document: Mapping[str, Any], options: Mapping[str, Any], suite: Signer | Verifier) -> bytes:
    """Give what is signed: the hash of the canonical proof options, then that of the document without its proof."""
    bare = {name: value for name, value in document.items() if name != "proof"}
    return suite.digest(canonical(options)) + suite.digest(canonical(bare))


def signed(document: Mapping[str, Any], signer: Signer, created: str, purpose: str = "assertionMethod",
           **more: str) -> dict[str, Any]:  # fmt: skip
    """Give the document with its proof; `created` is a time such as 2025-06-01T00:00:00Z.

    `more` are further proof options (`challenge` and `domain` of a presentation). Signing twice gives the same bytes.
    """
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": signer.cryptosuite,
        "created": created,
        "verificationMethod": signer.verification_method,
        "proofPurpose": purpose,
        **more,
    }
    if "@context" in document:
        options["@context"] = document["@context"]
    value = "z" + base58(signer.sign(hash_data(document, options, signer)))
    bare = {name: held for name, held in document.items() if name != "proof"}
    return {**bare, "proof": {**options, "proofValue": value}}


def is_signed_by(document: Mapping[str, Any], verifier: Verifier) -> bool:
    """Does the document carry a proof of this key over exactly what it says? Whatever is malformed does not."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("type") != "DataIntegrityProof":
        return False
    value = proof.get("proofValue")
    if proof.get("cryptosuite") != verifier.cryptosuite or not isinstance(value, str) or not value.startswith("z"):
        return False
    options = {name: held for name, held in proof.items() if name != "proofValue"}
    context = options.get("@context")
    if context is not None and not _begins_with(document.get("@context"), context):
        return False
    try:
        return verifier.fits(from_base58(value[1:]), hash_data(document, options, verifier))
    except (ValueError, RecursionError):
        return False


def _begins_with(held: Any, context: Any) -> bool:
    """The proof's context must be the beginning of the document's (Data Integrity EdDSA, section 3.3.2)."""
    whole, part = (value if isinstance(value, list) else [value] for value in (held, context))
    return whole[: len(part)] == part


def did_key(public_key: bytes) -> str:
    """Give the verification method that names an Ed25519 public key by itself (did:key)."""
    name = multibase(public_key)
    return f"did:key:{name}#{name}"


def multibase(public_key: bytes) -> str:
    """Give an Ed25519 public key [32 bytes] as a W3C Multikey."""
    return "z" + base58(_ED25519_KEY + public_key)


def from_multibase(text: str) -> bytes:
    """Give the Ed25519 public key [32 bytes] of a Multikey. Raises ValueError where it is none."""
    found = from_base58(text[1:]) if text.startswith("z") and len(text) < 100 else b""
    if not found.startswith(_ED25519_KEY) or len(found) != 34:
        raise ValueError("not an Ed25519 key in multibase")
    return found[2:]


def base58(data: bytes) -> str:
    """Give bytes in base58 with Bitcoin's alphabet.

    >>> base58(b"\\x00hello"), from_base58(base58(b"\\x00hello"))
    ('1Cn8eVZg', b'\\x00hello')
    """
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_base58(text: str) -> bytes:
    """Give the bytes of a base58 text. Raises ValueError where a character is not of the alphabet."""
    if len(text) > 1000:
        raise ValueError("too long for a key or a signature")
    number = 0
    for letter in text:
        number = number * 58 + _ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encoded_statuses(revoked: Iterable[int], entries: int = LEAST_ENTRIES) -> str:
    """Give a bitstring status list with these places set: gzip, then multibase base64url without padding.

    Raises ValueError where a place lies outside the list.

    >>> is_set(encoded_statuses([5, 8]), 5), is_set(encoded_statuses([5, 8]), 6)
    (True, False)
    """
    bits = bytearray(max(entries, LEAST_ENTRIES) // 8)
    for place in revoked:
        if not 0 <= place < len(bits) * 8:
            raise ValueError("the place lies outside the status list")
        bits[place // 8] |= 128 >> place % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def is_set(encoded: str, place: int) -> bool:
    """Is the bit at this place set? Bit 0 is the left-most. Raises ValueError where list or place is no good."""
    if not encoded.startswith("u"):
        raise ValueError("the status list is not in base64url")
    try:
        packed = base64.b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4), altchars=b"-_", validate=True)
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            bits = file.read(_LONGEST_LIST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError("the status list is not gzip") from error
    if len(bits) > _LONGEST_LIST_BYTES or not 0 <= place < len(bits) * 8:
        raise ValueError("the place lies outside the status list")
    return bool(bits[place // 8] & 128 >> place % 8)
