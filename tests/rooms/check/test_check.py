"""Every rule on every row: which rows wait, for which reasons, and that none is lost."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.check.check import check
from milepost.engines.embedded import Engine
from milepost.receive.receive import receive
from small_zone import REGISTER, TODAY, row, small_zone, write


def judged(tmp_path, rows, kept=None):
    """The verdict and the accepted rows as sets of cells."""
    with Engine() as engine:
        batch = receive(engine, REGISTER, write(tmp_path / "f.csv", rows), "somebody")
        if kept is not None:
            engine.load("kept", dict.fromkeys(REGISTER.column_ids, "varchar"), [[*r.values()] for r in kept])
        verdict = check(engine, small_zone(), REGISTER, batch, TODAY, "kept" if kept is not None else "")
        columns = ", ".join(REGISTER.column_ids)
        accepted = {tuple(r) for r in engine.rows(f'select {columns} from "{verdict.accepted}"')}
        return verdict, accepted


BREAKS = {
    "C010": row(indicator="gdpp"),
    "C011": row(area="BDAA"),
    "C012": row(unit="cubits"),
    "C013": row(unit="km"),
    "C014": row(period_end="2021-12-31"),
    "C015": row(published_on="2026-04-01"),
    "C016": row(period="2027", period_end=""),
    "C017": row(value="-1"),
    "C018": row(kind="growth_yoy_pct", unit="percent", value="-100"),
    "C021": row(source_title=""),
    "C022": row(value="about 2400"),
    "C023": row(kind="actuall"),
    "C024": row(period="2022-13", period_end=""),
    "C025": row(published_on="2023-02-30"),
    "C026": row(source_url="javascript:alert(1)"),
}


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_a_row_that_breaks_one_rule_waits_for_that_reason_alone(tmp_path, code):
    verdict, _ = judged(tmp_path, [row(), BREAKS[code]])
    assert (verdict.accepted_count, verdict.refused_count) == (1, 1)
    (refusal,) = verdict.refusals
    assert (refusal.line, refusal.rules) == (3, (code,))
    assert verdict.rule_counts == {code: 1}
    assert refusal.mends[0] and refusal.reasons[0]


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_no_reason_holds_a_value_of_the_row(tmp_path, code):
    verdict, _ = judged(tmp_path, [BREAKS[code] | {"note": "hunter2"}])
    told = str(verdict.refusals)
    changed = [value for column, value in BREAKS[code].items() if value and value != row()[column]]
    assert not any(f"'{value}'" in told or f" {value};" in told for value in [*changed, "hunter2"])


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("C030", {"period_end": "2023-01-14"}),
        ("C031", {"published_on": "2022-12-23"}),
        ("C032", {"period": "2026", "period_end": "", "published_on": "2026-03-01"}),
        ("C033", {"published_on": ""}),
        ("C033", {"published_on": "2023-03"}),
        ("C034", {"period": "planned", "period_end": ""}),
        ("C035", {"indicator": "green_share", "unit": "percent", "value": "101"}),
    ],
)
def test_a_warning_is_counted_and_the_row_goes_on(tmp_path, code, changed):
    verdict, _ = judged(tmp_path, [row(**changed)])
    assert (verdict.accepted_count, verdict.refused_count, verdict.warned_count) == (1, 0, 1)
    assert code in verdict.warnings[0].rules


@pytest.mark.parametrize(
    "changed",
    [
        {"period": "2025-01..09", "period_end": "2025-09-30", "kind": "ytd", "published_on": "2025-10-22"},
        {"period": "2020-06", "period_end": "2020-06-12", "published_on": "2020-06-12"},
        {"period": "from 2022-11-24", "period_end": ""},
        {"period": "2030", "period_end": "2030-12-31", "kind": "target"},
        {"period": "2026-03-31", "period_end": "2026-03-31", "published_on": "2026-03-31"},
        {"kind": "growth_yoy_pct", "unit": "percent", "value": "-38"},
        {"kind": "growth_yoy_pct", "unit": "percent", "value": "210.0"},
        {"kind": "target", "unit": "percent", "value": "8"},
        {"value": "1e3"},
        {"value": ".5"},
        {"indicator": "balance", "value": "-3.2"},
        {"indicator": "gross_product", "unit": "亿元"},
        {"indicator": "gross_product", "unit": "trillion yuan"},
        {"indicator": "factory_floor", "unit": "anything at all"},
        {"area": "北京经济技术开发区"},
        {"source_url": ""},
    ],
)
def test_an_honest_row_passes_without_a_word(tmp_path, changed):
    verdict, _ = judged(tmp_path, [row(**changed)])
    assert (verdict.accepted_count, verdict.warnings, verdict.refusals) == (1, (), ())


@pytest.mark.parametrize(
    "value", ["1,081", "１０", "nan", "inf", "1e999", "0x10", "1_000", " 1", "1 ", "--1", "5%", "二"]
)
def test_a_number_is_written_in_digits(tmp_path, value):
    verdict, _ = judged(tmp_path, [row(value=value)])
    assert verdict.refusals[0].rules == ("C022",)


def test_all_reasons_of_a_row_are_told(tmp_path):
    verdict, _ = judged(
        tmp_path, [row(indicator="gdpp", area="BDAA", value="x", period="20222", kind="", published_on="x")]
    )
    assert sorted(verdict.refusals[0].rules) == ["C010", "C011", "C021", "C022", "C024", "C025"]
    reasons = dict(zip(verdict.refusals[0].rules, verdict.refusals[0].reasons, strict=True))
    assert reasons["C021"].startswith("kind: ")


def test_the_nearest_known_name_is_told(tmp_path):
    rows = [row(indicator="gpd"), row(area="BEIJNG"), row(kind="aproxx"), row(unit="CNY_100n")]
    verdict, _ = judged(tmp_path, rows)
    hints = ["did you mean gdp", "did you mean BEIJING", "did you mean approx", "did you mean CNY_100m"]
    assert [hint in refusal.mends[0] for hint, refusal in zip(hints, verdict.refusals, strict=True)] == [True] * 4


def test_of_equal_rows_the_first_passes(tmp_path):
    verdict, accepted = judged(tmp_path, [row(), row(note="other"), row(), row()])
    assert [(r.line, r.rules) for r in verdict.refusals] == [(4, ("C019",)), (5, ("C019",))]
    assert len(accepted) == 2


def test_a_row_that_is_kept_already_is_passed_over(tmp_path):
    verdict, accepted = judged(tmp_path, [row(), row(note="new")], kept=[row()])
    assert (verdict.accepted_count, verdict.refused_count, verdict.kept_count) == (1, 0, 1)
    assert verdict.rule_counts == {"C036": 1}
    assert {r[-1] for r in accepted} == {"new"}


def test_a_ragged_row_waits(tmp_path):
    path = write(tmp_path / "f.csv", [row()])
    with path.open("a") as file:
        file.write("gdp,BDA,2022\n")
    with Engine() as engine:
        batch = receive(engine, REGISTER, path, "somebody")
        verdict = check(engine, small_zone(), REGISTER, batch, TODAY)
    assert verdict.accepted_count == 1
    assert verdict.refusals[0].rules[0] == "C020"


_CELLS = {
    "indicator": ["gdp", "gross_product", "green_share", "unknown", ""],
    "area": ["BDA", "E-Town", "nowhere"],
    "period": ["2022", "2022-Q3", "2025-01..09", "planned", "2030", "never"],
    "value": ["1", "-1", "x", ""],
    "unit": ["CNY_100m", "percent", "亿元", "km"],
    "kind": ["actual", "target", "growth_yoy_pct", "guess"],
    "published_on": ["2023-03-01", "2023", "", "2099-01-01", "soon"],
}
_rows = st.lists(
    st.fixed_dictionaries({k: st.sampled_from(v) for k, v in _CELLS.items()}).map(lambda r: row(**r)),
    min_size=1,
    max_size=12,
)
_quiet = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.slow
@_quiet
@given(_rows)
def test_nothing_is_lost(tmp_path, rows):
    verdict, accepted = judged(tmp_path, rows, kept=rows[:1])
    assert verdict.accepted_count + verdict.refused_count + verdict.kept_count == verdict.batch.count == len(rows)
    assert len(verdict.refusals) == verdict.refused_count
    assert len(accepted) == verdict.accepted_count, "equal rows are not accepted twice"


@pytest.mark.slow
@_quiet
@given(_rows, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(tmp_path, rows, chance: random.Random):
    shuffled = rows[:]
    chance.shuffle(shuffled)
    one, accepted = judged(tmp_path, rows)
    other, accepted_again = judged(tmp_path, shuffled)
    assert accepted == accepted_again
    assert one.rule_counts == other.rule_counts
