"""A stranger's program beside ours: on the same random rows dataframely breaks each rule as often as the check does."""

import random
from datetime import date, timedelta

import pytest

from milepost.check.check import check
from milepost.engines.embedded import Engine
from milepost.receive.receive import receive
from milepost.registers.register import read_registers
from small_registers import TODAY, write_records
from small_zone import small_zone

ROWS = 3000
STATES = ("open", "closed", "moved")
DECLARED = """
firm:
  name: {en: Firm, zh: 企业}
  definition: {en: A firm made for this test, zh: 本测试所造企业}
  key: [number, region]
  columns:
    - {id: number, type: whole, name: {en: Number, zh: 编号}}
    - {id: region, type: text, name: {en: Region, zh: 地区}}
    - {id: label, type: text, name: {en: Label, zh: 标签}}
    - {id: state, type: code, codes: [open, closed, moved], name: {en: State, zh: 状态}}
    - {id: staff, type: whole, name: {en: Staff, zh: 人数}}
    - {id: output, type: number, places: 2, may_be_empty: true, name: {en: Output, zh: 产值}}
    - {id: tax, type: number, places: 2, may_be_empty: true, name: {en: Tax, zh: 税}}
    - {id: opened, type: date, name: {en: Opened, zh: 开业}}
    - {id: shut, type: date, may_be_empty: true, name: {en: Shut, zh: 停业}}
  rules:
    - id: label_has_its_form
      severity: block
      says: {en: A label is two letters and three digits, zh: 标签为两字母三数字}
      fault: {en: the label has another form, zh: 标签形式不符}
      mend: {en: Correct it, zh: 更正}
      holds: "matches(label, '[A-Z]{2}[0-9]{3}')"
    - id: staff_is_in_range
      severity: block
      says: {en: Staff is 0 to 500, zh: 人数为0至500}
      fault: {en: staff is out of range, zh: 人数超出范围}
      mend: {en: Correct it, zh: 更正}
      holds: "staff between 0 and 500"
    - id: tax_is_within_output
      severity: block
      says: {en: Tax is within output, zh: 税不超过产值}
      fault: {en: tax is above output, zh: 税超过产值}
      mend: {en: Correct it, zh: 更正}
      holds: "tax <= output"
    - id: shut_after_opened
      severity: block
      says: {en: A firm is shut after it opened, zh: 停业晚于开业}
      fault: {en: the firm was shut before it opened, zh: 停业早于开业}
      mend: {en: Correct it, zh: 更正}
      holds: "shut >= opened"
    - id: a_closed_firm_is_shut
      severity: block
      says: {en: A closed firm has the day it was shut, zh: 已关闭企业有停业日期}
      fault: {en: a closed firm has no day it was shut, zh: 已关闭企业无停业日期}
      mend: {en: Fill it, zh: 补填}
      holds: "state <> 'closed' or shut is not null"
    - id: a_region_is_below_the_bound
      severity: block
      says: {en: A region's output is below a bound, zh: 地区产值低于界限}
      fault: {en: the region's output is above the bound, zh: 地区产值超过界限}
      mend: {en: Correct it, zh: 更正}
      by: [region]
      holds: "sum(output) <= 232000"
"""
SAME = {
    "C021/label": "label|nullability",
    "C021/state": "state|nullability",
    "C021/staff": "staff|nullability",
    "C023/state": "state|check",
    "C042": "primary_key",
    "C050/label_has_its_form": "label|regex",
    "C050/staff_is_in_range": "staff|range",
    "C050/tax_is_within_output": "tax_is_within_output",
    "C050/shut_after_opened": "shut_after_opened",
    "C050/a_closed_firm_is_shut": "a_closed_firm_is_shut",
    "C051/a_region_is_below_the_bound": "a_region_is_below_the_bound",
}
"""What each rule is called here, and there."""


def made(chance: random.Random) -> list[dict[str, object]]:
    """Rows of which every rule is broken by some; a key comes twice here and there, with other values."""
    rows: list[dict[str, object]] = []
    for number in range(ROWS):
        opened = date(2010, 1, 1) + timedelta(days=chance.randrange(4000))
        row = {
            "number": number if chance.random() > 0.05 else chance.randrange(max(number, 1)),
            "region": f"R{number % 7}",
            "label": f"{chance.choice(['AB', 'CD', 'ab', 'A'])}{chance.randrange(50, 1100)}",
            "state": chance.choice((*STATES, *STATES, "lost")),
            "staff": chance.randrange(-20, 540),
            "output": round(chance.uniform(0, 1200), 2),
            "tax": round(chance.uniform(0, 400), 2),
            "opened": opened,
            "shut": opened + timedelta(days=chance.randrange(-300, 3000)),
        }
        for column, share in {
            "label": 0.03,
            "state": 0.03,
            "staff": 0.03,
            "output": 0.1,
            "tax": 0.1,
            "shut": 0.4,
        }.items():
            if chance.random() < share:
                row[column] = None
        rows.append(row)
    return rows


def by_dataframely(rows):
    dy = pytest.importorskip("dataframely", reason="dataframely is not installed")
    pl = pytest.importorskip("polars", reason="polars is not installed")

    class Firm(dy.Schema):
        number = dy.Int64(primary_key=True)
        region = dy.String(primary_key=True)
        label = dy.String(regex="^[A-Z]{2}[0-9]{3}$")
        state = dy.String(check=lambda c: c.is_in(list(STATES)))
        staff = dy.Int64(min=0, max=500)
        output = dy.Decimal(18, 2, nullable=True)
        tax = dy.Decimal(18, 2, nullable=True)
        opened = dy.Date()
        shut = dy.Date(nullable=True)

        tax_is_within_output = dy.rule()(lambda _: pl.col("tax") <= pl.col("output"))
        shut_after_opened = dy.rule()(lambda _: pl.col("shut") >= pl.col("opened"))
        a_closed_firm_is_shut = dy.rule()(lambda _: (pl.col("state") != "closed") | pl.col("shut").is_not_null())
        a_region_is_below_the_bound = dy.rule()(lambda _: pl.col("output").sum().over("region") <= 232_000)

    types = {
        "number": pl.Int64, "region": pl.String, "label": pl.String, "state": pl.String, "staff": pl.Int64,
        "output": pl.Float64, "tax": pl.Float64, "opened": pl.Date, "shut": pl.Date,
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=types).with_columns(pl.col("output", "tax").cast(pl.Decimal(18, 2)))
    good, failure = Firm.filter(frame)
    counts = failure.counts()
    counts["staff|range"] = counts.pop("staff|min") + counts.pop("staff|max")
    return counts, len(good)


def by_the_check(rows, folder):
    path = folder / "registers.yaml"
    path.write_text(DECLARED, encoding="utf-8")
    troubles = []
    register = read_registers("made", {path: "registers.yaml"}, troubles)["made.firm"]
    assert not troubles
    texts = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    sent = write_records(folder / "firm.csv", register, texts)
    with Engine(memory_mb=1024) as engine:
        batch = receive(engine, register, sent, "somebody")
        return check(engine, small_zone(folder), register, batch, TODAY, "", {})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_rule_is_broken_as_often_as_a_stranger_says(tmp_path, seed):
    rows = made(random.Random(seed))
    theirs, good = by_dataframely(rows)
    verdict = by_the_check(rows, tmp_path)
    assert {SAME[name]: count for name, count in verdict.rule_counts.items()} == theirs
    assert all(theirs.values())
    assert len(theirs) == len(SAME)
    assert verdict.accepted_count == good > 0
