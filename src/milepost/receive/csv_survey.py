"""A CSV file is gone through once, byte by byte, before it is read: is it UTF-8, and is every line of it one row?

Where every line is a row the engine may read the file itself, far faster than row by row, and the number of a row is
the number of its line. Any doubt (a quote where RFC 4180 has none, a line break in a cell, a lone carriage return, a
letter NUL) makes it a file for the exact way (`csv_file.rows`). No cell is looked at here, no row is judged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

_PIECE_BYTES = 1_000_000
_LONGEST_BYTES = 8_000_000
_THREADS = 2
_LINE_END, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Survey:
    """What was found: is the file UTF-8, how many lines has it, and is every line one row for certain?"""

    is_utf8: bool
    lines: int
    is_plain: bool


def survey(file: IO[bytes], separator: str) -> Survey:
    """Give the survey of a file that is open at its beginning; `separator` is one ASCII letter.

    Pieces that end with a line are looked at by two threads. Memory: a few pieces of 1 MB, and a line of 8 MB at most.
    """
    lines, returns, ends = 0, 0, True
    is_plain = True
    with ThreadPoolExecutor(_THREADS) as threads:
        try:
            for piece in _in_order(threads, lambda piece: _look(piece, separator), _whole_lines(file)):
                if not piece.is_utf8:
                    return Survey(False, 0, False)
                lines, returns, ends = lines + piece.lines, returns + piece.returns, piece.ends
                is_plain = is_plain and piece.is_plain
        except _Endless:
            return Survey(True, lines, False)
    # Lines end all alike, save that the last may have no end.
    is_plain = is_plain and returns in (0, lines)
    lines += not ends
    return Survey(True, lines, is_plain and lines > 0)


@dataclass(frozen=True)
class _Piece:
    """What a piece of whole lines shows; `returns` counts the line ends that begin with a carriage return."""

    is_utf8: bool
    lines: int = 0
    returns: int = 0
    ends: bool = True
    is_plain: bool = False


def _look(piece: bytes, separator: str) -> _Piece:
    if not _is_utf8(piece):
        return _Piece(False)
    found = np.frombuffer(piece, np.uint8)
    lines = int(np.count_nonzero(found == _LINE_END))
    pairs, returns = (piece.count(b"\r\n"), piece.count(b"\r")) if b"\r" in piece else (0, 0)
    is_plain = pairs == returns and b"\0" not in piece
    is_plain = is_plain and (b'"' not in piece or _has_plain_quotes(found, ord(separator)))
    return _Piece(True, lines, pairs, piece.endswith(b"\n"), is_plain)


def _is_utf8(piece: bytes) -> bool:
    """Whole lines are whole letters: no byte of a line's end is part of another letter in UTF-8."""
    try:
        return piece.isascii() or piece.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def _in_order(
    threads: ThreadPoolExecutor, look: Callable[[bytes], _Piece], pieces: Iterator[bytes]
) -> Iterator[_Piece]:
    """Look at pieces in threads, a few at a time, and give what they show in their order."""
    waiting: deque[Future[_Piece]] = deque()
    for piece in pieces:
        waiting.append(threads.submit(look, piece))
        if len(waiting) > _THREADS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class _Endless(Exception):
    """A line is far longer than any that is read."""


def _whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Give a file in pieces that end with a line, save the last; raises _Endless before memory fills."""
    left = b""
    while piece := file.read(_PIECE_BYTES):
        cut = piece.rfind(b"\n") + 1
        if not cut:
            if len(left) > _LONGEST_BYTES:
                raise _Endless
            left += piece
            continue
        yield left + piece[:cut]
        left = piece[cut:]
    if left:
        yield left


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
