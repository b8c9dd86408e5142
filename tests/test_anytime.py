"""Intervals valid at every look: exact where theory is exact, coverage with peeking elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from plaza_lab.scenarios.statistics import anytime_interval, compare_all
from plaza_lab.scenarios.statistics.anytime import (
    FEWEST_EQUAL,
    FIRST_LOOK,
    WAIT,
    anytime_bounds,
    critical,
    half_width,
    mixture,
    sample_skewness,
)


@pytest.mark.parametrize("n", [16, 20, 200])
def test_the_critical_value_is_where_the_mixture_likelihood_ratio_reaches_one_over_alpha(n):
    t, variance = float(critical(n)), float(mixture(0.95, 200))
    effects = np.linspace(-6, 6, 20_001) * math.sqrt(variance)
    weights = stats.norm.pdf(effects, 0, math.sqrt(variance))
    likelihoods = np.nan_to_num(stats.nct.pdf(t, n - 1, math.sqrt(n) * effects))  # NaN: underflow
    ratio = integrate.trapezoid(weights * likelihoods, effects) / stats.t.pdf(t, n - 1)
    assert ratio == pytest.approx(20, rel=1e-3)


def test_with_many_values_it_is_robbins_normal_mixture():
    n, variance = 100_000, mixture(0.95, 200)
    known = math.sqrt((1 + 1 / (n * variance)) * math.log((1 + n * variance) / 0.05**2))
    assert float(critical(n)) == pytest.approx(known, rel=1e-3)


def test_the_interval_is_narrowest_where_it_was_asked_to_be():
    widths = {place: float(critical(200, 0.95, place)) for place in (20, 200, 2000)}
    assert min(widths, key=widths.get) == 200
    assert widths[200] < 1.6 * stats.t.ppf(0.975, 199)


def test_p_is_the_error_at_which_the_interval_touches_zero():
    values = np.random.default_rng(2).normal(0, 1, 50)
    values = (values - values.mean()) / values.std(ddof=1)
    cell = anytime_interval(values)
    touching = anytime_interval(values - cell.low)
    assert touching.low == pytest.approx(0, abs=1e-12)
    assert touching.p == pytest.approx(0.05, rel=1e-6)
    assert anytime_interval(values - cell.high).p == pytest.approx(0.05, rel=1e-6)
    assert anytime_interval(values).p == 1
    assert anytime_interval(values + 3).p < 1e-6


def test_the_longer_tail_moves_the_bound_on_its_side_out_and_none_in():
    low, high = (float(x) for x in anytime_bounds(100, 0.0, 1.0, 0.0))
    assert low == -high
    right = [float(x) for x in anytime_bounds(100, 0.0, 1.0, 2.0)]
    left = [float(x) for x in anytime_bounds(100, 0.0, 1.0, -2.0)]
    assert right[0] == low
    assert right[1] > high
    assert left == pytest.approx([-right[1], -right[0]])


def test_too_few_too_skewed_or_too_equal_values_wait_and_say_why():
    rng = np.random.default_rng(3)
    assert anytime_interval(rng.normal(size=FIRST_LOOK - 1)).kind == "none"
    assert anytime_interval(rng.normal(size=FIRST_LOOK)).kind == "anytime"
    rare = np.append(np.zeros(39), 1.0)
    assert anytime_interval(rare).kind == "none"
    assert "too skewed" in anytime_interval(rare).why
    assert math.isnan(anytime_interval(rare).low)
    same = np.full(FEWEST_EQUAL, 0.2)
    assert anytime_interval(same[1:]).kind == "none"
    known = anytime_interval(same)
    assert (known.kind, known.p) == ("exact", 0)
    assert known.low == known.high == pytest.approx(0.2)
    assert anytime_interval(np.array([])).kind == anytime_interval(np.array([1.0])).kind == "none"
    assert half_width(19, 1.0, 0.0, 0.95) == math.inf
    assert half_width(30, 1.0, 2.0, 0.95) == math.inf


def test_a_comparison_says_that_its_intervals_are_anytime_valid():
    rng = np.random.default_rng(4)
    a = rng.normal(0.5, 0.1, 60)
    runs = pd.concat(
        [pd.DataFrame({"policy": name, "seed": range(60), "retention": values})
         for name, values in (("A", a), ("B", a + rng.normal(0.05, 0.05, 60)))]
    )  # fmt: skip
    row = compare_all(runs, "A", anytime=200).iloc[0]
    plain = compare_all(runs, "A").iloc[0]
    assert (row["interval"], plain["interval"]) == ("anytime", "t")
    assert row["low"] < plain["low"] < plain["high"] < row["high"]
    assert row["p"] > plain["p"]
    assert row["verdict"] == plain["verdict"] == "higher"
    assert math.isnan(row["relative_low"])


def misses(values: np.ndarray, level: float = 0.95) -> np.ndarray:
    """Whether the interval leaves out zero at any look; shape (draws,), from (draws, n)."""
    n = np.arange(1, values.shape[1] + 1)
    first, second, third = (np.cumsum(values**power, axis=1) / n for power in (1, 2, 3))
    variance = np.maximum(second - first**2, 0)
    varies = variance > 1e-12 * (1 + first**2)
    skewness = np.zeros_like(first)
    central = third - 3 * first * second + 2 * first**3
    np.divide(central, variance**1.5, out=skewness, where=varies)
    looks = slice(FIRST_LOOK - 1, None)
    n, first, variance, varies = n[looks], first[:, looks], variance[:, looks], varies[:, looks]
    skewness = skewness[:, looks] * np.sqrt(n * (n - 1)) / (n - 2)
    low, high = anytime_bounds(n, first, np.sqrt(variance * n / (n - 1)), skewness, level)
    told = varies & (n >= WAIT * skewness**2) & ((low > 0) | (high < 0))
    equal = ~varies & (n >= FEWEST_EQUAL) & (np.abs(first) > 1e-9)
    return (told | equal).any(axis=1)


def test_the_simulation_below_looks_as_the_interval_itself_does():
    rng = np.random.default_rng(5)
    for draw in (rng.normal, lambda loc, scale, n: rng.exponential(1, n) - 1):
        for _ in range(10):
            values = draw(0.35, 1, 80)
            cells = [anytime_interval(values[:n]) for n in range(FIRST_LOOK, 81)]
            own = any(c.low > 0 or c.high < 0 for c in cells if c.kind != "none")
            assert misses(values[None, :])[0] == own
            assert sample_skewness(values) == pytest.approx(stats.skew(values, bias=False))


def gamma(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Skewness -2.1 and kurtosis 6.6, as differences of member purchases have."""
    return 0.9 - rng.gamma(0.9, 1, shape)


def rare(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Zero in 85 of 100 pairs, as differences of wrongly removed posts are."""
    return 0.15 * 0.5 - (rng.random(shape) < 0.15) * rng.uniform(0, 1, shape)


SHAPES = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "heavy tails, as of violations": lambda rng, shape: rng.standard_t(5, shape),
    "skewed, as of purchases": gamma,
    "exponential": lambda rng, shape: rng.exponential(1, shape) - 1,
    "mostly zero": rare,
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_they_cover_with_a_look_after_every_pair_up_to_two_thousand(shape, level):
    rng, draws = np.random.default_rng(11), 2_000
    blocks = [misses(SHAPES[shape](rng, (250, 2_000)), level) for _ in range(draws // 250)]
    rate, error = np.mean(blocks), math.sqrt((1 - level) * level / draws)
    assert rate <= 1 - level + 3 * error


@pytest.mark.slow
def test_students_interval_looked_at_again_and_again_does_not_cover():
    rng, draws, n = np.random.default_rng(12), 500, np.arange(20, 2_001)
    values = rng.standard_normal((draws, 2_000))
    means = np.cumsum(values, axis=1)[:, 19:] / n
    spread = np.sqrt((np.cumsum(values**2, axis=1)[:, 19:] / n - means**2) * n / (n - 1))
    reach = stats.t.ppf(0.975, n - 1) * spread / np.sqrt(n)
    assert (np.abs(means) > reach).any(axis=1).mean() > 0.3


@pytest.mark.slow
def test_far_heavier_tails_than_ours_are_a_known_limit():
    # lognormal with skewness 6.2: twice as skewed as any outcome measured here
    rng = np.random.default_rng(13)
    blocks = [misses(rng.lognormal(0, 1, (250, 2_000)) - math.exp(0.5)) for _ in range(8)]
    assert np.mean(blocks) < 0.09
