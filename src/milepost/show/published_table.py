"""A zone's published figures as a table that a study may read: every kept row, in the words it was published in."""

from __future__ import annotations

from milepost.basics.table import Table
from milepost.keep.version import Version
from milepost.plan.zone import Zone
from milepost.registers.register import own_register
from milepost.show.records import REGISTER
from milepost.show.today import today_in
from milepost.show.walk import store_of, take_in_records


def published_table(zone: Zone) -> tuple[Table, tuple[Version, ...]]:
    """Give the kept rows of published figures and the newest version they are of.

    The column `means` names the indicator that the zone reads a published name as.

    What the zone ships with is taken in first where nothing was yet. Empty columns where there are none.
    """
    from milepost.engines.embedded import Engine, quoted

    store, register = store_of(zone), own_register(REGISTER)
    if store.newest(REGISTER) is None:
        take_in_records(zone, today_in(zone))
    if store.newest(REGISTER) is None:
        return {name: [] for name in register.column_ids}, ()
    with Engine() as engine:
        view = store.view(engine, register)
        rows = list(engine.rows(f"select {', '.join(map(quoted, register.column_ids))} from {quoted(view)}"))
    table = {name: [row[place] or "" for row in rows] for place, name in enumerate(register.column_ids)}
    table["means"] = [_meaning(zone, name) for name in table["indicator"]]
    return table, tuple(store.versions(REGISTER)[-1:])


def _meaning(zone: Zone, name: str) -> str:
    return zone.figures[name].indicator if name in zone.figures else name
