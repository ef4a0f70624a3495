"""Numbers, periods and ages as people read them, in English and Chinese.

Published figures keep every digit; estimates are rounded to three significant ones. Money goes to billion
yuan in English and to 亿元 in Chinese: the conversion is a power of ten, done in decimals, hence exact.
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from milepost.basics.period import Period
from milepost.basics.text import Text

NARROW = "\u202f"  # a no-break space, narrow: a number never leaves its unit
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# unit: what a number is multiplied by (a power of ten) and the pattern it stands in, in English and in Chinese
_UNITS: dict[str, tuple[int, str, int, str]] = {
    "CNY_100m": (-1, "# billion yuan", 0, "# 亿元"),
    "million yuan": (-3, "# billion yuan", -2, "# 亿元"),
    "billion yuan": (0, "# billion yuan", 1, "# 亿元"),
    "trillion yuan": (3, "# billion yuan", 4, "# 亿元"),
    "CNY_million": (0, "# million yuan", -2, "# 亿元"),
    "million_yuan_per_year": (0, "# million yuan a year", -2, "# 亿元/年"),
    "CNY_10k": (-2, "# million yuan", 0, "# 万元"),
    "yuan": (0, "# yuan", 0, "# 元"),
    "CNY_per_person": (0, "# yuan a person", -4, "# 万元/人"),
    "yuan per person": (0, "# yuan a person", -4, "# 万元/人"),
    "USD_million": (0, "# million US dollars", -2, "# 亿美元"),
    "USD_billion": (0, "# billion US dollars", 1, "# 亿美元"),
    "percent": (0, f"#{NARROW}%", 0, "#%"),
    "fraction": (2, f"#{NARROW}%", 2, "#%"),
    "index_points": (0, "# points", 0, "# 点"),
    "count": (0, "#", 0, "#"),
    "minutes": (0, "# minutes", 0, "# 分钟"),
    "enterprises": (0, "# enterprises", 0, "# 家"),
    "projects": (0, "# projects", 0, "# 个"),
    "industries": (0, "# industries", 0, "# 个行业"),
    "factories": (0, "# factories", 0, "# 家"),
    "stations": (0, "# stations", 0, "# 个"),
    "vehicles": (0, "# vehicles", 0, "# 辆"),
    "licences": (0, "# licences", 0, "# 张"),
    "person": (0, "# people", 0, "# 人"),
    "persons": (0, "# people", 0, "# 人"),
    "million_count": (0, "# million", 2, "# 万"),
    "count_100m": (-1, "# billion", 0, "# 亿"),
    "count_per_10k_persons": (0, "# per 10,000 people", 0, "每万人 #"),
    "day": (0, "# days", 0, "# 天"),
    "working_day": (0, "# working days", 0, "# 个工作日"),
    "million_kWh": (0, "# million kWh", -2, "# 亿千瓦时"),
    "kWh_per_day": (0, "# kWh a day", 0, "# 千瓦时/天"),
    "kWh_per_year": (0, "# kWh a year", -4, "# 万千瓦时/年"),
    "million_kWh_per_year": (0, "# million kWh a year", -2, "# 亿千瓦时/年"),
    "CNY_per_kWh": (0, "# yuan/kWh", 0, "# 元/千瓦时"),
    "CNY_per_kW": (0, "# yuan/kW", 0, "# 元/千瓦"),
    "PFLOPS": (0, f"#{NARROW}PFLOPS", 0, "# PFLOPS"),
    "tonne": (0, "# tonnes", 0, "# 吨"),
    "tCO2e": (0, f"#{NARROW}t CO₂e", 0, "# 吨二氧化碳当量"),
    "yuan_per_tCO2e": (0, "# yuan/t CO₂e", 0, "# 元/吨二氧化碳当量"),
    "tce": (0, "# tce", 0, "# 吨标准煤"),
    "tCO2_per_tce": (0, "# t CO₂ per tce", 0, "# 吨二氧化碳/吨标准煤"),
    "tCO2e_per_vehicle": (0, "# t CO₂e a vehicle", 0, "# 吨二氧化碳当量/辆"),
    "tce_per_10k_yuan": (0, "# tce per 10,000 yuan", 0, "# 吨标准煤/万元"),
    "m3_per_10k_yuan": (0, "# m³ per 10,000 yuan", 0, "# 立方米/万元"),
    "km2": (0, f"#{NARROW}km²", 0, "# 平方公里"),
    "km": (0, f"#{NARROW}km", 0, "# 公里"),
    "kg": (0, f"#{NARROW}kg", 0, "# 千克"),
    "litre": (0, "# litres", 0, "# 升"),
    "hectare": (0, "# hectares", 0, "# 公顷"),
    "mu": (0, "# mu", 0, "# 亩"),
    "degree_Celsius": (0, f"#{NARROW}°C", 0, "# ℃"),
    "second": (0, "# seconds", 0, "# 秒"),
    "week": (0, "# weeks", 0, "# 周"),
    "households": (0, "# households", 0, "# 户"),
    "beds": (0, "# beds", 0, "# 张床位"),
    "pieces": (0, "# pieces", 0, "# 件"),
    "trips": (0, "# trips", 0, "# 次"),
    "cases": (0, "# cases", 0, "# 件"),
    "stage": (0, "stage #", 0, "第 # 阶段"),
}

_WHOLE = (
    *("count", "enterprises", "projects", "industries", "factories", "stations", "vehicles", "licences"),
    *("person", "persons", "households", "beds", "pieces", "trips", "cases", "stage", "day", "working_day"),
)


_COMPUTED_DIGITS = 6


def is_whole(unit: str) -> bool:
    """Does the unit count things that cannot be divided?"""
    return unit in _WHOLE


def with_unit(number: str, unit: str, language: str) -> str:
    """Give a number's text with its unit's words around it; a unit unknown here follows as it is written.

    >>> with_unit("3", "stage", "en"), with_unit("12", "data centres", "zh")
    ('stage 3', '12 data centres')
    """
    known = _UNITS.get(unit)
    if known is None:
        return f"{number} {unit.replace('_', ' ')}".rstrip()
    _, english, _, chinese = known
    return (chinese if language == "zh" else english).replace("#", number)


def unit_words(unit: str, language: str) -> str:
    """Give the unit's words alone, for the head of an axis.

    >>> unit_words("CNY_100m", "zh")
    '亿元'
    """
    return with_unit("", unit, language).strip(f" {NARROW}")


def scaled(value: float, unit: str, language: str) -> Decimal:
    """Give the number that stands before the unit's words, exactly.

    >>> scaled(5371.2, "CNY_100m", "en")
    Decimal('537.12')
    """
    known = _UNITS.get(unit)
    english, _, chinese, _ = known or (0, "", 0, "")
    power = chinese if language == "zh" else english
    return Decimal(repr(float(f"{value:.12g}"))).scaleb(power).normalize()


def amount(value: float, unit: str, language: str, digits: int | None = None) -> str:
    """Give a value with its unit; `digits` rounds to so many significant ones, None keeps every digit.

    >>> amount(5371.2, "CNY_100m", "en"), amount(5371.2, "CNY_100m", "zh")
    ('537.12 billion yuan', '5,371.2 亿元')
    >>> amount(650000, "CNY_per_person", "zh")
    '65 万元/人'
    """
    number = scaled(value, unit, language)
    text = plain(number) if digits is None else estimate(number, digits, is_whole(unit))
    return with_unit(text, unit, language)


def computed_amount(value: float, unit: str, language: str) -> str:
    """Give a computed value with its unit: six significant digits, all of a whole number of things.

    >>> computed_amount(480.0000004, "kg", "zh"), computed_amount(1234567, "trips", "en")
    ('480 千克', '1,234,567 trips')
    """
    is_exact = is_whole(unit) and float(value).is_integer()
    return amount(value if is_exact else float(f"{value:.{_COMPUTED_DIGITS}g}"), unit, language)


def span(low: float, high: float, unit: str, language: str, digits: int = 3) -> str:
    """Give an interval of estimates with its unit once.

    >>> span(4000.4, 5000, "CNY_100m", "zh")
    '4,000–5,000 亿元'
    """
    ends = [estimate(scaled(end, unit, language), digits, is_whole(unit)) for end in (low, high)]
    apart = "至" if language == "zh" else " to "
    between = apart if any(end.startswith("\u2212") for end in ends) else "–"
    return with_unit(between.join(ends), unit, language)


def estimate(number: Decimal, digits: int, whole: bool = False) -> str:
    """Give the number rounded to significant digits; zeros after the point stay, they say how fine it is.

    `whole` keeps a count of things whole.

    >>> estimate(Decimal("24.96"), 3), estimate(Decimal("2287.4"), 3), estimate(Decimal("5.8"), 3, whole=True)
    ('25.0', '2,290', '6')
    """
    if number != 0:
        power = number.adjusted() - digits + 1
        number = number.quantize(Decimal(1).scaleb(max(power, 0) if whole else power), ROUND_HALF_EVEN)
    return f"{number:,f}".replace("-", "\u2212")


def plain(number: Decimal) -> str:
    """Give the digits with thousands marked and without trailing zeros after the point.

    >>> plain(Decimal("12300")), plain(Decimal("0.250"))
    ('12,300', '0.25')
    """
    text = f"{number:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "\u2212")


def chance_words(chance: float | None, language: str) -> str:
    """Give a chance in whole percent, never 0 or 100: an estimate is not a certainty.

    >>> chance_words(0.004, "zh"), chance_words(0.734, "zh"), chance_words(1.0, "zh")
    ('<1%', '73%', '>99%')
    """
    if chance is None:
        return ""
    whole = math.floor(chance * 100 + 0.5)
    text = "<1" if chance < 0.01 else ">99" if chance > 0.99 else str(whole)
    return with_unit(text, "percent", language)


def growth_words(growth: float, language: str) -> str:
    """Give growth, a fraction, in percent with its sign.

    >>> growth_words(0.057, "zh")
    '+5.7%'
    """
    return ("+" if growth > 0 else "") + amount(growth, "fraction", language)


def age_words(years: float) -> Text:
    """Give an age: in months below two years, then in years.

    >>> age_words(0.4).en, age_words(3.26).zh
    ('5 months', '3.3 年')
    """
    months = round(years * 12)
    if months < 1:
        return Text("under a month", "不足 1 个月")
    if months < 24:
        return Text(f"{months} month{'s' if months > 1 else ''}", f"{months} 个月")
    return Text(f"{years:.1f} years", f"{years:.1f} 年")


def day_words(day: date) -> Text:
    """Give a day.

    >>> day_words(date(2023, 11, 22))
    Text(en='22 Nov 2023', zh='2023年11月22日')
    """
    return Text(f"{day.day} {_MONTHS[day.month - 1]} {day.year}", f"{day.year}年{day.month}月{day.day}日")


def period_words(period: Period) -> Text:
    """Give a period as people say it; one that has no common form stays as it was published.

    >>> from milepost.basics.period import parse_period
    >>> period_words(parse_period("2025-01..09")).en, period_words(parse_period("2025-Q3")).zh
    ('Jan–Sep 2025', '2025年第3季度')
    """
    start, end, text = period.start, period.end, period.text
    if start is None or end is None:
        return Text(text, text)
    if re.fullmatch(r"\d{4}-\d{2}\.\.\d{2}", text):
        months = f"{_MONTHS[start.month - 1]}–{_MONTHS[end.month - 1]} {end.year}"
        return Text(months, f"{end.year}年{start.month}–{end.month}月")
    if re.fullmatch(r"\d{4}-Q\d", text):
        return Text(f"Q{text[-1]} {start.year}", f"{start.year}年第{text[-1]}季度")
    if period.shape == "point":
        return day_words(end)
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return Text(f"{_MONTHS[end.month - 1]} {end.year}", f"{end.year}年{end.month}月")
    if period.is_year:
        return Text(text, f"{text}年")
    between = f"{start.isoformat()[:7]} – {end.isoformat()[:7]}"
    return Text(between, between)


def published_on_words(written: str) -> Text | None:
    """Give a date of publication of any precision, or None where the source gives none.

    >>> published_on_words("2019").zh, published_on_words("")
    ('2019年', None)
    """
    if not written:
        return None
    parts = [int(part) for part in written.split("-") if part.isdigit()]
    if len(parts) == 3:
        return day_words(date(*parts))
    if len(parts) == 2:
        return Text(f"{_MONTHS[parts[1] - 1]} {parts[0]}", f"{parts[0]}年{parts[1]}月")
    return Text(written, f"{written}年" if parts else written)
