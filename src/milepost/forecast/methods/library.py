"""Methods of the library statsforecast, behind our interface; it is imported only when one of them is asked.

It is the optional extra `forecast`. Where it cannot fit a series (too short, constant, a season longer than
it handles) a lighter method answers, as each docstring says.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from milepost.basics.errors import Trouble, YoursToMend
from milepost.forecast.methods.interface import FloatArray, Forecast


def has_library() -> bool:
    """Is the optional extra `forecast` installed?"""
    return find_spec("statsforecast") is not None


def models() -> Any:
    """Give the library's module of models; raises YoursToMend (F101) where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import statsforecast.models
    except ImportError as error:
        what = "this method stands on the library statsforecast, which is not installed"
        raise YoursToMend(Trouble("F101", what, "Install milepost[forecast], or choose a method without it")) from error
    return statsforecast.models


def continue_with(model: Any, y: FloatArray, h: int, probabilities: Sequence[float]) -> Forecast | None:
    """Give what a model of the library says about `y`, or None where it cannot fit it."""
    levels = sorted({round(abs(1 - 2 * p) * 100, 6) for p in probabilities} - {0.0})
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            said = model.forecast(y=y, h=h, level=levels) if levels else model.forecast(y=y, h=h)
    except Exception:  # the library raises bare Exception, ZeroDivisionError and more for series it cannot fit
        return None
    points = np.asarray(said["mean"], dtype=np.float64)
    columns = [said[_column(p)] for p in probabilities]
    quantiles = np.stack(columns, axis=1).astype(np.float64) if columns else None
    is_whole = np.isfinite(points).all() and (quantiles is None or np.isfinite(quantiles).all())
    return Forecast(points, quantiles) if is_whole else None


def _column(probability: float) -> str:
    level = round(abs(1 - 2 * probability) * 100, 6)
    if level == 0.0:
        return "mean"
    return f"{'lo' if probability < 0.5 else 'hi'}-{level}"
