"""One site: the walks it has made, by the day they were known on, and the application that serves them.

Django's settings are the same for every site of a process; what differs (the zone's walk, its rows) hangs
on the request, so two sites may live side by side.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from milepost.basics.errors import Trouble, YoursToMend
from milepost.explain.divided import Divided
from milepost.measure.reading import Reading
from milepost.measure.trace import Source
from milepost.registers.domain import Domain
from milepost.registers.study import Study
from milepost.show.asking import studies
from milepost.show.catalogue import find_wings
from milepost.show.guard import let_out
from milepost.show.hall.breach import Breaches
from milepost.show.hall.export import LEDGER_TABLES
from milepost.show.hall.hall import Hall
from milepost.show.hall.licences import Licences, licences_of
from milepost.show.hall.reception import Reception, TakeIn
from milepost.show.telling import notice_of
from milepost.show.walk import Walk
from milepost.show.web.accounts import Accounts, accounts_of
from milepost.study.finding import Finding

T = TypeVar("T")
KEY = "milepost.site"
STATIC = Path(__file__).with_name("static")
_WALKS_KEPT = 24


def _unchanging() -> Hashable:
    return None


def _no_scoreboard() -> dict[str, Any] | None:
    return None


def _nothing_to_ask(study: str, given: dict[str, str], known_on: date | None) -> Finding:
    raise YoursToMend(Trouble("Q001", f"nobody answers {study} here", "Serve the site of a zone"))


def _nothing_of_one(study: str, given: dict[str, str], known_on: date | None, may_see: bool) -> Finding:
    return _nothing_to_ask(study, given, known_on)


def _nothing_to_trace(reading: Reading) -> tuple[Source, ...]:
    return ()


def _nothing_to_explain(start: Reading, end: Reading) -> tuple[Divided, ...]:
    return ()


@dataclass
class Site:
    """The walks of a zone for pages: each day is walked once, while others who ask for it wait.

    `state` tells what is kept and decided now (such as the registers' versions): when it changes, walks are made anew.
    `ask` answers as to anybody; `ask_of_one` a question about one thing, whole where the asker may see that thing.
    """

    walk_on: Callable[[date | None], Walk]
    source_row: Callable[[str], dict[str, str]]
    today: Callable[[], date]
    state: Callable[[], Hashable] = _unchanging
    scoreboard: Callable[[], dict[str, Any] | None] = _no_scoreboard
    ask: Callable[[str, dict[str, str], date | None], Finding] = _nothing_to_ask
    explain: Callable[[Reading, Reading], tuple[Divided, ...]] = _nothing_to_explain
    hall: Hall | None = None
    accounts: Accounts | None = None
    licences: Licences | None = None
    breaches: Breaches | None = None
    reception: Reception | None = None
    ask_of_one: Callable[[str, dict[str, str], date | None, bool], Finding] = _nothing_of_one
    trace: Callable[[Reading], tuple[Source, ...]] = _nothing_to_trace
    _walks: OrderedDict[Hashable, Future[Walk]] = field(default_factory=OrderedDict)
    _answers: OrderedDict[Hashable, Finding] = field(default_factory=OrderedDict)
    _divisions: OrderedDict[Hashable, tuple[Divided, ...]] = field(default_factory=OrderedDict)
    _sources: OrderedDict[Hashable, tuple[Source, ...]] = field(default_factory=OrderedDict)
    _door: threading.Lock = field(default_factory=threading.Lock)
    _path: threading.Lock = field(default_factory=threading.Lock)

    def walk(self, known_on: date | None = None) -> Walk:
        """Give the walk as on a day (today where None), after the guard has let it out."""
        day = known_on or self.today()
        key = (day, self.state())
        with self._door:
            is_first = key not in self._walks
            coming = self._walks.setdefault(key, Future())
            self._walks.move_to_end(key)
            while len(self._walks) > _WALKS_KEPT:
                self._walks.popitem(last=False)
        if is_first:
            self._make(key, day, coming)
        return coming.result()

    def answer(self, study: str, given: dict[str, str], known_on: date | None) -> Finding:
        """Give the guarded answer to a question; asked again of the same records on the same day, it is remembered."""
        key = self._question(study, given, known_on)
        return self._remembered(self._answers, key, lambda: self.ask(study, given, known_on))

    def answer_of_one(self, study: str, given: dict[str, str], known_on: date | None, may_see: bool) -> Finding:
        """Give the answer to a question about one thing, for somebody who may see that thing or may not."""
        key = (*self._question(study, given, known_on), may_see)
        return self._remembered(self._answers, key, lambda: self.ask_of_one(study, given, known_on, may_see))

    def _question(self, study: str, given: dict[str, str], known_on: date | None) -> tuple[Hashable, ...]:
        """What an answer depends on; a question that reads the ledger, on its last event too."""
        _, asked = self.studies().get(study, (None, None))
        reads_ledger = self.hall is not None and asked is not None and not LEDGER_TABLES.isdisjoint(asked.tables)
        moved = self.hall.ledger.head().position if self.hall is not None and reads_ledger else 0
        return study, tuple(sorted(given.items())), known_on or self.today(), self.state(), moved

    def divisions(self, start: Reading, end: Reading) -> tuple[Divided, ...]:
        """Give the guarded divisions of the change between two computed readings, remembered likewise."""
        key = (start.id, end.id, end.known_on, self.state())
        return self._remembered(self._divisions, key, lambda: self.explain(start, end))

    def sources(self, reading: Reading) -> tuple[Source, ...]:
        """Give the rows a computed reading was made of, remembered likewise."""
        key = (reading.id, reading.known_on, self.state())
        return self._remembered(self._sources, key, lambda: self.trace(reading))

    def _remembered(self, held: OrderedDict[Hashable, T], key: Hashable, make: Callable[[], T]) -> T:
        with self._door:
            found = held.get(key)
        if found is None:
            found = make()
            with self._door:
                held[key] = found
                while len(held) > _WALKS_KEPT * 4:
                    held.popitem(last=False)
        return found

    def notice(self) -> dict[str, Any]:
        """Give the zone's notice as a part of a document; nothing where it has none, or is not known here."""
        return notice_of(self.hall.zone) if self.hall is not None else {}

    def wings(self) -> tuple[Domain, ...]:
        """Give every wing, by name."""
        return find_wings()

    def studies(self) -> dict[str, tuple[Domain, Study]]:
        """Give every study of every wing by its id."""
        return studies()

    def _make(self, key: Hashable, day: date, coming: Future[Walk]) -> None:
        """Walk for all who wait; one walk at a time, and one that failed is not kept."""
        try:
            with self._path:
                coming.set_result(let_out(self.walk_on(day)))
            with self._door:
                # The walk may itself have taken new rows in: it is then also the walk of what is kept now.
                self._walks[(day, self.state())] = coming
        except BaseException as error:
            with self._door:
                self._walks.pop(key, None)
            coming.set_exception(error)


def make_app(
    walk_on: Callable[[date | None], Walk],
    source_row: Callable[[str], dict[str, str]],
    today: Callable[[], date],
    state: Callable[[], Hashable] = _unchanging,
    scoreboard: Callable[[], dict[str, Any] | None] = _no_scoreboard,
    hall: Hall | None = None,
    ledger_url: str = "",
    ask: Callable[[str, dict[str, str], date | None], Finding] = _nothing_to_ask,
    take_in: TakeIn | None = None,
    explain: Callable[[Reading, Reading], tuple[Divided, ...]] = _nothing_to_explain,
    ask_of_one: Callable[[str, dict[str, str], date | None, bool], Finding] = _nothing_of_one,
    trace: Callable[[Reading], tuple[Source, ...]] = _nothing_to_trace,
) -> Any:
    """Give the site as a WSGI application; nothing is walked before the first page is asked for.

    With a hall the site has accounts, cases and duties; `ledger_url` is where its ledger is, if on a server.
    """
    from django.core.wsgi import get_wsgi_application
    from whitenoise import WhiteNoise

    from milepost.show.web.settings import configure

    configure(hall.secret.hex() if hall is not None else "")
    pages = get_wsgi_application()
    accounts = accounts_of(hall, ledger_url) if hall is not None else None
    licences = licences_of(hall) if hall is not None else None
    breaches = Breaches(hall) if hall is not None else None
    reception = Reception(hall.folder / "arriving", take_in) if hall is not None and take_in is not None else None
    site = Site(
        walk_on, source_row, today, state, scoreboard, ask, explain, hall, accounts, licences, breaches, reception,
        ask_of_one, trace,
    )  # fmt: skip

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        environ[KEY] = site
        return pages(environ, start_response)

    static = WhiteNoise(application, max_age=31_536_000)
    static.add_files(str(STATIC), prefix="static/")
    static.site = site
    return static
