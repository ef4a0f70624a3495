"""Formulas: what can be said, what it means, and where a fault stands."""

import pytest

from milepost.basics.declared import Placed
from milepost.basics.errors import Place, YoursToMend
from milepost.engines.embedded import Engine
from milepost.registers.formula import Name, read_formula

NAMES = {
    "energy_kwh": Name("number", "kWh", 2, 'r."energy_kwh"'),
    "pieces": Name("whole", "count", 0, 'r."pieces"'),
    "heat": Name("real", "MJ", 0, 'r."heat"'),
    "carrier": Name("text", sql='r."carrier"'),
    "day": Name("date", sql='r."day"'),
    "is_green": Name("yes_no", sql='r."is_green"'),
    "carbon.electricity": Name("real", "MWh", 0, '"carbon.electricity"', True),
    "industry.output": Name("real", "yuan", 0, '"industry.output"', True),
}
ROWS = [
    (10.25, 1, 3.5, "electricity", "2025-01-31", True),
    (0.5, 2, None, "steam", "2025-02-28", False),
    (None, 3, 1.25, None, "2024-02-29", None),
    (2.0, 0, 0.0, "it's", None, True),
]
TYPES = {"energy_kwh": "decimal(18, 2)", "pieces": "bigint", "heat": "double", "carrier": "varchar", "day": "date"}


@pytest.fixture(scope="module")
def engine():
    with Engine(threads=1) as opened:
        opened.load("t", TYPES | {"is_green": "boolean"}, ROWS)
        yield opened


def value(engine, text):
    formula = read_formula(text, NAMES, wanted="total")
    return engine.rows(f"select {formula.sql} from t r")[0][0]


def codes(text, wanted="total"):
    with pytest.raises(YoursToMend) as raised:
        read_formula(text, NAMES, Place("x.yaml", 7, 12), wanted)
    return [(trouble.code, trouble.place.line, trouble.place.column) for trouble in raised.value.troubles]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(energy_kwh)", 12.75),
        ("count(*)", 4),
        ("count(energy_kwh)", 3),
        ("count(distinct carrier)", 3),
        ("mean(energy_kwh)", 4.25),
        ("min(day) ", "2024-02-29"),
        ("max(pieces)", 3),
        ("median(pieces)", 1.5),
        ("quantile(pieces, 0.25)", 0.75),
        ("sum(energy_kwh) filter (where carrier = 'electricity') / sum(energy_kwh)", 10.25 / 12.75),
        ("sum(energy_kwh) / sum(case when pieces > 5 then pieces end)", None),
        ("sum(pieces) / (sum(pieces) - 6)", None),
        ("sum(coalesce(energy_kwh, 0)) / count(*)", 12.75 / 4),
        ("sum(case when is_green then energy_kwh else 0 end)", 12.25),
        ("sum(pieces * 44 / 12)", 22.0),
        ("count(*) filter (where not (carrier in ('steam', 'heat')))", 2),
        ("count(*) filter (where carrier = 'it''s')", 1),
        ("count(*) filter (where carrier is null)", 1),
        ("count(*) filter (where matches(carrier, '[a-z]+'))", 2),
        ("count(*) filter (where matches(carrier, 'ste'))", 0),
        ("count(*) filter (where carrier like 'e%')", 1),
        ("count(*) filter (where day between date '2025-01-01' and date '2025-12-31')", 2),
        ("max(days_between(day, date '2025-03-01'))", 366),
        ("sum(year_of(day) - 2000)", 74),
        ("sum(abs(pieces - 2))", 4),
        ("sum(round(energy_kwh, 0))", 13),
        ("sum(least(pieces, 2) + greatest(pieces, 2))", 14),
        ("sum(length(trim(upper(carrier))))", 20),
        ("-sum(pieces)", -6),
        ("sum(nullif(pieces, 2))", 4),
    ],
)
def test_a_formula_gives_what_it_says(engine, text, expected):
    found = value(engine, text)
    assert (str(found) if isinstance(expected, str) else found) == (pytest.approx(expected) if expected else expected)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("sum(energy_kwh)", "kWh"),
        ("sum(energy_kwh) / sum(pieces)", "(kWh) / (count)"),
        ("sum(energy_kwh) / sum(energy_kwh)", ""),
        ("sum(energy_kwh * 0.5)", "kWh"),
        ("carbon.electricity / industry.output", "(MWh) / (yuan)"),
        ("count(*)", "count"),
        ("max(days_between(day, date '2025-01-01'))", "day"),
    ],
)
def test_units_are_worked_out(text, unit):
    assert read_formula(text, NAMES, wanted="total").unit == unit


def test_sums_do_not_depend_on_the_order_of_rows():
    """Ten thousand tenths and a large number: binary fractions would give another sum for another order."""
    rows = [("0.1",)] * 10_000 + [("123456789.1",)] + [("0.1",)] * 10_000
    formula = read_formula("sum(a)", {"a": Name("number", "", 6, 'r."a"')}, wanted="total")
    with Engine() as engine:
        sums = set()
        for name, ordered in (("one", rows), ("two", rows[::-1])):
            engine.load(name, {"a": "decimal(18, 6)"}, ordered)
            sums.add(str(engine.rows(f"select {formula.sql} from {name} r")[0][0]))
    assert sums == {"123458789.100000"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(energy_kwh", [("F001", 7, 25)]),
        ("sum(a); drop table t", [("F001", 7, 12)]),
        ("sum(enery_kwh) + mean(peces)", [("F003", 7, 16), ("F003", 7, 34)]),
        ("sum(energy_kwh)\n + sum(heat)", [("F005", 7, 16)]),
        ("sum(carrier)", [("F004", 7, 16)]),
        ("energy_kwh / sum(energy_kwh)", [("F006", 7, 12)]),
        ("energy_kwh", [("F006", 7, 12)]),
        ("sum(sum(pieces))", [("F006", 7, 12)]),
        ("sum(day - day)", [("F004", 7, 16)]),
        ("count(*) filter (where day > '2025-01-01')", [("F004", 7, 41)]),
        ("max(date '2025-02-30')", [("F004", 7, 21)]),
        ("x" * 4001, [("F007", 7, 12)]),
    ],
)
def test_a_fault_is_told_at_its_place(text, expected):
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "(select count(*) from t)",
        "sum(pieces) over ()",
        "read_csv('/etc/passwd')",
        "getenv('HOME')",
        "sum(pieces::varchar)",
        "cast(sum(pieces) as varchar)",
        "carrier || carrier",
        "sum(list_value(pieces)[1])",
        "sum(pieces) /* sum(heat) */ + x.y.z",
        "case carrier when 'x' then 1 end",
        "min(pieces, 2)",
        "max(pieces, 2)",
        "count(distinct carrier order by pieces)",
        "sum(distinct pieces)",
        "round(heat, 1, 1)",
        "trim(both 'x' from carrier)",
        "carrier like 'x' escape '!'",
        "quantile(pieces, pieces)",
        "try_cast(pieces as date)",
        "pieces between symmetric 3 and 1",
        "count(distinct pieces, heat)",
        "sum(pieces) filter (where exists (select 1))",
        "matches(carrier, carrier)",
        "matches(carrier, '(a(b))')",
        "matches(carrier, '(?i)a')",
        "matches(carrier, 'a{1,9999}')",
        "sum(pieces) in (select 1)",
        "struct_pack(a := 1)",
        "$1",
        "?",
        "*",
        "interval '1' day",
        "'",
        "pieces -> pieces",
        "(" * 200 + "pieces" + ")" * 200,
        "+".join(["pieces"] * 1200),
    ],
)
def test_nothing_leaves_the_grammar(text):
    for wanted in ("row", "total", "condition", "group_condition"):
        with pytest.raises(YoursToMend):
            read_formula(text, NAMES, Place("x.yaml", 1, 1), wanted)


def test_what_a_condition_and_a_group_condition_are():
    assert read_formula("pieces > 0 and is_green", NAMES, wanted="condition").columns == {"pieces", "is_green"}
    assert read_formula("abs(sum(heat) - 1) <= 0.000001", NAMES, wanted="group_condition").is_total
    assert codes("pieces", "condition") == [("F004", 7, 12)]
    assert codes("sum(pieces) > 0", "condition") == [("F006", 7, 12)]
    assert codes("pieces > 0", "group_condition") == [("F006", 7, 12)]


@pytest.mark.parametrize(
    ("formula", "kind", "told"), [("a.b / a.c", False, "has no register"), ("sum(x)", True, "says its register")]
)
def test_a_column_and_an_indicator_are_not_taken_for_each_other(formula, kind, told):
    names = {name: one for name, one in NAMES.items() if ("." in name) is kind}
    with pytest.raises(YoursToMend) as raised:
        read_formula(formula, names, wanted="total")
    assert {(one.code, one.mend.endswith(told)) for one in raised.value.troubles} == {("F003", True)}


def test_a_formula_read_from_a_declaration_knows_its_own_place():
    with pytest.raises(YoursToMend) as raised:
        read_formula(Placed("sum(pices)", Place("y.yaml", 3, 15)), NAMES, wanted="total")
    trouble = raised.value.troubles[0]
    assert (trouble.place, trouble.mend) == (Place("y.yaml", 3, 19), "did you mean pieces")


def test_the_hash_is_of_what_is_said_not_of_how_it_is_spaced():
    one, same, other = (
        read_formula(t, NAMES, wanted="total").hash for t in ("sum(pieces)", "SUM( pieces )", "sum(heat)")
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("sum(pieces) -- all of them", 7, 24),
        ("sum(pieces) --", 7, 24),
        ("/* all */ sum(pieces)", 7, 12),
        ("sum(pieces /* all */)", 7, 23),
        ("sum(pieces) # all of them", 7, 24),
        ("sum(pieces)\n  -- all of them\n+ 1", 8, 3),
    ],
)
def test_a_comment_is_told_and_never_passed_over(text, line, column):
    assert codes(text) == [("F002", line, column)]


@pytest.mark.parametrize("word", ["-- a", "/* a */", "# a", "a #", "it''s # --"])
def test_what_looks_like_a_comment_inside_of_a_text_is_text(engine, word):
    assert value(engine, f"count(*) filter (where carrier = '{word}')") == 0
    assert value(engine, f"count(*) - - count(*) filter (where carrier <> '{word}')") == 7
