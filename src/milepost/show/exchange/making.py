"""Forms and made rows are written: the work of the verbs `form` and `sample`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import Text
from milepost.check.samples.broken import Broken, broken
from milepost.check.samples.maker import Maker
from milepost.check.samples.search import Sample
from milepost.engines.embedded import Engine
from milepost.plan.zone import Zone
from milepost.registers.register import Register
from milepost.show.exchange.form import Form, heads, write_form
from milepost.show.exchange.writing import Head, write_csv
from milepost.show.today import today_in


@dataclass(frozen=True)
class Made:
    """The files that were made, in the order to receive them, each with its register and how many rows it has.

    `unmet` names for a register the rules its rows could not keep to or were not tried against; `unbroken` the rules
    that the file of faults does not break, with the reason; `missing` counts rows that were asked for and not found.
    """

    files: tuple[tuple[Path, str, int], ...]
    unmet: tuple[tuple[str, str], ...] = ()
    unbroken: tuple[tuple[str, str], ...] = ()
    missing: int = 0


def make_form(
    zone: Zone, register: Register, place: Path, kind: str, language: str | None, count: int = 0, seed: int = 1
) -> Made:
    """Write the form of a register, with so many made rows in it.

    Made rows that name rows of other registers name made ones, which `make_samples` writes with the same seed. Raises
    YoursToMend (S109) for made rows of published figures.
    """
    sample = Sample(register, ())
    if count:
        _refuse_invented_figures(register)
        with Engine() as engine:
            sample = Maker(engine, zone, seed, today_in(zone)).sample(register, count)[-1]
    note = _note(language, seed) if count else ""
    write_form(place, Form(register, zone.code_lists_of(register), language, sample.rows, note), kind)
    files = ((place, register.id, len(sample.rows)),)
    return Made(files, _unmet([sample]), missing=count - len(sample.rows))


def _refuse_invented_figures(register: Register) -> None:
    """A published figure names who published it: an invented one would say what nobody said."""
    if register.is_published:
        mend = "Take its blank form, and write figures that were published"
        raise YoursToMend(Trouble("S109", "published figures are not made up", mend))


def _note(language: str | None, seed: int) -> str:
    from milepost.show.wording import Wording

    return Wording(language or "en").say("blank.made", seed=seed)


def make_samples(
    zone: Zone, register: Register, folder: Path, kind: str, count: int, seed: int, has_faults: bool = False
) -> Made:
    """Write made rows of a register and of those it refers to into a folder, numbered in the order to receive them.

    With `has_faults` a further CSV file holds the good rows and, below them, rows that break each rule once; beside it
    stands which line breaks which rule. Raises YoursToMend (S109) for published figures.
    """
    _refuse_invented_figures(register)
    with Engine() as engine:
        maker = Maker(engine, zone, seed, today_in(zone))
        samples = maker.sample(register, count)
        faults = broken(maker, samples[-1]) if has_faults else None
    files = []
    for number, sample in enumerate(samples, start=1):
        place = folder / f"{number}_made_{sample.register.id}.{kind}"
        lists = zone.code_lists_of(sample.register)
        write_form(place, Form(sample.register, lists, None, sample.rows, _note(None, seed)), kind)
        files.append((place, sample.register.id, len(sample.rows)))
    if faults is not None:
        files.append(_write_faults(folder / f"{len(samples) + 1}_faults_{register.id}.csv", samples[-1], faults))
    missing = count - len(samples[-1].rows)
    return Made(tuple(files), _unmet(samples), faults.unbroken if faults else (), missing)


def _unmet(samples: Sequence[Sample]) -> tuple[tuple[str, str], ...]:
    return tuple((sample.register.id, rule) for sample in samples for rule in sample.unmet)


_EXPECTED: Head = [
    ("line", "whole", Text("Line", "行")),
    ("fault", "text", Text("Fault", "问题")),
    ("says", "text", Text("Rule", "规则")),
]


def _write_faults(place: Path, sample: Sample, faults: Broken) -> tuple[Path, str, int]:
    register = sample.register
    head = [(name, "text", register.column(name).name) for name in heads(register, None)]
    good = [[row[name] for name in register.column_ids] for row in sample.rows]
    rows, expected = list(good), []
    for one in faults.breaks:
        for row in one.rows:
            rows.append([*(row[name] for name in register.column_ids), *["made"] * one.surplus])
        expected.append([len(rows) + 1, one.fault, _says(register, one.fault)])
    write_csv(place, head, rows)
    write_csv(place.with_name(f"{place.stem}_expected.csv"), _EXPECTED, expected)
    return place, register.id, len(rows)


def _says(register: Register, fault: str) -> str:
    from milepost.check.fault import faults_of

    return faults_of(register)[fault].rule.says.en
