"""Draws of the latent numbers given all statements: a Gibbs sampler over parallel chains.

Given which part of its mixture each error came from, and the innovation scales, the latent numbers are
jointly normal, and one exact draw is the solution of the perturbed normal equations (Papandreou & Yuille
2010, *Gaussian sampling by local perturbations*). Given the latent numbers, parts and scales are
independent categorical draws. Chains are many and short, all advanced together.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.statements import Compiled, Latent

Floats = NDArray[np.float64]
_CHAINS = 20
_BURN_IN = 25
# Enough for all choices of the targets of a plan, a few hundred kilobytes each.
_REMEMBERED = 64


@dataclass(frozen=True)
class Draws:
    """Draws [draws, latents] from the posterior.

    `log_likelihood` [draws, readings] says how well each draw explains each reading named in `sources`.
    """

    latents: tuple[Latent, ...]
    values: Floats
    sources: tuple[str, ...]
    log_likelihood: Floats

    def of(self, latent: Latent) -> Floats:
        """Give the draws [draws] of one latent number."""
        return self.values[:, self.latents.index(latent)]


def sample(system: Compiled, draws: int, seed: int) -> Draws:
    """Give `draws` draws of all latent numbers, the same for the same seed; their arrays cannot be written to.

    A question asked again (the same statements, draws and seed, as on a later day on which nothing had changed)
    is answered from memory.
    """
    return _remembered(_Asked(system.fingerprint, draws, seed, system))


@dataclass(frozen=True)
class _Asked:
    """What a sample depends on; the system itself is compared by its fingerprint."""

    fingerprint: bytes
    draws: int
    seed: int
    system: Compiled = field(compare=False)


@functools.lru_cache(_REMEMBERED)
def _remembered(asked: _Asked) -> Draws:
    return _sampled(asked.system, asked.draws, asked.seed)


def forget() -> None:
    """Forget all samples; the next question is worked out the long way."""
    _remembered.cache_clear()


def _sampled(system: Compiled, draws: int, seed: int) -> Draws:
    random = np.random.default_rng(seed)
    kept = -(-draws // _CHAINS)
    state = _Chain(system, random)
    said = [row for row, source in enumerate(system.sources) if source]
    values = np.empty((kept, _CHAINS, len(system.latents)))
    explained = np.empty((kept, _CHAINS, len(said)))
    for step in range(-_BURN_IN, kept):
        latent = state.advance()
        if step >= 0:
            values[step] = latent
            explained[step] = state.log_likelihood[:, said]
    found = Draws(
        system.latents,
        values.reshape(kept * _CHAINS, len(system.latents))[:draws],
        tuple(system.sources[row] for row in said),
        explained.reshape(kept * _CHAINS, len(said))[:draws],
    )
    found.values.setflags(write=False)
    found.log_likelihood.setflags(write=False)
    return found


@dataclass(frozen=True)
class _Group:
    """Rows with the same number of mixture parts: their indices, and what a part's score is made of [rows, parts].

    Rows measured in an innovation scale have no shifts, so that residuals may be divided by the scale first; their
    log likelihood then lacks the scale's logarithm, which no reading needs.
    """

    rows: NDArray[np.int64]
    level: Floats
    shift: Floats
    sd: Floats


def _groups(system: Compiled) -> list[_Group]:
    count = np.isfinite(system.log_weight).sum(axis=1)
    said = np.array([bool(source) for source in system.sources])
    found = []
    for parts in np.unique(count):
        rows = np.flatnonzero((count == parts) & (said | (count > 1)))
        if rows.size:
            sd = system.sd[rows, :parts]
            level = system.log_weight[rows, :parts] - np.log(sd)
            found.append(_Group(rows, level, system.shift[rows, :parts], sd))
    return found


class _Chain:
    """All chains at one moment: parts [chains, rows], innovation scales [chains, series], and how well the last
    draw explains each row [chains, rows].
    """

    def __init__(self, system: Compiled, random: np.random.Generator) -> None:
        self.system, self.random = system, random
        rows, size = system.design.shape
        self.parts = np.tile(system.log_weight.argmax(axis=1), (_CHAINS, 1))
        self.scales = np.full((_CHAINS, max(1, len(system.series))), system.scales[len(system.scales) // 2])
        self.rows = np.arange(rows)
        self.log_likelihood = np.zeros((_CHAINS, rows))
        self.groups = _groups(system)
        # The normal equations are sparse: only pairs of latent numbers that meet in a statement are added up.
        left, right = np.nonzero((system.design != 0).T.astype(float) @ (system.design != 0))
        self.flat = left * size + right
        self.products = system.design[:, left] * system.design[:, right]

    def advance(self) -> Floats:
        """Draw latent numbers [chains, latents], then parts and scales, and give the latent numbers."""
        system, random = self.system, self.random
        scale = self._row_scale()
        sd = system.sd[self.rows, self.parts] * scale
        shift = system.shift[self.rows, self.parts]
        weight = sd**-2
        size = len(system.latents)
        precision = np.zeros((_CHAINS, size * size))
        precision[:, self.flat] = weight @ self.products
        perturbed = system.value + shift + sd * random.standard_normal(sd.shape)
        right_side = (weight * perturbed) @ system.design
        latent = np.linalg.solve(precision.reshape(_CHAINS, size, size), right_side[:, :, None])[:, :, 0]
        residual = latent @ system.design.T - system.value
        self._draw_parts(residual, scale)
        self._draw_scales(residual)
        return latent

    def _row_scale(self) -> Floats:
        scale = np.where(self.system.scale >= 0, self.scales[:, self.system.scale], 1.0)
        return np.asarray(scale)

    def _draw_parts(self, residual: Floats, scale: Floats) -> None:
        relative = residual / scale
        for group in self.groups:
            score = group.level - 0.5 * ((relative[:, group.rows, None] - group.shift) / group.sd) ** 2
            top = score.max(axis=2)
            heaped = np.exp(score - top[:, :, None]).cumsum(axis=2)
            total = heaped[:, :, -1]
            self.parts[:, group.rows] = (heaped < (self.random.random(total.shape) * total)[:, :, None]).sum(axis=2)
            self.log_likelihood[:, group.rows] = top + np.log(total)

    def _draw_scales(self, residual: Floats) -> None:
        system = self.system
        times = system.sd[self.rows, self.parts]
        for index in range(len(system.series)):
            mine = system.scale == index
            total = ((residual[:, mine] / times[:, mine]) ** 2).sum(axis=1)
            score = system.scale_prior - mine.sum() * np.log(system.scales)
            score = score - 0.5 * total[:, None] / system.scales**2
            gumbel = -np.log(-np.log(self.random.random(score.shape)))
            self.scales[:, index] = system.scales[(score + gumbel).argmax(axis=1)]
