"""What the verbs of the command line call. Each room is imported when it is first asked for, so that
`milepost --help` answers at once; a test hands in its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from milepost.basics.errors import Trouble
    from milepost.cases.case import Case
    from milepost.explain.divided import Divided
    from milepost.measure.reading import Reading
    from milepost.measure.trace import Source
    from milepost.plan.zone import Zone
    from milepost.show.explaining import Explanation
    from milepost.show.intake import Intake
    from milepost.show.lineage import Lineage
    from milepost.show.walk import Walk
    from milepost.study.event_log import EventLogFacts
    from milepost.study.finding import Finding

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Sending:
    """How a file is sent: what its rows do to earlier ones, which sheet of an Excel file is meant, and the language in
    which its sender reads why rows are refused.
    """

    change: Literal["add", "correct", "close"] = "add"
    sheet: str | None = None
    language: str = "en"


def _check_zone(folder: Path) -> tuple[Trouble, ...]:
    from milepost.show.catalogue import check_zone

    return check_zone(folder)


def _open_zone(folder: Path) -> Zone:
    from milepost.show.catalogue import open_zone

    return open_zone(folder)


def _take_in(zone: Zone, register: str, file: Path, sending: Sending, progress: Progress | None) -> Intake:
    from tempfile import TemporaryDirectory

    from milepost.keep.retold import refused_file_in
    from milepost.receive.database import is_source, snapshot
    from milepost.show.intake import take_in
    from milepost.show.today import today_in
    from milepost.show.walk import store_of

    with TemporaryDirectory(prefix="milepost-") as folder:
        whole = snapshot(file, Path(folder)) if is_source(file) else file
        how = (sending.sheet, sending.change, progress)
        intake = take_in(zone, store_of(zone), whole, register, today_in(zone), who(), *how)
    if intake.refused_file is None:
        return intake
    asked = zone.register_named(register)
    return replace(intake, refused_file=refused_file_in(store_of(zone), asked, intake.content_hash, sending.language))


def _arrivals(folder: Path, again: set[Path]) -> Iterator[Path]:
    from milepost.receive.watching import arrivals

    return arrivals(folder, again=again)


def who() -> str:
    """The name this machine knows the person by; a machine without accounts has none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _walk(zone: Zone, known_on: date | None, progress: Progress | None) -> Walk:
    from milepost.show.guard import let_out
    from milepost.show.walk import walk

    return let_out(walk(zone, known_on, progress))


def _trace(zone: Zone, asked: str) -> Lineage:
    from milepost.basics.errors import YoursToMend
    from milepost.engines.embedded import Engine
    from milepost.measure.figures import is_measured
    from milepost.measure.published import published_readings
    from milepost.show.computed import computed_row, day_of, is_computed
    from milepost.show.lineage import Lineage
    from milepost.show.walk import own_figures, source_row, store_of

    if is_computed(asked):
        counted = next((one for one in own_figures(zone, day_of(asked)) if one.id == asked), None)
        if counted is not None:
            return Lineage(counted, computed_row(zone, asked))
    if is_measured(asked):
        return _traced(zone, asked)
    row = source_row(zone, asked)
    aside: list[Trouble] = []
    with Engine() as engine:
        readings = published_readings(engine, zone, store_of(zone), troubles=aside)
    found = next((reading for reading in readings if reading.id == asked), None)
    if found is None:
        raise YoursToMend(aside)
    return Lineage(found, row)


def _traced(zone: Zone, asked: str) -> Lineage:
    """A computed reading with the rows it was counted from, by their places."""
    from milepost.basics.errors import Trouble, YoursToMend
    from milepost.engines.engine import open_engine
    from milepost.measure.trace import reading_named, sources
    from milepost.show.lineage import Lineage
    from milepost.show.today import today_in
    from milepost.show.walk import store_of

    today, store = today_in(zone), store_of(zone)
    with open_engine() as engine:
        found = reading_named(engine, zone, store, asked, today)
        if found is None:
            mend = "Take the id of a reading from the walk (milepost walk --json)"
            raise YoursToMend(Trouble("M002", "no computed reading has this id", mend))
        return Lineage(found, {}, sources(engine, zone, store, found, today))


def _sources(zone: Zone, reading: Reading) -> tuple[Source, ...]:
    from milepost.engines.engine import open_engine
    from milepost.measure.trace import sources
    from milepost.show.walk import store_of

    with open_engine() as engine:
        return sources(engine, zone, store_of(zone), reading, reading.known_on)


def _ask(zone: Zone, study: str, given: dict[str, str], known_on: date | None) -> Finding:
    from milepost.show.asking import ask
    from milepost.show.guard import let_out_finding

    return let_out_finding(ask(zone, study, given, known_on), zone)


def _ask_from_outside(zone: Zone, study: str, given: dict[str, str], known_on: date | None) -> Finding:
    from milepost.show.asking import ask
    from milepost.show.guard import let_out_to_anybody

    return let_out_to_anybody(ask(zone, study, given, known_on), zone)


def _ask_of_one(zone: Zone, study: str, given: dict[str, str], known_on: date | None, may_see: bool) -> Finding:
    from milepost.show.asking import ask
    from milepost.show.guard import let_out_of_one

    return let_out_of_one(ask(zone, study, given, known_on), zone, may_see)


def _explain(zone: Zone, start: Reading, end: Reading) -> tuple[Divided, ...]:
    from milepost.show.explaining import divisions

    return divisions(zone, start, end)


def _explanation(zone: Zone, indicator: str, years: tuple[int, int], known_on: date | None) -> Explanation:
    from milepost.show.explaining import explanation

    return explanation(zone, indicator, years, known_on)


def _event_log(file: Path, roles: dict[str, str]) -> EventLogFacts:
    from milepost.study.event_log import event_log_facts

    return event_log_facts(file, roles)


def _finding_document(finding: Finding) -> dict[str, Any]:
    from milepost.show.asking import finding_document

    return finding_document(finding)


def _backtest(zone: Zone, progress: Progress | None) -> dict[str, Any]:
    from milepost.show.backtest import backtest

    return backtest(zone, progress)


def _plan_document(walk: Walk) -> dict[str, Any]:
    from milepost.show.document import plan_document

    return plan_document(walk)


def site_of(zone: Zone, now: Callable[[], datetime] | None = None) -> Any:
    """Give the site of a zone as a WSGI application, with its hall; `now` gives the moment where a test moves it."""
    from milepost.keep.holds import state_of
    from milepost.show.backtest import kept_scoreboard
    from milepost.show.hall.decisions import Decisions
    from milepost.show.hall.hall import open_hall
    from milepost.show.hall.sending import own_rows
    from milepost.show.intake import take_in
    from milepost.show.today import today_in
    from milepost.show.walk import ledger_url, source_row, store_of
    from milepost.show.web.site import make_app

    hall = open_hall(zone, now) if now is not None else open_hall(zone)
    decisions = Decisions(hall)
    return make_app(
        walk_on=lambda day: _walk(zone, day, None),
        source_row=lambda reading: source_row(zone, reading),
        today=lambda: today_in(zone),
        state=lambda: (state_of(store_of(zone)), decisions.count()),
        hall=hall,
        ledger_url=ledger_url(zone),
        scoreboard=lambda: kept_scoreboard(zone),
        ask=lambda study, given, day: _ask_from_outside(zone, study, given, day),
        ask_of_one=lambda study, given, day, may_see: _ask_of_one(zone, study, given, day, may_see),
        explain=lambda start, end: _explain(zone, start, end),
        trace=lambda reading: _sources(zone, reading),
        take_in=lambda register, file, who, told, parties: take_in(
            zone,
            store_of(zone),
            file,
            register,
            today_in(zone),
            who,
            told=told,
            own=own_rows(zone, register, parties, today_in(zone)),
        ),
    )


def _serve(zone: Zone, port: int) -> None:
    from milepost.show.web.serve import serve

    def tell(address: str) -> None:
        print(f"{zone.folder} is served at {address} (Ctrl-C ends it)", flush=True)

    serve(site_of(zone), port, tell)


def _open_case(zone: Zone, process: str, code: str, person: str, role: str) -> Case:
    from milepost.show.hall.about import open_by_command
    from milepost.show.hall.hall import open_hall
    from milepost.show.today import today_in
    from milepost.show.walk import take_in_records

    take_in_records(zone, today_in(zone))
    hall = open_hall(zone)
    return open_by_command(hall, process, code, person, role, hall.today())


def _add_person(zone: Zone, name: str, role: str, scope: str, password: str | None) -> bool:
    from milepost.show.hall.hall import open_hall
    from milepost.show.walk import ledger_url
    from milepost.show.web.accounts import accounts_of, add_person
    from milepost.show.web.settings import configure

    hall = open_hall(zone)
    configure(hall.secret.hex())
    return add_person(accounts_of(hall, ledger_url(zone)), name, role, scope, password)


def _close_account(zone: Zone, name: str) -> bool:
    from milepost.show.hall.hall import open_hall
    from milepost.show.walk import ledger_url
    from milepost.show.web.accounts import accounts_of, close_account
    from milepost.show.web.settings import configure

    hall = open_hall(zone)
    configure(hall.secret.hex())
    return close_account(accounts_of(hall, ledger_url(zone)), name)


@dataclass(frozen=True)
class Rooms:
    """The rooms a verb walks through, by what each one gives."""

    check_zone: Callable[[Path], tuple[Trouble, ...]] = _check_zone
    open_zone: Callable[[Path], Zone] = _open_zone
    take_in: Callable[[Zone, str, Path, Sending, Progress | None], Intake] = _take_in
    arrivals: Callable[[Path, set[Path]], Iterator[Path]] = _arrivals
    walk: Callable[[Zone, date | None, Progress | None], Walk] = _walk
    trace: Callable[[Zone, str], Lineage] = _trace
    ask: Callable[[Zone, str, dict[str, str], date | None], Finding] = _ask
    explain: Callable[[Zone, str, tuple[int, int], date | None], Explanation] = _explanation
    event_log: Callable[[Path, dict[str, str]], EventLogFacts] = _event_log
    finding_document: Callable[[Finding], dict[str, Any]] = _finding_document
    backtest: Callable[[Zone, Progress | None], dict[str, Any]] = _backtest
    plan_document: Callable[[Walk], dict[str, Any]] = _plan_document
    serve: Callable[[Zone, int], None] = _serve
    open_case: Callable[[Zone, str, str, str, str], Case] = _open_case
    add_person: Callable[[Zone, str, str, str, str | None], bool] = _add_person
    close_account: Callable[[Zone, str], bool] = _close_account
