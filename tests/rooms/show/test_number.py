"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.basics.period import parse_period
from milepost.show.number import amount, chance_words, growth_words, period_words, plain, scaled, span


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_the_change_from_yi_to_billion_is_exact(hundredths: int) -> None:
    value = hundredths / 100
    assert scaled(value, "CNY_100m", "en") * 10 == scaled(value, "CNY_100m", "zh") == Decimal(hundredths) / 100


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (5371.2, "CNY_100m", "537.12 billion yuan", "5,371.2 亿元"),
        (650_000, "CNY_per_person", "650,000 yuan a person", "65 万元/人"),
        (22.2, "percent", "22.2\u202f%", "22.2%"),
        (0.1, "fraction", "10\u202f%", "10%"),
        (2300, "count", "2,300", "2,300"),
        (160, "km2", "160\u202fkm²", "160 平方公里"),
        (3, "stage", "stage 3", "第 3 阶段"),
        (1.5, "CNY_million", "1.5 million yuan", "0.015 亿元"),
        (-0.5, "percent", "\u22120.5\u202f%", "\u22120.5%"),
        (7, "data_centres", "7 data centres", "7 data centres"),
    ],
)
def test_a_value_with_its_unit(value: float, unit: str, english: str, chinese: str) -> None:
    assert amount(value, unit, "en") == english
    assert amount(value, unit, "zh") == chinese


def test_an_estimate_never_shows_digits_it_does_not_have() -> None:
    assert amount(24.9612, "percent", "zh", digits=3) == "25.0%"
    assert amount(2287.41, "enterprises", "en", digits=3) == "2,290 enterprises"
    assert amount(5.8, "count", "en", digits=3) == "6"
    assert span(0.0123456, 0.2, "percent", "zh") == "0.0123–0.200%"
    assert span(-2.0, 3.0, "percent", "zh") == "\u22122.00至3.00%"


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0, "<1%"), (0.0099, "<1%"), (0.01, "1%"), (0.125, "13%"), (0.5, "50%"), (0.99, "99%"),
     (0.9901, ">99%"), (1.0, ">99%")],
)  # fmt: skip
def test_a_chance_is_whole_percent_and_never_certain(chance: float, words: str) -> None:
    assert chance_words(chance, "zh") == words


def test_growth_shows_its_sign() -> None:
    assert [growth_words(value, "zh") for value in (0.057, -0.015, 0.0)] == ["+5.7%", "\u22121.5%", "0%"]


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ("2025", "2025", "2025年"),
        ("2025-Q3", "Q3 2025", "2025年第3季度"),
        ("2025-06", "Jun 2025", "2025年6月"),
        ("2025-06-30", "30 Jun 2025", "2025年6月30日"),
        ("2016-01..03", "Jan–Mar 2016", "2016年1–3月"),
        ("2019-07/2024-07", "2019-07 – 2024-07", "2019-07 – 2024-07"),
        ("from 2024-11-24", "from 2024-11-24", "from 2024-11-24"),
    ],
)
def test_a_period_as_people_say_it(written: str, english: str, chinese: str) -> None:
    words = period_words(parse_period(written))
    assert (words.en, words.zh) == (english, chinese)


def test_thousands_are_marked_and_zeros_do_not_trail() -> None:
    assert plain(Decimal("1E+6")) == "1,000,000"
    assert plain(Decimal("0.500")) == "0.5"
