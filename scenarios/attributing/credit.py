"""Rules of credit: how a join, or what it is worth, is shared out over the touches before it.

Beside what is credited stands what a twin run without the channel lacks: credit and truth may lie
far apart (Blake, Nosko & Tadelis 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np

RULES = ("last", "first", "even", "position", "decay", "shapley")
HALF_LIFE = 7.0
"""Days after which a touch counts half, with time decay (the usual default of ad platforms)."""
ENDS = 0.4
"""Credit of the first and of the last touch by position; the others share the rest."""
EXACT = 10
"""Channels up to which Shapley values are exact."""
PERMUTATIONS = 200


def shares(rule: str, ages: Sequence[float]) -> np.ndarray:
    """Share out one conversion over its touches, float64 of sum 1, by a rule but ``shapley``.

    `ages` are days from each touch to the conversion, the oldest touch first.
    """
    n = len(ages)
    credit = np.zeros(n)
    if rule == "last":
        credit[-1] = 1.0
    elif rule == "first":
        credit[0] = 1.0
    elif rule == "decay":
        credit = 0.5 ** (np.asarray(ages, float) / HALF_LIFE)
    elif rule == "position" and n > 2:
        credit[:] = (1.0 - 2.0 * ENDS) / (n - 2)
        credit[[0, -1]] = ENDS
    else:
        credit[:] = 1.0
    return credit / credit.sum()


def whole_parts(total: int, weights: Sequence[float] | np.ndarray) -> list[int]:
    """Share out cents so that nothing is lost: by largest remainder, ties to the first.

    Weights are not negative, with a sum above 0.
    """
    exact = total * np.asarray(weights, float) / np.sum(weights)
    parts = np.floor(exact + 1e-9).astype(int)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return [int(part) for part in parts]


def shapley(
    players: Sequence[str], value: Callable[[frozenset[str]], float], seed: int = 0
) -> dict[str, float]:
    """Shapley values: what each adds, on the mean over all orders (Shapley 1953).

    Parameters
    ----------
    players : sequence of str
        Channels.
    value : callable
        What a set of them brings; asked once for each set.
    seed : int
        Of the orders that are drawn, where there are too many to take all.

    Returns
    -------
    dict of str to float
        Sum ``value(all) - value(none)``. Exact up to ten players, else of 200 orders.
    """
    known: dict[frozenset[str], float] = {}

    def worth(some: frozenset[str]) -> float:
        if some not in known:
            known[some] = value(some)
        return known[some]

    n = len(players)
    if n > EXACT:
        found = dict.fromkeys(players, 0.0)
        rng = np.random.default_rng(seed)
        for _ in range(PERMUTATIONS):
            before: frozenset[str] = frozenset()
            for place in rng.permutation(n):
                with_it = before | {players[place]}
                found[players[place]] += (worth(with_it) - worth(before)) / PERMUTATIONS
                before = with_it
        return found
    return {
        one: sum(
            factorial(size) * factorial(n - size - 1) / factorial(n)
            * (worth(frozenset(some) | {one}) - worth(frozenset(some)))
            for size in range(n)
            for some in combinations([other for other in players if other != one], size)
        )
        for one in players
    }  # fmt: skip
