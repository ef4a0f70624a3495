"""The worked example `ranked_bars`: bars taken by cost per tonne reach the target, and cost more than the path."""

import itertools
import json
import shutil

import pytest

from milepost.show.command import main

COST = {"heat_pump": 100_000, "pv": 530_000, "drives": 200_000}
MOST_T, MOST_CERTIFICATES = 30.0, 300.0


def year(done, certificates=0.0):
    """The cost [CNY] and the tonnes left of a year with some measures and certificates, by plain arithmetic."""
    gas = 0.0 if "heat_pump" in done else 500.0
    load = (1000.0 + 0.3 * (500.0 - gas)) * (0.7 if "drives" in done else 1.0)
    bought = max(load - (800.0 if "pv" in done else 0.0), 0.0)
    green = min(certificates, bought)
    cost = sum(COST[name] for name in done) + 600 * bought + 400 * gas + 60 * green
    return cost, 0.6 * (bought - green) + 0.2 * gas


def cheapest_of_all():
    """The least cost of every set of measures with as few certificates as it needs, and that set."""
    found = []
    for count in range(4):
        for done in itertools.combinations(COST, count):
            needed = max(year(done)[1] - MOST_T, 0.0) / 0.6
            cost, left = year(done, needed)
            if needed <= MOST_CERTIFICATES and left <= MOST_T + 1e-9:
                found.append((cost, needed, done))
    return min(found)


def by_ranked_bars():
    """Bar after bar by its own cost per tonne until the bars' own tonnes add up to the target."""
    base, base_t = year(())
    alone = {(name,): year((name,)) for name in COST}
    bars = [((cost - base) / (base_t - left), base_t - left, done) for done, (cost, left) in alone.items()]
    cost, left = year((), MOST_CERTIFICATES)
    bars.append(((cost - base) / (base_t - left), base_t - left, "certificates"))
    taken, sum_t = [], 0.0
    for _, tonnes, what in sorted(bars, key=lambda bar: bar[0]):
        if base_t - sum_t <= MOST_T:
            break
        taken.append(what)
        sum_t += tonnes
    done = tuple(name for what in taken if what != "certificates" for name in what)
    return taken, year(done, MOST_CERTIFICATES if "certificates" in taken else 0.0)


@pytest.fixture
def answer(repository, tmp_path, capsys):
    ignored = shutil.ignore_patterns("data")
    zone = shutil.copytree(repository / "examples/ranked_bars", tmp_path / "zone", ignore=ignored)
    assert main(["ask", str(zone), "carbon.path", "--set", "curve=no", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_ranked_bars_reach_the_target_and_cost_more_than_the_proven_path(answer):
    taken, (cost, left) = by_ranked_bars()
    assert taken == [("heat_pump",), "certificates", ("pv",)]
    assert (cost, left) == (pytest.approx(858_000), pytest.approx(30))
    least, certificates, done = cheapest_of_all()
    assert (least, certificates, set(done)) == (pytest.approx(833_000), 0, {"heat_pump", "pv", "drives"})
    assert answer["status"] == "optimal"
    assert answer["cost_cny"] == pytest.approx(least) == pytest.approx(answer["bound_cny"])
    assert {step["measure"] for step in answer["steps"]} == set(done)
    (only,) = answer["years"]
    assert (only["load_mwh"], only["purchased_mwh"], only["certificates_mwh"]) == (
        pytest.approx(805),
        pytest.approx(5),
        0,
    )
    assert only["net_t"] == pytest.approx(year(done)[1])


def test_efficiency_shrinks_what_own_power_and_certificates_are_needed_for(answer):
    _, without = year(("heat_pump", "pv"))
    _, with_drives = year(("heat_pump", "pv", "drives"))
    assert without - with_drives > year(())[1] - year(("drives",))[1], "the drives save of the heat pump's power too"
    assert answer["abatement"]["sum_of_single_t"] == pytest.approx(10 + 480 + 180)
    assert answer["abatement"]["together_t"] == pytest.approx(700 - with_drives) == pytest.approx(697)


def test_the_readme_tells_the_figures_of_the_example(repository):
    told = (repository / "examples/ranked_bars/README.md").read_text("utf-8")
    assert f"{by_ranked_bars()[1][0]:,.0f} CNY" in told
    assert f"{cheapest_of_all()[0]:,.0f} CNY" in told
