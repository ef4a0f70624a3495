"""The unified social credit code: eighteen characters that name one legal person or organisation in China.

GB 32100-2015: registering department (1), kind of organisation (2), administrative division of registration
(3 to 8, GB/T 2260), organisation code (9 to 17, GB 11714-1997, whose last character checks the eight before
it modulo 11), check character (18, modulo 31). The letters I, O, S, V and Z do not occur. Nothing is mended
here: a code in small letters or with a blank inside is not a code.

The division is that of the register that gave the code, not of the place of work, and a zone may have one of
its own: codes given in Beijing E-Town hold 110302 at this place, while the zone's division is 110115403.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters; a character's value is its place in this text."""

WEIGHTS = tuple(3**place % 31 for place in range(17))
"""Weights of the first 17 characters."""

DEPARTMENTS = "123456789ANY"
"""Registering departments, the first character (with the first amendment to GB 32100-2015)."""

Fault = Literal["length", "characters", "department", "division", "organisation_check", "check"]

_VALUES = {character: value for value, character in enumerate(CHARACTERS)}
_ORGANISATION_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first: str) -> str:
    """Give the check character that belongs to the first 17 characters of a code.

    Raises ValueError where they are not 17 characters of the code's alphabet.

    >>> check_character("91110000600037341")
    'L'
    """
    if len(first) != 17 or any(character not in _VALUES for character in first):
        raise ValueError("not the first 17 characters of a credit code")
    total = sum(_VALUES[character] * weight for character, weight in zip(first, WEIGHTS, strict=True))
    return CHARACTERS[-total % 31]


def organisation_check(first: str) -> str:
    """Give the check character of an organisation code's first eight characters (GB 11714-1997).

    Raises ValueError where they are not eight digits or capital letters.

    >>> organisation_check("60003734")
    '1'
    """
    if len(first) != 8 or any(character not in _ORGANISATION_CHARACTERS for character in first):
        raise ValueError("not the first eight characters of an organisation code")
    values = (_ORGANISATION_CHARACTERS.index(character) for character in first)
    rest = 11 - sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def fault_of(code: str) -> Fault | None:
    """Give what is wrong with a code, or None where its check character is right.

    The first fault is told: `length` not 18 characters, `characters` one outside the alphabet, `department` a
    first character that names none, `division` characters 3 to 8 are not digits, `check` the last character.
    The check character of the organisation code inside is not asked for here: `organisation_is_checked` does.

    >>> fault_of("91110000600037341L"), fault_of("91110000600037341N"), fault_of("12345")
    (None, 'check', 'length')
    """
    if len(code) != 18:
        return "length"
    if any(character not in _VALUES for character in code):
        return "characters"
    if code[0] not in DEPARTMENTS:
        return "department"
    if not (code[2:8].isascii() and code[2:8].isdigit()):
        return "division"
    return None if check_character(code[:17]) == code[17] else "check"


def is_credit_code(code: str) -> bool:
    """Is it a unified social credit code with the right check character?

    >>> is_credit_code("91110000600037341L")
    True
    """
    return fault_of(code) is None


def organisation_is_checked(code: str) -> bool:
    """Is the organisation code inside a valid credit code right by its own check character?

    >>> organisation_is_checked("91110000600037341L")
    True
    """
    return is_credit_code(code) and organisation_check(code[8:16]) == code[16]


def division_of(code: str) -> str:
    """Give the administrative division whose register gave the code (six digits, characters 3 to 8).

    Raises ValueError where it is not a valid code.

    >>> division_of("91110000600037341L")
    '110000'
    """
    if not is_credit_code(code):
        raise ValueError("not a unified social credit code")
    return code[2:8]


def are_credit_codes(codes: Sequence[str]) -> NDArray[np.bool_]:
    """Give for each text whether it is a valid code, in the order given: `is_credit_code` for many at once.

    >>> are_credit_codes(["91110000600037341L", "91110000600037341N", ""]).tolist()
    [True, False, False]
    """
    found = np.zeros(len(codes), dtype=np.bool_)
    places = [place for place, code in enumerate(codes) if len(code) == 18 and code.isascii()]
    if not places:
        return found
    letters = np.frombuffer("".join(codes[place] for place in places).encode("ascii"), dtype=np.uint8)
    values = _value_of_byte()[letters].reshape(-1, 18)
    weights = np.array([*WEIGHTS, 1], dtype=np.int64)
    is_good = (values >= 0).all(axis=1) & (values[:, 2:8] < 10).all(axis=1) & (values @ weights % 31 == 0)
    departments = np.array([_VALUES[character] for character in DEPARTMENTS])
    found[places] = is_good & np.isin(values[:, 0], departments)
    return found


def _value_of_byte() -> NDArray[np.int64]:
    table = np.full(256, -1, dtype=np.int64)
    table[np.frombuffer(CHARACTERS.encode("ascii"), dtype=np.uint8)] = np.arange(31)
    return table
