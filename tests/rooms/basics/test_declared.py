"""A declaration says what it says: nothing is executed, repeated, guessed or passed over."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pytest

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, YoursToMend


@dataclass(frozen=True)
class Berth:
    name: str
    length_m: float
    ships: int = 0
    is_open: bool = True
    since: date | None = None
    kind: Literal["deep", "shallow"] = "deep"
    cranes: tuple[str, ...] = ()
    place: Place = NOWHERE


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        path = tmp_path / "berth.yaml"
        path.write_text(text, "utf-8")
        return read_yaml(path, "berth.yaml")

    return read_text


def codes(read, text):
    with pytest.raises(YoursToMend) as caught:
        read(text)
    return [(trouble.code, trouble.place.line) for trouble in caught.value.troubles]


def made(read, text):
    troubles = []
    return build(Berth, read(text), troubles), [(trouble.code, trouble.place.line) for trouble in troubles]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: c: d", [("D002", 2)]),
        ("name: a\n---\nname: b", [("D002", 2)]),
        ("since: 2025-13-45", [("D002", 1)]),
        ("ships: " + "9" * 5000, [("D002", 1)]),
        ("? [a, b]\n: 1", [("D002", 1)]),
        ("a: &x 1\nb: *x", [("D003", 2)]),
        ("a: 1\nb: !!python/object/apply:os.system [ls]", [("D003", 2)]),
        ("a: 1\nb: 2\na: 3", [("D004", 3)]),
        ("[" * 100_000, [("D001", 1)]),
    ],
)
def test_what_a_declaration_may_not_hold_is_refused_at_its_line(read, text, expected):
    assert codes(read, text)[: len(expected)] == expected


def test_a_file_of_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_bytes("name: 泊位".encode("gb18030"))
    with pytest.raises(YoursToMend) as caught:
        read_yaml(tmp_path / "a.yaml")
    assert [trouble.code for trouble in caught.value.troubles] == ["D001"]


def test_an_empty_file_is_an_empty_mapping(read):
    assert read("").value == {}
    assert read("# nothing\n").value == {}


def test_a_whole_declaration_is_built_with_its_place(read):
    berth, troubles = made(read, "name: 7\nlength_m: 120\nships: 2\nsince: 2020-01-31\nkind: shallow\ncranes: [a, b]\n")
    assert troubles == []
    assert berth == Berth("7", 120.0, 2, True, date(2020, 1, 31), "shallow", ("a", "b"), Place("berth.yaml", 1, 1))


@pytest.mark.parametrize("value", [".nan", ".inf", "true", "many", "", "[1]"])
def test_only_a_finite_number_is_a_number(read, value):
    assert made(read, f"name: a\nlength_m: {value}") == (None, [("D013", 2)])


@pytest.mark.parametrize("value", ["1.5", "true", "2020-01-01"])
def test_only_a_whole_number_counts(read, value):
    assert made(read, f"name: a\nlength_m: 1\nships: {value}")[1] == [("D013", 3)]


def test_all_troubles_are_told_at_once(read):
    text = "nmae: a\nships: few\nis_open: maybe\nsince: soon\nkind: deap\ncranes: a\nplace: here\n"
    lines = [("D011", 1), *[("D013", line) for line in range(2, 7)], ("D011", 7), ("D012", 1), ("D012", 1)]
    assert made(read, text) == (None, lines)


def test_an_unknown_name_is_told_with_the_nearest_known_one(read):
    troubles = []
    build(Berth, read("name: a\nlenght_m: 5\n"), troubles)
    assert "length_m" in troubles[0].mend
