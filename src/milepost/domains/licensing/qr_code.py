"""A signed licence as a compact QR code: canonical JSON, deflated with a dictionary, in base45; and back.

The code carries the whole signed document, so that it is verified without any network.

References: RFC 9285 (base45), RFC 1950 (zlib with a preset dictionary), ISO/IEC 18004 (QR code, alphanumeric mode).
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from typing import Any

from milepost.science.credential import canonical

PREFIX = "MP1:"
"""First letters of the text; the digit is the version of the dictionary below, which never changes under it."""

_LONGEST_DOCUMENT_BYTES = 64_000
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DICTIONARY = (
    '{"@context":["https://www.w3.org/ns/credentials/v2",{"@vocab":"urn:milepost:licensing:"}],'
    '"credentialStatus":{"statusListCredential":"https://","statusListIndex":"","statusPurpose":"revocation",'
    '"type":"BitstringStatusListEntry"},"credentialSubject":{"id":"urn:uscc:","industry":"","industryName":'
    '{"en":"","zh":""},"name":"","permits":[{"authority":{"en":"Market regulation","zh":"市场监管部门"},'
    '"name":{"en":"Food operation permit","zh":"食品经营许可"},"number":"JY","permit":"food_operation",'
    '"validFrom":"2025-01-01T00:00:00+08:00","validUntil":"2030-12-31T23:59:59+08:00"}],"premises":"北京市经济技术开发区"},'
    '"id":"urn:milepost:licence:","issuer":{"id":"did:","name":{"en":"","zh":""}},"proof":{"@context":'
    '"created":"2025-","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","proofValue":"z",'
    '"type":"DataIntegrityProof","verificationMethod":"did:key:z6Mk"},"type":["VerifiableCredential",'
    '"IntegratedLicenceCredential"],'
).encode()


def qr_text(document: Mapping[str, Any]) -> str:
    """Give the text of a licence's QR code."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    return PREFIX + base45(packer.compress(canonical(dict(document))) + packer.flush())


def from_qr_text(text: str) -> Any:
    """Give the document of a QR code's text. Raises ValueError where it is none, or too large for one."""
    if not text.startswith(PREFIX):
        raise ValueError("not the code of a licence")
    opener = zlib.decompressobj(15, zdict=_DICTIONARY)
    try:
        content = opener.decompress(from_base45(text[len(PREFIX) :]), _LONGEST_DOCUMENT_BYTES)
    except zlib.error as error:
        raise ValueError("the code is damaged") from error
    if not opener.eof:
        raise ValueError("the code is cut short, or too large for a licence")
    return json.loads(content)


def qr_svg(document: Mapping[str, Any], scale: int = 3) -> str:
    """Give the QR code as an SVG picture, with error correction M (15 %). Raises ValueError where it does not fit."""
    import segno

    try:
        code = segno.make(qr_text(document), error="m", micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError("the licence is too large for one QR code") from error
    picture = io.BytesIO()
    code.save(picture, kind="svg", scale=scale, border=4, xmldecl=False, nl=False, omitsize=False)
    return picture.getvalue().decode("utf-8")


def base45(data: bytes) -> str:
    """Give bytes in base45.

    >>> base45(b"base-45"), from_base45(base45(b"base-45"))
    ('UJCLQE7W581', b'base-45')
    """
    letters = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            letters.append(_LETTERS[digit])
    return "".join(letters)


def from_base45(text: str) -> bytes:
    """Give the bytes of a base45 text. Raises ValueError where it is none."""
    data = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        if len(group) == 1:
            raise ValueError("the text is cut short")
        number = sum(_LETTERS.index(letter) * 45**place for place, letter in enumerate(group))
        if number >= 256 ** (len(group) - 1):
            raise ValueError("not base45")
        data += number.to_bytes(len(group) - 1, "big")
    return bytes(data)
