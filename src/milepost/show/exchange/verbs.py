"""The verbs by which files leave: what was asked is read here, a function of this folder is run, one line is said."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import LANGUAGES
from milepost.show import telling
from milepost.show.rooms import Rooms

if TYPE_CHECKING:
    from milepost.plan.zone import Zone
    from milepost.show.exchange.making import Made

FORMS = ("csv", "xlsx", "parquet", "sdmx-csv", "sdmx-json")
TABLES = ("csv", "xlsx", "parquet")
KINDS = ("csv", "xlsx")
MOST_ROWS = 10_000
AddVerb = Callable[..., argparse.ArgumentParser]

_LEFT_OUT = {
    "withheld": "computed over too few contributors",
    "superseded": "said again later of the same figure",
    "undated": "without dates, which have no place in time",
}


def add_verbs(verbs: Any, verb: AddVerb, day: Callable[[str], Any]) -> None:
    """Add the verbs to a command line: by its own way (`verb`), and to its `verbs` the one that needs no zone."""
    export = verb("export", _export, "write readings, or a register with its declaration, for other programs")
    export.add_argument("file", metavar="FILE", type=Path, help="the file to write")
    export.add_argument("--as", dest="form", choices=FORMS, help="its form; told by the ending of FILE without it")
    export.add_argument("--known-on", metavar="DATE", type=day, help="as known on this day (2023-11-22)")
    export.add_argument("--indicator", metavar="ID", action="append", default=[], help="readings of this indicator")
    export.add_argument("--register", metavar="REGISTER", help="its rows and declaration, as a folder or .zip")
    export.add_argument("--at", metavar="N", type=int, help="with --register: the rows of this version")
    form = verb("form", _form, "write the blank form of a register, or one with made rows")
    form.add_argument("register", metavar="REGISTER", help="the register the form is for")
    form.add_argument("file", metavar="FILE", type=Path, help="the file to write")
    form.add_argument("--as", dest="form", choices=KINDS, help="its form; told by the ending of FILE without it")
    form.add_argument("--language", choices=LANGUAGES, help="heads and explanations in this language")
    form.add_argument("--rows", metavar="N", type=_count, default=0, help="fill in so many made rows")
    form.add_argument("--seed", metavar="S", type=int, default=1, help="other made rows for another number")
    sample = verb("sample", _sample, "make rows of a register from its declaration, and of those it refers to")
    sample.add_argument("register", metavar="REGISTER", help="the register to make rows of")
    sample.add_argument("folder", metavar="FOLDER", type=Path, help="where the files are written")
    sample.add_argument("--rows", metavar="N", type=_count, default=20, help="so many rows (20 by default)")
    sample.add_argument("--seed", metavar="S", type=int, default=1, help="other rows for another number")
    sample.add_argument("--as", dest="form", choices=KINDS, default="csv", help="CSV by default")
    sample.add_argument("--faults", action="store_true", help="also a file whose rows break each rule once")
    manual = verb("manual", _manual, "print the manual page of a register as Markdown", has_json=False)
    manual.add_argument("register", metavar="REGISTER", help="the register the page is about")
    manual.add_argument("--language", choices=LANGUAGES, default="en", help="the page's language (en by default)")
    says = "write the JSON schemas of all declarations, for editors"
    schemas = verbs.add_parser("schemas", help=says, description=says[0].upper() + says[1:] + ".", allow_abbrev=False)
    schemas.add_argument("folder", metavar="FOLDER", type=Path, help="where the schemas are written")
    schemas.set_defaults(verb=_schemas, json=False)


def _schemas(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show.schemas import write_schemas

    print(*write_schemas(asked.folder), sep="\n")
    return 0


def _count(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= MOST_ROWS:
        raise argparse.ArgumentTypeError(f"a count of rows is a whole number from 1 to {MOST_ROWS:,}")
    return int(text)


def _form(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show.exchange.making import make_form

    zone = rooms.open_zone(asked.zone)
    kind = asked.form or ("xlsx" if asked.file.suffix.lower() == ".xlsx" else "csv")
    register = zone.register_named(asked.register)
    return _told(asked, make_form(zone, register, asked.file, kind, asked.language, asked.rows, asked.seed))


def _sample(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show.exchange.making import make_samples

    zone = rooms.open_zone(asked.zone)
    register = zone.register_named(asked.register)
    return _told(asked, make_samples(zone, register, asked.folder, asked.form, asked.rows, asked.seed, asked.faults))


def _manual(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show.exchange.manual import as_markdown, manual_of

    zone = rooms.open_zone(asked.zone)
    register = zone.register_named(asked.register)
    print(as_markdown(manual_of(register, zone.code_lists_of(register), asked.language), asked.language), end="")
    return 0


def _told(asked: argparse.Namespace, made: Made) -> int:
    if asked.json:
        files = [{"file": str(file), "register": register, "rows": rows} for file, register, rows in made.files]
        unmet = [{"register": register, "rule": rule} for register, rule in made.unmet]
        telling.print_document(
            {"files": files, "missing": made.missing, "unmet": unmet, "unbroken": dict(made.unbroken)}
        )
        return 0
    for file, register, rows in made.files:
        print(f"{file}: {f'{rows} rows made for' if asked.rows else 'a blank form of'} {register}")
    if made.missing:
        print(f"  {made.missing} of the {asked.rows} rows asked for could not be made")
    for register, rule in made.unmet:
        print(f"  not kept to, or not tried: {rule} of {register}")
    for fault, reason in made.unbroken:
        print(f"  not broken: {fault}, for {reason}")
    return 0


def _export(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show.exchange.export import export_readings, form_of
    from milepost.show.exchange.leaving import leaving

    zone = rooms.open_zone(asked.zone)
    if asked.register:
        return _copy(asked, zone)
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


def _copy(asked: argparse.Namespace, zone: Zone) -> int:
    from milepost.show.exchange.register_copy import copy_register
    from milepost.show.walk import store_of

    register, form = zone.register_named(asked.register), asked.form or "csv"
    if form not in TABLES:
        mend = f"Rows of a register are written as {', '.join(TABLES)}"
        raise YoursToMend(Trouble("S108", f"a register is not written as {form}", mend))
    done = copy_register(zone, store_of(zone), register, asked.file, form, asked.at, asked.known_on)
    if asked.json:
        number, files = done.version.number, list(done.files)
        document = {"register": register.id, "version": number, "count": done.count, "files": files}
        telling.print_document(document | {"place": str(done.place)})
    else:
        print(
            f"{done.count} rows of {register.id} (version {done.version.number}) with its declaration in {done.place}"
        )
    return 0
