"""Packed files are opened with a measure on what comes out: a small file that unpacks without end is refused."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from milepost.basics.errors import Place, Trouble, YoursToMend

LARGEST_RATIO = 200
"""How many times larger than it came a file may become; tables of honest records stay under 50."""
_ALWAYS_ALLOWED_BYTES = 50_000_000


def is_gzip(path: Path) -> bool:
    """Is it packed by gzip? Told by its first bytes."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


@contextmanager
def opened(path: Path, shown_as: str) -> Iterator[IO[bytes]]:
    """Open a file to read its bytes, unpacked where gzip packed it.

    Raises YoursToMend: R030 where it unpacks beyond reason, or is broken.
    """
    if not is_gzip(path):
        with path.open("rb") as plain:
            yield plain
        return
    try:
        with gzip.open(path, "rb") as packed:
            limit = max(_ALWAYS_ALLOWED_BYTES, LARGEST_RATIO * path.stat().st_size)
            yield io.BufferedReader(_Measured(packed, limit, shown_as))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        mend = "Pack it again, or send it unpacked"
        raise YoursToMend(Trouble("R030", "the packed file is broken", mend, Place(shown_as))) from None


class _Measured(io.RawIOBase):
    """Bytes from another file, up to a limit."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, limit: int, shown_as: str) -> None:
        self._file, self._left, self._shown_as = file, limit, shown_as

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer))
        self._left -= len(piece)
        if self._left < 0:
            raise YoursToMend(beyond_reason(Place(self._shown_as)))
        buffer[: len(piece)] = piece
        return len(piece)


def beyond_reason(place: Place) -> Trouble:
    """Give the trouble of a file that unpacks to more than an honest one would."""
    what = f"the file unpacks to more than {LARGEST_RATIO} times its size, which no honest table does"
    return Trouble("R030", what, "Send the table unpacked", place)


def refuse_odd_names(packed: zipfile.ZipFile, place: Place) -> None:
    """Raise YoursToMend (R031) where a part's name leads out of the file: a way up, a drive, an absolute path."""
    for number, part in enumerate(packed.infolist(), start=1):
        steps = part.filename.replace("\\", "/").split("/")
        if ".." in steps or part.filename.startswith(("/", "\\")) or ":" in steps[0] or "\0" in part.orig_filename:
            what = f"the name of part {number} of the packed file leads out of it"
            raise YoursToMend(Trouble("R031", what, "Save the table again with the program it is from", place))
