"""Student's t distribution with a whole number of degrees of freedom, without a library."""

from __future__ import annotations

from math import atan, cos, pi, sin, sqrt


def student_cdf(t: float, freedom: int) -> float:
    """Give the probability that Student's t with `freedom` >= 1 degrees is at most `t`.

    The finite series of Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.

    >>> round(student_cdf(2.306004135, 8), 6)
    0.975
    """
    angle = atan(t / sqrt(freedom))
    cosine2, is_odd = cos(angle) ** 2, freedom % 2 == 1
    term = cos(angle) if is_odd else 1.0
    total = term if freedom > 1 else 0.0
    for k in range(3 if is_odd else 2, freedom - 1, 2):
        term *= cosine2 * (k - 1) / k
        total += term
    share = 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total
    return 0.5 + share / 2


def student_quantile(probability: float, freedom: int) -> float:
    """Give the t that `probability` (above 0, below 1) of the distribution does not exceed, by bisection.

    >>> round(student_quantile(0.975, 8), 6)
    2.306004
    """
    if not 0 < probability < 1:
        raise ValueError("a probability is above 0 and below 1")
    if probability < 0.5:
        return -student_quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while student_cdf(high, freedom) < probability:
        low, high = high, high * 2
    while high - low > 1e-12 * max(high, 1.0):
        middle = (low + high) / 2
        low, high = (middle, high) if student_cdf(middle, freedom) < probability else (low, middle)
    return (low + high) / 2
