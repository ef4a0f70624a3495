"""Papers that people hand in: judged by what they are, bounded in size, kept under the hash of their content.

The name somebody gave a file is told to people and never used as a place. What a paper says is not read.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

from milepost.basics.errors import Trouble, YoursToMend

LARGEST_BYTES = 10_000_000
KINDS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "ofd": "application/ofd"}
_ENDINGS = {"pdf": "pdf", "png": "png", "jpg": "jpg", "jpeg": "jpg", "ofd": "ofd"}
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Paper:
    """A paper that is kept: its hash (`sha256:` and 64 hex digits), kind, size in bytes, and what it was called."""

    hash: str
    kind: str
    size: int
    name: str


def kind_of(content: bytes) -> str | None:
    """Give what a content is by its own marks (a key of KINDS), or None.

    >>> kind_of(b"%PDF-1.7 ... %%EOF"), kind_of(b"GIF89a")
    ('pdf', None)
    """
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and b"IEND" in content[-64:]:
        return "png"
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-64:]:
        return "jpg"
    return "ofd" if content.startswith(b"PK\x03\x04") and _is_ofd(content) else None


def _is_ofd(content: bytes) -> bool:
    """An OFD file is a ZIP with OFD.xml at its root (GB/T 33190); only the list of its parts is looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "OFD.xml" in parts.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def told_name(name: str) -> str:
    """Give the name of a file as it may be shown: its last part, no control signs, at most 120 signs.

    >>> told_name("../../etc/passwd"), told_name("C:\\\\lease\\x00.pdf")
    ('passwd', 'lease.pdf')
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    return shown[-_LONGEST_NAME:] or "file"


class Papers:
    """The papers of a zone in one folder, outside everything that is served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, content: bytes) -> Paper:
        """Keep a paper and give it; the same content twice is one paper.

        Raises YoursToMend S311 (a kind that is not taken), S312 (the content is not what the name says),
        S313 (too large), S314 (empty).
        """
        kind = judged(name, content)
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, fresh = tempfile.mkstemp(dir=place.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, place)
        return Paper(f"sha256:{digest}", kind, len(content), told_name(name))

    def content(self, hash: str) -> bytes | None:
        """Give a paper's content, or None where there is no such paper, or its content is no longer its own."""
        if not _HASH.fullmatch(hash):
            return None
        digest = hash.removeprefix("sha256:")
        try:
            content = self._place(digest).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    def _place(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest


def judged(name: str, content: bytes) -> str:
    """Give the kind of a paper that may be kept; raises YoursToMend as `Papers.keep` does."""
    ending = told_name(name).rpartition(".")[2].lower()
    expected = _ENDINGS.get(ending)
    if expected is None:
        mend = f"Hand in one of these kinds: {', '.join(_ENDINGS)}"
        raise YoursToMend(Trouble("S311", "files of this kind are not taken", mend))
    if not content:
        raise YoursToMend(Trouble("S314", "the file is empty", "Choose the right file"))
    if len(content) > LARGEST_BYTES:
        mend = f"Make it smaller than {LARGEST_BYTES // 1_000_000} MB"
        raise YoursToMend(Trouble("S313", "the file is too large", mend))
    if kind_of(content) != expected:
        mend = "Save it again in the form its name says, whole"
        raise YoursToMend(Trouble("S312", "the file is not what its name says", mend))
    return expected
