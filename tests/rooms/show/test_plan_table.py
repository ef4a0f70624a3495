"""The judged plan as a table: every target, aligned in both languages, readable without colour."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from milepost.basics.area import Area
from milepost.basics.period import parse_period
from milepost.basics.text import Text
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading, Row
from milepost.plan.plan import Action, Goal, Item, Plan, Target
from milepost.plan.zone import Zone, ZoneFile
from milepost.registers.indicator import Indicator
from milepost.show.plan_table import LAMPS, print_plan
from milepost.show.walk import Walk

DEADLINE = date(2025, 12, 31)


def reading(kind="at_least", value=2100.0) -> Reading:
    return Reading(
        id="r1", indicator="enterprises", area="BDA", period=parse_period("2024"), value=value, unit="enterprises",
        kind=kind, basis="published", known_on=date(2025, 1, 20), is_known_on_assumed=False, published_name="hnte",
        published_text="2100", published_unit="count", published_on="2025-01-20", source_url="http://e.cn",
        source_title="Report", note="", row=Row("published_figures", 1, "f.csv", 7, "ab" * 32),
    )  # fmt: skip


def target(id, **more) -> Target:
    return Target(
        id, Text("High-tech enterprises", "国家高新技术企业数量"), Text("s", "s"), Text("r", "r"), "enterprises", "BDA",
        "over", 2300, "enterprises", DEADLINE, **more,
    )  # fmt: skip


def outlook(id, verdict, chance=None, ends=(None, None, None), latest=None) -> Outlook:
    return Outlook(
        id, verdict, "chance", chance, *ends, path=(), evidence=(), unused=(), latest=latest,
        latest_age_years=None if latest is None else 1.4, missing=(), method="path",
    )  # fmt: skip


def walk_of(verdicts) -> Walk:
    targets = tuple(target(f"G1.{number}_{verdict.replace(' ', '_')}") for number, verdict in enumerate(verdicts))
    judged = {
        one.id: outlook(one.id, verdict, 0.734, (2340.0, 2280.0, 2400.0), reading())
        if verdict in ("on course", "at risk", "behind", "unlikely")
        else outlook(one.id, verdict)
        for one, verdict in zip(targets, verdicts, strict=True)
    }
    none = Target("T1.item", Text("Hall", "大厅"), Text("s", "s"), Text("r", "r"))
    judged[none.id] = outlook(none.id, "no number promised")
    plan = Plan(
        "p", Text("A plan", "方案"), date(2023, 11, 22), DEADLINE, 22,
        (Goal("G1", Text("Benefit", "效益"), targets), Goal("G2", Text("Nothing stated", "未列"), ())),
        (Action("A1", Text("Reform", "改革"), (Item("T1", Text("Hall", "大厅"), "licensing", (none,)),)),), "source",
    )  # fmt: skip
    indicator = Indicator("enterprises", Text("e", "e"), Text("d", "d"), "stock", "enterprises")
    zone = ZoneFile("z", Text("Zone", "区"), "BDA", (Area("BDA", Text("BDA", "经开区")),))
    return Walk(
        Zone(Path("zones/z"), zone, plan, {"enterprises": indicator}, {}), date(2025, 6, 1), (), (reading(),), judged, 3
    )


def printed(walk, language="en", width=None, colour=False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width or 80, force_terminal=width is not None, no_color=not colour,
                      color_system="truecolor" if colour else None, highlight=False)  # fmt: skip
    print_plan(walk, language, console)
    return out.getvalue()


def test_a_row_holds_target_evidence_age_interval_chance_and_verdict():
    said = printed(walk_of(["at risk"]), width=220).replace("\u202f", " ")
    for part in (
        "over 2,300 enterprises by 31 Dec 2025", "at least 2,100 enterprises, 2024", "17 months",
        "2,340 enterprises (2,280–2,400)", "73 %", "◒ at risk", "G1.0_at_risk",
    ):  # fmt: skip
        assert part in said, part


def test_the_end_says_what_the_judgement_rests_on():
    said = printed(walk_of(["at risk", "at risk", "met"]))
    assert "✓ met 1, ◒ at risk 2, - no number promised 1" in said
    assert "Known on 2025-06-01: 1 figures, 3 rows refused, waiting with every reason in zones/z/data/" in said
    assert "22 tasks were announced, 1 are named." in said
    assert "on course 80 %, at risk 50 %, behind 20 %." in said.replace("\u202f", " ")


def test_that_figures_are_not_told_is_told():
    walk = replace(walk_of(["at risk"]), withheld_count=12)
    assert "12 figures are not told: too few stand behind them." in printed(walk, width=220)
    assert "12 条数据因涉及单位过少不予公布" in printed(walk, "zh", width=220)
    assert "not told" not in printed(walk_of(["at risk"]), width=220)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_stand_at_the_same_place_in_every_row(language):
    lines = printed(walk_of(["at risk", "on course", "behind"]), language).splitlines()
    ends = set()
    for line in lines:
        for lamp in "◒◕◔":
            if line.startswith("    ") and lamp in line:
                ends.add(cell_len(line[: line.index(lamp)]))
    assert len([line for line in lines if line.startswith("    ") and any(lamp in line for lamp in "◒◕◔")]) == 3
    assert len(ends) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [100, 120, 200])
def test_nothing_is_wider_than_the_terminal(language, width):
    lines = printed(walk_of(list(LAMPS)), language, width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


def test_verdicts_differ_without_colour_and_every_sign_takes_one_place():
    signs = [sign for sign, _ in LAMPS.values()]
    assert len(set(signs)) == len(LAMPS) == 8
    assert {cell_len(sign) for sign in signs} == {1}
    assert "\x1b" not in printed(walk_of(list(LAMPS)))
    assert "\x1b[" in printed(walk_of(list(LAMPS)), width=160, colour=True)


def test_a_target_without_evidence_leaves_its_cells_empty():
    said = printed(walk_of(["no evidence"]))
    assert "None" not in said
    assert "nan" not in said


def test_a_figure_of_another_area_names_it_shortly():
    walk = walk_of(["at risk"])
    areas = (*walk.zone.declared.areas, Area("NEW", Text("A long name", "很长的名称"), short=Text("NA", "新")))
    latest = replace(reading(), area="NEW")
    judged = {**walk.outlooks, "G1.0_at_risk": outlook("G1.0_at_risk", "at risk", 0.5, latest=latest)}
    zone = replace(walk.zone, declared=replace(walk.zone.declared, areas=areas))
    said = printed(replace(walk, zone=zone, outlooks=judged), width=220)
    assert "at least 2,100 enterprises, 2024, NA " in said
    assert "2024, BDA" not in printed(walk, width=220)


def test_what_is_expected_is_in_the_unit_of_the_promise():
    walk = walk_of(["at risk"])
    (goal, *rest), indicator = walk.zone.plan.goals, walk.zone.indicators["enterprises"]
    output = replace(goal.targets[0], unit="billion yuan", value=800)
    plan = replace(walk.zone.plan, goals=(replace(goal, targets=(output,)), *rest))
    zone = replace(walk.zone, plan=plan, indicators={"enterprises": replace(indicator, unit="CNY_100m")})
    assert "234 billion yuan (228–240)" in printed(replace(walk, zone=zone), width=220)


def test_newer_figures_of_a_ratios_parts_are_told():
    walk, name = walk_of(["at risk"]), "G1.0_at_risk"
    newer = replace(reading(), indicator="part", period=parse_period("2025-01..03"))
    for evidence, is_told in (
        ((reading(), newer), True),
        ((reading(), replace(newer, indicator="enterprises")), False),
    ):
        judged = {**walk.outlooks, name: replace(walk.outlooks[name], evidence=evidence)}
        assert ("its parts are known to Jan–Mar 2025" in printed(replace(walk, outlooks=judged), width=220)) is is_told


def test_what_a_published_figure_decided_has_no_chance():
    walk = walk_of(["met", "missed"])
    judged = {name: replace(one, chance=0.87) for name, one in walk.outlooks.items() if name[:2] == "G1"}
    judged = {**walk.outlooks, **judged}
    assert "87" not in printed(replace(walk, outlooks=judged))


def test_a_figure_in_another_unit_is_shown_in_the_targets():
    walk = walk_of(["at risk"])
    (goal, *rest), name = walk.zone.plan.goals, "G1.0_at_risk"
    share = replace(goal.targets[0], unit="percent", value=25)
    plan = replace(walk.zone.plan, goals=(replace(goal, targets=(share,)), *rest))
    latest = replace(reading("actual", 0.222), unit="fraction")
    judged = {**walk.outlooks, name: outlook(name, "at risk", 0.5, (24.0, 22.0, 26.0), latest)}
    said = printed(replace(walk, zone=replace(walk.zone, plan=plan), outlooks=judged)).replace("\u202f", " ")
    assert "22.2 %, 2024" in said
