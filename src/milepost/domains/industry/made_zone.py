"""A made-up zone of enterprises whose totals are given: for demonstration and tests, until real records replace it.

Everything but the totals is drawn by a seed. No credit code can be a real one: the division they name, 990000, does
not exist. Names begin with 合成 (synthetic). The yearly outputs of the panel sum to the given totals to the fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milepost.basics.credit_code import check_character, organisation_check
from milepost.domains.industry.made_region import region_cells
from milepost.domains.industry.made_scopes import made_scopes

FloatArray = NDArray[np.float64]
Columns = dict[str, list[Any]]
THRESHOLD_CNY = 20_000_000.0

# cluster, node, stage, classes, product words, criticality, weight among the panel's enterprises
NODES: tuple[tuple[str, str, str, str, str, float, float], ...] = (
    ("auto", "auto.vehicle", "downstream", "3612", "新能源汽车;整车", 0.9, 0.02),
    ("auto", "auto.parts", "upstream", "3670", "汽车零部件;内饰", 0.6, 0.12),
    ("auto", "auto.battery", "upstream", "3841", "动力电池;锂离子电池", 0.9, 0.01),
    ("auto", "auto.driving", "midstream", "3962", "车载;激光雷达", 0.8, 0.03),
    ("new_it", "it.display", "midstream", "3974", "显示;面板", 0.7, 0.02),
    ("new_it", "it.chip", "upstream", "3973", "集成电路;晶圆", 1.0, 0.03),
    ("new_it", "it.equipment", "upstream", "3562", "半导体设备;刻蚀", 1.0, 0.02),
    ("new_it", "it.terminal", "downstream", "3922", "移动终端;手机", 0.5, 0.03),
    ("bio_health", "bio.drug", "downstream", "2720", "化学药;制剂", 0.7, 0.05),
    ("bio_health", "bio.vaccine", "downstream", "2762", "疫苗;基因", 0.9, 0.02),
    ("bio_health", "bio.device", "downstream", "3581", "医学影像;监护", 0.7, 0.06),
    ("robotics", "robot.arm", "downstream", "3491", "工业机器人", 0.7, 0.03),
    ("robotics", "robot.control", "upstream", "4011", "工业自动控制", 0.8, 0.06),
    ("robotics", "robot.gear", "upstream", "3453", "减速器", 0.9, 0.01),
    ("aerospace", "space.rocket", "downstream", "3742", "运载火箭;卫星", 0.8, 0.01),
    ("aerospace", "space.parts", "upstream", "3744", "航空零部件", 0.7, 0.01),
    ("green", "green.power", "midstream", "3825", "光伏", 0.6, 0.02),
    ("green", "green.protect", "downstream", "3591", "环保设备", 0.5, 0.03),
)
_LARGEST = {"auto": 9.0, "new_it": 5.0, "bio_health": 4.0, "robotics": 2.5, "aerospace": 1.2, "green": 1.0}
_OTHERS = ("1411", "2319", "2682", "2929", "3311", "3464", "3525", "3581", "3591", "3823", "4016", "4430")
_DIVISIONS = ("110115012", "110115013", "110115403", "110112101")
_RINGS = ("city", "region", "nation")


@dataclass(frozen=True)
class Wanted:
    """How large the zone is: enterprises in all, about how many in the panel, and the seed it is drawn by."""

    enterprises: int = 60_000
    above_scale: int = 1_500
    seed: int = 2023


def made_zone(
    totals: Sequence[tuple[int, float]], titles: Sequence[str], classes: Sequence[str], wanted: Wanted
) -> dict[str, Columns]:
    """Give the records of a zone by the last word of their register: columns of plain values.

    `totals` are years in a row with the panel's gross output [yuan]; `titles` and `classes` the standard's. Raises
    ValueError where there is no year or the panel is larger than the zone.
    """
    if not totals or wanted.above_scale * 2 > wanted.enterprises:
        raise ValueError("a zone needs a year, and twice as many enterprises as its panel")
    random = np.random.default_rng(wanted.seed)
    codes = [credit_code(number) for number in range(wanted.enterprises)]
    firms = _Firms.drawn(wanted, len(totals), random)
    first = totals[0][0]
    found = {"enterprise": _enterprises(codes, firms, titles, classes, first, random, wanted.seed)}
    found["industry_code"] = _industry_codes(codes, firms, classes, first, random)
    found["site"] = _sites(codes, firms, first, random)
    found["return"] = _returns(codes, firms, totals, random)
    found |= _chains(codes, firms, first, totals, random)
    divisions = sorted({one[3][:2] for one in NODES} | {code[:2] for code in _OTHERS})
    found["region_cell"] = region_cells(divisions, totals, random)
    return found


def credit_code(number: int) -> str:
    """Give a credit code that is well formed and nobody's: its division, 990000, does not exist.

    >>> credit_code(7)
    '919900000000000785'
    """
    organisation = f"{number:08d}"
    body = "91990000" + organisation + organisation_check(organisation)
    return body + check_character(body)


@dataclass(frozen=True)
class _Firms:
    """Enterprises that ever are in the panel come first: their node (-1: none), size, and whether they are in it."""

    node: NDArray[np.int64]
    size: FloatArray
    inside: NDArray[np.bool_]
    reason: list[list[str]]
    count: int

    @classmethod
    def drawn(cls, wanted: Wanted, years: int, random: np.random.Generator) -> _Firms:
        turnover = round(wanted.above_scale * 0.06)
        count = wanted.above_scale + turnover * (years - 1)
        weights = np.array([weight for *_, weight in NODES])
        node = random.choice([-1, *range(len(NODES))], count, p=[1 - weights.sum(), *weights]).astype(np.int64)
        size = random.pareto(1.25, count) + 0.2
        for cluster, times in _LARGEST.items():  # each cluster has a firm that carries it
            mine = [place for place in np.flatnonzero(node >= 0) if NODES[node[place]][0] == cluster]
            if mine:
                size[mine[0]] = times * size[: wanted.above_scale].sum() / 60
        inside = np.zeros((years, count), dtype=np.bool_)
        inside[0, : wanted.above_scale] = True
        reason = [[""] * count for _ in range(years)]
        for year in range(1, years):
            inside[year] = inside[year - 1]
            new = range(wanted.above_scale + turnover * (year - 1), wanted.above_scale + turnover * year)
            inside[year, list(new)] = True
            for one in new:
                reason[year][one] = str(random.choice(["new", "grown_in", "grown_in", "moved_in", "reclassified"]))
            small = np.flatnonzero(inside[year - 1] & (size < np.median(size)))
            for one in random.choice(small, turnover, replace=False):
                inside[year, one] = False
                reason[year][one] = str(
                    random.choice(["closed", "shrunk_out", "shrunk_out", "moved_out", "reclassified", "duplicate"])
                )
        return cls(node, size, inside, reason, count)


def _enterprises(
    codes: list[str], firms: _Firms, titles: Sequence[str], classes: Sequence[str], first: int,
    random: np.random.Generator, seed: int,
) -> Columns:  # fmt: skip
    scopes = [text for text, _ in made_scopes(titles, classes, len(codes), seed)]
    for place, node in enumerate(firms.node):
        if node >= 0:
            scopes[place] = f"{NODES[node][4].split(';')[0]}的研发、生产；{scopes[place]}"
    born = random.integers(1990, first, len(codes))
    begins = [f"{year}-{month:02d}-01" for year, month in zip(born, random.integers(1, 13, len(codes)), strict=True)]
    owners = random.choice(["private", "private", "private", "state", "foreign", "mixed"], len(codes))
    return {
        "enterprise_code": codes,
        "name": [f"合成企业{number:06d}有限公司" for number in range(len(codes))],
        "valid_from": begins,
        "valid_until": [""] * len(codes),
        "status": ["in_business"] * len(codes),
        "set_up_on": begins,
        "ownership": owners.tolist(),
        "parent_code": [""] * len(codes),
        "parent_is_in_register": [""] * len(codes),
        "division_code": random.choice(_DIVISIONS, len(codes)).tolist(),
        "address": ["（合成数据）"] * len(codes),
        "registered_capital": [f"{int(one)}万元人民币" for one in random.integers(10, 50_000, len(codes))],
        "scope": scopes,
    }


def _class_of(firms: _Firms, place: int, drawn: str) -> str:
    if place >= firms.count:
        return drawn
    return NODES[firms.node[place]][3] if firms.node[place] >= 0 else _OTHERS[place % len(_OTHERS)]


def _industry_codes(
    codes: list[str], firms: _Firms, classes: Sequence[str], first: int, random: np.random.Generator
) -> Columns:
    """Nine in ten are coded, every enterprise of the panel among them."""
    drawn = random.choice(np.array(classes), len(codes))
    held = [place for place in range(len(codes)) if place < firms.count or random.random() < 0.9]
    return {
        "enterprise_code": [codes[place] for place in held],
        "edition": ["2017"] * len(held),
        "industry": [_class_of(firms, place, str(drawn[place])) for place in held],
        "valid_from": [f"{first}-01-01"] * len(held),
        "valid_until": [""] * len(held),
        "share_0_1": ["1"] * len(held),
        "decided_by": ["bureau"] * len(held),
        "confidence_0_1": [""] * len(held),
    }


def _sites(codes: list[str], firms: _Firms, first: int, random: np.random.Generator) -> Columns:
    rows = []
    for place in range(firms.count):
        second = round(float(random.uniform(0.1, 0.5)), 6) if random.random() < 0.15 else 0.0
        for number, share in enumerate([1 - second, second] if second else [1.0]):
            where = _DIVISIONS[int(random.integers(len(_DIVISIONS)))]
            north, east = random.uniform(39.70, 39.82), random.uniform(116.45, 116.65)
            rows.append((codes[place], f"S{number + 1}", f"{first}-01-01", "", f"{north:.5f}", f"{east:.5f}",
                         "（合成数据）", where, "yes", f"{share:.6f}"))  # fmt: skip
    names = (
        "enterprise_code", "site_code", "valid_from", "valid_until", "latitude_deg", "longitude_deg", "address",
        "division_code", "is_in_area", "output_share_0_1",
    )  # fmt: skip
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _returns(
    codes: list[str], firms: _Firms, totals: Sequence[tuple[int, float]], random: np.random.Generator
) -> Columns:
    """Twelve returns a year of the enterprises in the panel, of those that enter a year later or left a year ago."""
    seasons = 1 + 0.12 * np.sin(np.arange(12) * np.pi / 6 - 1.5) + 0.25 * (np.arange(12) == 11)
    people = np.maximum(firms.size * random.lognormal(3.2, 0.5, firms.count), 5)
    shares, margins = random.uniform(0.15, 0.35, firms.count), random.normal(0.06, 0.05, firms.count)
    drift = np.ones(firms.count)
    parts: dict[str, list[Any]] = {name: [] for name in _RETURN}
    for place, (year, total) in enumerate(totals):
        drift *= random.lognormal(0.03, 0.12, firms.count)
        inside = firms.inside[place]
        around = firms.inside[max(place - 1, 0)] | firms.inside[min(place + 1, len(totals) - 1)]
        weights = np.outer(firms.size * drift, seasons) * random.lognormal(0, 0.05, (firms.count, 12))
        fen = np.zeros((firms.count, 12), dtype=np.int64)
        fen[inside] = _exactly(round(total * 100), weights[inside])
        outside = around & ~inside
        fen[outside] = np.rint(weights[outside] / weights[outside].sum(axis=1, keepdims=True) * 1.5e9).astype(np.int64)
        price = 1 + random.normal(0.01, 0.02)
        for one in np.flatnonzero(inside | outside):
            output = fen[one]
            real = np.rint(output / price).astype(np.int64)
            revenue = np.rint(output * random.uniform(0.92, 1.08)).astype(np.int64)
            added = np.rint(output * shares[one]).astype(np.int64)
            reason = firms.reason[place][one]
            for month in range(12):
                parts["enterprise_code"].append(codes[one])
                parts["month"].append(f"{year}-{month + 1:02d}")
                parts["is_in_panel"].append("yes" if inside[one] else "no")
                parts["moved"].append(reason)
                for name, value in (
                    ("gross_output_cny", output), ("gross_output_comparable_cny", real), ("revenue_cny", revenue),
                    ("value_added_cny", added),
                ):  # fmt: skip
                    parts[name].append(_yuan(int(value[month])))
                parts["employees"].append(int(people[one] * (1 + 0.02 * place)))
                parts["profit_cny"].append(_yuan(int(revenue[month] * margins[one])))
                parts["rd_cny"].append(_yuan(int(revenue[month] * 0.04)))
                parts["tax_cny"].append(_yuan(int(revenue[month] * 0.03)))
    return parts


_RETURN = (
    "enterprise_code", "month", "is_in_panel", "moved", "gross_output_cny", "gross_output_comparable_cny",
    "revenue_cny", "value_added_cny", "employees", "profit_cny", "rd_cny", "tax_cny",
)  # fmt: skip


def _exactly(total_fen: int, weights: FloatArray) -> NDArray[np.int64]:
    """Whole fen in proportion to weights, their sum the total; what rounding leaves goes to the largest cells."""
    parts = np.floor(weights / weights.sum() * total_fen).astype(np.int64)
    rest = total_fen - int(parts.sum())
    flat = parts.reshape(-1)
    order = np.argsort(-flat, kind="stable")
    each, more = divmod(rest, flat.size)
    flat += each
    flat[order[:more]] += 1
    return np.asarray(flat.reshape(parts.shape), dtype=np.int64)


def _chains(
    codes: list[str], firms: _Firms, first: int, totals: Sequence[tuple[int, float]], random: np.random.Generator
) -> dict[str, Columns]:
    begins = f"{first}-01-01"
    nodes: Columns = {
        "node": [one[1] for one in NODES], "cluster": [one[0] for one in NODES], "name_en": [""] * len(NODES),
        "name_zh": [one[4].split(";")[0] for one in NODES], "stage": [one[2] for one in NODES],
        "parent_node": [""] * len(NODES), "industries": [one[3] for one in NODES],
        "product_terms": [one[4] for one in NODES], "criticality_0_1": [one[5] for one in NODES],
        "is_substitutable": ["no"] * len(NODES), "valid_from": [begins] * len(NODES), "valid_until": [""] * len(NODES),
    }  # fmt: skip
    rows = []
    for place in np.flatnonzero(firms.node >= 0):
        node = NODES[firms.node[place]]
        share = round(float(random.uniform(0.6, 1.0)), 6)
        rows.append((codes[place], node[0], node[1], share))
        if random.random() < 0.15:
            others = [one for one in NODES if one[0] != node[0]]
            other = others[int(random.integers(len(others)))]
            rows.append((codes[place], other[0], other[1], round(float(random.uniform(0.1, 0.6)), 6)))
    members: Columns = {
        "enterprise_code": [row[0] for row in rows], "cluster": [row[1] for row in rows],
        "node": [row[2] for row in rows], "share_0_1": [row[3] for row in rows],
        "evidence": ["合成数据：按种子抽取"] * len(rows), "decided_by": ["synthetic"] * len(rows),
        "confidence_0_1": [""] * len(rows), "valid_from": [begins] * len(rows), "valid_until": [""] * len(rows),
    }  # fmt: skip
    market: list[tuple[Any, ...]] = []
    edges: list[tuple[Any, ...]] = []
    for node in NODES:
        bought, share = float(random.uniform(5e8, 2e10)), float(random.uniform(0.02, 0.6))
        for ring, part in zip(("zone", *_RINGS), _wider(share, random), strict=True):
            market.append(
                (node[1], ring, f"{totals[-1][0]}-01-01", f"{bought:.2f}", f"{bought * part:.2f}", "合成数据")
            )
        for other in NODES:
            if other[0] == node[0] and other[2] == "upstream" and node[2] != "upstream":
                edges.append((other[1], node[1], f"{random.uniform(0.01, 0.2):.6f}", "合成数据", begins, ""))
    market_names = ("node", "ring", "year_begins", "purchases_cny", "from_ring_cny", "evidence")
    edge_names = ("from_node", "to_node", "share_0_1", "evidence", "valid_from", "valid_until")
    return {
        "node": nodes,
        "membership": members,
        "node_market": dict(zip(market_names, map(list, zip(*market, strict=True)), strict=True)),
        "edge": dict(zip(edge_names, map(list, zip(*edges, strict=True)), strict=True)),
    }


def _wider(share: float, random: np.random.Generator) -> list[float]:
    """What comes from the zone, and from the rings around it, each of which holds the one before."""
    shares = [share]
    for _ in _RINGS:
        shares.append(shares[-1] + (1 - shares[-1]) * float(random.uniform(0, 0.6)))
    return shares


def _yuan(fen: int) -> str:
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100}.{size % 100:02d}"
