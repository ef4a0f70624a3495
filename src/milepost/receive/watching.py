"""A folder is watched: every whole file in it is handed on once, in the order of their names.

A file counts as whole when its size and time have stayed as they were from one look to the next. Folders inside,
links, hidden files and what other programs are still writing are passed over. What was handed on before a restart is
told by its content, not here: the same file twice is one batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.receive.receive import shown_name

_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")
_State = tuple[int, int]


def arrivals(
    folder: Path,
    every_seconds: float = 2.0,
    sleep: Callable[[float], None] = time.sleep,
    is_over: Callable[[], bool] = lambda: False,
    again: set[Path] | None = None,
) -> Iterator[Path]:
    """Yield each whole file of a folder once, and again only when it has changed; look every so often until it is over.

    What the caller puts into `again` is yielded once more at the next look. Raises YoursToMend (R039) where there is
    no such folder, or it goes away.
    """
    handed: dict[Path, _State] = {}
    seen: dict[Path, _State] = {}
    while True:
        now = _files(folder)
        for path, state in sorted(now.items()):
            if seen.get(path) == state and handed.get(path) != state:
                handed[path] = state
                yield path
        seen = now
        handed = {path: state for path, state in handed.items() if path in now and path not in (again or ())}
        if again:
            again.clear()
        if is_over():
            return
        sleep(every_seconds)


def _files(folder: Path) -> dict[Path, _State]:
    try:
        found = {}
        for path in folder.iterdir():
            if not path.name.startswith((".", "~$")) and not path.name.lower().endswith(_UNFINISHED):
                state = path.lstat()
                if path.is_file() and not path.is_symlink():
                    found[path] = (state.st_size, state.st_mtime_ns)
        return found
    except FileNotFoundError:
        if folder.is_dir():  # a file went away while we looked: look again next time
            return {}
        raise _no_folder(folder) from None
    except OSError:
        raise _no_folder(folder) from None


def _no_folder(folder: Path) -> YoursToMend:
    what = "there is no folder here that can be watched"
    return YoursToMend(Trouble("R039", what, "Name a folder that may be read", Place(shown_name(folder))))
