"""The applications of the one licence as the ledger has them, in the table the wing's measures read.

Whether an application that did not use the one licence could have is not in the ledger: `is_eligible` stays
open, and is then counted nowhere.
"""

from __future__ import annotations

from pathlib import Path

from milepost.basics.table import Table
from milepost.plan.zone import Zone


def applications(zone: Zone) -> tuple[Table, str]:
    """Give the table of applications and the hash of the ledger's end; an empty table where no ledger was begun."""
    from milepost.show.hall.hall import ledger_url, open_hall

    url = ledger_url(zone)
    if "://" not in url and not Path(url).exists():
        return {}, ""
    from milepost.domains.licensing.coverage import applied_of, table_of

    hall = open_hall(zone)
    service = hall.service
    found = []
    for standing in hall.ledger.standings(process=service.process if service else "", most=1_000_000):
        history = hall.docket.history(standing.case)
        industry = (history.events[0].event.data or {}).get("industry") if history else None
        if history and industry:
            found.append(applied_of(history.case, str(industry), None, hall.calendar))
    return table_of(found), hall.ledger.head().hash
