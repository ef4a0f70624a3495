"""The records a zone ships with: which files they are, and a trial of their rows that keeps nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.plan.folder import record_files as unit_records
from milepost.plan.zone import Zone

if TYPE_CHECKING:
    from milepost.check.verdict import Refusal

REGISTER = "published_figures"
_ENDINGS = (".csv", ".xlsx")


def record_files(zone: Zone) -> list[tuple[Path, str]]:
    """Give the files in the zone's records, each with its register.

    Published figures come first, then unit records; a register that others refer to comes before them.
    """
    of_units = unit_records(zone.folder, zone.registers)
    figures = sorted(
        path for path in (zone.folder / "records").glob("*") if path.suffix.lower() in _ENDINGS and path not in of_units
    )
    order = {name: place for place, name in enumerate(_in_order(zone))}
    units = sorted(of_units.items(), key=lambda one: (order[one[1]], one[0]))
    return [*((path, REGISTER) for path in figures), *units]


def _in_order(zone: Zone) -> list[str]:
    """Registers so that what a register refers to stands before it; a circle is cut where it is met."""
    ordered: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in ordered or name in path or name not in zone.registers:
            return
        rules = zone.registers[name].rules
        for link in (link for rule in rules for link in (rule.refers, rule.reconciles) if link is not None):
            visit(link.register, (*path, name))
        ordered[name] = None

    for name in sorted(zone.registers):
        visit(name, ())
    return list(ordered)


def row_troubles(zone: Zone, today: date) -> Iterator[Trouble]:
    """Yield why files of the zone's records, or rows of them, would be refused today.

    Everything is taken in for trial, into a folder that is gone afterwards. Rows with one fault and one mend are one
    trouble, at the first of them.
    """
    from milepost.keep.store import Store
    from milepost.show.intake import take_in

    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        store = Store(Path(folder), zone.time_zone)
        for path, register in record_files(zone):
            try:
                intake = take_in(zone, store, path, register, today, "")
            except YoursToMend as error:
                # A zone may wait for its first figures.
                told = (trouble for trouble in error.troubles if trouble.code != "R001")
                yield from (replace(one, place=replace(one.place, file=str(path))) for one in told)
            else:
                yield from _told(path, intake.refusals)


def _told(path: Path, refusals: tuple[Refusal, ...]) -> Iterator[Trouble]:
    lines: dict[tuple[str, str, str], list[int]] = {}
    for refusal in refusals:
        for rule in zip(refusal.rules, refusal.reasons, refusal.mends, strict=True):
            lines.setdefault(rule, []).append(refusal.line)
    for (code, reason, mend), found in lines.items():
        rest = len(found) - 1
        more = f" (and in {rest} more {'row' if rest == 1 else 'rows'})" if rest else ""
        yield Trouble(code, reason + more, mend, Place(str(path), found[0]))
