"""The second gate: rows that break a rule of the severity hold are kept, and keep their days from being published."""

import json
from datetime import UTC, date, datetime

import pytest

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.keep.holds import Hold, accept, acceptances, holds, waiting
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


def held(store, register, version=None, known_on=None):
    with Engine(threads=1) as engine:
        return holds(engine, store, register, version, known_on)


def answer(store, register, rule=RULE, version=1, reason="read twice on the spot"):
    with Engine(threads=1) as engine:
        return accept(engine, store, register, rule, version, "head", reason, NOW)


def test_a_held_row_is_kept_and_waits_with_its_day(kept):
    store, register, _ = kept
    day = date(2026, 2, 3)
    assert held(store, register) == (Hold(register.id, RULE, 1, 1, day, day, f"C050/{RULE}"),)
    assert [one.held for one in store.versions(register.id)] == [1]


def test_the_condition_finds_the_rows_that_wait(kept):
    store, register, _ = kept

    def found(known_on=None, version=None):
        condition = waiting(store, register, version, known_on)
        with Engine(threads=1) as engine:
            view = store.view(engine, register, version)
            return engine.rows(f'select r._line from "{view}" r where {condition or "false"}')

    assert found() == [(3,)]
    answer(store, register)
    assert found() == [] and found(known_on=date(2026, 3, 30)) == [(3,)], "what was published then is told as it was"
    assert waiting(store, register, 0) == "", "nothing was held before"


def test_an_acceptance_frees_old_rows_and_never_those_to_come(kept):
    store, register, send = kept
    answer(store, register)
    assert held(store, register) == ()
    send("reading", [LARGE | {"read_at": "2026-03-03 10:00", "index_kwh": "4000200"}])
    assert [(one.version, one.rows) for one in held(store, register)] == [(2, 1)]
    told = acceptances(store, register.id)
    assert [(one.by, one.reason, one.version) for one in told] == [("head", "read twice on the spot", 1)]


def test_a_correction_frees_the_row_and_the_old_version_stays_held(kept):
    store, register, send = kept
    assert send("reading", [LARGE | {"energy_kwh": "2000", "index_kwh": "2100"}], "correct").accepted == 1
    assert held(store, register) == () and len(held(store, register, 1)) == 1


def test_what_does_not_wait_and_what_has_no_reason_cannot_be_accepted(kept):
    store, register, _ = kept
    for rule, version, reason in (("no_such_rule", 1, "x"), (RULE, 0, "x"), (RULE, 1, "  ")):
        with pytest.raises(YoursToMend) as caught:
            answer(store, register, rule, version, reason)
        assert caught.value.troubles[0].code == "K008"
    with pytest.raises(YoursToMend, match="K004"):
        answer(store, register, version=2)
    assert acceptances(store, register.id) == ()


def test_an_acceptance_of_a_rule_leaves_what_else_a_row_breaks(kept):
    store, register, _ = kept
    answer(store, register, rule=f"C050/{RULE}")
    (told,) = acceptances(store, register.id)
    assert (told.rule, told.faults) == (RULE, (f"C050/{RULE}",))
    assert not told.is_for("C050/energy_is_plausible_too") and told.is_for(f"C050/{RULE}")


def test_an_acceptance_cut_short_by_a_crash_is_none_and_spoils_no_other(kept):
    store, register, _ = kept
    file = store.table(register.id) / "_accepted.jsonl"
    file.write_text(json.dumps({"register": register.id})[:9], "utf-8")
    assert len(held(store, register)) == 1
    answer(store, register)
    assert held(store, register) == ()
