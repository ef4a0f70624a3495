"""The zone's two codes are what they are: 110302 stands in credit codes, 110115403 is where people work."""

from __future__ import annotations

import csv
import shutil

import pytest

from milepost.basics.credit_code import check_character, division_of, is_credit_code, organisation_check
from milepost.show.asking import ask
from milepost.show.catalogue import open_zone

ZONE = "id: own\nname: {en: O, zh: 自}\nmain_area: Z\nareas:\n  - {id: Z, name: {en: Z, zh: 区}, kind: zone}\n"
OWN = "北京经济技术开发区"


def code(division: str, number: int) -> str:
    organisation = f"{number:08d}"
    body = f"91{division}{organisation}{organisation_check(organisation)}"
    return body + check_character(body)


@pytest.fixture(scope="module")
def answer(repository, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "zone.yaml").write_text(ZONE, "utf-8")
    shutil.copytree(repository / "zones/etown/industry", folder / "industry")
    heads = ["enterprise_code", "name", "valid_from", "status", "division_code"]
    rows = [(code("110302", n), f"虚构企业{n}有限公司", "110115403") for n in range(4)]
    rows += [(code("110302", n), f"虚构企业{n}有限公司", "110112101") for n in range(4, 7)]
    rows += [(code("110115", n), f"虚构企业{n}有限公司", "110115403") for n in range(7, 10)]
    rows += [(code("110115", n), f"虚构企业{n}有限公司", "110302") for n in range(10, 13)]
    (folder / "records").mkdir()
    with (folder / "records/enterprise.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*heads, "valid_until"])
        writer.writerows([one, name, "2020-01-01", "in_business", works, ""] for one, name, works in rows)
    return ask(open_zone(folder), "industry.review", {}).answer


def test_a_credit_code_holds_the_division_of_the_registering_office():
    assert is_credit_code(code("110302", 1)) and division_of(code("110302", 1)) == "110302"


def test_each_of_the_two_codes_has_its_name_only_where_it_belongs(answer):
    rows = {(row["registered"], row["work"]): row["enterprises"] for row in answer.tables[0].rows}
    assert rows == {
        (f"110302 {OWN}", f"110115403 {OWN}"): 4,
        (f"110302 {OWN}", "110112101"): 3,
        ("110115", f"110115403 {OWN}"): 3,
        # The code of the registering office is no place of work: it stays a bare number.
        ("110115", "110302"): 3,
    }


def test_an_enterprise_registered_elsewhere_and_working_here_is_counted_as_both(answer):
    assert answer.document == {"in_business": 13, "parent_not_open": 0, "places": 4}
