"""The second gate: rows that break a rule of the severity hold are kept, and keep their days from being published."""

import json
from datetime import UTC, date, datetime

import pytest

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.keep.holds import Hold, accept, acceptances, holds, is_held
from milepost.keep.store import Store
from milepost.show.intake import take_in
from small_registers import READING, Trial, write_records

METERS = [{"meter_code": "M1", "site_code": "S1", "valid_from": "2020-01-01"}]
LARGE = READING | {"read_at": "2026-02-03 10:00", "energy_kwh": "2000000", "index_kwh": "2000200"}
RULE = "energy_is_plausible"
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path):
    """A store with a good reading in January and one held in February."""
    trial = Trial(tmp_path)
    store, register = Store(tmp_path / "data"), trial.zone.registers["small.reading"]

    def send(name, rows, change="add"):
        path = write_records(
            tmp_path / f"{name}-{len(list(tmp_path.glob('*.csv')))}.csv", trial.zone.registers[f"small.{name}"], rows
        )
        return take_in(trial.zone, store, path, f"small.{name}", date(2026, 3, 31), "somebody", change=change)

    send("meter", METERS)
    taken = send("reading", [READING, LARGE])
    assert (taken.accepted, taken.refused) == (2, 0)
    yield store, register, send
    trial.engine.close()


def waiting(store, register, version=None):
    with Engine(threads=1) as engine:
        return holds(engine, store, register, version)


def answer(store, register, rule=RULE, version=1, reason="read twice on the spot"):
    with Engine(threads=1) as engine:
        return accept(engine, store, register, rule, version, "head", reason, NOW)


def test_a_held_row_is_kept_and_waits_with_its_day(kept):
    store, register, _ = kept
    day = date(2026, 2, 3)
    assert waiting(store, register) == (Hold(register.id, RULE, 1, 1, day, day),)
    assert [one.held for one in store.versions(register.id)] == [1]


def test_figures_of_its_days_are_held_and_others_are_not(kept):
    store, register, _ = kept
    found = waiting(store, register)
    assert is_held(date(2026, 2, 1), date(2026, 2, 28), found)
    assert is_held(date(2026, 1, 1), date(2026, 12, 31), found)
    assert not is_held(date(2026, 1, 1), date(2026, 1, 31), found)
    assert is_held(None, None, found) and not is_held(None, None, ())


def test_an_acceptance_frees_old_rows_and_never_those_to_come(kept):
    store, register, send = kept
    answer(store, register)
    assert waiting(store, register) == ()
    send("reading", [LARGE | {"read_at": "2026-03-03 10:00", "index_kwh": "4000200"}])
    assert [(one.version, one.rows) for one in waiting(store, register)] == [(2, 1)]
    told = acceptances(store, register.id)
    assert [(one.by, one.reason, one.version) for one in told] == [("head", "read twice on the spot", 1)]


def test_a_correction_frees_the_row_and_the_old_version_stays_held(kept):
    store, register, send = kept
    assert send("reading", [LARGE | {"energy_kwh": "2000", "index_kwh": "2100"}], "correct").accepted == 1
    assert waiting(store, register) == () and len(waiting(store, register, 1)) == 1


def test_what_does_not_wait_and_what_has_no_reason_cannot_be_accepted(kept):
    store, register, _ = kept
    for rule, version, reason in (("no_such_rule", 1, "x"), (RULE, 0, "x"), (RULE, 1, "  ")):
        with pytest.raises(YoursToMend) as caught:
            answer(store, register, rule, version, reason)
        assert caught.value.troubles[0].code == "K008"
    assert acceptances(store, register.id) == ()


def test_an_acceptance_cut_short_by_a_crash_is_none_and_spoils_no_other(kept):
    store, register, _ = kept
    file = store.table(register.id) / "_accepted.jsonl"
    file.write_text(json.dumps({"register": register.id})[:9], "utf-8")
    assert len(waiting(store, register)) == 1
    answer(store, register)
    assert waiting(store, register) == ()
