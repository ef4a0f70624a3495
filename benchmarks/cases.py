"""10,000 applications through the declared licence process, on SQLite and on PostgreSQL.

Every act is done as the site does it: the case's history is read from the ledger, replayed and judged,
and the event appended with its hash and the case's standing, one transaction for each act. Applications
run side by side in a seeded order, so that histories are interleaved. Afterwards every invariant is
checked on what the ledger holds. All applications run without waiting for the disk at every act (a power
cut could take the last moments, the end of the process nothing); a tenth of them runs again with every
act on the disk before it is told, as the site does. The alternative named: bare INSERTs of the same rows
into the same database in the same two ways, without reading, judging, chain or standing.

    .venv/bin/python benchmarks/cases.py [--applications 10000] [--seed 20260209]
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

from fakes.postgres import fresh_database, private_postgres, why_not
from milepost.basics.calendar import china
from milepost.basics.text import Text
from milepost.cases.case import Case, Refusal
from milepost.cases.declaration import read_processes
from milepost.cases.form import document_as_json, field_as_json
from milepost.cases.moving import allowed, replay
from milepost.cases.process import Document, Field
from milepost.keep.docket import Docket, standing_of
from milepost.keep.ledger import KeptEvent, Ledger

PROCESSES = read_processes(REPOSITORY / "src/milepost/domains/licensing/cases.yaml")
PERMITS = ("food", "fire", "hygiene", "tobacco", "signs")
AREA = Field("area", Text("Floor area", "面积"), "premises:floor_area", "number", "square_metre", at_least=1)
LAYOUT = Document("layout", Text("Layout", "平面图"), "doc:layout", may_be_promised=True, due_days_after_decision=30)
OPENING = {"forms": {"application": [field_as_json(AREA)]}, "documents": [document_as_json(LAYOUT)]}
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
# How likely an act is taken when several are allowed; the others have 1.
WEIGHTS = {"withdraw": 0.02, "decline": 0.05, "ask_completion": 0.2, "extend": 0.03, "begin_testing": 0.1,
           "open_hearing": 0.05, "refuse": 0.2, "revoke": 0.1, "hand_in_promised": 2.0}  # fmt: skip


class Application:
    """One application and the clerks who handle it, driven by a seed of its own."""

    def __init__(self, number: int, seed: int) -> None:
        self.id = f"licence-{number:06d}"
        self.chance = random.Random(f"{seed}/{number}")
        self.at = START + timedelta(minutes=self.chance.randint(0, 60 * 24 * 120))
        self.case: Case | None = None
        self.acts = 0
        self.refused = 0

    def step(self, docket: Docket) -> bool:
        """Do the next act; False when the case has ended."""
        self.acts += 1
        if self.case is None:
            branches = sorted(self.chance.sample(PERMITS, self.chance.randint(1, 4)))
            data = {**OPENING, "branches": branches}
            party = f"enterprise-{self.chance.randint(1, 3000)}"
            result = docket.open("joint_licence", self.id, "applicant", "applicant", self.at, party, data)
            assert isinstance(result, Case), result
            self.case = result
            return True
        choices = allowed(self.case, [role.id for role in self.case.net.process.roles])
        assert choices, f"{self.id} is at a dead end"
        flat = self.chance.choices(choices, [WEIGHTS.get(flat.act.id, 1.0) for flat in choices])[0]
        self.at += timedelta(minutes=self.chance.randint(1, 60 * 24 * 2))
        person = f"{flat.act.by[0]}-{flat.act.id}"
        data = self.brought(flat.act.id, self.case)
        result = docket.act(
            self.id, flat.act.id, person, flat.act.by[0], self.at, flat.branch, data, expected=self.case.sequence
        )
        if isinstance(result, Refusal):
            assert {reason.code for reason in result.reasons} == {"S216"}, result
            self.refused += 1
            return True
        assert isinstance(result, Case)
        self.case = result
        return not result.is_ended

    def brought(self, act: str, case: Case) -> dict[str, Any]:
        """What an act brings: answers, documents, a reason, the days told."""
        data: dict[str, Any] = {"reason": "as the file shows", "told_days": self.chance.randint(2, 15)}
        if act == "submit":
            data["fields"] = {"area": self.chance.randint(10, 900)}
            data |= {"promised": ["layout"]} if self.chance.random() < 0.2 else {"documents": {"layout": "sha256:1"}}
        elif act == "give_opinion":
            data["fields"] = {"result": "fails" if self.chance.random() < 0.04 else "meets"}
        elif act == "hand_in_promised" and any(c.kept_on is None for c in case.commitments.values()):
            data["documents"] = {"layout": "sha256:2"}
        return data


def simulate(docket: Docket, count: int, seed: int) -> dict[str, Any]:
    """Run all applications side by side; gives counts and seconds."""
    order = random.Random(seed)
    waiting = [Application(number, seed) for number in range(count)]
    events = refused = 0
    begun = time.perf_counter()
    active = [waiting.pop() for _ in range(min(200, count))]
    while active:
        place = order.randrange(len(active))
        application = active[place]
        if not application.step(docket):
            events += application.case.sequence if application.case else 0
            refused += application.refused
            active[place] = active[-1]
            active.pop()
            if waiting:
                active.append(waiting.pop())
    return {"events": events, "refused": refused, "seconds": time.perf_counter() - begun}


def check(ledger: Ledger, count: int) -> Counter[str]:
    """Every invariant on what the ledger holds; gives cases by outcome."""
    head = ledger.verify()
    histories: dict[str, list[KeptEvent]] = {}
    ids = set()
    for position, kept in enumerate(ledger.events_since(), start=1):
        assert kept.position == position, "positions have no gap"
        ids.add(kept.event.id)
        histories.setdefault(kept.event.case, []).append(kept)
    assert len(ids) == head.position, "no event is double"
    assert len(histories) == count, "no application is lost"
    standings = {standing.case: standing for standing in ledger.standings(most=10**7)}
    outcomes: Counter[str] = Counter()
    for case_id, kept in histories.items():
        assert [k.event.sequence for k in kept] == list(range(1, len(kept) + 1)), "sequences are whole"
        assert all(a.event.at <= b.event.at for a, b in itertools.pairwise(kept)), "time goes on"
        case = replay(PROCESSES, (k.event for k in kept))
        assert case.is_ended, "every path ends"
        assert len(case.marking) == 1, "nothing is left behind"
        assert standings[case_id] == standing_of(case, china(), standings[case_id].party, kept[-1].position)
        used = dict.fromkeys(case.clocks, 0)
        for day in sorted({case.day(k.event.at) for k in kept}):
            for reading in case.readings(china(), day):
                assert reading.used_days >= used[reading.id], "days used never fall"
                used[reading.id] = reading.used_days
        outcomes[str(case.outcome)] += 1
    return outcomes


def bare_inserts(url: str, rows: list[tuple[Any, ...]], is_synced: bool) -> float:
    """The same rows put in one by one, one transaction each; gives rows per second."""
    if url.startswith("postgresql"):
        import psycopg

        connection: Any = psycopg.connect(url, autocommit=True)
        connection.execute(f"SET synchronous_commit = {'on' if is_synced else 'off'}")
        sql = "INSERT INTO bare VALUES (%s, %s, %s, %s)"
    else:
        connection = sqlite3.connect(f"{url}.bare", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if is_synced else 'NORMAL'}")
        sql = "INSERT INTO bare VALUES (?, ?, ?, ?)"
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute("CREATE TABLE bare (event_id TEXT PRIMARY KEY, case_id TEXT, sequence BIGINT, body TEXT)")
    begun = time.perf_counter()
    for row in rows:
        connection.execute(sql, row)
    seconds = time.perf_counter() - begun
    connection.close()
    return len(rows) / seconds


@contextmanager
def databases(name: str) -> Iterator[dict[str, str]]:
    """The URL of an empty database of each kind that this machine has."""
    with tempfile.TemporaryDirectory(prefix="milepost-cases-") as folder:
        found = {"sqlite": str(Path(folder) / "ledger.sqlite")}
        if why_not():
            yield found
            return
        with private_postgres() as server, fresh_database(server, name) as url:
            yield {**found, "postgresql": url}


def measure(url: str, count: int, seed: int, is_synced: bool) -> dict[str, Any]:
    ledger = Ledger(url, is_synced)
    ran = simulate(Docket(ledger, PROCESSES, china()), count, seed)
    begun = time.perf_counter()
    outcomes = check(ledger, count)
    checked = time.perf_counter() - begun
    sample = itertools.islice(ledger.events_since(), 5_000)
    rows = [(kept.event.id, kept.event.case, kept.event.sequence, kept.event.as_json()) for kept in sample]
    bare = bare_inserts(url, rows, is_synced)
    ledger.close()
    rate = ran["events"] / ran["seconds"]
    return {
        "applications": count,
        "events": ran["events"],
        "acts_refused": ran["refused"],
        "seconds": round(ran["seconds"], 1),
        "events_per_second": round(rate),
        "bare_inserts_per_second": round(bare),
        "share_of_bare_0_1": round(rate / bare, 3),
        "invariants_checked_seconds": round(checked, 1),
        "outcomes": dict(outcomes.most_common()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--applications", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20260209)
    given = parser.parse_args()
    if reason := why_not():
        print(f"PostgreSQL is left out: {reason}")
    found: dict[str, dict[str, Any]] = {}
    for way, count in (("unsynced", given.applications), ("synced", max(given.applications // 10, 1))):
        with databases(way) as urls:
            for name, url in urls.items():
                found.setdefault(name, {})[way] = measure(url, count, given.seed, way == "synced")
                print(f"\n{name}, {way}", flush=True)
                for key, value in found[name][way].items():
                    print(f"  {key:28} {value}", flush=True)
    print(json.dumps({"benchmark": "cases", **found}))


if __name__ == "__main__":
    main()
