"""A sample of any register is received by the register it was made of: nothing waits, is held or warned of.

Registers are drawn; those of the house are made, judged and broken in `test_samples`.
"""

import csv
from datetime import date

import pytest

from fakes.random_registers import Drawn
from milepost.show.catalogue import check_zone, open_zone
from milepost.show.exchange.making import make_samples
from milepost.show.intake import take_in
from milepost.show.walk import store_of

COUNT = 12


def received(zone, made):
    """Take in the files of a sample in their order, and give what became of each by its register."""
    found = {}
    for path, register, count in made.files:
        intake = take_in(zone, store_of(zone), path, register, date.today(), "somebody")
        told = (intake.accepted, intake.refused, intake.held, intake.warned)
        assert told == (count, 0, 0, 0), (register, dict(intake.rule_counts))
        found[register] = intake
    return found


@pytest.mark.parametrize(("seed", "kind"), [(1, "csv"), (2, "xlsx"), (5, "csv"), (7, "csv")])
def test_a_sample_of_a_drawn_register_is_received_whole(tmp_path, seed, kind):
    zone = open_zone(Drawn(seed).written_to(tmp_path / "zone"))
    made = make_samples(zone, zone.register_named("drawn.event"), tmp_path, kind, COUNT, seed)
    assert (made.missing, made.unmet) == (0, ())
    received(zone, made)


def test_drawn_registers_have_rules_of_every_form_and_are_well_formed(tmp_path):
    forms: list[str] = []
    for seed in range(12):
        drawn = Drawn(seed)
        forms += [name for one in drawn.registers.values() for rule in one["rules"] for name in rule]
        assert not check_zone(drawn.written_to(tmp_path / str(seed)))
    assert {"holds", "by", "refers", "never_falls", "do_not_overlap", "reconciles", "where"} <= set(forms)


def test_a_sample_comes_to_its_control_totals_and_one_that_does_not_is_held_back(tmp_path):
    seed = next(n for n in range(100) if "drawn.control" in str(Drawn(n).registers["event"]))
    zone = open_zone(Drawn(seed).written_to(tmp_path / "zone"))
    made = make_samples(zone, zone.register_named("drawn.event"), tmp_path, "csv", COUNT, seed)
    places = {register: path for path, register, _ in made.files}
    assert list(places)[-2:] == ["drawn.control", "drawn.event"], "control totals are received before what they control"
    take_in(zone, store_of(zone), places["drawn.control"], "drawn.control", date.today(), "somebody")
    with places["drawn.event"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    number = rows[0].index("whole_amount")
    for one in rows[1:]:
        one[number] = "987654" if one[number] else ""
    with (tmp_path / "wrong.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    if "drawn.thing" in places:
        take_in(zone, store_of(zone), places["drawn.thing"], "drawn.thing", date.today(), "somebody")
    intake = take_in(zone, store_of(zone), tmp_path / "wrong.csv", "drawn.event", date.today(), "somebody")
    assert any(name.endswith("/totals_are_the_controls") for name in intake.rule_counts)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 180))
def test_a_sample_of_many_drawn_registers_is_received_whole(tmp_path, seed):
    zone = open_zone(Drawn(seed).written_to(tmp_path / "zone"))
    made = make_samples(zone, zone.register_named("drawn.event"), tmp_path, "csv", COUNT, seed)
    assert (made.missing, made.unmet) == (0, ())
    received(zone, made)
