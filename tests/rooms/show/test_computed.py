"""Figures that a zone's own services make become readings, and small ones are not made."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from milepost.show.catalogue import open_zone
from milepost.show.computed import computed_readings
from milepost.show.guard import let_out
from milepost.show.walk import source_row, walk

ON = date(2026, 2, 1)


@pytest.fixture
def place(repository: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "etown"
    shutil.copytree(repository / "zones" / "etown", folder, ignore=shutil.ignore_patterns("data"))
    live = folder / "licensing" / "catalogue" / "live_industries.csv"
    live.parent.mkdir(parents=True, exist_ok=True)
    live.write_text(
        "industry,from,until,source\nconvenience_store,2024-03-01,,http://example.org\nhomestay,2025-06-01,,http://example.org\n",
        encoding="utf-8",
    )
    return folder


def test_the_share_of_live_industries_is_a_reading_of_each_year_end(place: Path) -> None:
    found = computed_readings(open_zone(place), ON)
    by_day = {r.period.text: r.value for r in found if r.indicator == "licensing.licence_coverage"}
    assert by_day == {"2023-12-31": 0.0, "2024-12-31": 2.5, "2025-12-31": 5.0, "2026-02-01": 5.0}
    assert {r.basis for r in found} == {"computed"}


def test_full_coverage_is_judged_by_what_the_zone_itself_counts(place: Path) -> None:
    walked = let_out(walk(open_zone(place), ON, today=ON))
    outlook = walked.outlooks["T8.licence_coverage"]
    assert outlook.verdict == "missed"
    assert outlook.latest is not None and outlook.latest.basis == "computed"
    row = source_row(walked.zone, outlook.latest.id)
    assert row["study"] == "licensing.coverage"
    assert any(name.endswith("live_industries.csv") for name in row)


def test_what_too_few_stand_behind_is_not_made(place: Path) -> None:
    rows = "".join(f"{n},homestay,2025-07-01,yes,yes,2025-07-02,2025-07-10,issued,2025-08-01,0,0\n" for n in (1, 2))
    head = (
        "application,industry,applied_on,is_eligible,used_one_licence,accepted_on,decided_on,outcome,promised_due,"
        "completions_asked,documents_beyond_list\n"
    )
    table = place / "licensing" / "applications.csv"
    table.write_text(head + rows, encoding="utf-8")
    few = {r.indicator for r in computed_readings(open_zone(place), ON)}
    assert "licensing.decided_in_promised_time" not in few
    table.write_text(head + rows + rows.replace("1,h", "3,h").replace("2,h", "4,h"), encoding="utf-8")
    enough = {r.indicator for r in computed_readings(open_zone(place), ON)}
    assert "licensing.decided_in_promised_time" in enough


def test_a_zone_without_such_services_has_no_computed_readings(repository: Path) -> None:
    assert computed_readings(open_zone(repository / "examples" / "harbour_city"), ON) == []
