"""Bad input beside its expected outcome: each file is taken in by a small zone, and every word is compared.

To write an outcome anew after a change that is meant: delete its .txt and run the test once.
"""

from pathlib import Path

import pytest

from milepost.basics.errors import MilepostError
from milepost.keep.store import Store
from milepost.show.intake import take_in
from small_zone import TODAY, small_zone

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.iterdir() if path.suffix in (".csv", ".xlsx", ".xls"))


def outcome(path, data):
    try:
        intake = take_in(small_zone(), Store(data), path, "published_figures", TODAY, "somebody")
    except MilepostError as error:
        return f"refused as a whole\n{error}\n"
    verdict = intake.verdict
    lines = [
        verdict.batch.receipt.how_read,
        f"{intake.accepted} accepted ({intake.warned} with a warning), {intake.refused} refused",
    ]
    for title, told in (("refused", verdict.refusals), ("warning", verdict.warnings)):
        for each in told:
            for code, reason, mend in zip(each.rules, each.reasons, each.mends, strict=True):
                lines.append(f"{title}: line {each.line}: {code}: {reason}. {mend}.")
    return "\n".join(lines) + "\n"


def test_there_are_files_to_judge():
    assert len(FILES) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_outcome_is_as_written(path, tmp_path):
    expected = path.with_name(path.name + ".txt")
    found = outcome(path, tmp_path / "data")
    if not expected.exists():
        expected.write_text(found, encoding="utf-8")
        pytest.fail(f"{expected.name} was missing and is now written: read it, then run again")
    assert found == expected.read_text("utf-8")
