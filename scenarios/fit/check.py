"""Fit against data: what the fitted law says about facts it was not fitted to.

Active days and posts are drawn from it, for the same arrivals as in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.fit.active_days import natural_scale
from plaza_lab.scenarios.fit.activity import RECENT_DAYS, ActiveDays, ActivityFit
from plaza_lab.scenarios.fit.arrival import Arrivals
from plaza_lab.scenarios.fit.bgnbd import first_days
from plaza_lab.scenarios.fit.bouts import burstiness, hazards
from plaza_lab.scenarios.fit.estimate import Z95, drawn_positions
from plaza_lab.sim.recording.commerce_outcomes import top_share
from plaza_lab.sim.recording.outcomes import gini

AT_ONCE = 16  # gaps drawn for each member in a round


def draw_active_days(
    first: np.ndarray,
    end: int,
    natural: np.ndarray,
    rng: np.random.Generator,
    bouts: tuple[float, float] = (0.0, 1.0),
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the active days of members whose first active day is known.

    Parameters
    ----------
    first : numpy.ndarray
        int64[n], day of the first act.
    end : int
        Last day.
    natural : numpy.ndarray
        float64[4 or 7], the law of :mod:`plaza_lab.scenarios.fit.active_days`.
    rng : numpy.random.Generator
        Source of all draws.
    bouts : tuple of float
        Share and pace of :mod:`plaza_lab.scenarios.fit.bouts`.

    Returns
    -------
    member, day : numpy.ndarray
        int64[m], sorted by member and day; the first day is always among them.
    """
    daily, dropout = _traits(len(first), natural, rng)
    members, days = [np.arange(len(first))], [first]
    alive = np.flatnonzero(rng.random(len(first)) >= dropout)
    now = first[alive]
    while alive.size:
        shape = (alive.size, AT_ONCE)
        hazard = daily[alive, None]
        if bouts[0] > 0:
            within, between = hazards(hazard, *bouts)
            hazard = np.where(rng.random(shape) < bouts[0], within, between)
        gaps = np.ceil(rng.standard_exponential(shape) / hazard)
        reached = now[:, None] + np.cumsum(np.minimum(gaps, end + 1.0), axis=1)
        left = rng.random(shape) < dropout[alive, None]
        left_before = np.cumsum(left, axis=1) - left > 0
        happens = ~left_before & (reached <= end)
        members.append(np.repeat(alive, happens.sum(axis=1)))
        days.append(reached[happens].astype(np.int64))
        going = happens[:, -1] & ~left[:, -1]
        alive, now = alive[going], reached[going, -1].astype(np.int64)
    member, day = np.concatenate(members), np.concatenate(days)
    order = np.lexsort((day, member))
    return member[order], day[order]


def _traits(n: int, natural: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rate a day and dropout after an active day, for each of n members."""
    r, alpha, a, b = natural[:4]
    rate = rng.gamma(r, 1 / alpha, n)
    dropout = rng.beta(a, b, n)
    if len(natural) == 7:
        core = rng.random(n) < natural[4]
        rate[core] = np.maximum(rate[core], r / alpha) * natural[5]
        dropout[core] = natural[6]
    return np.maximum(rate / 7, 1e-12), dropout


def draw_posts(
    n: int,
    ln_mean: float,
    ln_sd: float,
    rng: np.random.Generator,
    member: np.ndarray | None = None,
    person_share: float = 0.0,
) -> np.ndarray:
    """Draw the posts of each of n active days: a lognormal rounded up; int64[n], at least 1.

    ``person_share`` of the variance belongs to the ``member`` whose day it is.
    """
    if member is None or person_share <= 0:
        logs = rng.normal(ln_mean, ln_sd, n)
    else:
        own = rng.normal(0.0, ln_sd * np.sqrt(person_share), int(member.max(initial=0)) + 1)
        logs = ln_mean + own[member] + rng.normal(0.0, ln_sd * np.sqrt(1 - person_share), n)
    return np.ceil(np.exp(np.minimum(logs, 30.0))).astype(np.int64)


WEEKS = 26
SHOWN_WEEKS = (1, 4, 12, 26)
DRAWS = 40
FEWEST_RETURNABLE = 20  # members still observed in week k, below which its share is not shown
ENOUGH_WEEKS_INSIDE = 0.8  # assumption: real weeks have shocks that no steady law knows


@dataclass(frozen=True)
class Fact:
    """One fact of the log beside what the model says.

    Attributes
    ----------
    name : str
        In plain words.
    data : float
        In the log.
    median, low, high : float
        Over the model's draws: middle and 95 % band.
    is_within : bool
        The data lie inside the band.
    """

    name: str
    data: float
    median: float
    low: float
    high: float
    is_within: bool


@dataclass(frozen=True)
class Check:
    """All facts, and the curves behind the figures (``data`` float64[w], ``model`` [draws, w])."""

    facts: list[Fact]
    weekly: tuple[np.ndarray, np.ndarray]
    retention: tuple[np.ndarray, np.ndarray]
    lorenz: tuple[np.ndarray, np.ndarray]
    draws: int


def check_fit(
    fit: ActivityFit, data: ActiveDays, n_days: int, draws: int = DRAWS, seed: int = 1
) -> Check:
    """Resimulate the fitted law and compare.

    Parameters
    ----------
    fit : ActivityFit
        The fitted law; every draw takes its own parameters from their uncertainty.
    data : ActiveDays
        The log.
    n_days : int
        Its length.
    draws : int
        At least 20.
    seed : int
        Of all draws.

    Returns
    -------
    Check
        Members arrive in the model on the days they did in the log, so that what is compared is
        how they act afterwards.
    """
    rng = np.random.default_rng(seed)
    first = first_days(data.member, data.day)
    laws = drawn_positions(fit.law, draws, rng)
    posts = _post_positions(fit, draws, rng)
    told = fit.parameters
    bouts = (told["bout_share"].value, told["bout_pace"].value)
    own = told["posts_person"].value
    worlds = []
    for law, (mean, log_sd) in zip(laws, posts, strict=True):
        member, day = draw_active_days(first, n_days - 1, natural_scale(law), rng, bouts)
        spread = float(np.exp(log_sd))
        worlds.append(ActiveDays(member, day, draw_posts(len(day), mean, spread, rng, member, own)))

    def curve(measure: Callable[[ActiveDays], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        return measure(data), np.array([measure(world) for world in worlds])

    weekly = curve(lambda world: weekly_active(world, n_days))
    retention = curve(lambda world: week_retention(world, n_days))
    lorenz = curve(lambda world: lorenz_curve(posts_by_member(world)))
    facts = [_new_members(fit.arrivals, first, n_days, draws, rng), _weeks_inside(*weekly)]
    facts += [*_level_facts(*weekly), *_retention_facts(*retention)]
    for name, measure in INEQUALITY.items():
        seen = measure(data)
        if np.isfinite(seen):
            facts.append(compare(name, seen, np.array([measure(world) for world in worlds])))
    return Check(facts, weekly, retention, lorenz, draws)


def compare(name: str, data: float, model: np.ndarray) -> Fact:
    """Put a number of the log beside its 95 % band over draws."""
    low, median, high = np.nanpercentile(model, [2.5, 50, 97.5])
    return Fact(name, float(data), median, low, high, bool(low <= data <= high))


def weekly_active(world: ActiveDays, n_days: int) -> np.ndarray:
    """Members active in each whole week, the last one ending with the log; int64[n_weeks]."""
    n_weeks = n_days // 7
    week = (world.day - n_days % 7) // 7
    seen = np.unique((world.member * n_weeks + week)[week >= 0])
    return np.bincount(seen % n_weeks, minlength=n_weeks)


def week_retention(world: ActiveDays, n_days: int) -> np.ndarray:
    """Share active in week k = 1..26 after the first act (days 7k-6 to 7k); float64[26].

    Only members whose week k lies within the log count; NaN with fewer than 20 of them.
    """
    first = first_days(world.member, world.day)
    week = (world.day - first[world.member] + 6) // 7
    inside = (week >= 1) & (week <= WEEKS)
    pairs = np.unique(world.member[inside] * (WEEKS + 1) + week[inside])
    last_week = (n_days - 1 - first) // 7
    pairs = pairs[pairs % (WEEKS + 1) <= last_week[pairs // (WEEKS + 1)]]
    active = np.bincount(pairs % (WEEKS + 1), minlength=WEEKS + 1)[1:]
    returnable = np.array([(last_week >= k).sum() for k in range(1, WEEKS + 1)])
    return np.where(returnable >= FEWEST_RETURNABLE, active / np.maximum(returnable, 1), np.nan)


def posts_by_member(world: ActiveDays) -> np.ndarray:
    """Count the posts of every member seen; float64[n_members]."""
    return np.bincount(world.member, world.posts)


def lorenz_curve(values: np.ndarray, points: int = 101) -> np.ndarray:
    """Share of the total held by the least active 0, 1, ..., 100 % of members; float64[points]."""
    held = np.concatenate([[0.0], np.cumsum(np.sort(values))]) / values.sum()
    return np.interp(np.linspace(0, 1, points), np.linspace(0, 1, len(held)), held)


INEQUALITY: dict[str, Callable[[ActiveDays], float]] = {
    "Gini of posts": lambda world: gini(posts_by_member(world)),
    "Gini of active days": lambda world: gini(np.bincount(world.member).astype(float)),
    "members with one post": lambda world: float(np.mean(posts_by_member(world) == 1)),
    "members with one active day": lambda world: float(np.mean(np.bincount(world.member) == 1)),
    "burstiness of active days": lambda world: burstiness(world.member, world.day),
    "posts of the top 10 %": lambda world: top_share(posts_by_member(world), 0.1),
}


def _new_members(
    arrivals: Arrivals, first: np.ndarray, n_days: int, draws: int, rng: np.random.Generator
) -> Fact:
    """First acts a day over the last twelve weeks, drawn from the fitted arrivals."""
    since = max(n_days - RECENT_DAYS, arrivals.window[0])
    level = arrivals.per_day
    spread = np.log(max(level.high, 1e-9) / max(level.low, 1e-9)) / (2 * Z95)
    levels = level.value * np.exp(min(spread, 3.0) * rng.standard_normal((draws * 10, 1)))
    mean = levels * np.exp(arrivals.trend.value * np.arange(since - n_days + 1, 1.0))
    if arrivals.dispersion > 0:
        mean = rng.gamma(1 / arrivals.dispersion, arrivals.dispersion * mean)
    model = rng.poisson(np.minimum(mean, 1e12)).mean(axis=1)
    weeks = round((n_days - since) / 7)
    seen = float((first >= since).sum()) / (n_days - since)
    return compare(f"new members a day, last {weeks} weeks", seen, model)


def _post_positions(fit: ActivityFit, draws: int, rng: np.random.Generator) -> np.ndarray:
    positions = np.tile(fit.posts_position, (draws, 1))
    if np.isfinite(fit.posts_covariance).all():
        spread = np.linalg.cholesky(fit.posts_covariance + 1e-12 * np.eye(2))
        positions += rng.standard_normal((draws, 2)) @ spread.T
    return positions


def _weeks_inside(data: np.ndarray, model: np.ndarray) -> Fact:
    low, high = np.percentile(model, [2.5, 97.5], axis=0)
    share = float(np.mean((data >= low) & (data <= high)))
    own = [float(np.mean((world >= low) & (world <= high))) for world in model]
    return Fact(
        "weeks inside the model's band", share, float(np.median(own)),
        ENOUGH_WEEKS_INSIDE, 1.0, share >= ENOUGH_WEEKS_INSIDE,
    )  # fmt: skip


def _level_facts(data: np.ndarray, model: np.ndarray) -> list[Fact]:
    facts = [compare("active a week, whole log", data.mean(), model.mean(axis=1))]
    if len(data) >= 24:
        recent = slice(-12, None)
        name = "active a week, last 12 weeks"
        facts.append(compare(name, data[recent].mean(), model[:, recent].mean(axis=1)))
    return facts


def _retention_facts(data: np.ndarray, model: np.ndarray) -> list[Fact]:
    return [
        compare(f"active again in week {k}", data[k - 1], model[:, k - 1])
        for k in SHOWN_WEEKS
        if np.isfinite(data[k - 1])
    ]
