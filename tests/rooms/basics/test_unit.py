"""A written unit means what a reader takes it to mean, and nothing that is no unit passes for one."""

import re
from fractions import Fraction

import pytest

from milepost.basics.unit import factor, is_unit, unit_product, unit_quotient, units


@pytest.mark.parametrize(
    ("source", "target", "times"),
    [
        ("trillion yuan", "CNY_100m", 10_000),
        ("billion_yuan", "CNY_100m", 10),
        ("million yuan", "CNY_100m", 0.01),
        ("CNY_100m", "CNY_100m", 1),
        ("percent", "fraction", 0.01),
        ("index_points", "percent", 1),
        ("(yuan per tonne) / (yuan per tonne)", "fraction", 1),
        ("(CNY_per_kWh) / (CNY_per_person)", "person / kWh", 1),
        ("yuan per (tonne * km)", "yuan / tonne / km", 1),
        ("minutes", "hours", 1 / 60),
        ("km2", "square metres", 1_000_000),
        ("1e8 * count", "count_100m", 1),
        ("tce per 10000 yuan", "tce_per_10k_yuan", 1),
        ("stations per (10000 * people)", "count_per_10k_persons", 1),
        ("yuan per kWh", "CNY_per_kWh", 1),
        ("CNY_100m / person", "CNY_per_person", 1e8),
        ("1e-9 * yuan", "trillion_yuan", 1e-21),
    ],
)
def test_a_unit_is_converted(source, target, times):
    assert factor(source, target) == pytest.approx(times, rel=1e-9)


@pytest.mark.parametrize(
    ("source", "target"),
    [("US_dollar", "yuan"), ("count", "person"), ("working days", "days"), ("stage", "count"), ("kW", "kWh")],
)
def test_unlike_units_never_become_each_other(source, target):
    assert is_unit(source)
    assert is_unit(target)
    assert factor(source, target) is None


@pytest.mark.parametrize(
    "text", ["", "3", "1e999", "cubits", "yuan /", "9 ** 9 ** 9", "yuan ** 99", "__import__('os')"]
)
def test_what_is_no_unit_is_refused(text):
    assert not is_unit(text)
    assert factor(text, "yuan") is None


def test_what_cancels_out_of_a_unit_falls_away_however_it_is_written():
    by_weight = unit_product("percent", "ten_thousand_yuan / square_metre")
    assert unit_quotient(unit_quotient(by_weight, "ten_thousand_yuan per square_metre"), "percent") == ""
    paid = unit_product("ten_thousand_yuan / square_metre", "square_metre")
    base = unit_product("yuan per square_metre", "m2")
    assert factor(unit_quotient(paid, base), "index_points") == pytest.approx(1_000_000)
    assert factor(unit_quotient("", "tonne"), "1 / t") == 1
    assert factor(unit_quotient("CNY_per_kWh", "CNY_per_person"), "persons per kWh") == 1


@pytest.mark.parametrize("form", ["3**3**3**3 * kWh", "metre ** 2 ** 3", "(2*kWh)**3", "2**3 * kWh", "metre ** 9"])
def test_a_power_is_of_a_name_and_small_so_that_nothing_is_worked_out_without_end(form):
    assert not is_unit(form)


def test_the_guide_tells_every_unit_and_what_it_is(repository):
    page = (repository / "docs/guide/units.md").read_text("utf-8")
    told = {}
    for name, also, meaning in re.findall(r"^\| `(\S+)` \| (.*?) ?\| (.*?) ?\|$", page, re.MULTILINE):
        times, _, of = (meaning or f"1 {name}").partition(" ")
        names = tuple(also.replace("`", "").split(", ")) if also else ()
        told[name] = (names, Fraction(times.replace(",", "")), of.replace("^", " ** "))
    assert told == {unit.name: (unit.also, unit.times, unit.of) for unit in units().values()}


@pytest.mark.parametrize("name", sorted(name for name in units() if name.isascii()))
def test_a_name_and_an_expression_of_it_are_one_unit(name):
    unit = units()[name]
    assert factor(name, unit.name) == 1
    assert factor(f"2 * {name}", unit.of or "fraction") == pytest.approx(2 * float(unit.times), rel=1e-9)
