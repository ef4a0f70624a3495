"""The study `workshops` answered: what each workshop of a site emits by its electricity and heat, on both bases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Proof
from milepost.basics.errors import listed
from milepost.basics.text import Text
from milepost.domains.carbon.account import OWN_USED, Account, all_factors, newest_year, take_account
from milepost.domains.carbon.asked_inventory import TONNES, boundary_of, method_of
from milepost.domains.carbon.balance import allocate
from milepost.domains.carbon.boundary import Boundary
from milepost.domains.carbon.excerpts import Tables, rows_of, text
from milepost.domains.carbon.inventory import BASES, Inventory, take_inventory
from milepost.domains.carbon.lines import of_scope, total_of, whole_sum
from milepost.domains.carbon.purchased import HEAT, POWER, Bought
from milepost.domains.carbon.said import said
from milepost.domains.carbon.sharing import Metered, metered_in, sites_with_workshops
from milepost.domains.carbon.workshops import Carrier, SiteTonnes, Tonnes, shared_out

SUBJECTS = {"electricity": (POWER, "matched_instrument", "own_generation_sold"), "heat": (HEAT,)}
_KWH_PER_MWH = 1000.0
_MOST_NAMED = 10
_SAYS = Text(
    "A workshop's energy times its site's own factor; the workshops and the rest sum to the site.",
    "车间用能量乘以所属场所自身因子；各车间与未分摊部分之和等于场所排放量。",
)
_LOCATION = Text("Location-based", "位置法")
_MARKET = Text("Market-based", "市场法")
_FIRMS = Column("firms", Text("Firms", "企业数"))


def workshops(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the tonnes of a year of every workshop of the sites asked about."""
    boundary = boundary_of(tables, parameters)
    year = int(parameters["year"]) or newest_year(tables, on, boundary)
    account, metered = take_account(tables, boundary, year), metered_in(tables, boundary, year)
    found = take_inventory(account.records, all_factors(tables), method_of(tables, parameters, year), on)
    start, until = date(year, 1, 1), date(year + 1, 1, 1)
    named = sites_with_workshops(boundary, start, until)
    without = sorted(set(boundary.sites_in(start, until)) - set(named))
    sites = [_site(tables, boundary, account, metered, found.of_site(site), site, start) for site in named]
    lacks = [lack for one in sites for lack in found.of_site(one.site).missing]
    return Answer(
        [],
        [_totals_table(sites), _parts_table(sites)],
        Proof("counted", _SAYS),
        {"year": year, "sites": {one.site: _document(one) for one in sites}},
        list(dict.fromkeys([*_without(without, year), *lacks, *account.set_aside, *_untold(sites)])),
    )


def _without(sites: Sequence[str], year: int) -> Iterator[Text]:
    """Say which sites have no workshop to be told of."""
    if sites:
        shown = "、".join(sites[:_MOST_NAMED]) + (f"等{len(sites)}处" if len(sites) > _MOST_NAMED else "")
        yield Text(
            f"No workshop when {year} begins: {listed(sites, _MOST_NAMED)}. It is a row of carbon.site below its site",
            f"{year}年初无车间：{shown}。车间为 carbon.site 中隶属于场所的记录",
        )


def _site(
    tables: Tables, boundary: Boundary, account: Account, metered: Metered, own: Inventory, site: str, start: date
) -> SiteTonnes:
    names = tuple(one.code for one in boundary.workshops(site, start))
    total, at_meters = _electricity_kwh(account, metered, site), metered.total(site)
    energy = metered.allocation(boundary, site, start, total if at_meters is None else at_meters)
    carriers = [shared_out("electricity", "kWh", total, _tonnes(own, "electricity"), energy)]
    if any(line.subject == HEAT for line in own.lines):
        carriers.append(_heat(tables, boundary, account, own, site, start))
    return SiteTonnes(site, names, tuple(carriers))


def _tonnes(own: Inventory, carrier: str) -> Tonnes:
    lines = {basis: of_scope(own.lines, "2", basis) for basis in BASES}
    return {b: total_of(line for line in lines[b] if line.subject in SUBJECTS[carrier]).tonnes for b in BASES}


def _electricity_kwh(account: Account, metered: Metered, site: str) -> float | None:
    """What a site used: bought, and made, less sold; own and sold power from bills, else from meters."""
    bought = _sum(one for one in account.records.bought if one.site == site and one.kind == POWER)
    if bought is None:
        return None
    own = [one for one in (*account.own_used, *account.records.bought)
           if one.site == site and one.kind in (OWN_USED, "own_generation_sold")]  # fmt: skip
    sold = [one for one in account.records.bought if one.site == site and one.kind == "exported_electricity"]
    made = _sum(own) if own else _metered_mwh(metered, site, "own_generation")
    left = _sum(sold) if sold else _metered_mwh(metered, site, "export")
    return None if made is None or left is None else (bought + made - abs(left)) * _KWH_PER_MWH


def _metered_mwh(metered: Metered, site: str, role: str) -> float | None:
    """The sum of a site's meters of a role, nought where it has none."""
    if not metered.has(site, (role,)):
        return 0.0
    read = metered.total(site, (role,))
    return None if read is None else read / _KWH_PER_MWH


def _heat(tables: Tables, boundary: Boundary, account: Account, own: Inventory, site: str, start: date) -> Carrier:
    """Heat [GJ]: a workshop with a bill of its own is metered by it, the rest goes by floor area."""
    whose = {text(row, "bill_code"): text(row, "site_code") for row in rows_of(tables, "bought")}
    heat = [one for one in account.records.bought if one.site == site and one.kind == HEAT]
    found = boundary.workshops(site, start)
    billed = {one.code: [bill for bill in heat if whose.get(bill.id) == one.code] for one in found}
    metered = {code: _sum(bills) for code, bills in billed.items() if bills}
    areas = {one.code: one.floor_area_m2 for one in found if one.floor_area_m2 is not None}
    total = _sum(heat)
    energy = allocate(total, [one.code for one in found], metered, {}, areas)
    return shared_out("heat", "GJ", total, _tonnes(own, "heat"), energy)


def _sum(bought: Iterable[Bought]) -> float | None:
    return whole_sum(one.amount for one in bought)


def _untold(sites: Sequence[SiteTonnes]) -> Iterator[Text]:
    """Workshops of which nobody can tell the energy."""
    for site in sites:
        for carrier in site.carriers:
            for part in carrier.parts:
                if part.amount is None:
                    name = said(carrier.carrier)
                    words = name if isinstance(name, Text) else Text(name, name)
                    yield Text(
                        f"{part.workshop} has no share of {words.en}: a meter lacks readings, or it has neither meter, "
                        "estimate nor floor area",
                        f"{part.workshop} 无法分摊{words.zh}：计量缺数，或无计量、工程估算与建筑面积",
                    )


def _totals_table(sites: Sequence[SiteTonnes]) -> AnswerTable:
    columns = (
        Column("site", Text("Site", "场所")), Column("workshop", Text("Workshop", "车间")),
        Column("location", _LOCATION, TONNES), Column("market", _MARKET, TONNES), _FIRMS,
    )  # fmt: skip
    rows = [
        {"site": site.site, "workshop": name, **tonnes, "firms": 1}
        for site in sites
        for name, tonnes in (
            *((code, site.of_workshop(code)) for code in site.workshops),
            (said("unattributed"), site.rest),
            (said("whole_site"), site.whole),
        )
    ]
    name = Text("Emissions of electricity and heat by workshop", "分车间电力、热力排放量")
    return AnswerTable("workshop_tonnes", name, columns, tuple(rows), contributors="firms")


def _parts_table(sites: Sequence[SiteTonnes]) -> AnswerTable:
    columns = (
        Column("site", Text("Site", "场所")), Column("workshop", Text("Workshop", "车间")),
        Column("carrier", Text("Carrier", "介质")), Column("amount", Text("Amount", "数量")),
        Column("unit", Text("Unit", "单位")), Column("method", Text("Found by", "分摊方法")),
        Column("location", _LOCATION, TONNES), Column("market", _MARKET, TONNES), _FIRMS,
    )  # fmt: skip
    rows = tuple(
        {"site": site.site, "workshop": part.workshop, "carrier": said(one.carrier), "amount": part.amount,
         "unit": one.unit, "method": said(part.method or ("" if part.workshop else "unattributed")),
         **part.tonnes, "firms": 1}
        for site in sites for one in site.carriers for part in (*one.parts, one.rest)
    )  # fmt: skip
    name = Text("How each amount was found", "各项用能的分摊方法")
    return AnswerTable("workshop_parts", name, columns, rows, contributors="firms")


def _document(site: SiteTonnes) -> dict[str, Any]:
    return {
        "workshops": {
            name: {**_plain(site.of_workshop(name)),
                   **{one.carrier: {"amount": part.amount, "unit": one.unit, "method": part.method,
                                    **_plain(part.tonnes)}
                      for one in site.carriers for part in one.parts if part.workshop == name}}
            for name in site.workshops
        },
        "unattributed": {**_plain(site.rest),
                         **{one.carrier: {"amount": one.rest.amount, "unit": one.unit, **_plain(one.rest.tonnes)}
                            for one in site.carriers}},
        "site": {**_plain(site.whole),
                 **{one.carrier: {"amount": one.total, "unit": one.unit, **_plain(one.tonnes)}
                    for one in site.carriers}},
    }  # fmt: skip


def _plain(tonnes: Tonnes) -> dict[str, float | None]:
    return {f"{basis}_t": value for basis, value in tonnes.items()}
