"""Wings and zones are introduced to each other here; no list of wings exists anywhere.

A wing is found by being in `milepost.domains`, a zone by its folder's name.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from pathlib import Path

import milepost.domains
from milepost.basics.errors import Place, Trouble, YoursToMend, nearest
from milepost.plan.folder import load_zone
from milepost.plan.zone import Zone
from milepost.registers.code_list import code_lists_of
from milepost.registers.domain import Domain
from milepost.registers.indicator import Indicator
from milepost.registers.meaning import faults
from milepost.registers.page import thing_troubles
from milepost.registers.register import Register
from milepost.show.today import today_in


@functools.cache
def find_wings() -> tuple[Domain, ...]:
    """Give every wing that is there, by name.

    Raises YoursToMend (Z019) where a folder of the wings does not say what wing it is.
    """
    return tuple(_wing(found.name) for found in sorted(pkgutil.iter_modules(milepost.domains.__path__)))


def _wing(name: str) -> Domain:
    domain = getattr(importlib.import_module(f"milepost.domains.{name}"), "DOMAIN", None)
    if not isinstance(domain, Domain):
        mend = "Write DOMAIN = Domain.from_folder(Path(__file__).parent) in its __init__.py"
        raise YoursToMend(
            Trouble("Z019", f"the wing {name} does not say that it is one", mend, Place(f"{name}/__init__.py"))
        )
    return domain


@functools.cache
def wing_indicators() -> dict[str, Indicator]:
    """Give the indicators of all wings, by id.

    Raises YoursToMend with all troubles of all wings.
    """
    found: dict[str, Indicator] = {}
    troubles: list[Trouble] = []
    for wing in find_wings():
        try:
            found.update(wing.indicators())
        except YoursToMend as error:
            troubles.extend(error.troubles)
    if troubles:
        raise YoursToMend(troubles)
    return found


@functools.cache
def wing_registers() -> dict[str, Register]:
    """Give the registers of all wings, by id.

    Raises YoursToMend with all troubles of all wings; their formulas are read in `wing_faults`.
    """
    found: dict[str, Register] = {}
    troubles: list[Trouble] = []
    for wing in find_wings():
        try:
            found.update(wing.registers())
        except YoursToMend as error:
            troubles.extend(error.troubles)
    if troubles:
        raise YoursToMend(troubles)
    return found


def wing_faults() -> tuple[Trouble, ...]:
    """Give what is wrong with the formulas and references of the wings, which are the program's own to keep right."""
    found = list(faults(wing_registers(), wing_registers(), wing_indicators(), wing_indicators()))
    for wing in find_wings():
        found.extend(thing_troubles(wing.page(), wing.registers()))
        for register in wing.registers().values():
            try:
                code_lists_of(register, [wing.folder / "codes"])
            except YoursToMend as error:
                found.extend(error.troubles)
    return tuple(found)


def open_zone(folder: Path) -> Zone:
    """Give the zone of a folder, with the indicators of all wings and its own.

    Raises YoursToMend with all troubles of all its files.
    """
    folders = {wing.id: wing.folder for wing in find_wings()}
    zone = load_zone(folder, wing_indicators(), wing_registers=wing_registers(), wing_folders=folders)
    known = {key for wing in find_wings() for key in wing.studies()} if zone.declared.public_studies else set()
    troubles = [
        Trouble("Q001", f"no wing answers {name}, named in public_studies", nearest(name, known) or "Take it out",
                zone.declared.place)
        for name in zone.declared.public_studies if name not in known
    ]  # fmt: skip
    if troubles:
        raise YoursToMend(troubles)
    return zone


def check_zone(folder: Path) -> tuple[Trouble, ...]:
    """Give every trouble of a zone's folder, in the order of files and lines; an empty tuple when it is well formed.

    Its duties, its roles and the rows of its records are tried once everything else is well formed. Nothing is kept.
    """
    from milepost.show.hall.hall import hall_troubles
    from milepost.show.records import row_troubles

    try:
        zone = open_zone(folder)
    except YoursToMend as error:
        return error.troubles
    if troubles := hall_troubles(zone):
        return troubles
    return tuple(sorted(row_troubles(zone, today_in(zone)), key=lambda trouble: trouble.place))
