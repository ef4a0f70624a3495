"""The guide to chances names the numbers the model really uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from milepost.forecast.priors import Component, default_priors

ROWS = {
    "actual": "| `actual` |",
    "preliminary": "| `preliminary` |",
    "at_least": "| `at_least` |",
    "growth": "| `growth_yoy_pct` |",
    "comparable_growth": "| the same on a comparable base |",
}


def _per_cent(value: float) -> str:
    return f"{abs(value) * 100:g} %"


def _told(part: Component) -> str:
    where = f"{_per_cent(part.shift)} {'above' if part.shift > 0 else 'below'} " if part.shift else ""
    return f"{_per_cent(part.weight)}: {where}±{_per_cent(part.sd)}"


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_the_error_of_each_kind_is_told_as_it_is_declared(kind: str, repository: Path) -> None:
    priors = default_priors()
    assert set(priors.noise) == set(ROWS)
    lines = (repository / "docs" / "guide" / "chances.md").read_text(encoding="utf-8").splitlines()
    row = next(line for line in lines if line.startswith(ROWS[kind]))
    assert "; ".join(_told(part) for part in priors.noise[kind]) in row


def test_the_other_numbers_are_told_as_they_are_declared(repository: Path) -> None:
    priors = default_priors()
    words = " ".join((repository / "docs" / "guide" / "chances.md").read_text(encoding="utf-8").split())
    for said in (
        f"drift by {_per_cent(priors.drift_mean)} a year, give or take {_per_cent(priors.drift_sd)}",
        f"{_per_cent(priors.ratio_drift_mean)}, give or take {_per_cent(priors.drift_sd)}",
        f"departs from its drift by about {_per_cent(priors.innovation_sd_median)}",
        f"within a factor of {priors.innovation_sd_spread:g}",
        f"{priors.break_times:g} times as much in {priors.break_weight * 100:g} of 100 years",
        f"{priors.disturbed_years[0]} to {priors.disturbed_years[-1]} that is {priors.disturbed_break_weight * 100:g}",
        f"count as {priors.noise_pairs:g} pairs",
        f"unknown by {_per_cent(priors.share_common_sd)} for all series of the place together",
        f"{_per_cent(priors.share_own_sd)} for a series, each for half a year",
        f"uncertain by another {_per_cent(priors.festival_sd)} of a month",
        f"moves by {_per_cent(priors.relation_year_sd)} from year to year",
    ):
        assert said in words, said
    for name, numbers in {"look_back": {15, 6}, "drift": {1.0, 0.6}}.items():
        assert {option.value for option in priors.choices[name].options.values()} == numbers  # type: ignore[index]
        assert {option.weight for option in priors.choices[name].options.values()} == {0.5}  # type: ignore[index]
