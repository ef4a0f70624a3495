"""How the command line tells: troubles line by line, documents, and how far the work has come.

Nothing is decided here, and nothing of a record is shown.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from milepost.basics.errors import Place, Trouble
from milepost.plan.zone import Zone


def use_unicode() -> None:
    """Let a terminal that cannot write a sign show a question mark instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def password(file: Path | None, name: str) -> str | None:
    """Give a password from a file's first line, or as it is typed on a terminal; None where there is neither."""
    if file is not None:
        return file.read_text("utf-8").split("\n")[0]
    if not sys.stdin.isatty():
        return None
    import getpass

    return getpass.getpass(f"Password of {name} (nothing is shown; empty keeps the one there is): ") or None


def print_document(document: dict[str, Any], in_one_line: bool = False) -> None:
    """Print one JSON document on standard output; Chinese is written out where the output is UTF-8."""
    is_unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    print(json.dumps(document, ensure_ascii=not is_unicode, indent=None if in_one_line else 2, allow_nan=False))


def print_troubles(troubles: Iterable[Trouble], stream: TextIO) -> None:
    """Print each trouble on its own line."""
    for trouble in troubles:
        print(" ".join(str(trouble).split()), file=stream)


def trouble_document(trouble: Trouble) -> dict[str, Any]:
    """Give a trouble as plain values; a place that is not known is null."""
    place = trouble.place
    return {
        "code": trouble.code,
        "what": trouble.what,
        "mend": trouble.mend,
        "file": place.file or None,
        "line": place.line or None,
        "column": place.column or None,
    }


def notice_of(zone: Zone) -> dict[str, Any]:
    """Give the zone's notice as a part of a document; nothing where it has none."""
    notice = zone.declared.notice
    return {"notice": {"en": notice.en, "zh": notice.zh}} if notice is not None else {}


def fault(error: Exception) -> Trouble:
    """Give a fault of the program as a trouble: what kind, and where in the program.

    The error's own words are left out, because they may hold a record's value.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "milepost" in Path(frame.filename).parts] or list(frames)
    place = Place(ours[-1].filename, ours[-1].lineno or 0) if ours else Place("")
    mend = "This is a fault of Milepost, not yours: please report this line. MILEPOST_DEBUG=1 shows more"
    return Trouble("C900", f"something that was not foreseen happened ({type(error).__name__})", mend, place)


def zone_line(zone: Zone) -> str:
    """Give what a well-formed zone holds, in one line."""
    plan = zone.plan
    counts = {
        "goals": len(plan.goals),
        "actions": len(plan.actions),
        "items": sum(1 for _ in plan.items()),
        "targets": sum(1 for _ in plan.targets()),
        "indicators": len(zone.indicators),
        "areas": len(zone.areas),
    }
    held = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"{zone.folder} is well formed: {held}"


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give a function that shows how far a stage has come (name, done, of), or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total)
