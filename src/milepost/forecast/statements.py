"""The latent paths and what is said of them: every prior and every figure is one linear statement.

A statement reads `sum of coefficient x latent = value + error`, where the error is a finite mixture of
normals. Levels, growth, months of a year, ratios and figures of another area are all of this form, so
that several indicators, unknown seasonal shares and unknown area ratios are weighed in one system and
the order of figures cannot matter. References: West & Harrison (1997), *Bayesian Forecasting and Dynamic
Models*, ch. 4; Frühwirth-Schnatter (2006), *Finite Mixture and Markov Switching Models*, ch. 13.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.priors import Component, Noise, Priors, normal
from milepost.forecast.within import Law, steps

Latent = tuple[str, ...]
"""The name of a latent number: ("path", series, year), ("drift", series), ("pace", series, year, month), ..."""


@dataclass(frozen=True)
class Statement:
    """One linear statement; `series` names the innovation scale its error is measured in, if any, and `source`
    the reading it comes from.
    """

    terms: tuple[tuple[Latent, float], ...]
    value: float
    noise: Noise
    series: str = ""
    source: str = ""


@dataclass(frozen=True)
class Inside:
    """Latent numbers at cuts inside a year: their law, the beginning of their names, and the error of one unit of the
    law, in the innovation scale of `series` if it is given.
    """

    law: Law
    name: Latent
    noise: Noise
    series: str

    def at(self, cut: int) -> Latent:
        """Give the name of the number at a cut."""
        return (*self.name, f"{cut:03d}")

    def statements(self, cuts: Iterable[int]) -> Iterator[Statement]:
        """Give the prior of the numbers at `cuts`, each given those before it."""
        ordered = sorted(cuts)
        for number, step in enumerate(steps(self.law, tuple(ordered))):
            terms = {self.at(ordered[number]): 1.0}
            terms |= {self.at(cut): -pull for cut, pull in zip(ordered, step.coefficients, strict=False)}
            noise = tuple(Component(part.weight, 0.0, part.sd * step.sd) for part in self.noise)
            yield Statement(tuple(sorted(terms.items())), 0.0, noise, self.series)


@dataclass
class System:
    """The statements of one target, gathered; latent numbers come into being as they are named.

    In a joint system several paths share the seasons of the place.
    """

    priors: Priors
    is_joint: bool = False
    statements: list[Statement] = field(default_factory=list)
    _declared: set[Latent] = field(default_factory=set)
    _inside: dict[Inside, set[int]] = field(default_factory=dict)

    def add_path(
        self, series: str, first: int, last: int, start: float, seen: int, drift_mean: float, damping: float = 1.0
    ) -> None:
        """Add a yearly path: a free start near `start`, a drift, and innovations with breaks.

        After `seen`, the last year with a figure, the drift returns to its prior mean by `damping` a year.
        """
        priors = self.priors
        drift: Latent = ("drift", series)
        self.say({path(series, first): 1.0}, start, normal(3.0))
        self.say({drift: 1.0}, drift_mean, normal(priors.drift_sd))
        for year in range(first + 1, last + 1):
            kept = damping ** max(0, year - seen)
            step = {path(series, year): 1.0, path(series, year - 1): -1.0, drift: -kept}
            self.say(step, (1.0 - kept) * drift_mean, self._innovation(year), series)

    def _innovation(self, year: int) -> Noise:
        rare, times = self._breaks(year)
        return Component(1.0 - rare, 0.0, 1.0), Component(rare, 0.0, times)

    def _breaks(self, year: int) -> tuple[float, float]:
        priors = self.priors
        rare = priors.disturbed_break_weight if year in priors.disturbed_years else priors.break_weight
        return rare, priors.break_times

    def wander(self, year: int) -> Noise:
        """Give the error of the wandering inside a year, in the innovation scale: normal, with the variance of a
        year's change, so that it does not matter which cuts are asked for.
        """
        rare, times = self._breaks(year)
        return normal(math.sqrt(1.0 - rare + rare * times**2))

    def inside(self, law: Law, name: Latent, cut: int, noise: Noise, series: str = "") -> Latent:
        """Give the name of a latent number at a cut inside a year, which comes into being with its law."""
        inside = Inside(law, name, noise, series)
        self._inside.setdefault(inside, set()).add(cut)
        return inside.at(cut)

    def add_unknown(self, latent: Latent, mean: float, sd: float) -> None:
        """Add a latent number with a normal prior, once."""
        if latent not in self._declared:
            self._declared.add(latent)
            self.say({latent: 1.0}, mean, normal(sd))

    def say(
        self, terms: Mapping[Latent, float], value: float, noise: Noise, series: str = "", source: str = ""
    ) -> None:
        """Add a statement."""
        self.statements.append(Statement(tuple(sorted(terms.items())), value, noise, series, source))

    def compiled(self) -> Compiled:
        """Give the statements as arrays, in an order that does not depend on the order of saying."""
        priors = [one for inside, cuts in self._inside.items() for one in inside.statements(cuts)]
        ordered = sorted(
            [*self.statements, *priors], key=lambda said: (said.terms, said.value, said.series, repr(said.noise))
        )
        return Compiled.of(ordered, self.priors)


def path(series: str, year: int) -> Latent:
    """Give the name of a path's value in a year."""
    return ("path", series, str(year))


@dataclass(frozen=True)
class Compiled:
    """Statements as arrays: `design` [rows, latents], `value` [rows], mixture parts [rows, parts].

    Parts are padded with weight 0. `scale` [rows] is the index of the innovation scale of a row, -1 where
    its sd is absolute, and `sources` the reading a row comes from, if any; `scales` are the values an
    innovation scale may take and `scale_prior` their log prior.
    """

    latents: tuple[Latent, ...]
    design: NDArray[np.float64]
    value: NDArray[np.float64]
    log_weight: NDArray[np.float64]
    shift: NDArray[np.float64]
    sd: NDArray[np.float64]
    scale: NDArray[np.int64]
    series: tuple[str, ...]
    scales: NDArray[np.float64]
    scale_prior: NDArray[np.float64]
    sources: tuple[str, ...]

    @property
    def fingerprint(self) -> bytes:
        """A hash that differs wherever two systems do."""
        found = hashlib.sha256(repr((self.latents, self.series, self.sources, self.design.shape)).encode())
        for array in (
            self.design, self.value, self.log_weight, self.shift, self.sd, self.scale, self.scales, self.scale_prior,
        ):  # fmt: skip
            found.update(repr(array.shape).encode())
            found.update(array.tobytes())
        return found.digest()

    @classmethod
    def of(cls, statements: list[Statement], priors: Priors) -> Compiled:
        """Give the arrays of statements."""
        latents = tuple(sorted({name for s in statements for name, _ in s.terms}))
        where = {name: column for column, name in enumerate(latents)}
        series = tuple(sorted({s.series for s in statements if s.series}))
        rows, parts = len(statements), max(len(s.noise) for s in statements)
        design = np.zeros((rows, len(latents)))
        weight, shift, sd = np.zeros((rows, parts)), np.zeros((rows, parts)), np.ones((rows, parts))
        for row, statement in enumerate(statements):
            for name, coefficient in statement.terms:
                design[row, where[name]] += coefficient
            for part, component in enumerate(statement.noise):
                weight[row, part], shift[row, part], sd[row, part] = component.weight, component.shift, component.sd
        steps = np.linspace(-2.5, 2.5, 15)
        with np.errstate(divide="ignore"):
            log_weight = np.log(weight)
        return cls(
            latents,
            design,
            np.array([s.value for s in statements]),
            log_weight,
            shift,
            sd,
            np.array([series.index(s.series) if s.series else -1 for s in statements]),
            series,
            priors.innovation_sd_median * priors.innovation_sd_spread**steps,
            -0.5 * steps**2,
            tuple(s.source for s in statements),
        )
