"""The ledger reconciles to the fen, and the statement says why six clusters are two."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.domains.industry.ledger import Shares, in_fen, keep_ledger
from milepost.domains.industry.statement import books, ledger

ON = datetime.date(2025, 6, 1)
ASKED = {"year": 0, "through_month": 12, "threshold_100m": 1000.0}


def made_tables(output=None, memberships=None) -> dict[str, dict[str, object]]:
    output = output or {"A": (1500e8, 1600e8), "B": (700e8 + 0.01, 900e8), "C": (300e8, 150e8)}
    memberships = memberships or [
        ("A", "auto", "auto.vehicle", 0.9),
        ("A", "new_it", "it.terminal", 0.3),
        ("B", "new_it", "it.chip", 1.0),
        ("B", "robotics", "robot.arm", 0.333333),
    ]
    codes = list(output)
    return {
        "returns": {
            "enterprise_code": np.array(codes, dtype=object),
            "year": np.full(len(codes), 2024),
            "months": np.full(len(codes), 12),
            "output_cny": np.array([output[code][0] for code in codes]),
            "revenue_cny": np.array([output[code][1] for code in codes]),
        },
        "memberships": {
            "enterprise_code": np.array([row[0] for row in memberships], dtype=object),
            "cluster": np.array([row[1] for row in memberships], dtype=object),
            "node": np.array([row[2] for row in memberships], dtype=object),
            "share_0_1": np.array([row[3] for row in memberships]),
            "valid_from": np.array(["2020-01-01"] * len(memberships), dtype="datetime64[D]"),
            "valid_until": np.array(["NaT"] * len(memberships), dtype="datetime64[D]"),
        },
        "nodes": {"node": np.array(["it.chip"], dtype=object), "name_zh": np.array(["集成电路"], dtype=object)},
    }


def lines(answer) -> dict[str, tuple[str, str]]:
    statement = next(table for table in answer.tables if table.id == "statement")
    return {row["line"].en: (row["output"], row["revenue"]) for row in statement.rows}


def test_statement_reconciles_to_the_fen():
    answer = ledger(made_tables(), ASKED, ON)
    found = lines(answer)
    assert found["total of the returns"] == ("250000000000.01", "265000000000.00")
    assert found["difference"] == ("0.00", "0.00")
    assert found["plus in no cluster"] == ("30000000000.00", "15000000000.00")
    # A is 1.2 times itself, B 1.333333 times.
    assert found["less counted in more than one"][0] == f"-{150e9 * 0.2 + 23333310000:.2f}"
    assert answer.document["reconciles"] is True
    assert answer.proof.kind == "counted"


def test_how_many_pass_depends_on_the_rule():
    answer = ledger(made_tables(), ASKED, ON)
    assert answer.document["passing"] == {
        "output_gross": 2,  # auto 1,350 and new IT 450 + 700
        "output_net": 1,  # new IT 375 + 525: not 1,000
        "revenue_gross": 2,
        "revenue_net": 2,
    }
    assert [headline.value for headline in answer.headlines] == [2, 1, 2, 2]


def test_net_totals_and_the_unassigned_are_the_zone():
    held = books(made_tables()["returns"], made_tables()["memberships"])
    assert int(held.output.net.sum()) + held.output.unassigned == held.output.total
    assert held.output.net_difference == held.revenue.net_difference == 0


def test_without_the_first_enterprise_a_cluster_is_what_the_others_make():
    clusters = next(table for table in ledger(made_tables(), ASKED, ON).tables if table.id == "clusters")
    row = next(row for row in clusters.rows if row["cluster"].zh == "新一代信息技术")
    assert row["members"] == 2 and row["output_gross"] == 1150.0
    assert row["without_first"] == 450.0 and row["without_five"] == 0.0
    assert "without_first" in clusters.singles, "one enterprise's figure is withheld by the guard"


def test_clusters_of_one_or_two_enterprises_are_not_told_apart():
    answer = ledger(made_tables(), ASKED, ON)
    assert [line for line in lines(answer) if line.startswith("cluster")] == [
        "cluster: too small to be told apart",
        "clusters added up",
    ]
    assert list(answer.document["clusters"]) == ["together"]
    firms = dict.fromkeys("ABCDEFG", (100e8, 100e8))
    members = [(name, "auto", "n", 1.0) for name in "ABCD"] + [("E", "green", "g", 1.0)]
    members += [(name, "new_it", "i", 1.0) for name in "BCDFG"]
    told = ledger(made_tables(firms, members), ASKED, ON)
    # The one of green stands with the smallest beside it, or a subtraction would tell it.
    assert list(told.document["clusters"]) == ["new_it", "together"]
    assert told.document["clusters"]["together"]["output_gross"] == "50000000000.00"


def test_nodes_of_clusters_that_are_not_told_apart_are_left_out():
    firms = dict.fromkeys("ABCDEFG", (100e8, 100e8))
    members = [(name, "auto", "a1" if name < "C" else "a2", 1.0) for name in "ABCD"] + [("E", "green", "g", 1.0)]
    members += [(name, "new_it", "i", 1.0) for name in "BCDFG"]
    answer = ledger(made_tables(firms, members), ASKED, ON)
    nodes = next(table for table in answer.tables if table.id == "nodes")
    assert [row["node"] for row in nodes.rows] == ["i"], "those of auto would tell what green makes"


FIGURES = [
    ("clusters", "2025", "6", "count", "preliminary", "2026-01-02", "industry.clusters_100bn"),
    ("clusters", "2027", "9", "count", "target", "2026-01-02", "industry.clusters_100bn"),
    ("auto", "2025", "3113.2", "CNY_100m", "preliminary", "2026-01-26", "industry.cluster_output_auto"),
    ("new_it", "2025", "1882.4", "CNY_100m", "preliminary", "2026-01-26", "industry.cluster_output_new_it"),
    ("robotics", "2025", "820.4", "CNY_100m", "preliminary", "2026-01-26", "industry.cluster_output_robotics"),
    ("bio", "2021", "1560", "CNY_100m", "preliminary", "2021-12-23", "industry.cluster_output_bio_health"),
]


def published(on=datetime.date(2026, 6, 1), returns=True):
    names = ("indicator", "period", "value", "unit", "kind", "published_on", "means")
    figures = dict(zip(names, map(list, zip(*FIGURES, strict=True)), strict=True))
    more = {name: [""] * len(FIGURES) for name in ("period_end", "source_title", "area")}
    tables = {**made_tables(), "published_figures": figures | more}
    if not returns:
        tables["returns"] = {name: values[:0] for name, values in tables["returns"].items()}
    answer = ledger(tables, ASKED, on)
    return answer, [(row["clusters"], row["how"].en, row["which"].en) for row in answer.tables[0].rows]


def test_six_announced_clusters_stand_beside_two_that_pass():
    answer, rows = published(returns=False)
    assert [count for count, _, _ in rows] == [6, 2, 1, 1]
    assert "3113.2" in rows[1][2] and "1882.4" in rows[1][2] and "820.4" in rows[2][2]
    assert rows[3][2] == "Biotechnology and health", "a year without a figure is not filled with an earlier one"
    assert not answer.headlines and [table.id for table in answer.tables] == ["claims"]


def test_what_was_announced_later_is_not_told_earlier():
    _, rows = published(on=datetime.date(2026, 1, 10), returns=False)
    assert [how for _, how, _ in rows][:1] != ["as announced for 2025, rule not said"] or rows[1][0] == 0


def test_counts_by_each_rule_stand_beside_the_announced_number():
    answer, rows = published()
    rules = [row for row in rows if row[1].startswith("from returns")]
    assert [count for count, _, _ in rules] == list(answer.document["passing"].values()) == [2, 1, 2, 2]
    assert rules[1][2] == "New-energy and connected vehicles"


def test_memberships_of_others_years_and_strangers_are_left_out():
    tables = made_tables(memberships=[("A", "auto", "n", 1.0), ("Z", "auto", "n", 1.0)])
    assert len(ledger(tables, ASKED, ON).missing) == 1
    tables["memberships"]["valid_until"] = np.array(["2024-12-31", "NaT"], dtype="datetime64[D]")
    gone = ledger(tables, ASKED, ON)
    assert lines(gone)["plus in no cluster"][0] == lines(gone)["total of the returns"][0]


def test_zone_without_returns_says_so():
    tables = made_tables()
    tables["returns"] = {name: values[:0] for name, values in tables["returns"].items()}
    answer = ledger(tables, ASKED, ON)
    assert [table.id for table in answer.tables] == ["claims"] and answer.proof.kind == "none"
    assert any("no returns" in text.en for text in answer.missing)


def test_amounts_of_two_places_are_whole_fen():
    assert in_fen(np.array([0.29, 1.15, 99999999999.99, np.nan])).tolist() == [29, 115, 9999999999999, 0]


@given(
    some.lists(
        some.tuples(
            some.integers(0, 10**13), some.lists(some.tuples(some.integers(0, 3), some.integers(1, 10**6)), max_size=4)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_ledger_reconciles(firms):
    amounts = np.array([amount for amount, _ in firms], dtype=np.int64)
    rows = [(owner, cluster, share) for owner, (_, shares) in enumerate(firms) for cluster, share in shares]
    owners, clusters, shares = (np.array([row[k] for row in rows], dtype=np.int64) for k in range(3))
    found = keep_ledger(amounts, Shares(owners, clusters, clusters, shares), 4, 4)
    assert found.difference == 0 and found.net_difference == 0
    assert found.total == amounts.sum() and found.overlap >= 0 and found.unassigned >= 0
    assert (found.net <= found.gross + len(rows)).all()


def test_a_negative_output_is_refused():
    with pytest.raises(ValueError, match="negative"):
        keep_ledger(np.array([-1]), Shares(*[np.array([0])] * 4), 1, 1)


def test_an_enterprise_given_twice_is_refused():
    tables = made_tables()
    twice = {name: np.concatenate([values, values]) for name, values in tables["returns"].items()}
    with pytest.raises(ValueError, match="two rows"):
        books(twice, tables["memberships"])
