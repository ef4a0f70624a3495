"""A CSV file is gone through once, byte by byte, before it is read: is it UTF-8, and is every line of it one row?

Where every line is a row the engine may read the file itself, far faster than row by row, and the number of a row is
the number of its line. Any doubt (a quote where RFC 4180 has none, a line break in a cell, a lone carriage return, a
letter NUL) makes it a file for the exact way (`csv_file.rows`). No cell is looked at here, no row is judged.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

_PIECE_BYTES = 1_000_000
_LONGEST_BYTES = 8_000_000
_THREADS = 2
_LINE_END, _RETURN, _QUOTE = 10, 13, 34
_SIGNS = (b"\r", b"\0", b'"')


@dataclass(frozen=True)
class Survey:
    """What was found: is the file UTF-8, how many lines has it, and is every line one row for certain?"""

    is_utf8: bool
    lines: int
    is_plain: bool


class Surveying:
    """A survey at work: the pieces of a file are taken as they come, and looked at in `threads` beside.

    `separator` is one ASCII letter. Memory: a few pieces of 1 MB, and a line of 8 MB at most.
    """

    def __init__(self, separator: str, threads: ThreadPoolExecutor) -> None:
        self.separator, self.taken_bytes = separator, 0
        self._threads = threads
        self._waiting: deque[Future[_Piece]] = deque()
        self._left = b""
        self._lines, self._returns, self._ends = 0, 0, True
        self._is_utf8, self._is_plain, self._is_endless = True, True, False

    @property
    def is_settled(self) -> bool:
        """Is it plain that no piece to come can make the file one whose lines are rows?"""
        return not self._is_utf8 or self._is_endless

    def take(self, piece: bytes) -> None:
        """Take the next piece of the file; what ends with a line is looked at."""
        self.taken_bytes += len(piece)
        if self.is_settled:
            return
        cut = piece.rfind(b"\n") + 1
        if not cut:
            self._left += piece
            self._is_endless = len(self._left) > _LONGEST_BYTES
            return
        self._look(self._left, piece, cut)
        self._left = piece[cut:]

    def found(self) -> Survey:
        """Give the survey of all that was taken, which was the whole file."""
        if self._left and not self.is_settled:
            self._look(self._left, b"", 0)
        while self._waiting:
            self._count(self._waiting.popleft().result())
        if self.is_settled:
            return Survey(self._is_utf8, self._lines if self._is_utf8 else 0, False)
        # Lines end all alike, save that the last may have no end.
        is_plain = self._is_plain and self._returns in (0, self._lines)
        lines = self._lines + (not self._ends)
        return Survey(True, lines, is_plain and lines > 0)

    def _look(self, left: bytes, piece: bytes, cut: int) -> None:
        self._waiting.append(self._threads.submit(_glance, left, piece, cut, self.separator))
        if len(self._waiting) > _THREADS:
            self._count(self._waiting.popleft().result())

    def _count(self, piece: _Piece) -> None:
        self._is_utf8 = self._is_utf8 and piece.is_utf8
        self._lines, self._returns = self._lines + piece.lines, self._returns + piece.returns
        self._ends, self._is_plain = piece.ends, self._is_plain and piece.is_plain


def survey(file: IO[bytes], separator: str) -> Survey:
    """Give the survey of a file that is open at its beginning."""
    with ThreadPoolExecutor(_THREADS) as threads:
        surveying = Surveying(separator, threads)
        while not surveying.is_settled and (piece := file.read(_PIECE_BYTES)):
            surveying.take(piece)
        return surveying.found()


@dataclass(frozen=True)
class _Piece:
    """What a piece of whole lines shows; `returns` counts the line ends that begin with a carriage return."""

    is_utf8: bool
    lines: int = 0
    returns: int = 0
    ends: bool = True
    is_plain: bool = False


def _glance(left: bytes, piece: bytes, cut: int, separator: str) -> _Piece:
    """Look at what was left before and at a piece up to its last line's end; most are plain at a glance."""
    if cut and all(part.isascii() and not any(sign in part for sign in _SIGNS) for part in (left, piece)):
        lines = int(np.count_nonzero(np.frombuffer(piece, np.uint8, cut) == _LINE_END))
        return _Piece(True, lines, is_plain=True)
    return _look(left + piece[:cut], separator)


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
