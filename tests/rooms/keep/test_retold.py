"""Refused rows are told again in another language, as far as the declarations still know what was said of them."""

import csv
import dataclasses

import pytest

from milepost.check.fault import tell
from milepost.keep.files import refused_file
from milepost.keep.retold import refused_file_in
from milepost.keep.store import Store
from small_registers import READING, Trial

HEAD = ["refused_line", "refused_rules", "refused_reasons", "refused_mends", "refused_beyond"]
NEGATIVE = ("C050", "the energy is negative", "Correct it")
HASH = "a" * 64


@pytest.fixture
def trial(tmp_path):
    found = Trial(tmp_path)
    with found.engine:
        yield found


def chinese_row(trial, faults, register, **cells):
    """A row that was refused for faults, as it is fetched in Chinese."""
    store = Store(trial.folder / "data")
    place = refused_file(store, register.id, HASH)
    place.parent.mkdir(parents=True, exist_ok=True)
    row = READING | cells
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        said = ["; ".join(parts) for parts in zip(*faults, strict=True)]
        writer = csv.writer(file)
        writer.writerow([*register.column_ids, *HEAD])
        writer.writerow([*(row.get(column, "") for column in register.column_ids), "7", *said, ""])
    with refused_file_in(store, register, HASH, "zh").open(encoding="utf-8-sig", newline="") as file:
        (found,) = csv.DictReader(file)
    assert [found[column] for column in register.column_ids] == [row.get(c, "") for c in register.column_ids]
    return found


def told(trial, faults, **cells):
    """What a row with faults reads as in Chinese: rules, reasons, mends."""
    found = chinese_row(trial, faults, trial.zone.registers["small.reading"], **cells)
    assert (found["退回行号"], found["多出的单元格"]) == ("7", "")
    return found["退回规则"], found["退回原因"], found["改正办法"]


def test_each_reason_is_told_and_a_code_that_is_near_is_named(trial):
    rules, reasons, mends = told(trial, [NEGATIVE, NEGATIVE], energy_kwh="-1")
    assert (rules, reasons, mends) == ("C050；C050", "电量为负；电量为负", "改正；改正")
    english = tell(trial.zone.registers["small.reading"], "C023/how", {"how": "raed"})
    of_code = (english.code, english.reason, english.mend)
    rules, reasons, mends = told(trial, [of_code, NEGATIVE], how="raed", energy_kwh="-1")
    assert rules == "C023；C050"
    assert reasons.startswith("how: ") and reasons.endswith("；电量为负")
    assert "是否为 read；改正" in mends


def test_words_that_are_not_declared_any_more_stay_as_they_were(trial):
    gone = ("C050", "the energy is a minus", "Mend it")
    assert told(trial, [NEGATIVE, gone, NEGATIVE]) == (
        "C050；C050; C050",
        "电量为负；the energy is a minus; the energy is negative",
        "改正；Mend it; Correct it",
    )


def test_the_english_file_is_the_one_that_was_written_and_one_that_is_not_there_is_not_made(trial):
    register, store = trial.zone.registers["small.reading"], Store(trial.folder / "data")
    english = refused_file(store, register.id, HASH)
    assert refused_file_in(store, register, HASH, "en") == english
    assert not refused_file_in(store, register, HASH, "zh").exists()


def test_a_head_that_is_a_column_s_own_name_is_left_to_the_column(trial):
    register = trial.zone.registers["small.reading"]
    like = dataclasses.replace(register.columns[-1], also_written=("退回原因",))
    found = chinese_row(trial, [NEGATIVE], dataclasses.replace(register, columns=(*register.columns[:-1], like)))
    assert (found["refused_reasons"], found["退回规则"]) == ("电量为负", "C050")
