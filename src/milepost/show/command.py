"""The command line: what was asked is read here, a verb is run, and the exit code says how it went.

What a verb prints is written by the module of its noun (`plan_table`, `verdict_lines`, `lineage`).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from milepost.basics.errors import MilepostError, Place, Trouble, TryAgain, YoursToMend, nearest
from milepost.basics.text import LANGUAGES
from milepost.engines.engine import SETTING as ENGINE_SETTING
from milepost.show import telling
from milepost.show.case_verbs import add_verbs as add_cases
from milepost.show.exchange.verbs import add_verbs as add_exchange
from milepost.show.keeping_verbs import add_verbs as add_keeping
from milepost.show.rooms import Rooms, Sending

if TYPE_CHECKING:
    from milepost.plan.zone import Zone
    from milepost.show.intake import Intake

# The matrices of a walk are small: with several threads the linear algebra would mostly wait for itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_INTERRUPTED = (
    "interrupted: what was kept before stays, of the file being taken in all rows are kept or none. "
    "Give the same command again to go on"
)
DONE, YOURS_TO_MEND, USAGE, FAULT, TRY_AGAIN, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 70, 75, 130, 141


def main(arguments: Sequence[str] | None = None, rooms: Rooms | None = None) -> int:
    """Run what the arguments ask for and give the exit code (0, 1, 2, 70, 75, 130, 141: docs/errors/README.md)."""
    telling.use_unicode()
    asked = _parser().parse_args(arguments)
    try:
        if getattr(asked, "engine", None):
            os.environ[ENGINE_SETTING] = asked.engine
        code: int = asked.verb(asked, rooms or Rooms())
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read has enough. Standard output is pointed elsewhere, or Python complains when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _stopped(_from_system(error), asked.json)
    except Exception as error:
        return _stopped(error, asked.json)


def _stopped(error: Exception, as_json: bool) -> int:
    """Tell why the work stopped, and give the exit code."""
    if os.environ.get("MILEPOST_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    troubles = error.troubles if isinstance(error, MilepostError) else (telling.fault(error),)
    telling.print_troubles(troubles, sys.stderr)
    if as_json:
        telling.print_document({"troubles": [telling.trouble_document(trouble) for trouble in troubles]})
    if isinstance(error, MilepostError):
        return TRY_AGAIN if isinstance(error, TryAgain) else YOURS_TO_MEND
    return FAULT


def _from_system(error: OSError) -> MilepostError:
    """What the system refused, told as ours: a missing or closed file is yours to mend, a full disk may pass."""
    place = Place(str(error.filename)) if error.filename else Place("")
    what = f"the system refused: {error.strerror or type(error).__name__}"
    lasting = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError)
    if isinstance(error, lasting):
        return YoursToMend(Trouble("C001", what, "See that the path is right and may be read and written", place))
    return TryAgain(Trouble("C002", what, "Mend what the system names, or try again later", place))


def _check_zone(asked: argparse.Namespace, rooms: Rooms) -> int:
    troubles = rooms.check_zone(asked.zone)
    if asked.json:
        listed = [telling.trouble_document(trouble) for trouble in troubles]
        telling.print_document({"zone": str(asked.zone), "is_well_formed": not troubles, "troubles": listed})
    elif troubles:
        telling.print_troubles(troubles, sys.stdout)
    else:
        print(telling.zone_line(rooms.open_zone(asked.zone)))
    return YOURS_TO_MEND if troubles else DONE


def _verify(asked: argparse.Namespace, rooms: Rooms) -> int:
    from datetime import datetime

    from milepost.show import verifying

    given = {name: getattr(asked, name) for name in ("nonce", "domain", "holder_uscc", "premises")}
    found = verifying.verified(asked.file, asked.keys, asked.status, datetime.now().astimezone(), **given)
    if asked.json:
        telling.print_document(verifying.document(found))
    else:
        print(*verifying.lines(found, asked.language), sep="\n")
    return YOURS_TO_MEND if found.verdict == "not_valid" else DONE


def _receive(asked: argparse.Namespace, rooms: Rooms) -> int:
    zone = rooms.open_zone(asked.zone)
    try:
        if asked.watch:
            return _watch(asked, rooms, zone)
        return _tell_taken(asked, [_taken(asked, rooms, zone, file) for file in asked.files])
    except KeyboardInterrupt:
        print(_INTERRUPTED, file=sys.stderr)
        return INTERRUPTED


def _watch(asked: argparse.Namespace, rooms: Rooms, zone: Zone) -> int:
    """Take in what arrives in a folder, until somebody ends it; what could not be taken just now is tried again."""
    if len(asked.files) != 1:
        raise YoursToMend(Trouble("C001", "one folder is watched at a time", "Name one folder", Place("")))
    again: set[Path] = set()
    print(f"watching {asked.files[0]}; Ctrl-C ends it", file=sys.stderr)
    for file in rooms.arrivals(asked.files[0], again):
        taken = _taken(asked, rooms, zone, file)
        if taken.code == TRY_AGAIN:
            again.add(file)
        _tell_taken(asked, [taken])
        sys.stdout.flush()
    return DONE


@dataclass(frozen=True)
class _Taken:
    """What became of one file: an intake, or troubles with the exit code they give."""

    intake: Intake | None
    troubles: tuple[Trouble, ...] = ()
    code: int = DONE


def _taken(asked: argparse.Namespace, rooms: Rooms, zone: Zone, file: Path) -> _Taken:
    """One file that cannot be read does not keep the others out."""
    try:
        sending = Sending(asked.change, asked.sheet, asked.language)
        with telling.progress_bar() as progress:
            intake = rooms.take_in(zone, asked.register, file, sending, progress)
    except MilepostError as error:
        return _Taken(None, error.troubles, TRY_AGAIN if isinstance(error, TryAgain) else YOURS_TO_MEND)
    return _Taken(intake, code=YOURS_TO_MEND if intake.refused else DONE)


def _tell_taken(asked: argparse.Namespace, taken: Sequence[_Taken]) -> int:
    from milepost.show import verdict_lines

    intakes = [one.intake for one in taken if one.intake is not None]
    troubles = [trouble for one in taken for trouble in one.troubles]
    if asked.json:
        listed = [telling.trouble_document(trouble) for trouble in troubles]
        files = [verdict_lines.document(intake) for intake in intakes]
        telling.print_document({"register": asked.register, "files": files, "troubles": listed}, asked.watch)
    else:
        for intake in intakes:
            print(verdict_lines.as_text(intake, asked.language))
    telling.print_troubles(troubles, sys.stderr)
    return max((one.code for one in taken), default=DONE)


def _walk(asked: argparse.Namespace, rooms: Rooms) -> int:
    zone = rooms.open_zone(asked.zone)
    with telling.progress_bar() as progress:
        walked = rooms.walk(zone, asked.known_on, progress)
    telling.print_troubles(walked.troubles, sys.stderr)
    if asked.json:
        telling.print_document(rooms.plan_document(walked))
    else:
        from milepost.show import plan_table, readings_table

        _print_notice(zone, asked.language)
        plan_table.print_plan(walked, asked.language)
        readings_table.print_readings(walked.zone, (*walked.readings, *walked.held_back), asked.language)
    return DONE


def _lineage(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show import lineage

    zone = rooms.open_zone(asked.zone)
    found = rooms.trace(zone, asked.reading)
    if asked.json:
        telling.print_document(lineage.document(found) | telling.notice_of(zone))
    else:
        _print_notice(zone, "en")
        print(lineage.as_text(found, zone))
    return DONE


def _ask(asked: argparse.Namespace, rooms: Rooms) -> int:
    zone = rooms.open_zone(asked.zone)
    finding = rooms.ask(zone, asked.study, dict(asked.set), asked.known_on)
    if asked.json:
        telling.print_document(rooms.finding_document(finding) | telling.notice_of(zone))
    else:
        from milepost.show import finding_table

        _print_notice(zone, asked.language)
        finding_table.print_finding(finding, asked.language)
    return DONE


def _explain(asked: argparse.Namespace, rooms: Rooms) -> int:
    from milepost.show import explaining, explanation_table

    zone = rooms.open_zone(asked.zone)
    found = rooms.explain(zone, asked.indicator, (asked.first or 0, asked.last or 0), asked.known_on)
    if asked.json:
        telling.print_document(explaining.explanation_document(found) | telling.notice_of(zone))
    else:
        _print_notice(zone, asked.language)
        explanation_table.print_explanation(found, asked.language)
    return DONE


def _print_notice(zone: Zone, language: str) -> None:
    if zone.declared.notice is not None:
        print(f"[{zone.declared.notice[language]}]")


def _backtest(asked: argparse.Namespace, rooms: Rooms) -> int:
    zone = rooms.open_zone(asked.zone)
    with telling.progress_bar() as progress:
        document = rooms.backtest(zone, progress)
    if asked.json:
        telling.print_document(document | telling.notice_of(zone))
    else:
        from milepost.show import scoreboard_table

        _print_notice(zone, "en")
        scoreboard_table.print_scoreboard(document)
    return DONE


def _event_log(asked: argparse.Namespace, rooms: Rooms) -> int:
    facts = rooms.event_log(asked.file, dict(asked.role))
    if asked.json:
        telling.print_document(facts.as_json())
    else:
        from milepost.show import event_log_table

        event_log_table.print_event_log(facts)
    return DONE


def _serve(asked: argparse.Namespace, rooms: Rooms) -> int:
    rooms.serve(rooms.open_zone(asked.zone), asked.port)
    return DONE


def _person(asked: argparse.Namespace, rooms: Rooms) -> int:
    zone = rooms.open_zone(asked.zone)
    if asked.close:
        is_there = rooms.close_account(zone, asked.name)
        print(f"{asked.name} is closed" if is_there else f"{asked.name} has no account")
        return DONE if is_there else YOURS_TO_MEND
    password = telling.password(asked.password_file, asked.name)
    is_new = rooms.add_person(zone, asked.name, asked.role, asked.scope, password)
    print(f"{asked.name} {'has an account and' if is_new else 'now also'} is {asked.role} ({asked.scope or 'all'})")
    return DONE


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one calm line, with the nearest known name."""

    def error(self, message: str) -> NoReturn:
        unknown = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        if unknown:
            choices = [choice.strip(" '") for choice in unknown[2].split(",")]
            hint = nearest(unknown[1], choices) or f"it may be: {', '.join(choices)}"
            message = f"{unknown[1]} is not known here; {hint}"
        self.exit(USAGE, f"{self.prog}: {message}\nWhat may be written: {self.prog} --help\n")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        parser.exit(DONE, f"milepost {version('milepost')}\n")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written as 2023-11-22") from None


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError("a parameter is set as NAME=VALUE")
    return name, value


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a whole number up to 65535")
    return int(text)


def _add_verify(verbs: Any) -> None:
    """Add the one verb that needs no zone: whoever is shown a licence can verify it."""
    says = "say whether a licence may be believed, without any network"
    one = verbs.add_parser("verify", help=says, description=says[0].upper() + says[1:] + ".", allow_abbrev=False)
    one.set_defaults(verb=_verify)
    one.add_argument("file", metavar="FILE", type=Path, help="the licence: its JSON, or the text of its QR code")
    one.add_argument("--keys", metavar="FILE", type=Path, required=True, help="the issuer's key list")
    one.add_argument("--status", metavar="FILE", type=Path, action="append", default=[], help="a status list")
    one.add_argument("--nonce", default="", help="the word you gave the holder, for a licence shown to you alone")
    one.add_argument("--domain", default="", help="the name you gave the holder as yours")
    one.add_argument("--holder", dest="holder_uscc", default="", help="the credit code of whom you see")
    one.add_argument("--premises", default="", help="the address where you are")
    one.add_argument("--language", choices=LANGUAGES, default="en", help="the answer's language (en by default)")
    one.add_argument("--json", action="store_true", help="print one document on standard output")


def _parser() -> _Parser:
    parser = _Parser(
        prog="milepost", allow_abbrev=False, description="Runs a development zone's plan: from records to figures, "
        "and from figures to the chance of each promise.",
        epilog="Exit codes: 0 done, 1 yours to mend, 2 not written as it is read, 75 try again.",
    )  # fmt: skip
    parser.add_argument("--version", action=_Version, nargs=0, help="say the version")
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)

    def verb(name: str, run: Any, says: str, has_json: bool = True, computes: bool = False) -> argparse.ArgumentParser:
        one = verbs.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".", allow_abbrev=False)
        one.add_argument("zone", metavar="ZONE", type=Path, help="the zone's folder, such as zones/etown")
        one.set_defaults(verb=run, json=False)
        if has_json:
            one.add_argument("--json", action="store_true", help="print one document on standard output")
        if computes:
            told = "where rows are computed: embedded (by default), local[2] or spark://HOST:PORT"
            one.add_argument("--engine", metavar="ENGINE", help=f"{told}; {ENGINE_SETTING} says it for good")
        return one

    verb("check-zone", _check_zone, "say whether the zone's folder is well formed, and where it is not")
    _add_verify(verbs)
    receive = verb("receive", _receive, "take files into a register: receive, check, keep, and say the verdict")
    receive.add_argument("register", metavar="REGISTER", help="the register the rows are for")
    receive.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a file with rows")
    receive.add_argument(
        "--sheet", help="the sheet of an Excel file (the first without it), the table of a SQLite file"
    )
    receive.add_argument(
        "--watch",
        action="store_true",
        help="FILE is a folder: take in each file that arrives in it (with --json a line for each)",
    )
    receive.add_argument("--language", choices=LANGUAGES, default="en", help="the verdict's language (en by default)")
    change = receive.add_mutually_exclusive_group()
    receive.set_defaults(change="add")
    correct, close = "rows stand for earlier rows with their keys", "no row with these keys stands any more"
    change.add_argument("--correct", dest="change", action="store_const", const="correct", help=correct)
    change.add_argument("--close", dest="change", action="store_const", const="close", help=close)
    walk = verb("walk", _walk, "walk from the files to the chance of each target, and print the plan", computes=True)
    walk.add_argument("--known-on", metavar="DATE", type=_day, help="as known on this day (2023-11-22); now by default")
    walk.add_argument("--language", choices=LANGUAGES, default="en", help="the table's language (en by default)")
    lineage = verb("lineage", _lineage, "walk back from a figure to the row of the file it came from", computes=True)
    lineage.add_argument("reading", metavar="READING", help="a reading's id, as `walk --json` and the pages name it")
    ask = verb("ask", _ask, "put a question to the zone and print the answer with its proof", computes=True)
    ask.add_argument("study", metavar="STUDY", help="the question's id, such as licensing.reduction")
    ask.add_argument("--set", metavar="NAME=VALUE", type=_setting, action="append", default=[], help="set a parameter")
    ask.add_argument("--known-on", metavar="DATE", type=_day, help="as known on this day (2023-11-22); now by default")
    ask.add_argument("--language", choices=LANGUAGES, default="en", help="the answer's language (en by default)")
    why = verb("explain", _explain, "divide the change of an indicator among those who made it")
    why.add_argument("indicator", metavar="INDICATOR", help="the indicator's id, such as industry.gross_output")
    why.add_argument(
        "--from", dest="first", metavar="YEAR", type=int, help="from this year (by default the one before)"
    )
    why.add_argument("--to", dest="last", metavar="YEAR", type=int, help="to this year (by default the newest)")
    why.add_argument("--known-on", metavar="DATE", type=_day, help="as known on this day (2023-11-22); now by default")
    why.add_argument("--language", choices=LANGUAGES, default="en", help="the answer's language (en by default)")
    add_keeping(verb)
    add_exchange(verbs, verb, _day)
    add_cases(verb)
    verb("backtest", _backtest, "try past chances against what came true, and keep the scoreboard")
    says = "say what an event log holds: cases, ways, spans and lateness"
    log = verbs.add_parser("event-log", help=says, description=says[0].upper() + says[1:] + ".", allow_abbrev=False)
    log.add_argument("file", metavar="FILE", type=Path, help="a log as CSV or XES, plain or gzipped")
    log.add_argument("--role", metavar="ROLE=COLUMN", type=_setting, action="append", default=[],
                     help="say which column is the case, activity, time, ... where the finding is wrong")  # fmt: skip
    log.add_argument("--json", action="store_true", help="print one document on standard output")
    log.set_defaults(verb=_event_log)
    person = verb("person", _person, "give a person an account, or a further role", has_json=False)
    person.add_argument("name", metavar="NAME", help="the name the person signs in with")
    person.add_argument(
        "--role", metavar="ROLE", default="", help="what the person is: applicant, window, authority, ..."
    )
    person.add_argument("--scope", metavar="SCOPE", default="", help="party=NUMBER, desk=NAME, or all (by default)")
    person.add_argument("--password-file", metavar="FILE", type=Path, help="read the password from a file's first line")
    person.add_argument("--close", action="store_true", help="close the account; what it did stays")
    serve = verb("serve", _serve, "serve the zone's site on this machine", has_json=False, computes=True)
    serve.add_argument("--port", type=_port, default=8000, help="the port to listen on (8000 by default)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
