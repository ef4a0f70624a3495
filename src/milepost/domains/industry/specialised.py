"""What a zone is specialised in and how much of it hangs on a few: quotients with intervals, concentration, neighbours.

Local figures come from returns and industry codes, wider ones from the comparison cells of other regions. A cell that
is withheld makes its figure missing, never zero. Complexity is refused where too few comparable regions have cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milepost.basics.answer import Answer, AnswerTable, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.industry.answers import (
    Arrays,
    column,
    few_left,
    newest,
    numbered,
    numbers,
    of_year,
    percent,
    table,
    texts,
    valid_on_last_day,
)
from milepost.science.complexity import TooFewRegions, complexity, density, has_advantage, proximity
from milepost.science.concentration import ellison_glaeser, pairwise_coagglomeration
from milepost.science.regional import (
    Interval,
    concentration_ratio,
    herfindahl,
    location_quotient_interval,
)

FloatArray = NDArray[np.float64]
_FEW = 10
_RUNS = 400


@dataclass(frozen=True)
class Local:
    """Sizes of enterprises by industry at the asked level: rows [m] of enterprise, industry and amount."""

    enterprises: tuple[str, ...]
    industries: tuple[str, ...]
    owner: NDArray[np.int64]
    industry: NDArray[np.int64]
    amount: FloatArray


def local_sizes(returns: Arrays, codes: Arrays, measure: str, digits: int) -> Local:
    """Give the amounts of enterprises (one row of returns each) by industry: an enterprise is divided by its shares.

    What no code speaks for is an industry of its own, with an empty name.
    """
    owners = numbered(texts(returns["enterprise_code"]))
    whole = np.zeros(len(owners))
    whole[:] = np.nan_to_num(numbers(returns[measure]))
    whose, industry, share = texts(codes["enterprise_code"]), texts(codes["industry"]), numbers(codes["share_0_1"])
    held = [row for row, code in enumerate(whose) if code in owners]
    told = np.zeros(len(owners))
    rows = [(owners[whose[row]], industry[row][:digits], float(share[row])) for row in held]
    for owner, _, part in rows:
        told[owner] += part
    rows += [(owner, "", 1 - float(told[owner])) for owner in range(len(owners)) if told[owner] < 1 - 1e-6]
    names = numbered(sorted({name for _, name, _ in rows}))
    return Local(
        tuple(owners),
        tuple(names),
        np.array([owner for owner, _, _ in rows], dtype=np.int64),
        np.array([names[name] for _, name, _ in rows], dtype=np.int64),
        np.array([whole[owner] * part for owner, _, part in rows]),
    )


def concentrate(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give, by industry, quotients with intervals, concentration and agglomeration; between industries, their pairs."""
    digits, measure = int(parameters["digits"]), str(parameters["measure"])
    year = newest(tables["returns"], int(parameters["year"]))
    column_of = {"employees": "employees", "gross_output": "output_cny", "revenue": "revenue_cny"}[measure]
    local = local_sizes(of_year(tables["returns"], year), valid_on_last_day(tables["codes"], year), column_of, digits)
    cells = _cells(tables["cells"], measure, year)
    cells = _with_zone(cells, local)
    missing: list[Text] = []
    made = [_industries(local, cells, tables, year, parameters, missing)]
    names = dict(zip(tables["gbt4754_2017"]["code"], tables["gbt4754_2017"]["name_zh"], strict=True))
    made += _pairs(cells, digits, names, missing)
    made += _related(cells, digits, missing)
    sizes = _by_enterprise(local, local.owner >= 0)
    headlines = []
    if sizes.sum() > 0:
        headlines = [
            Headline(Text("Herfindahl index of enterprises", "企业集中度（HHI）"), herfindahl(sizes), ""),
            Headline(Text("Share of the four largest", "前四家占比"), 100 * concentration_ratio(sizes), "percent"),
        ]
    says = Text(
        f"Quotients have the {100 * float(parameters['level']):g} percent interval of a bootstrap over enterprises; "
        "the wider figures are taken as known.",
        f"区位商附有按企业自助抽样的{100 * float(parameters['level']):g}%区间；对比地区数据视为已知。",
    )
    document = {"year": year}
    return Answer(headlines, tuple(made), Proof("interval", says), document, tuple(missing))


def _cells(given: Arrays, measure: str, year: int) -> dict[tuple[str, str], tuple[str, float]]:
    """Cells by region and industry: ring and value; nan where withheld."""
    days = np.array(given["year_begins"], dtype="datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    values = numbers(given["value"])
    names = zip(
        texts(given["region"]), texts(given["industry"]), texts(given["ring"]), texts(given["measure"]), strict=True
    )
    return {
        (region, industry): (ring, float(values[row]))
        for row, (region, industry, ring, what) in enumerate(names)
        if what == measure and years[row] == year
    }


def _with_zone(
    cells: dict[tuple[str, str], tuple[str, float]], local: Local
) -> dict[tuple[str, str], tuple[str, float]]:
    """The cells with a row of the zone's own enterprises, where the comparison has none of it."""
    if any(ring == "zone" for ring, _ in cells.values()) or not local.enterprises:
        return cells
    own = np.bincount(local.industry, weights=local.amount, minlength=len(local.industries))
    known = dict(zip(local.industries, own.tolist(), strict=True))
    wanted = {industry for (_, industry), (ring, _) in cells.items() if ring == "comparator" and industry != "total"}
    return {**cells, **{("", industry): ("zone", known.get(industry, 0.0)) for industry in wanted}}


def _industries(
    local: Local,
    cells: Mapping[tuple[str, str], tuple[str, float]],
    tables: Mapping[str, Any],
    year: int,
    parameters: Mapping[str, Any],
    missing: list[Text],
) -> AnswerTable:
    wider = _of_ring(cells, str(parameters["against"]))
    if "total" not in wider:
        missing.append(
            Text(
                "The wider region has no published total: no quotient is given.",
                "对比地区没有公布合计数，不计算区位商。",
            )
        )
    where = _places(tables.get("sites", {}), local, year)
    names = dict(zip(tables["gbt4754_2017"]["code"], tables["gbt4754_2017"]["name_zh"], strict=True))
    sizes = _by_enterprise(local, local.owner >= 0)
    rows = []
    for place, code in enumerate(local.industries):
        mine = local.industry == place
        own = _by_enterprise(local, mine)
        held = own[own > 0]
        quotient = _quotient(sizes, own, wider, code, parameters)
        gamma = _gamma(own, sizes, where)
        bounds = [round(one, 4) if one == one else None for one in (quotient.value, quotient.low, quotient.high)]
        rows.append(
            (
                code or Text("not coded", "未赋码"), names.get(code, ""), held.size,
                percent(float(held.sum() / sizes.sum())) if sizes.sum() > 0 else None,
                *bounds,
                round(herfindahl(held), 1) if held.size else None,
                None if few_left(held.size, 4) else percent(concentration_ratio(held)),
                None if gamma is None else round(gamma, 5),
            )
        )  # fmt: skip
    columns = (
        column("industry", "Industry", "行业"), column("name", "Title", "名称"),
        column("enterprises", "Enterprises", "企业数", "count"), column("share", "Share here", "本区占比", "percent"),
        column("quotient", "Location quotient", "区位商"), column("low", "Low", "下限"), column("high", "High", "上限"),
        column("hhi", "HHI", "HHI"), column("first_four", "Share of the first four", "前四家占比", "percent"),
        column("gamma", "Ellison-Glaeser gamma", "EG指数"),
    )  # fmt: skip
    name = Text(f"Industries in {year}", f"{year}年各行业")
    return table("industries", name, columns, rows, "enterprises", Picture("bars", "industry", ("quotient",)))


def _quotient(
    sizes: FloatArray, own: FloatArray, wider: Mapping[str, float], code: str, parameters: Mapping[str, Any]
) -> Interval:
    nothing = Interval(float("nan"), float("nan"), float("nan"), float(parameters["level"]), 0)
    there, total = wider.get(code, float("nan")), wider.get("total", float("nan"))
    if not (there > 0 and total > 0) or sizes.sum() <= 0:
        return nothing
    held, level = sizes > 0, float(parameters["level"])
    return location_quotient_interval(sizes[held], own[held], there, total, level, _RUNS, int(parameters["seed"]))


def _of_ring(cells: Mapping[tuple[str, str], tuple[str, float]], ring: str) -> dict[str, float]:
    return {industry: value for (_, industry), (of, value) in cells.items() if of == ring}


def _places(sites: Arrays, local: Local, year: int) -> NDArray[np.int64] | None:
    """The number of each enterprise's largest division, -1 where none is known; None without any."""
    if len(sites.get("enterprise_code", ())) == 0:
        return None
    sites = valid_on_last_day(sites, year)
    owners = {code: place for place, code in enumerate(local.enterprises)}
    best: dict[int, tuple[float, str]] = {}
    rows = zip(
        texts(sites["enterprise_code"]), texts(sites["division_code"]), numbers(sites["output_share_0_1"]), strict=True
    )
    for code, division, share in rows:
        if code in owners and division:
            best[owners[code]] = max(best.get(owners[code], (0.0, "")), (float(share), division))
    names = numbered(sorted({division for _, division in best.values()}))
    return np.array([names[best[one][1]] if one in best else -1 for one in range(len(owners))], dtype=np.int64)


def _by_enterprise(local: Local, chosen: NDArray[np.bool_]) -> FloatArray:
    """Amounts of the chosen rows by enterprise."""
    weights = np.where(chosen, local.amount, 0.0)
    return np.asarray(np.bincount(local.owner, weights, minlength=len(local.enterprises)), dtype=np.float64)


def _gamma(own: FloatArray, sizes: FloatArray, where: NDArray[np.int64] | None) -> float | None:
    """Agglomeration of an industry's enterprises among the divisions of the zone, against all industries together."""
    if where is None or where.max() < 1:
        return None
    inside = (own > 0) & (where >= 0)
    totals = np.bincount(where[where >= 0], weights=sizes[where >= 0])
    if inside.sum() < 2 or np.count_nonzero(totals) < 2:
        return None
    return ellison_glaeser(own[inside], where[inside], totals).gamma


def _pairs(
    cells: Mapping[tuple[str, str], tuple[str, float]], digits: int, names: Mapping[str, str], missing: list[Text]
) -> list[AnswerTable]:
    """Co-agglomeration of industries over the comparison regions that publish every cell."""
    regions, industries, sizes = _full_table(cells, digits)
    if len(regions) < 3 or len(industries) < 2:
        missing.append(
            Text(
                f"Co-agglomeration needs three comparable regions with every cell published; there are {len(regions)}.",
                f"产业协同集聚需要至少三个数据齐全的可比地区，现有{len(regions)}个。",
            )
        )
        return []
    found = pairwise_coagglomeration(sizes.T, sizes.sum(axis=1))
    pairs = [(i, j) for i in range(len(industries)) for j in range(i) if found[i, j] == found[i, j]]
    pairs.sort(key=lambda pair: -found[pair])
    shown = pairs[:10] + (pairs[-5:] if len(pairs) > 15 else [])
    columns = (
        column("first", "Industry", "行业"),
        column("first_name", "Title", "名称"),
        column("second", "Other industry", "另一行业"),
        column("second_name", "Title", "名称"),
        column("coagglomeration", "Co-agglomeration", "协同集聚指数"),
    )
    rows = [
        (industries[i], names.get(industries[i], ""), industries[j], names.get(industries[j], ""),
         round(float(found[i, j]), 6))
        for i, j in shown
    ]  # fmt: skip
    return [table("pairs", Text("Industries that locate together, and apart", "协同与分离的行业"), columns, rows)]


def _related(cells: Mapping[tuple[str, str], tuple[str, float]], digits: int, missing: list[Text]) -> list[AnswerTable]:
    """Complexity and density of the zone's industries, or the reason why not."""
    regions, industries, sizes = _full_table(cells, digits)
    zone = next((place for place, region in enumerate(regions) if _ring_of(cells, region) == "zone"), None)
    try:
        advantage = has_advantage(sizes) if len(regions) else np.zeros((0, 0), dtype=np.bool_)
        found, near = complexity(advantage), proximity(advantage)
    except TooFewRegions as refused:
        count, least = str(refused).split()[0], str(refused).split()[3]
        missing.append(
            Text(f"Complexity and relatedness are not given: {refused}.",
                 f"不计算经济复杂度与关联度：可比地区仅{count}个，至少需要{least}个，否则结果取决于名单。")
        )  # fmt: skip
        return []
    except ValueError as refused:
        missing.append(Text(f"Complexity is not given: {refused}.", "不计算经济复杂度：各地区行业互不重叠。"))
        return []
    around = density(advantage, near)
    columns = (
        column("industry", "Industry", "行业"), column("complexity", "Complexity", "复杂度"),
        column("has", "Has an advantage here", "本区有优势"), column("density", "Density here", "本区关联密度"),
    )  # fmt: skip
    rows = [
        (code, round(float(found.industries[place]), 4),
         "✓" if zone is not None and advantage[zone, place] else "",
         None if zone is None else round(float(around[zone, place]), 4))
        for place, code in enumerate(industries)
    ]  # fmt: skip
    return [table("relatedness", Text("Complexity and relatedness", "复杂度与关联度"), columns, rows)]


def _ring_of(cells: Mapping[tuple[str, str], tuple[str, float]], region: str) -> str:
    return next(ring for (name, _), (ring, _) in cells.items() if name == region)


def _full_table(
    cells: Mapping[tuple[str, str], tuple[str, float]], digits: int
) -> tuple[list[str], list[str], FloatArray]:
    """Comparable regions (the zone and its comparators) by industries, those with every cell published."""
    inside = {name: ring for (name, _), (ring, _) in cells.items() if ring in ("zone", "comparator")}
    industries = sorted({industry for (name, industry) in cells if name in inside and len(industry) == digits})
    full = [
        name for name in sorted(inside)
        if all(cells.get((name, one), ("", float("nan")))[1] == cells.get((name, one), ("", float("nan")))[1]
               for one in industries)
    ]  # fmt: skip
    sizes = np.array([[cells[name, one][1] for one in industries] for name in full]).reshape(len(full), len(industries))
    return full, industries, sizes
