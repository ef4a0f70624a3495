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


LETTINGS = """space,month,rent_yuan_m2,base_rent_yuan_m2,base_area_m2
workshop,2025-01,44.10,42.00,1000
office,2025-01,88.00,80.00,250.5
workshop,2025-02,42.00,42.00,1000
office,2025-02,84.00,80.00,250.5
"""


@pytest.fixture
def index_zone(repository, tmp_path):
    guide = (repository / "docs/guide/formulas.md").read_text("utf-8")
    pieces = re.findall(r"^```yaml\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    for name, text in zip(("registers", "indicators"), pieces, strict=True):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    name, area = "{en: Rents, zh: 租金}", "[{id: CITY, name: {en: City, zh: 城市}, kind: zone}]"
    (tmp_path / "zone.yaml").write_text(
        f"id: city_rents\nname: {name}\nmain_area: CITY\npublic_registers: [city_rents.letting]\nareas: {area}\n",
        "utf-8",
    )
    (tmp_path / "lettings.csv").write_text(LETTINGS, "utf-8")
    return tmp_path


def test_the_price_index_of_the_guide_is_measured_as_by_hand(index_zone, capsys):
    assert main(["check-zone", str(index_zone)]) == 0
    assert main(["receive", str(index_zone), "city_rents.letting", str(index_zone / "lettings.csv")]) == 0
    capsys.readouterr()
    assert main(["walk", str(index_zone), "--json"]) == 0
    found = {one["period"]: one for one in json.loads(capsys.readouterr().out)["computed"]}
    # January: 44.1 * 1000 + 88 * 250.5 = 66,144 yuan over 42 * 1000 + 80 * 250.5 = 62,040 yuan.
    assert found["2025-01"]["value"] == pytest.approx(100 * 66_144 / 62_040, rel=1e-12)
    # February: 42 * 1000 + 84 * 250.5 = 63,042 yuan over the same.
    assert found["2025-02"]["value"] == pytest.approx(100 * 63_042 / 62_040, rel=1e-12)
    assert {one["unit"] for one in found.values()} == {"index_points"}


@pytest.mark.parametrize(
    ("written", "instead", "code", "mend"),
    [
        ("unit: index_points", "unit:", "D012", "index_points where 100 stands for the base"),
        ("unit: index_points", 'unit: ""', "D012", "index_points where 100 stands for the base"),
        ("  unit: index_points\n", "", "D012", "index_points where 100 stands for the base"),
        ("unit: index_points", "unit: yuan", "F008", "index_points where 100 stands for the base"),
        ("formula: sum", "formula: 100 * sum", "F009", "Leave out the 100"),
        ("/ sum(base_rent_yuan_m2 * base_area_m2)", "/ 62040", "F008", "a column with the value of the base"),
    ],
)
def test_a_unit_of_an_index_that_is_not_right_is_told_with_what_to_write(
    index_zone, capsys, written, instead, code, mend
):
    path = index_zone / "indicators.yaml"
    text = path.read_text("utf-8")
    assert written in text
    path.write_text(text.replace(written, instead), "utf-8")
    assert main(["check-zone", str(index_zone)]) == 1
    told = capsys.readouterr()
    assert code in told.out + told.err
    assert mend in told.out + told.err


def test_every_type_form_and_severity_is_told(repository):
    from typing import get_args

    from milepost.registers.register import ColumnType
    from milepost.registers.rule import Severity

    guide = (repository / "docs/guide/registers.md").read_text("utf-8")
    for name in (*get_args(ColumnType), *get_args(Severity), "refers", "never_falls", "do_not_overlap", "reconciles"):
        assert f"`{name}`" in guide
