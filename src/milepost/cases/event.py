"""An event: one thing one person did to one case, never changed afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

OPEN = "open"


@dataclass(frozen=True)
class Event:
    """Something that happened to a case.

    `id` is chosen by the one who asks, so that asking twice is harmless; `sequence` counts from 1 within
    the case, whose first act is `open`. `at` knows its time zone. `data` is plain JSON and may hold
    `fields`, `documents` (id to content hash), `promised` (document ids), `reason`, `told_days`; at the
    opening also `branches`, `days` (promises by clock), `forms` and `documents` handed over.
    """

    id: str
    case: str
    sequence: int
    act: str
    person: str
    role: str
    at: datetime
    process: str
    version: int
    branch: str = ""
    data: dict[str, Any] | None = None

    def as_json(self) -> str:
        """Give the event as canonical JSON: sorted names, no spaces, UTF-8, the time in ISO 8601."""
        held = {**self.__dict__, "at": self.at.isoformat()}
        return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def event_from_json(text: str) -> Event:
    """Give the event written by `Event.as_json`."""
    held = json.loads(text)
    return Event(**{**held, "at": datetime.fromisoformat(held["at"])})
