"""A raw list of enterprises, as an office sends it: what is planted wrong in it is found, and nothing else is refused.

The list is made by a seed: Chinese heads, dates in six forms, capital in fourteen spellings, statuses in the office's
words, shifted rows, letters in small, numbers of the old register, names with two codes.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date

import numpy as np
import pytest

from milepost.domains.industry.made_zone import credit_code
from milepost.show.catalogue import open_zone
from milepost.show.intake import take_in
from milepost.show.walk import store_of

ZONE = "id: raw\nname: {en: R, zh: 原}\nmain_area: Z\nareas:\n  - {id: Z, name: {en: Z, zh: 区}, kind: zone}\n"
HEADS = [
    "序号",
    "统一社会信用代码",
    "企业名称",
    "登记状态",
    "成立日期",
    "企业类型",
    "行政区划",
    "住所",
    "注册资本",
    "经营范围",
]
COUNT = 4_000
CAPITAL = (
    "{0}万元人民币", "{0}万人民币", "人民币{0}万元", "{0}.000000万人民币", "{1}", "{2}万元", "{0}亿元", "{0}万美元",
    "￥{2}", "{0} 万元", "{0}万(元)", "", "-", "无",
)  # fmt: skip
DATES = ("{0}-{1:02d}-{2:02d}", "{0}/{1}/{2}", "{0}年{1}月{2}日", "{0}{1:02d}{2:02d}", "{0}.{1}.{2}",
         "{0}-{1:02d}-{2:02d} 00:00:00")  # fmt: skip
STATES = ("存续（在营、开业、在册）", "在业", "存续", "注销", "吊销，未注销", "迁出", "开业", "停业", "")
# What is planted, and the rule that must find it; those of `KEPT` are told and the row is kept.
PLANTED = {
    "check": "C028/enterprise_code", "old_number": "C028/enterprise_code", "no_code": "C021/enterprise_code",
    "short_name": "C050/name_of_a_registration_is_a_name", "no_such_day": "C025/set_up_on",
    "again": "C019", "left_shift": "C028/enterprise_code", "right_shift": "C028/enterprise_code",
}  # fmt: skip
KEPT = {
    "year_1900": "C050/registration_is_of_a_possible_year", "two_codes": "C051/name_has_one_code",
    "capital": "C050/capital_can_be_read",
}  # fmt: skip


def raw_list() -> tuple[list[list[str]], dict[str, set[int]]]:
    """Rows of the list, and by what is planted the lines of the file it stands on (the head is line 1)."""
    random, rows, planted = np.random.default_rng(11), [], defaultdict(set)
    for number in range(COUNT):
        year, month, day = int(random.integers(1990, 2024)), int(random.integers(1, 13)), int(random.integers(1, 29))
        amount = int(random.integers(10, 9000))
        capital = CAPITAL[number % len(CAPITAL)].format(amount, amount * 10_000, f"{amount:,}")
        row = [
            str(number), credit_code(number), f"北京合成第{number}号科技有限公司", STATES[number % len(STATES)],
            DATES[number % len(DATES)].format(year, month, day), "有限责任公司", "110115403", f"合成街{number}号",
            capital, "软件开发；技术服务。",
        ]  # fmt: skip
        kinds = [*PLANTED, *KEPT]
        kind = kinds[(number // 20) % len(kinds)] if number % 20 == 7 else ""
        if kind:
            _plant(kind, row, rows, number)
            planted[kind].add(number + 2)
            if kind == "two_codes":
                planted[kind].add(number + 1)
        rows.append(row)
    return rows, dict(planted)


def _plant(kind: str, row: list[str], rows: list[list[str]], number: int) -> None:
    match kind:
        case "check":
            row[1] = row[1][:17] + ("0" if row[1][17] != "0" else "1")
        case "old_number":
            row[1] = f"11010500{number:07d}"
        case "no_code":
            row[1] = ""
        case "short_name":
            row[2] = "测试"
        case "no_such_day":
            row[4] = "2023-02-30"
        case "again":
            row[1:] = rows[-1][1:]
        case "left_shift":
            row[1:] = [*row[2:], ""]
        case "right_shift":
            row[1:] = ["公司", *row[1:-1]]
        case "year_1900":
            row[4] = "1900-01-01"
        case "two_codes":
            row[2] = rows[-1][2]
        case "capital":
            row[8] = "壹仟万元整"


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    (folder / "zone.yaml").write_text(ZONE, "utf-8")
    (folder / "registers.yaml").write_text("{}\n", "utf-8")
    rows, planted = raw_list()
    path = folder / "企业名单.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADS, *rows])
    zone = open_zone(folder)
    intake = take_in(zone, store_of(zone), path, "industry.registration", date.today(), "office")
    (waiting,) = (folder / "data/02_refused/industry.registration").glob("*.csv")
    with waiting.open(encoding="utf-8-sig", newline="") as file:
        refused = {int(row["refused_line"]): row for row in csv.DictReader(file)}
    return intake, planted, refused


def test_what_is_planted_wrong_is_refused_line_by_line_and_nothing_else(received):
    intake, planted, refused = received
    expected = set().union(*(planted[kind] for kind in PLANTED))
    assert set(refused) == expected
    assert intake.refused == len(expected) and intake.accepted == COUNT - len(expected)


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_each_planted_fault_is_told_by_its_rule(received, kind):
    _, planted, refused = received
    assert len(planted[kind]) >= 10
    code = PLANTED[kind].partition("/")[0]
    assert all(code in refused[line]["refused_rules"] for line in planted[kind])


@pytest.mark.parametrize("kind", sorted(KEPT))
def test_what_is_doubtful_is_kept_and_told(received, kind):
    intake, planted, refused = received
    assert not planted[kind] & set(refused)
    # Shifted rows may break the same rule, and are refused.
    shifted = len(planted["left_shift"]) + len(planted["right_shift"])
    found = intake.rule_counts[KEPT[kind]]
    assert len(planted[kind]) <= found <= len(planted[kind]) + 2 * shifted


def test_the_words_of_the_office_are_read_as_codes(received):
    _, planted, refused = received
    unread = {line for line, row in refused.items() if "C023" in row["refused_rules"]}
    assert unread <= planted["left_shift"] | planted["right_shift"]
