"""A CSV file is gone through once, byte by byte, before it is read: is it UTF-8, and is every line of it one row?

Where every line is a row the engine may read the file itself, far faster than row by row, and the number of a row is
the number of its line. Any doubt (a quote where RFC 4180 has none, a line break in a cell, a lone carriage return, a
letter NUL) makes it a file for the exact way (`csv_file.rows`). No cell is looked at here, no row is judged.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

_PIECE_BYTES = 8_000_000
_LINE_END, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Survey:
    """What was found: is the file UTF-8, how many lines has it, and is every line one row for certain?"""

    is_utf8: bool
    lines: int
    is_plain: bool


def survey(file: IO[bytes], separator: str) -> Survey:
    """Give the survey of a file that is open at its beginning; `separator` is one ASCII letter.

    Memory: a few pieces of 8 MB. A line longer than a piece is a doubt, not an error.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, ends, is_plain, returns = 0, True, True, 0
    is_utf8 = True
    for piece in _whole_lines(file):
        is_utf8 = is_utf8 and _decodes(decoder, piece)
        if not is_utf8:
            break
        found = np.frombuffer(piece, np.uint8)
        count = int(np.count_nonzero(found == _LINE_END))
        ends = piece.endswith(b"\n")
        returns += _pairs(piece) if is_plain else 0
        is_plain = is_plain and _is_plain(piece, found, separator)
        lines += count
    if is_utf8:
        is_utf8 = _ends(decoder)
    is_plain = is_plain and returns in (0, lines, lines + (not ends))
    return Survey(is_utf8, lines + (not ends), is_utf8 and is_plain and lines > 0)


def _whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Give a file in pieces that end with a line, save the last, or where a line is longer than a piece."""
    left = b""
    while piece := file.read(_PIECE_BYTES):
        cut = piece.rfind(b"\n") + 1
        if not cut:
            if len(left) + len(piece) > 2 * _PIECE_BYTES:
                yield left
                left = b""
            left += piece
            continue
        yield left + piece[:cut]
        left = piece[cut:]
    if left:
        yield left


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    if piece.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _ends(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _pairs(piece: bytes) -> int:
    return piece.count(b"\r\n") if b"\r" in piece else 0


def _is_plain(piece: bytes, found: NDArray[np.uint8], separator: str) -> bool:
    """Is every line of the piece one row, whatever reads it?"""
    if b"\0" in piece or (b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n")):
        return False
    return b'"' not in piece or _has_plain_quotes(found, ord(separator))


def _has_plain_quotes(found: NDArray[np.uint8], separator: int) -> bool:
    """Does every quote open a cell, close it, or stand doubled inside (RFC 4180), and no cell go over a line's end?

    Quotes are numbered through the piece, which begins outside of any. Those with an even number open: before
    them stands a separator or a line's end, or the closing one of a doubled pair; those with an odd one close.
    """
    quotes = np.flatnonzero(found == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, found[np.maximum(opening - 1, 0)], _LINE_END)
    after = np.where(closing + 1 < len(found), found[np.minimum(closing + 1, len(found) - 1)], _LINE_END)
    opens = (before == separator) | (before == _LINE_END) | (before == _QUOTE)
    closes = (after == separator) | (after == _LINE_END) | (after == _RETURN) | (after == _QUOTE)
    # A quote that opens after a quote must follow the one that closed just before it.
    opens &= (before != _QUOTE) | np.concatenate(([False], closing[:-1] + 1 == opening[1:]))
    closes &= (after != _QUOTE) | np.concatenate((opening[1:] == closing[:-1] + 1, [False]))
    if not (opens.all() and closes.all()):
        return False
    line_ends = np.flatnonzero(found == _LINE_END)
    return not bool((np.searchsorted(quotes, line_ends) % 2).any())
