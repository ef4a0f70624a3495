"""What is kept is looked into by command: versions, differences, history, revisions; the second gate holds figures."""

import json

import pytest

from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.walk import walk

ZONE = """
id: kept
name: {en: Kept, zh: 留存}
main_area: HERE
areas: [{id: HERE, name: {en: Here, zh: 此处}, kind: zone}]
public_registers: [kept.load]
"""
REGISTERS = """
load:
  name: {en: Load, zh: 负荷}
  definition: {en: A number for a day, zh: 某日的数}
  key: [site, on_day]
  happened: on_day
  columns:
    - {id: site, type: text, name: {en: Site, zh: 场所}}
    - {id: on_day, type: date, name: {en: Day, zh: 日}}
    - {id: amount, type: number, places: 2, unit: kWh, name: {en: Amount, zh: 量}}
  rules:
    - id: amount_is_plausible
      severity: hold
      says: {en: An amount is below a thousand, zh: 数量小于一千}
      fault: {en: the amount is a thousand or more, zh: 数量达到一千}
      mend: {en: Confirm it, zh: 核实}
      holds: "amount < 1000"
"""
INDICATORS = """
load:
  {name: {en: Load, zh: 负荷}, definition: {en: All loads, zh: 负荷合计}, kind: flow, unit: kWh, formula: sum(amount),
   register: kept.load}
"""


@pytest.fixture
def zone(tmp_path, capsys):
    """Two days of two years, a correction of the first, and a row that is held."""
    for name, text in (("zone", ZONE), ("registers", REGISTERS), ("indicators", INDICATORS)):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")

    def send(rows, *more):
        file = tmp_path / f"sent{len(list(tmp_path.glob('sent*')))}.csv"
        file.write_text("site,on_day,amount\n" + rows, "utf-8")
        assert main(["receive", str(tmp_path), "kept.load", str(file), *more]) == 0

    send("A,2024-01-05,10\nB,2025-01-05,20\n")
    send("A,2024-01-05,12.50\n", "--correct")
    send("A,2025-02-05,5000\n")
    capsys.readouterr()
    return tmp_path


def said(capsys, *words):
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_versions_tell_what_each_delivery_added_and_what_waits(zone, capsys):
    found = said(capsys, "versions", zone, "load")
    assert [(one["version"], one["change"], one["added"], one["count"], one["held"]) for one in found["versions"]] == [
        (1, "add", 2, 2, 0), (2, "correct", 1, 2, 0), (3, "add", 1, 3, 1)
    ]  # fmt: skip
    assert [(one["rule"], one["version"], one["rows"]) for one in found["waiting"]] == [("amount_is_plausible", 3, 1)]
    assert all(one["kept_at"].endswith("+08:00") for one in found["versions"])  # the zone's own clock
    assert main(["versions", str(zone), "load"]) == 0
    assert "1 rows of version 3 break amount_is_plausible" in capsys.readouterr().out


def test_a_difference_and_a_history_are_told(zone, capsys):
    found = said(capsys, "difference", zone, "load", 1, 3)
    assert (found["added"], found["corrected"], found["gone"]) == (1, 1, 0)
    assert found["changed_cells"] == {"amount": 1}
    rows = said(capsys, "history", zone, "load", "A", "2024-01-05")["rows"]
    assert [(one["_version"], one["amount"]) for one in rows] == [(1, "10.00"), (2, "12.50")]
    assert main(["history", str(zone), "load", "A"]) == 1


def test_a_revision_triangle_has_a_column_for_each_version(zone, capsys):
    found = said(capsys, "revisions", zone, "kept.load")
    assert found["periods"] == {"2024": [10.0, 12.5, 12.5], "2025": [20.0, 20.0, None]}, "held rows are not told"
    assert found["summary"]["periods"] == 2
    assert found["summary"]["mean_absolute_revision"] == pytest.approx(0.25 / 2)
    assert main(["accept", str(zone), "load", "3", "amount_is_plausible", "--reason", "a new furnace"]) == 0
    capsys.readouterr()
    assert said(capsys, "revisions", zone, "kept.load")["periods"]["2025"] == [20.0, 20.0, 5020.0]
    assert main(["revisions", str(zone), "kept.load"]) == 0
    assert "v3" in capsys.readouterr().out


def test_figures_that_a_held_row_touches_are_held_back_until_somebody_answers(zone, capsys):
    def told():
        walked = walk(open_zone(zone))
        return {one.period.text for one in walked.readings}, [one.code for one in walked.troubles]

    periods, codes = told()
    assert "2024" in periods and not {"2025", "2025-Q1", "2025-02"} & periods and codes == ["K009"]
    assert "2025-01" in periods, "old days do not wait for new ones"
    assert main(["accept", str(zone), "load", "3", "amount_is_plausible", "--reason", " "]) == 1
    found = said(capsys, "accept", zone, "load", 3, "amount_is_plausible", "--reason", "a new furnace")
    assert found["reason"] == "a new furnace" and found["by"]
    periods, codes = told()
    assert {"2025", "2025-02"} <= periods and codes == []
