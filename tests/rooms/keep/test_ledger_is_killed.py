"""No event is lost or doubled when the process is killed, between any two steps or at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.killed import PROCESSES, work
from milepost.basics.calendar import china
from milepost.cases.moving import replay
from milepost.keep.docket import Docket, standing_of
from milepost.keep.ledger import Ledger

RUNNER = Path(__file__).resolve().parents[2] / "fakes/killed.py"


def killed(mode: str, url: str, most: int, stride: int = 1) -> list[tuple[str, str, int]]:
    ran = subprocess.run(
        [sys.executable, RUNNER, mode, url, str(most), str(stride)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    lines = [line.split() for line in ran.stdout.splitlines()]
    return [(case, said.strip("-"), int(ended)) for case, said, ended in lines]


def judge(ledger: Ledger) -> dict[str, int]:
    """Every case is whole as far as it goes, and its standing says the same; gives events by case."""
    ledger.verify()
    cases: dict[str, list] = {}
    for kept in ledger.events_since():
        cases.setdefault(kept.event.case, []).append(kept)
    standings = {standing.case: standing for standing in ledger.standings(most=10**6)}
    assert standings.keys() == cases.keys()
    for case, kept in cases.items():
        assert [k.event.sequence for k in kept] == list(range(1, len(kept) + 1))
        assert len({k.event.id for k in kept}) == len(kept)
        state = replay(PROCESSES, (k.event for k in kept))
        assert standings[case] == standing_of(state, china(), "A", kept[-1].position)
    return {case: len(kept) for case, kept in cases.items()}


@pytest.mark.parametrize("stride", [13, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_between_any_two_steps(ledger_url, stride):
    ran = killed("lines", ledger_url, 5_000, stride)
    assert ran[-1][1:] == ("123", 0), "the last clerk comes through"
    assert len(ran) * stride > 300, "there were many steps to be killed at"
    assert {ended for _, _, ended in ran[:-1]} == {signal.SIGKILL}
    ledger = Ledger(ledger_url)
    found = judge(ledger)
    for case, acknowledged, _ in ran:
        assert found.get(case, 0) - len(acknowledged) in (0, 1), "what was acknowledged is there"
    assert {found.get(case, 0) for case, _, _ in ran} == {0, 1, 2, 3}
    docket = Docket(ledger, PROCESSES, china())
    with open("/dev/null", "wb") as nowhere:
        for case, _, _ in ran:
            work(docket, case, nowhere.fileno())
    assert set(judge(ledger).values()) == {3}, "asked again, every case is complete and nothing is double"
    ledger.close()


@pytest.mark.slow
def test_killed_at_any_moment(ledger_url):
    ran = killed("moments", ledger_url, 40)
    ledger = Ledger(ledger_url)
    found = judge(ledger)
    for case, acknowledged, _ in ran:
        kept = sum(count for name, count in found.items() if name.startswith(f"{case}-"))
        assert kept - len(acknowledged) in (0, 1)
    assert sum(found.values()) > 100
    ledger.close()
