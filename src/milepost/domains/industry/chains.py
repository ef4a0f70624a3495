"""Which node of a chain is missing, in which ring, and who to talk to.

The score of a node in a ring is what the zone's enterprises buy of it, times how much depends on it, times the share
that does not come from the ring. A node is a gap of the zone, of the city, of the region or of the nation, and the
answer differs: a zone's gap that the city closes is a matter of matching, one the nation has is a matter of siting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from milepost.basics.answer import Answer, AnswerTable, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.industry.answers import (
    Arrays,
    column,
    in_100m,
    newest,
    numbers,
    of_year,
    table,
    texts,
    valid_on_last_day,
)

RINGS = ("zone", "city", "region", "nation")
_RING_NAMES = {
    "zone": Text("Zone", "本区"),
    "city": Text("City", "全市"),
    "region": Text("Region", "区域"),
    "nation": Text("Nation", "全国"),
}


def chain_gaps(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the gaps of the chains, the largest first, and enterprises that could fill the first of them."""
    markets = tables["markets"]
    years = np.array(markets["year_begins"], dtype="datetime64[Y]").astype(np.int64) + 1970
    year = int(parameters["year"]) or int(years.max(initial=on.year - 1))
    nodes = valid_on_last_day(tables["nodes"], year)
    found = gaps(nodes, markets, years == year)
    most = int(parameters["most"])
    worst = [node for node, _ in found][:most]
    missing = _missing(nodes, found)
    if not found:
        return Answer([], (), Proof("none", Text("Nothing is known of purchases.", "没有采购数据。")), {}, missing)
    amounts = zip(texts(markets["node"]), numbers(markets["purchases_cny"]), years == year, strict=True)
    bought = {node: float(amount) for node, amount, counts in amounts if counts}
    candidates = _candidates(worst, nodes, tables, year, int(parameters["candidates"]))
    headline = sum(scores["zone"] for _, scores in found if "zone" in scores)
    return Answer(
        headlines=[
            Headline(
                Text("Purchases at risk in all gaps of the zone", "本区缺口加权采购额"), headline / 1e8, "CNY_100m"
            )
        ],
        tables=(_gap_table(found[:most], nodes, bought), candidates),
        proof=Proof(
            "counted",
            Text(
                "Score: purchases × criticality × share that does not come from the ring.",
                "缺口得分＝采购额×关键程度×非本圈层供给占比。",
            ),
        ),
        document={"year": year, "gaps": dict(found)},
        missing=missing,
    )


def gaps(nodes: Arrays, markets: Arrays, chosen: Any) -> list[tuple[str, dict[str, float]]]:
    """Give the scores [yuan] of each node with known purchases, by ring, those of the zone's largest gap first.

    `chosen` marks the rows of `markets` (node, ring, purchases_cny, from_ring_cny) that count.
    """
    critical = dict(zip(texts(nodes["node"]), numbers(nodes["criticality_0_1"]), strict=True))
    bought, inside = numbers(markets["purchases_cny"]), numbers(markets["from_ring_cny"])
    found: dict[str, dict[str, float]] = {}
    rows = zip(texts(markets["node"]), texts(markets["ring"]), bought, inside, chosen, strict=True)
    for node, ring, purchases, part, counts in rows:
        if counts and node in critical and purchases > 0:
            score = float(purchases) * float(critical[node]) * (1 - float(part) / float(purchases))
            found.setdefault(node, {})[ring] = round(score, 2)
    return sorted(found.items(), key=lambda one: (-one[1].get("zone", max(one[1].values())), one[0]))


def kind_of_gap(scores: Mapping[str, float], purchases: float, criticality: float) -> Text:
    """Give what sort of gap it is: the nearest ring that supplies at least half of what is bought."""
    at_stake = purchases * criticality
    for ring in RINGS:
        if ring in scores and at_stake > 0 and scores[ring] <= at_stake / 2:
            name = _RING_NAMES[ring]
            if ring == "zone":
                return Text("no gap: the zone supplies half or more", "无明显缺口：本区供给过半")
            return Text(f"gap of the zone, closed by the {name.en.lower()}", f"本区缺口，{name.zh}可补")
    return Text("gap in every ring that is known", "已知各圈层均为缺口")


def _gap_table(
    found: Sequence[tuple[str, Mapping[str, float]]], nodes: Arrays, bought: Mapping[str, float]
) -> AnswerTable:
    names = dict(zip(texts(nodes["node"]), texts(nodes["name_zh"]), strict=True))
    critical = dict(zip(texts(nodes["node"]), numbers(nodes["criticality_0_1"]), strict=True))
    columns = (
        column("node", "Node", "环节"),
        column("name", "Name", "名称"),
        column("criticality", "Criticality", "关键程度"),
        column("kind", "Kind", "类型"),
        *(
            column(ring, f"Gap: {name.en.lower()}", f"缺口：{name.zh}", "CNY_100m")
            for ring, name in _RING_NAMES.items()
        ),
    )
    rows = []
    for node, scores in found:
        kind = kind_of_gap(scores, bought.get(node, 0.0), float(critical[node]))
        amounts = [in_100m(scores.get(ring, float("nan"))) for ring in RINGS]
        rows.append((node, names[node], float(critical[node]), kind, *amounts))
    return table(
        "gaps", Text("Gaps of the chains", "产业链缺口"), columns, rows, picture=Picture("bars", "node", RINGS)
    )


def _candidates(worst: Sequence[str], nodes: Arrays, tables: Mapping[str, Any], year: int, most: int) -> AnswerTable:
    """Enterprises in business that have a node's class or product words and are no members of it yet."""
    enterprises = valid_on_last_day(tables["enterprises"], year)
    codes, scopes, names = (texts(enterprises[one]) for one in ("enterprise_code", "scope", "name"))
    industry = _industries_of(valid_on_last_day(tables["codes"], year))
    members = valid_on_last_day(tables["memberships"], year)
    taken = set(zip(texts(members["enterprise_code"]), texts(members["node"]), strict=True))
    returns = of_year(tables["returns"], newest(tables["returns"], 0))
    output = dict(zip(texts(returns["enterprise_code"]), numbers(returns["output_cny"]), strict=True))
    rows = []
    for place, node in enumerate(texts(nodes["node"])):
        if node not in worst:
            continue
        classes = [part.strip() for part in texts(nodes["industries"])[place].split(";") if part.strip()]
        words = [part.strip() for part in texts(nodes["product_terms"])[place].split(";") if part.strip()]
        for row, code in enumerate(codes):
            shared = [one for one in industry.get(code, ()) if any(one.startswith(part) for part in classes)]
            said = [word for word in words if word in scopes[row]]
            if (shared or said) and (code, node) not in taken:
                score = 2 * bool(shared) + len(said)
                rows.append((worst.index(node), -score, -output.get(code, 0.0), code, node, names[row], shared, said))
    rows.sort(key=lambda one: one[:4])
    kept = [one for node in worst for one in [row for row in rows if row[4] == node][:most]]
    columns = (
        column("node", "Node", "环节"),
        column("enterprise", "Enterprise", "企业"),
        column("name", "Name", "名称"),
        column("output", "Output", "产值", "CNY_100m"),
        column("industries", "Industries it shares", "行业依据"),
        column("words", "Product words in its scope", "经营范围依据"),
    )
    shown = [
        (node, code, name, in_100m(-out) if out else None, "; ".join(shared), "; ".join(said))
        for _, _, out, code, node, name, shared, said in kept
    ]
    return table("candidates", Text("Enterprises to talk to", "可对接企业"), columns, shown, singles=("output",))


def _industries_of(codes: Arrays) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, industry in zip(texts(codes["enterprise_code"]), texts(codes["industry"]), strict=True):
        found[code] = (*found.get(code, ()), industry)
    return found


def _missing(nodes: Arrays, found: Sequence[tuple[str, Mapping[str, float]]]) -> tuple[Text, ...]:
    silent = len(nodes["node"]) - len(found)
    lacking = sorted({ring for ring in RINGS for _, scores in found if ring not in scores}, key=RINGS.index)
    missing = []
    if silent:
        missing.append(
            Text(f"Of {silent} nodes no purchases are known: they are no gaps and no strengths.",
                 f"{silent}个环节没有采购数据，既不计为缺口也不计为优势。")
        )  # fmt: skip
    if lacking:
        names = [_RING_NAMES[ring] for ring in lacking]
        missing.append(
            Text(f"Not every node has figures of: {', '.join(name.en.lower() for name in names)}.",
                 f"部分环节缺少以下圈层数据：{'、'.join(name.zh for name in names)}。")
        )  # fmt: skip
    return tuple(missing)
