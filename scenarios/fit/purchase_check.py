"""Fitted buying against the purchase log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import first_days
from plaza_lab.scenarios.fit.check import DRAWS, Fact, compare
from plaza_lab.scenarios.fit.estimate import drawn_positions
from plaza_lab.scenarios.fit.purchases import PurchaseFit, Purchases, spend_per_customer
from plaza_lab.sim.recording.commerce_outcomes import top_share

MOST_REPEATS = 7
AT_ONCE = 8
SPEND_STEPS = np.linspace(0.02, 0.98, 49)


@dataclass(frozen=True)
class PurchaseCheck:
    """All facts, and the curves behind the figures (data, and the model's draws in rows).

    ``repeats``: customers with 0, 1, ..., 7 or more repeat days; ``cumulative``: repeat days up to
    each week; ``spend``: quantiles of mean spend of a customer at ``SPEND_STEPS``.
    """

    facts: list[Fact]
    repeats: tuple[np.ndarray, np.ndarray]
    cumulative: tuple[np.ndarray, np.ndarray]
    spend: tuple[np.ndarray, np.ndarray]
    draws: int


def check_purchases(
    fit: PurchaseFit, data: Purchases, draws: int = DRAWS, seed: int = 1
) -> PurchaseCheck:
    """Resimulate the fitted law for the same first purchases and compare.

    Parameters
    ----------
    fit : PurchaseFit
        Every draw takes its own parameters from their uncertainty.
    data : Purchases
        The log.
    draws : int
        At least 20.
    seed : int
        Of all draws.

    Returns
    -------
    PurchaseCheck
        Facts with 95 % bands over draws.
    """
    rng = np.random.default_rng(seed)
    first = first_days(data.customer, data.day)
    laws = np.exp(drawn_positions(fit.law, draws, rng))
    spends = np.exp(drawn_positions(fit.spend, draws, rng))
    count, mean, _ = spend_per_customer(data)
    worlds = [_draw_repeats(first, data.n_days - 1, law, rng) for law in laws]
    paid = np.array([_draw_mean_spend(count, spend, rng) for spend in spends])
    is_repeat = data.day > first[data.customer]
    real = (data.customer[is_repeat], data.day[is_repeat].astype(float))
    repeats = _repeats(real, len(first)), np.array([_repeats(w, len(first)) for w in worlds])
    cumulative = _by_week(real, data.n_days), np.array([_by_week(w, data.n_days) for w in worlds])
    never = repeats[0][0] / len(first), repeats[1][:, 0] / len(first)
    total = cumulative[0][-1] / len(first), cumulative[1][:, -1] / len(first)
    facts = [
        compare("customers who never bought again", *never),
        compare("repeat days per customer", *total),
        compare("repeat days in the first half", *_first_half(cumulative)),
        compare("median spend of a customer", float(np.median(mean)), np.median(paid, axis=1)),
        compare("mean spend of a customer", float(mean.mean()), paid.mean(axis=1)),
        compare("spend of the top 20 %", *_top_spend(count, mean, paid)),
    ]
    spend = np.quantile(mean, SPEND_STEPS), np.quantile(paid, SPEND_STEPS, axis=1).T
    return PurchaseCheck(facts, repeats, cumulative, spend, draws)


def _draw_repeats(
    first: np.ndarray, end: int, law: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw repeat purchases in continuous time from BG/NBD: customers, and days of the log."""
    r, alpha, a, b = law
    rate = np.maximum(rng.gamma(r, 1 / alpha, len(first)) / 7, 1e-12)
    leave = rng.beta(a, b, len(first))
    alive, now = np.arange(len(first)), first.astype(float)
    customers, days = [], []
    while alive.size:
        shape = (alive.size, AT_ONCE)
        reached = now[:, None] + np.cumsum(
            rng.standard_exponential(shape) / rate[alive, None], axis=1
        )
        left = rng.random(shape) < leave[alive, None]
        happens = ~(np.cumsum(left, axis=1) - left > 0) & (reached <= end)
        customers.append(np.repeat(alive, happens.sum(axis=1)))
        days.append(reached[happens])
        going = happens[:, -1] & ~left[:, -1]
        alive, now = alive[going], reached[going, -1]
    return np.concatenate(customers), np.concatenate(days)


def _draw_mean_spend(count: np.ndarray, spend: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw each customer's mean amount over ``count`` purchases (Gamma-Gamma); float64[m]."""
    p, q, scale = spend
    nu = rng.gamma(q, 1 / scale, len(count))
    return rng.gamma(p * count) / np.maximum(nu, 1e-300) / count


def _repeats(events: tuple[np.ndarray, np.ndarray], n: int) -> np.ndarray:
    each = np.minimum(np.bincount(events[0], minlength=n), MOST_REPEATS)
    return np.bincount(each, minlength=MOST_REPEATS + 1)


def _by_week(events: tuple[np.ndarray, np.ndarray], n_days: int) -> np.ndarray:
    weeks = -(-n_days // 7)
    place = np.minimum((events[1] // 7).astype(np.int64), weeks - 1)
    return np.cumsum(np.bincount(place, minlength=weeks))


def _first_half(cumulative: tuple[np.ndarray, np.ndarray]) -> tuple[float, np.ndarray]:
    half = len(cumulative[0]) // 2
    data, model = cumulative
    return data[half - 1] / max(data[-1], 1), model[:, half - 1] / np.maximum(model[:, -1], 1)


def _top_spend(count: np.ndarray, mean: np.ndarray, paid: np.ndarray) -> tuple[float, np.ndarray]:
    return top_share(count * mean, 0.2), np.array([top_share(count * drawn, 0.2) for drawn in paid])
