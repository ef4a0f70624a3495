"""What the evidence model assumes before it sees a figure, read from `priors.yaml` with its reasons."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Literal

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import Text


@dataclass(frozen=True)
class Component:
    """One part of a mixture: with probability `weight` the error is normal(`shift`, `sd`)."""

    weight: float
    shift: float
    sd: float


Noise = tuple[Component, ...]


@dataclass(frozen=True)
class Option:
    """One answer to a choice: its weight, the number it stands for, and its name."""

    weight: float
    value: float
    name: Text


@dataclass(frozen=True)
class Choice:
    """A question that a few figures cannot settle, and its weighted answers."""

    question: Text
    reason: str
    options: dict[str, Option]


@dataclass(frozen=True)
class Priors:
    """All numbers of the evidence model; the meaning of each stands in priors.yaml."""

    choices: dict[Literal["drift", "look_back", "area"], Choice]
    drift_mean: float
    drift_sd: float
    innovation_sd_median: float
    innovation_sd_spread: float
    break_weight: float
    break_times: float
    disturbed_years: tuple[int, ...]
    disturbed_break_weight: float
    ratio_drift_mean: float
    noise_pairs: float
    noise: dict[str, Noise]
    share_common_sd: float
    share_own_sd: float
    festival_sd: float
    relation_year_sd: float
    stage_shape: float
    stage_years: float
    reason_disturbed: str
    reason_ratio: str
    reason_drift: str
    reason_innovation: str
    reason_noise: str
    reason_share: str
    reason_festival: str
    reason_stage: str

    def known_on(self, day: date) -> Priors:
        """Give the priors as they could be held on a day: nobody knew of a disturbed year before it began."""
        return replace(self, disturbed_years=tuple(year for year in self.disturbed_years if year <= day.year))


@functools.cache
def default_priors() -> Priors:
    """Give the priors the package ships."""
    with resources.as_file(resources.files("milepost.forecast").joinpath("priors.yaml")) as path:
        return read_priors(Path(path))


def read_priors(path: Path) -> Priors:
    """Give the priors of a file; raises YoursToMend with every trouble of it."""
    troubles: list[Trouble] = []
    priors = build(Priors, read_yaml(path), troubles)
    if priors is None:
        raise YoursToMend(troubles)
    return priors


def widened(noise: Noise, sd: float) -> Noise:
    """Give the noise with an independent error of standard deviation `sd` added.

    >>> widened((Component(1.0, 0.0, 3.0),), 4.0)
    (Component(weight=1.0, shift=0.0, sd=5.0),)
    """
    return tuple(Component(part.weight, part.shift, math.hypot(part.sd, sd)) for part in noise)


def normal(sd: float, mean: float = 0.0) -> Noise:
    """Give a noise of one normal part."""
    return (Component(1.0, mean, sd),)
