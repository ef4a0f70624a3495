"""The example of the guide to registers is a zone that works as the guide says."""

import json
import re

import pytest

from milepost.show.command import main

SHIPS = "ship_code,runs_it,valid_from,valid_until\n" + "".join(f"S{n},line {n},2024-01-01,\n" for n in range(4))
CALLS = """ship_code,arrived_at,kind,cargo_t
S0,2025-01-03 08:00,bulk,"1000,5"
S1,2025-01-04 08:00,bulk,"2000"
S2,2025-02-04 08:00,boxes,n/a
S3,2025-02-05 08:00,tank,"3000"
S9,2025-02-06 08:00,tank,"10"
S0,2025-03-03 08:00,bulk,"-1"
S1,2025-03-04 08:00,bulk,"600000"
"""


@pytest.fixture
def zone(repository, tmp_path):
    guide = (repository / "docs/guide/registers.md").read_text("utf-8")
    pieces = re.findall(r"^```yaml\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    for name, text in zip(("zone", "registers", "indicators"), pieces, strict=True):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    (tmp_path / "ships.csv").write_text(SHIPS, "utf-8")
    (tmp_path / "calls.csv").write_text(CALLS, "utf-8")
    return tmp_path


def test_the_example_is_received_checked_and_measured_as_the_guide_says(zone, capsys):
    assert main(["check-zone", str(zone)]) == 0
    assert main(["form", str(zone), "harbour.call", str(zone / "form.xlsx")]) == 0
    assert main(["receive", str(zone), "harbour.ship", str(zone / "ships.csv")]) == 0
    capsys.readouterr()
    assert main(["receive", str(zone), "harbour.call", str(zone / "calls.csv"), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert (told["accepted_count"], told["refused_count"]) == (5, 2)
    assert main(["walk", str(zone), "--json"]) == 0
    said = capsys.readouterr()
    computed = {(one["indicator"], one["period"]): one["value"] for one in json.loads(said.out)["computed"]
                if not one["dimensions"]}  # fmt: skip
    assert ("harbour.throughput", "2025-Q1") not in computed and "K009" in said.err, "March waits for a decision"
    assert main(["accept", str(zone), "call", "1", "cargo_is_plausible", "--reason", "two ships lashed"]) == 0
    capsys.readouterr()
    assert main(["walk", str(zone), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["computed"]
    (quarter,) = (one for one in found if (one["indicator"], one["period"]) == ("harbour.throughput", "2025-Q1")
                  and not one["dimensions"])  # fmt: skip
    assert quarter["value"] == pytest.approx(1000.5 + 2000 + 3000 + 600000)
    assert quarter["contributors"] == 3, "a call that did not tell its cargo has no part in the figure"
    assert main(["lineage", str(zone), quarter["reading"]]) == 0


def test_every_type_form_and_severity_is_told(repository):
    from typing import get_args

    from milepost.registers.register import ColumnType
    from milepost.registers.rule import Severity

    guide = (repository / "docs/guide/registers.md").read_text("utf-8")
    for name in (*get_args(ColumnType), *get_args(Severity), "refers", "never_falls", "do_not_overlap", "reconciles"):
        assert f"`{name}`" in guide
