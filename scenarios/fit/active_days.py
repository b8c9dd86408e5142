"""The law of active days: who is active on which day, and after which day for good no more.

It is BG/NBD (Fader, Hardie & Lee 2005) with two changes that let it say what a day of Plaza says.
A day is active with probability ``1 - exp(-rate / 7)``, once a day at most: the continuous law puts
the very active too low. And one may leave after the first active day already (Batislam, Denizel &
Filiztekin 2007): of six real logs four are told far better so (log-likelihood +11 to +125, the
other two -5 and -15). A core class that hardly ever leaves is added where BIC wants it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plaza_lab.scenarios.fit.bgnbd import NAMES, STARTS, Histories
from plaza_lab.scenarios.fit.estimate import Fitted, maximise

CORE_NAMES = (*NAMES, "core_share", "core_rate_factor", "core_dropout")
# science.md A.4: share .005-.02, factor 5-20, dropout 0-.005; the box is wider so that data speak.
CORE_BOX = np.array([[1e-4, 0.05], [1.5, 50.0], [1e-5, 0.05]])
BOX = ((1e-2, 10.0), (1e-2, 50.0), (1e-2, 50.0), (1e-2, 500.0))  # bounds of a world's activity
BOUNDS = [(math.log(low), math.log(high)) for low, high in BOX]
CORE_STARTS = ([0.01, 10.0, 0.002], [0.03, 4.0, 0.005], [0.005, 30.0, 0.001])
RATE_GRID = (1e-6, 1e3)  # active days a week; nobody's repeats are likely outside
OFTEN = 30  # above this many repeats the rate is so well known that the grid must be finer
MOST_HISTORIES = 60_000
ROUGH_HISTORIES = 3_000  # enough to find the neighbourhood of the best parameters
FEWEST_FOR_CORE = 50  # below, one percent of the members is nobody
TINY = 1e-300


@dataclass(frozen=True)
class _Block:
    """Likelihood of histories (n) at every rate of a grid (g), scaled row by row; float64.

    Active days after the first, and members with this history; days without activity up to the end
    of the log, and up to the last active day; likelihood given the rate, [n, g], if still there or
    if left after the last day, and the logarithm of what each row of it was divided by.
    """

    repeats: np.ndarray
    weight: np.ndarray
    idle_alive: np.ndarray
    idle_gone: np.ndarray
    log_rate: np.ndarray
    alive: np.ndarray
    gone: np.ndarray
    alive_scale: np.ndarray
    gone_scale: np.ndarray


@dataclass(frozen=True)
class Prepared:
    """Histories ready for the likelihood: those without repeats, and grids for the rest."""

    once_weeks: np.ndarray
    once_weight: np.ndarray
    blocks: tuple[_Block, ...]
    n_people: int
    sampled: bool


def prepare(data: Histories, seed: int = 0, most: int = MOST_HISTORIES) -> Prepared:
    """Tabulate the likelihood over rates once, so that each parameter set costs a product.

    Parameters
    ----------
    data : Histories
        Repeats in days, recency and observed time in weeks (whole days).
    seed : int
        For the sample taken of more histories than ``most``.
    most : int
        Histories with repeats to keep: half of them the most frequent, the others drawn, and
        weighted to stand for those left out.

    Returns
    -------
    Prepared
        Tables of at most a few hundred megabytes.
    """
    once = data.repeats == 0
    chosen, weight = np.flatnonzero(~once), data.weight.copy()
    sampled = len(chosen) > most
    if sampled:
        chosen = chosen[np.argsort(-weight[chosen], kind="stable")]
        rest = chosen[most // 2 :]
        drawn = np.random.default_rng(seed).choice(rest, most - most // 2, replace=False)
        weight[drawn] *= weight[rest].sum() / weight[drawn].sum()
        chosen = np.concatenate([chosen[: most // 2], drawn])
    often = data.repeats[chosen] > OFTEN
    groups = (chosen[~often], chosen[often])
    blocks = tuple(_block(data, rows, weight[rows]) for rows in groups if rows.size)
    return Prepared(data.observed[once], data.weight[once], blocks, data.n_people, sampled)


def _block(data: Histories, rows: np.ndarray, weight: np.ndarray) -> _Block:
    x = data.repeats[rows]
    step = 0.15 if x.max() <= OFTEN else min(0.15, 1.0 / np.sqrt(x.max()))
    low = RATE_GRID[0] if x.min() <= OFTEN else 1e-3
    log_rate = np.arange(np.log(low), np.log(RATE_GRID[1]) + step, step)
    daily = np.exp(log_rate) / 7
    log_active = np.log(-np.expm1(-daily))
    idle_alive, idle_gone = data.observed[rows] * 7 - x, data.recency[rows] * 7 - x
    alive = x[:, None] * log_active - np.outer(idle_alive, daily)
    gone = x[:, None] * log_active - np.outer(idle_gone, daily)
    alive_scale, gone_scale = alive.max(axis=1), gone.max(axis=1)
    return _Block(
        repeats=x,
        weight=weight,
        idle_alive=idle_alive,
        idle_gone=idle_gone,
        log_rate=log_rate,
        alive=np.exp(alive - alive_scale[:, None]),
        gone=np.exp(gone - gone_scale[:, None]),
        alive_scale=alive_scale,
        gone_scale=gone_scale,
    )


def log_likelihood(natural: np.ndarray, data: Prepared) -> float:
    """Log-likelihood of posters, with a core class when seven parameters are given.

    Parameters
    ----------
    natural : numpy.ndarray
        float64[4 or 7]: r, alpha (weeks), a, b, and core share, core rate factor, core dropout.
    data : Prepared
        From :func:`prepare`.

    Returns
    -------
    float
        Sum over members.

    Notes
    -----
    Posters: rate ~ Gamma(r, alpha) active days a week, left after each active day with probability
    q ~ Beta(a, b). Core: the same rates, but at least their mean r / alpha, times the factor; q
    fixed (science.md A.4, layer iii).
    """
    share = natural[4] if len(natural) == 7 else 0.0
    once = (1 - share) * _once_posters(natural[:4], data.once_weeks)
    if share:
        once += share * _once_core(natural, data.once_weeks)
    total = float(data.once_weight @ np.log(np.maximum(once, TINY)))
    for block in data.blocks:
        value = np.log1p(-share) + _posters(natural[:4], block)
        if share:
            value = np.logaddexp(value, np.log(share) + _core(natural, block))
        total += float(block.weight @ value)
    return total


def _once_posters(natural: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    r, alpha, a, b = natural
    return a / (a + b) + b / (a + b) * (alpha / (alpha + weeks)) ** r


def _once_core(natural: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    from scipy.special import gammainc, gammaincc

    r, alpha, factor, dropout = natural[[0, 1, 5, 6]]
    least = gammainc(r, r) * np.exp(-weeks * factor * r / alpha)
    above = (alpha / (alpha + factor * weeks)) ** r * gammaincc(r, r + factor * weeks * r / alpha)
    return dropout + (1 - dropout) * (least + above)


def _posters(natural: np.ndarray, block: _Block) -> np.ndarray:
    from scipy.special import betaln

    r, alpha, a, b = natural
    x = block.repeats
    alive, gone = _over_rates(_log_density(r, alpha, block.log_rate), block)
    stayed = betaln(a, b + x + 1) - betaln(a, b)
    left = betaln(a + 1, b + x) - betaln(a, b)
    return np.logaddexp(stayed + alive, left + gone)


def _core(natural: np.ndarray, block: _Block) -> np.ndarray:
    from scipy.special import gammainc

    r, alpha, factor, dropout = natural[[0, 1, 5, 6]]
    x = block.repeats
    least = factor * r / alpha
    step = block.log_rate[1] - block.log_rate[0]
    part = np.clip((block.log_rate - np.log(least)) / step + 0.5, 1e-12, 1.0)
    alive, gone = _over_rates(_log_density(r, alpha / factor, block.log_rate) + np.log(part), block)
    at_least = np.log(gammainc(r, r)) + x * np.log(-np.expm1(-least / 7))
    alive = np.logaddexp(alive, at_least - block.idle_alive * least / 7)
    gone = np.logaddexp(gone, at_least - block.idle_gone * least / 7)
    staying = np.log1p(-dropout)
    return np.logaddexp((x + 1) * staying + alive, np.log(dropout) + x * staying + gone)


def _log_density(r: float, alpha: float, log_rate: np.ndarray) -> np.ndarray:
    """Log-density of the logarithm of a Gamma(r, alpha) rate."""
    from scipy.special import gammaln

    return r * (np.log(alpha) + log_rate) - gammaln(r) - alpha * np.exp(log_rate)


def _over_rates(log_density: np.ndarray, block: _Block) -> tuple[np.ndarray, np.ndarray]:
    density = np.exp(log_density) * (block.log_rate[1] - block.log_rate[0])
    alive = np.log(np.maximum(block.alive @ density, TINY)) + block.alive_scale
    gone = np.log(np.maximum(block.gone @ density, TINY)) + block.gone_scale
    return alive, gone


def natural_scale(position: np.ndarray) -> np.ndarray:
    """From the search scale (logarithms; logits within the core box) to the parameters."""
    natural = np.exp(position[:4])
    if len(position) == 4:
        return natural
    low, high = np.log(CORE_BOX).T
    share = 1 / (1 + np.exp(-np.clip(position[4:], -30, 30)))
    return np.concatenate([natural, np.exp(low + (high - low) * share)])


def fit_active_days(ready: Prepared, rough: Prepared) -> tuple[Fitted, Fitted | None]:
    """Fit posters alone, and posters with a core class; keep the core only if BIC says so.

    Parameters
    ----------
    ready : Prepared
        Active days of all members seen.
    rough : Prepared
        The same for fewer histories, where the search begins.

    Returns
    -------
    kept : Fitted
        The preferred law, with four or seven parameters.
    other : Fitted or None
        The law that was not preferred, None where the core was not tried (fewer than 50 members).
    """
    plain = _search(ready, rough, STARTS, NAMES)
    if ready.n_people < FEWEST_FOR_CORE:
        return plain, None
    low, high = np.log(CORE_BOX).T
    starts = []
    for start in CORE_STARTS:
        inside = (np.log(start) - low) / (high - low)
        starts.append(np.concatenate([plain.position, np.log(inside / (1 - inside))]))
    core = _search(ready, rough, starts, CORE_NAMES)
    return (core, plain) if core.bic < plain.bic else (plain, core)


def _search(
    ready: Prepared, rough: Prepared, starts: Sequence[np.ndarray], names: tuple[str, ...]
) -> Fitted:
    bounds = _bounds(len(names))
    near = maximise(
        lambda p: log_likelihood(natural_scale(p), rough), starts, bounds, names, rough.n_people
    )
    if not rough.sampled:
        return near
    return maximise(
        lambda p: log_likelihood(natural_scale(p), ready),
        [near.position],
        bounds,
        names,
        ready.n_people,
        polish=False,
    )


def _bounds(k: int) -> list[tuple[float, float]]:
    return [*BOUNDS, *[(-6.0, 6.0)] * 3][:k]


def bootstrap(ready: Prepared, kept: Fitted, repeats: int, seed: int) -> np.ndarray:
    """Refit the preferred law to members drawn with replacement.

    Parameters
    ----------
    ready : Prepared
        The tables of the original fit.
    kept : Fitted
        Where each search begins.
    repeats : int
        Number of resamples.
    seed : int
        Of the draws.

    Returns
    -------
    numpy.ndarray
        float64[repeats, k], parameters on their own scale.
    """
    from scipy.optimize import minimize

    rng = np.random.default_rng(seed)
    bounds = _bounds(len(kept.names))
    found = []
    for _ in range(repeats):
        drawn = _resampled(ready, rng)

        def cost(position: np.ndarray, drawn: Prepared = drawn) -> float:
            value = log_likelihood(natural_scale(position), drawn)
            return -value / drawn.n_people if np.isfinite(value) else 1e10

        end = minimize(cost, kept.position, method="L-BFGS-B", bounds=bounds)
        found.append(natural_scale(end.x))
    return np.array(found)


def _resampled(ready: Prepared, rng: np.random.Generator) -> Prepared:
    weights = [ready.once_weight, *(block.weight for block in ready.blocks)]
    everybody = np.concatenate(weights)
    n_people = round(float(everybody.sum()))
    drawn = rng.multinomial(n_people, everybody / everybody.sum()).astype(float)
    parts = np.split(drawn, np.cumsum([len(part) for part in weights])[:-1])
    blocks = tuple(
        replace(block, weight=part) for block, part in zip(ready.blocks, parts[1:], strict=True)
    )
    return replace(ready, once_weight=parts[0], blocks=blocks)
