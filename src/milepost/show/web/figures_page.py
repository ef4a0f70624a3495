"""What a zone counts from registers of its own: every indicator it declares with a formula, on one page.

A wing's figures stand on the wing's page; these have none. A zone without a plan begins here.
"""

from __future__ import annotations

from typing import Any

from milepost.registers.page import Block
from milepost.show.web.frame import own_indicators
from milepost.show.web.visit import Visit
from milepost.show.web.wing_page import shown_block, wings_page

_FORMS = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "sdmx.csv": "SDMX-CSV", "sdmx.json": "SDMX-JSON"}


def home_page(visit: Visit) -> dict[str, Any]:
    """Give what the first page of a zone without a plan shows: its own figures, and the wings that have some."""
    wings = [one for one in wings_page(visit)["wings"] if one["figures"]]
    return figures_page(visit) | {"title": visit.walk.zone.declared.name[visit.language], "wings": wings}


def figures_page(visit: Visit) -> dict[str, Any]:
    """Give what the template of the zone's own figures shows: the newest, their course, and how they are divided."""
    own, walk = own_indicators(visit.walk), visit.walk
    divided = dict.fromkeys(
        (one.indicator, tuple(name for name, _ in one.made.dimensions))
        for one in walk.readings
        if one.made is not None and one.made.dimensions and one.indicator in own
    )
    tables = (Block("table", indicators=(name,), by=by) for name, by in divided)
    declared = [Block("numbers", indicators=own), Block("trend", indicators=own), *tables] if own else []
    blocks = [shown_block(visit, block) for block in declared]
    return {
        "title": visit.words.say("figures.title"),
        "blocks": [block for block in blocks if block is not None],
        "forms": [(f"/api/readings.{ending}{visit.query(visit.asked_on)}", name) for ending, name in _FORMS.items()],
    }
