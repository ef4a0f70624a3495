"""Harbour City with odd figures or an odd target: copied, changed and walked by command line and by page."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fakes.browsing import visit

TARGET = "T.asked"
COLUMNS = [
    "indicator", "area", "period", "period_end", "value", "unit", "kind", "source_url", "source_title", "published_on",
    "note",
]  # fmt: skip
UNITS = {"output": "CNY_100m", "berths": "count", "coverage": "percent", "exports_balance": "CNY_100m"}
INDICATORS = {
    "output": "industry.gross_output",
    "berths": "harbour_city.berths_with_shore_power",
    "coverage": "licensing.licence_coverage",
    "exports_balance": "harbour_city.exports_balance",
}
BALANCE = """
exports_balance:
  name: {en: Exports less imports, zh: 进出口差额}
  definition: {en: Exports less imports, zh: 出口减进口}
  kind: flow
  unit: CNY_100m
  scale: real
"""
Figure = tuple[str, str, float | str, str]
"""Published name, period, value, kind; published in February of the year after, or as a fifth part says."""


def figure(name: str, period: str, value: float | str, kind: str = "actual", published: str = "") -> dict[str, str]:
    """A row of the records."""
    day = published or f"{int(period[:4]) + 1}-02-20"
    source = f"https://harbour.example/{day}/{kind}"
    unit = "percent" if kind == "growth_yoy_pct" else UNITS[name]
    cells = (name, "HARBOUR", period, "", str(value), unit, kind, source, "Report (invented)", day, "invented")
    return dict(zip(COLUMNS, cells, strict=True))


class Asked:
    """The answer to one target of the odd harbour: the JSON of the command line and the words of the pages, and what
    check-zone says of it.
    """

    def __init__(self, folder: Path, known_on: str, capsys: pytest.CaptureFixture[str]) -> None:
        from milepost.show.command import main

        main(["check-zone", str(folder)])
        self.complaints = capsys.readouterr().out
        assert main(["walk", str(folder), "--json", "--known-on", known_on]) == 0
        found: list[dict[str, Any]] = []
        _collect(json.loads(capsys.readouterr().out), found)
        self.outlook = found[0]
        self.folder, self.known_on = folder, known_on

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the 90 % interval at the deadline."""
        return self.outlook["outlook"]["p05"], self.outlook["outlook"]["p95"]

    def page(self, language: str) -> str:
        """Give the words of the target's page."""
        from milepost.show.catalogue import open_zone
        from milepost.show.today import today_in
        from milepost.show.walk import walk
        from milepost.show.web.site import make_app

        zone = open_zone(self.folder)
        app = make_app(lambda day: walk(zone, day), lambda one: {}, lambda: today_in(zone))
        return visit(app, f"/{language}/target/{TARGET}/?known_on={self.known_on}").words


def _collect(node: Any, found: list[dict[str, Any]]) -> None:
    if isinstance(node, dict):
        if "because" in node:
            found.append(node)
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        _collect(child, found)


def odd_harbour(
    repository: Path,
    folder: Path,
    rows: Sequence[dict[str, str]],
    name: str = "output",
    value: float = 150,
    comparison: str = "at_least",
    deadline: date = date(2027, 12, 31),
) -> Path:
    """Make the zone with one target and these rows, and give its folder."""
    shutil.copytree(repository / "examples" / "harbour_city", folder, ignore=shutil.ignore_patterns("data"))
    names = "".join(f"{name}: {indicator}\n" for name, indicator in INDICATORS.items())
    (folder / "figures.yaml").write_text(names, encoding="utf-8")
    with (folder / "indicators.yaml").open("a", encoding="utf-8") as file:
        file.write(BALANCE)
    with (folder / "records" / "published_figures.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    words = "{en: Words, zh: 词语}"
    (folder / "plan" / "plan.yaml").write_text(
        f"id: odd\nname: {words}\nannounced_on: 2024-03-01\ndeadline: 2027-12-31\ntasks_announced: 1\n"
        f"source: https://harbour.example/plan\ngoals:\n  - id: G1\n    name: {words}\n    targets:\n"
        f"      - id: {TARGET}\n        name: {words}\n        stated: {words}\n        reading: {words}\n"
        f"        indicator: {INDICATORS[name]}\n        area: HARBOUR\n        comparison: {comparison}\n"
        f"        value: {value}\n        unit: {UNITS[name]}\n        deadline: {deadline.isoformat()}\n"
        f"actions:\n  - id: A1\n    name: {words}\n    items:\n"
        f"      - {{id: T1, name: {words}, wing: industry, targets: []}}\n",
        encoding="utf-8",
    )
    return folder
