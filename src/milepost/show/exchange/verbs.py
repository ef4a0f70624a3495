"""The verbs by which files leave: what was asked is read here, a function of this folder is run, one line is said."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from milepost.show import telling
from milepost.show.rooms import Rooms

FORMS = ("csv", "xlsx", "parquet", "sdmx-csv", "sdmx-json")
AddVerb = Callable[..., argparse.ArgumentParser]

_LEFT_OUT = {
    "withheld": "computed over too few contributors",
    "superseded": "said again later of the same figure",
    "undated": "without dates, which have no place in time",
}


def add_verbs(verb: AddVerb, day: Callable[[str], Any]) -> None:
    """Add the verbs to a command line, by its own way of adding one."""
    export = verb("export", _export, "write readings, or a register with its declaration, for other programs")
    export.add_argument("file", metavar="FILE", type=Path, help="the file to write")
    export.add_argument("--as", dest="form", choices=FORMS, help="its form; told by the ending of FILE without it")
    export.add_argument("--known-on", metavar="DATE", type=day, help="as known on this day (2023-11-22)")
    export.add_argument("--indicator", metavar="ID", action="append", default=[], help="readings of this indicator")


def _export(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show.exchange.export import export_readings, form_of
    from milepost.show.exchange.leaving import leaving

    zone = rooms.open_zone(asked.zone)
    found = leaving(zone, asked.known_on, asked.indicator)
    done = export_readings(found, asked.file, form_of(asked.file, asked.form))
    if asked.json:
        telling.print_document(
            {"files": [str(file) for file in done.files], "form": done.form, "count": done.count,
             "known_on": found.known_on.isoformat(), "left_out": dict(done.left_out)}
        )  # fmt: skip
    else:
        print(f"{done.count} readings as known on {found.known_on} in {' and '.join(map(str, done.files))}")
        for reason, count in done.left_out:
            print(f"  left out: {count} {_LEFT_OUT[reason]}")
    return 0
