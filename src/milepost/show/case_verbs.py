"""The verb that opens a case about a thing of a register, as a page of the site does."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from milepost.show import telling
from milepost.show.rooms import Rooms, who

AddVerb = Callable[..., argparse.ArgumentParser]
_DESK = "window"


def add_verbs(verb: AddVerb) -> None:
    """Add the verb to a command line by its own way (`verb`)."""
    opening = verb(
        "open-case", _open_case, "open a case about a thing of a register, such as a factory's certification"
    )
    opening.add_argument("process", metavar="PROCESS", help="the process, such as zero_carbon_factory")
    opening.add_argument("code", metavar="CODE", help="the code of the thing it is about, as its register has it")
    opening.add_argument(
        "--role", metavar="ROLE", default=_DESK, help="who opens it by the process (window by default)"
    )


def _open_case(asked: argparse.Namespace, rooms: Rooms) -> int:
    zone = rooms.open_zone(asked.zone)
    case = rooms.open_case(zone, asked.process, asked.code, who(), asked.role)
    if asked.json:
        states = sorted(case.marking)
        found = {"case": case.id, "process": asked.process, "about": asked.code, "states": states}
        telling.print_document(found | telling.notice_of(zone))
    else:
        print(f"Case {case.id} is open: {asked.process} of {asked.code}.")
    return 0
