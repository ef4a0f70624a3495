"""What moved a chance."""

from __future__ import annotations

from datetime import date

import pytest

from made import reading, target, zone
from milepost.explain.account import Account, Part
from milepost.explain.moved import moved, pulls

FIGURES = [reading("output", str(2018 + i), 100.0 * 1.06**i, known_on=date(2019 + i, 2, 1)) for i in range(6)]
ASK = target("output", 150.0)


def test_parts_sum_to_the_change_and_name_their_publications() -> None:
    surprise = reading("output", "2024", 120.0, known_on=date(2025, 2, 1))
    account = moved(ASK, zone(), [*FIGURES, surprise], date(2023, 6, 30), date(2025, 6, 30))
    assert account is not None
    assert sum(part.value for part in account.parts) == pytest.approx(account.end - account.start)
    assert [part.readings[0].period.text for part in account.parts[:-1]] == ["2023", "2024"]
    assert account.parts[1].value < -0.2
    assert account.parts[-1].name == "moved_by_time"


def test_between_the_same_dates_nothing_moves() -> None:
    account = moved(ASK, zone(), FIGURES, date(2024, 6, 30), date(2024, 6, 30))
    assert account is not None and account.end == account.start


def test_without_a_chance_there_is_no_account() -> None:
    assert moved(ASK, zone(), FIGURES, date(2010, 1, 1), date(2024, 6, 30)) is None


def test_dates_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="second date"):
        moved(ASK, zone(), FIGURES, date(2024, 6, 30), date(2023, 6, 30))


def test_the_figure_that_pulls_most_stands_first() -> None:
    low = reading("output", "2023", 118.0, "preliminary", known_on=date(2024, 3, 1))
    found = pulls(ASK, zone(), [*FIGURES[:-1], low], date(2024, 6, 30))
    assert found[0].reading == low and found[0].pull is not None and found[0].pull < -0.1


def test_the_only_figure_has_no_pull_for_without_it_there_is_no_chance() -> None:
    assert [p.pull for p in pulls(ASK, zone(), FIGURES[-1:], date(2024, 6, 30))] == [None]


def test_an_account_whose_parts_do_not_sum_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="must sum"):
        Account("q", "chance", 0.1, 0.5, (Part("a", 0.3),))


def test_reweighing_agrees_with_drawing_anew() -> None:
    from dataclasses import replace

    from milepost.explain import moved as room

    more = [*FIGURES, reading("output", "2023", 128.0, "preliminary", known_on=date(2024, 3, 1))]
    place = zone(draws=20_000)
    quick = {p.reading.id: p.pull for p in pulls(ASK, place, more, date(2024, 6, 30))}
    least, room._LEAST_EFFECTIVE = room._LEAST_EFFECTIVE, 2.0
    try:
        anew = {p.reading.id: p.pull for p in pulls(ASK, replace(place), more, date(2024, 6, 30))}
    finally:
        room._LEAST_EFFECTIVE = least
    assert quick.keys() == anew.keys()
    for name, pull in quick.items():
        assert pull == pytest.approx(anew[name], abs=0.03)
