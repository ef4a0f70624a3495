"""A zone with a factory, its workshops and meters, and a second firm's factory; nobody but its people may see either.

Meters are read every day of 2023. The meter of the paint shop lacks three days, and its index falls once.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fakes.hall_visits import PASSWORD, Clock, hash_quickly
from milepost.cases.case import Case
from milepost.show.catalogue import open_zone
from milepost.show.hall.about import open_by_command
from milepost.show.rooms import site_of
from milepost.show.walk import take_in_records
from milepost.show.web.accounts import add_person

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ZONE = """id: green_works
name: {en: A zone with works (invented), zh: 有工厂的园区（虚构）}
main_area: ZONE
areas:
  - {id: ZONE, name: {en: The zone, zh: 园区}, kind: zone}
"""
SITE_COLUMNS = ("site_code,kind,parent_code,site_name,holder_code,industry_code,region,floor_area_m2,estimated_kwh,"
                "is_key_emitter,valid_from,valid_until")  # fmt: skip
METER_COLUMNS = (
    "meter_code,device_code,site_code,parent_code,carrier,unit,role,interval_minutes,error_percent,"
    "valid_from,valid_until"
)
BILL_COLUMNS = ("bill_code,site_code,kind,period_from,period_until,energy_kwh,heat_gj,own_factor_t_per_gj,"
                "own_factor_source,uncertainty_percent")  # fmt: skip
READING_COLUMNS = "meter_code,device_code,begins_at,energy_kwh,index_kwh"


def credit_code(body: str) -> str:
    """A credit code of 17 signs with its check sign (GB 32100-2015)."""
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + _SIGNS[(31 - total % 31) % 31]


ALPHA, BETA, GAMMA = (credit_code(f"91110302MA000000{number}") for number in (1, 2, 3))
PEOPLE = (
    ("ann", "applicant", f"party={ALPHA}"),
    ("ann", "reporter", f"party={ALPHA},process=carbon.meter_reading"),
    ("bob", "applicant", f"party={BETA}"),
    ("gu", "window", "desk=green_desk"),
    ("vera", "verifier", "desk=green_desk"),
    ("cert", "certifier", "desk=green_desk"),
    ("hall", "window", "desk=service_hall"),
    ("every", "window", "all"),
    ("stat", "statistician", "all"),
)


def days(meter: str, kwh: float, lacks: tuple[int, ...] = (), falls_at: int = 0) -> list[str]:
    """A reading for each day of 2023, with the index of the device; `lacks` and `falls_at` count days from 0."""
    rows = []
    for day in range(365):
        index = 1 if falls_at and day == falls_at else kwh * (day + 1)
        rows.append(f"{meter},{meter}-1,{date(2023, 1, 1) + timedelta(day)} 00:00:00,{kwh},{index}")
    return [row for day, row in enumerate(rows) if day not in lacks]


def write_zone(folder: Path) -> Path:
    """Write the zone's folder."""
    (folder / "records").mkdir(parents=True, exist_ok=True)
    (folder / "zone.yaml").write_text(_ZONE, "utf-8")
    sites = [
        f"alpha,site,,Alpha works,{ALPHA},3670,beijing,12000,,no,2020-01-01,",
        "alpha-press,workshop,alpha,Press shop,,3670,beijing,4000,,no,2020-01-01,",
        "alpha-paint,workshop,alpha,Paint shop,,3670,beijing,2000,,no,2020-01-01,",
        f"beta,site,,Beta works,{BETA},3670,beijing,9000,,no,2020-01-01,",
        f"gamma,site,,Gamma works,{GAMMA},3670,beijing,800,,no,2020-01-01,",
    ]
    meters = [
        "A-0,A-0-1,alpha,,electricity,kWh,purchase,1440,0.5,2023-01-01,",
        "A-1,A-1-1,alpha-press,A-0,electricity,kWh,part,1440,1,2023-01-01,",
        "A-2,A-2-1,alpha-paint,A-0,electricity,kWh,part,1440,1,2023-01-01,",
        "B-0,B-0-1,beta,,electricity,kWh,purchase,1440,0.5,2023-01-01,",
    ]
    readings = [*days("A-0", 3000), *days("A-1", 1800), *days("A-2", 900, (30, 31, 32), 200), *days("B-0", 17777)]
    bills = [
        "a-2023,alpha,purchased_electricity,2023-01-01,2024-01-01,1234500,,,,1",
        "b-2023,beta,purchased_electricity,2023-01-01,2024-01-01,6543200,,,,1",
    ]
    for name, columns, rows in (
        ("site", SITE_COLUMNS, sites),
        ("meter", METER_COLUMNS, meters),
        ("meter_reading", READING_COLUMNS, readings),
        ("bought_energy", BILL_COLUMNS, bills),
    ):
        (folder / f"records/carbon.{name}.csv").write_text("\n".join([columns, *rows]) + "\n", "utf-8")
    return folder


def green_app(folder: Path) -> Any:
    """Give the zone's site, with its people; their word to sign in is that of `hall_visits`."""
    hash_quickly()
    app = site_of(open_zone(write_zone(folder)), Clock(f"{date.today() - timedelta(1)}T02:00:00+00:00"))
    for name, role, scope in PEOPLE:
        add_person(app.site.accounts, name, role, scope, PASSWORD)
    return app


WAY = (
    ("begin", "applicant", {"baseline_year": 2021, "baseline_t": 900.0}),
    ("take_inventory", "applicant", {"inventory_year": 2023, "location_t": 500.0, "market_t": 400.0}),
    ("plan", "applicant", {}),
    ("verify", "verifier", {"finding": "reduced", "residual_t": 390.0}),
    ("find_residual", "verifier", {}),
    ("retire_offset", "applicant", {"retirement": "CCER-17", "offset_t": 390.0}),
    ("certify", "certifier", {"certificate_code": "ZC", "standard": "ISO 14068-1", "valid_until": "2099-03-08"}),
)


def certify(hall: Any, code: str, process: str = "zero_carbon_factory") -> str:
    """Bring a case about a factory from its opening to its certificate, and give its id."""
    take_in_records(hall.zone, hall.today())
    case = open_by_command(hall, process, code, "gu", "window", hall.today())
    for act, role, fields in WAY:
        after = hall.docket.act(case.id, act, role, role, hall.now(), "", {"fields": fields} if fields else {})
        assert isinstance(after, Case), (act, after)
    return str(case.id)
