"""A licence verified from the command line, offline: the file, the issuer's keys, and the newest status list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.domains.licensing.keys import KeyRing, read_keys
from milepost.domains.licensing.verifying import LONGEST_FILE_BYTES, Verification, verify_file

_VERDICTS = {
    "valid": ("Valid", "有效"),
    "valid_but_revocation_not_checked": ("Valid as signed; revocation was not checked", "签名有效；未核验是否撤销"),
    "not_valid": ("Not valid", "无效"),
}
_MARKS = {"passed": "+", "failed": "x", "not_checked": "?"}


def verified(file: Path, keys: Path, statuses: Sequence[Path], at: datetime, **asked: str) -> Verification:
    """Give whether the licence of a file may be believed at a moment; `asked` as in the wing's `verify`.

    Raises YoursToMend H201 (keys) or H203 (a status list that is no JSON), OSError where a file is not there.
    """
    held = _json(keys, "H201", "the key list cannot be read", "Give the issuer's key list as JSON")
    ring: KeyRing = read_keys(*(held if isinstance(held, list) else [held]))
    mend = "Give the issuer's status list as it was fetched"
    lists = [_json(path, "H203", "the status list cannot be read", mend) for path in statuses]
    with file.open("rb") as source:
        content = source.read(LONGEST_FILE_BYTES + 1)
    return verify_file(content, ring, at, lists, **asked)


def document(found: Verification) -> dict[str, Any]:
    """Give the answer as plain values."""
    return asdict(found)


def lines(found: Verification, language: str) -> list[str]:
    """Give the answer as lines for a person: the verdict, to whom and for where, the parts, every check."""
    place = ("en", "zh").index(language)
    said = [_VERDICTS[found.verdict][place]]
    if found.holder:
        said.append(f"  {found.number}  {found.holder} ({found.holder_uscc}), {found.premises}")
    said += [f"  {part.name[language]}  {part.number}  {part.standing}" for part in found.parts]
    return said + [
        f"{_MARKS[check.standing]} {check.says[language]}" + (f" ({check.code})" if check.code else "")
        for check in found.checks
    ]


def _json(path: Path, code: str, what: str, mend: str) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise YoursToMend(Trouble(code, what, mend, Place(str(path)))) from error
