"""Expressions and tests are read and evaluated as the standard says; hostile ones are refused quickly."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.basics.errors import YoursToMend
from milepost.rules.evaluation import evaluate, passes
from milepost.rules.functions import FUNCTIONS
from milepost.rules.parsing import Unreadable, parse_expression, parse_tests, read_expression
from milepost.rules.syntax import names_in
from milepost.rules.values import KINDS, Value, kind_of, to_value, written

SCOPE: dict[str, object] = {
    "a": Decimal(3),
    "Loan Amount": Decimal(100),
    "Approved/Declined": "yes",
    "order": Decimal(1),
    "nothing": None,
    "loan": {"rate": Decimal("0.05"), "in years": Decimal(2)},
    "loans": ({"rate": Decimal(1)}, {"rate": Decimal(2)}),
}

VALUES = [
    # precedence: negation binds tighter than power, power tighter than product
    ("-2 ** 2", "4"),
    ("2 ** 3 ** 2", "64"),
    ("10 - 3 - 2", "5"),
    ("2 + 3 * 4", "14"),
    ("1 < 2 and 2 < 3 or false", "true"),
    # names with blanks and signs, keywords within names
    ("Loan   Amount / 4", "25"),
    ("Approved/Declined", '"yes"'),
    ("order + 1", "2"),
    ("loan.rate * 2", "0.1"),
    ("loans.rate", "[1, 2]"),
    # three-valued logic and what does not fit
    ("nothing and false", "false"),
    ("nothing or true", "true"),
    ("nothing and true", "null"),
    ("1 = null", "false"),
    ("null = null", "true"),
    ("null != 1", "true"),
    ('1 = "1"', "null"),
    ('1 < "2"', "null"),
    ("true < false", "null"),
    ('"a" + 1', "null"),
    ('"a" + "b"', '"ab"'),
    ("1 / 0", "null"),
    ("0 ** -1", "null"),
    ("9 ** (9 ** (9 ** 9))", "null"),
    ("sqrt(-1)", "null"),
    ("0.1 + 0.2", "0.3"),
    ("-1234567890.123456789012345678901234", "-1234567890.123456789012345678901234"),
    ("abs(-1234567890.123456789012345678901234)", "1234567890.123456789012345678901234"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
    ("1e-3", "0.001"),
    # in, between, if, lists, contexts
    ("a in [1..3]", "true"),
    ("a in [1..3)", "false"),
    ("a in (1..5)", "true"),
    ("a in (> 5, 3)", "true"),
    ("a in < 2", "false"),
    ("a between 1 and 3", "true"),
    ("a between 1 and 2 or true", "true"),
    ('if a > 5 then "x" else "y"', '"y"'),
    ("if null then 1 else 2", "2"),
    ("{x: 1, y: x + 1}.y", "2"),
    ("[1, a]", "[1, 3]"),
    ('"a\\"\\u6a2a\\n"', '"a\\"横\\n"'),
    # functions
    ("not(nothing)", "null"),
    ("abs(-3)", "3"),
    ("floor(-1.5)", "-2"),
    ("ceiling(-1.5)", "-1"),
    ("decimal(2.5, 0)", "2"),
    ("decimal(0.125, 2)", "0.12"),
    ("modulo(-12, 5)", "3"),
    ("modulo(12, -5)", "-3"),
    ("modulo(1, 0)", "null"),
    ("sqrt(16)", "4"),
    ('number("1.50")', "1.5"),
    ('number("1,5")', "null"),
    ("count([1, 2])", "2"),
    ("count([])", "0"),
    ("sum(1, 2, 3)", "6"),
    ("sum([])", "null"),
    ("mean([1, 2])", "1.5"),
    ("min(3, 1, 2)", "1"),
    ('max("a", "c", "b")', '"c"'),
    ('max(1, "a")', "null"),
    ("all([true, null])", "null"),
    ("all([])", "true"),
    ("any([null, true])", "true"),
    ("any([null, false])", "null"),
    ("list contains([1, null], null)", "true"),
    ("string(1.50)", '"1.5"'),
    ("string(nothing)", "null"),
    ('string length("横綱")', "2"),
    ('substring("foobar", 3)', '"obar"'),
    ('substring("foobar", -2, 1)', '"a"'),
    ('substring("foobar", 0)', "null"),
    ('upper case("ab")', '"AB"'),
    ('lower case("AB")', '"ab"'),
    ('contains("tea shop", "tea")', "true"),
    ('starts with("tea", "x")', "false"),
    ('ends with("tea", "a")', "true"),
    ("contains(1, 2)", "null"),
    ("abs(1, 2)", "null"),
    # dates, times, durations
    ('date("2024-02-30")', "null"),
    ("date(2024, 2, 29)", 'date("2024-02-29")'),
    ('date("2024-01-31") + duration("P1M")', 'date("2024-02-29")'),
    ('duration("P1Y") + date("2024-02-29")', 'date("2025-02-28")'),
    ('date("2024-03-01") - date("2024-02-28")', 'duration("P2D")'),
    ('date("9999-12-31") + duration("P1D")', "null"),
    ('@"2024-02-29".weekday', "4"),
    ('day of week(@"2024-02-29")', '"Thursday"'),
    ('date("2024-02-29").month', "2"),
    ('duration("P1Y2M").months', "2"),
    ('duration("-PT36H").hours', "-12"),
    ('duration("P1Y") > duration("P11M")', "true"),
    ('duration("P1Y") > duration("P300D")', "null"),
    ('duration("PT1H") * 1.5', 'duration("PT1H30M")'),
    ('duration("P2Y") / duration("P6M")', "4"),
    ('duration("P1Y") / 5', 'duration("P2M")'),
    ('time("10:30:00") + duration("PT45M")', 'time("11:15:00")'),
    ('time("10:30:00").minute', "30"),
    ('time(10, 30, 0) < time("11:00:00")', "true"),
    ('date and time("2024-02-29T10:00:00") - date and time(date("2024-02-28"), time(10, 0, 0))', 'duration("P1D")'),
    ('date and time("2024-02-29").hour', "0"),
    ('date("2024-02-29") < date and time("2024-03-01T00:00:00")', "null"),
    ('time("10:00:00Z") < time("11:00:00")', "null"),
    ('years and months duration(date("2023-03-31"), date("2024-02-29"))', 'duration("P10M")'),
    ('-duration("P1Y")', 'duration("-P1Y")'),
    # comments
    ("1 + /* one */ 1 // two", "2"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_an_expression_has_the_value_the_standard_gives(text: str, value: str) -> None:
    assert written(evaluate(parse_expression(text, SCOPE), SCOPE)) == value


def test_every_function_is_tried_above() -> None:
    tried = " ".join(text for text, _ in VALUES)
    assert [name for name in FUNCTIONS if f"{name}(" not in tried] == []


@pytest.mark.parametrize(
    ("tests", "passing", "failing"),
    [
        ("-", ["1", "null"], []),
        ("18", ["18"], ["17", "null", '"18"']),
        ("< 18", ["17"], ["18", "null"]),
        ("[1..5)", ["1", "4.9"], ["5", "null"]),
        ("]1..5[", ["2"], ["1", "5"]),
        ("(1 + 1)", ["2"], ["1"]),
        ('"a", "b"', ['"a"', '"b"'], ['"c"', "null"]),
        ('["a", "b"]', ['"a"'], ['"c"']),
        ('not("a", "b")', ['"c"', "null"], ['"a"', "1"]),
        ("not(< 18)", ["18"], ["17", "null"]),
        ("not(-)", [], []),
        ("null", ["null"], ["1"]),
        ("!= null", ["1"], ["null"]),
        ("not(true)", ["false"], ["true"]),
        ("> a", ["4"], ["3"]),
        ("? > a + 1", ["5"], ["4"]),
        ('starts with(?, "te")', ['"tea"'], ['"ate"', "1"]),
        ('< date("2024-01-01")', ['date("2023-12-31")'], ['date("2024-01-01")']),
    ],
)
def test_a_cell_passes_what_the_standard_says(tests: str, passing: list[str], failing: list[str]) -> None:
    if tests == "not(-)":
        with pytest.raises(Unreadable):
            parse_tests(tests)
        return
    tree = parse_tests(tests, SCOPE)
    for values, wanted in ((passing, True), (failing, False)):
        for text in values:
            value = evaluate(parse_expression(text), {})
            assert (passes(tree, value, SCOPE) is True) is wanted, text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "[1, 2",
        '"open',
        "1 2",
        "a b",
        "1 == 2",
        "{1: 2}",
        "f(,)",
        "if 1 then 2",
        "#",
        "..",
        "not",
        '@"x"',
        '"\\q"',
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str) -> None:
    if text == "not":
        assert names_in(parse_expression(text)) == {"not"}
        return
    with pytest.raises(Unreadable) as caught:
        parse_expression(text, ["a", "b"])
    assert 1 <= caught.value.at <= len(text) + 1


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        "-" * 5_000 + "1",
        "[" * 5_000,
        "x in (" * 1_000,
        "((x in (" * 30 + "1",
        "not(" * 5_000,
        "1+" * 6_000 + "1",
        "if " * 3_000,
        '"' * 9_999,
        "1" + ".a" * 4_000,
        "1 < " * 2_000 + "1",
        " + ".join(["(1" + " + 1" * 20 + ")"] * 7),
        "9**" * 3_000 + "9",
    ],
)
def test_a_bomb_is_refused_or_harmless_within_a_second(text: str) -> None:
    start = time.perf_counter()
    for parse in (parse_expression, parse_tests):
        try:
            tree = parse(text, ["x"])
        except Unreadable:
            continue
        assert len(text) < 10_000
        if parse is parse_expression:
            evaluate(tree, {})  # type: ignore[arg-type]
    assert time.perf_counter() - start < 1


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(alphabet='ab1.,()[]{}"-+*/<>=! innotrue?@:', max_size=30))
def test_any_text_is_read_or_refused_and_never_crashes(text: str) -> None:
    for parse in (parse_expression, parse_tests):
        try:
            tree = parse(text, ["a", "a b"])
        except Unreadable:
            continue
        if parse is parse_expression:
            evaluate(tree, {"a": Decimal(1)})  # type: ignore[arg-type]
        else:
            passes(tree, Decimal(1), {})  # type: ignore[arg-type]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.decimals(allow_nan=False, allow_infinity=False, places=6),
        st.text(),
        st.dates(),
        st.times().map(lambda t: t.replace(fold=0)),
        st.datetimes().map(lambda t: t.replace(fold=0)),
        st.timedeltas().filter(lambda d: abs(d.days) < 900_000_000),
    )
)
def test_a_written_value_reads_back_the_same(value: Value) -> None:
    found = evaluate(parse_expression(written(value)), {})
    assert found == value
    assert type(found) is type(value)


def test_every_kind_of_value_is_known() -> None:
    texts = ['"a"', "1", "true", '@"2024-01-01"', '@"10:00:00"', '@"2024-01-01T10:00:00"', '@"PT1H"', '@"P1M"']
    assert [kind_of(evaluate(parse_expression(text), {})) for text in texts] == list(KINDS)


def test_python_values_become_the_languages_own() -> None:
    assert to_value({"a": [1, 2.5, True, None, object()]}) == {"a": (Decimal(1), Decimal("2.5"), True, None, None)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("floor_aera + 1", "L011: floor_aera in 'floor_aera + 1' is not a known name. Did you mean floor_area."),
        ("flor(floor_area)", "L012: flor is not a known function. Did you mean floor."),
        (
            "1 == 1",
            "L010: '1 == 1' cannot be read: a value is missing before '=' at character 4. "
            "Equality is written with one =.",
        ),
    ],
)
def test_troubles_name_the_nearest(text: str, told: str) -> None:
    with pytest.raises(YoursToMend) as caught:
        read_expression(text, ["floor_area"])
    assert str(caught.value) == told
