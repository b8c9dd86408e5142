"""More pairs where the front is decided: rounds of seeds for the policies still in doubt.

A round raises every policy whose label is open, and the rivals that keep it open, to the next
planned number of pairs; a policy that is decided gets no more. Because the numbers of pairs are
planned before the first look, and the labels allow for all of them, deciding after each look where
to go on does not make the labels less sure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.optimise.constraints import Constraint
from plaza_lab.scenarios.optimise.labels import Labels, Sizes, judge

FIRST_LOOK, GROWTH = 10, 1.5
Draw = Callable[[Sequence[int], int, int], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Round:
    """One round: pairs reached, policies given more, their runs, labels open, and runs to come."""

    pairs: int
    policies: int
    runs: int
    open: int
    ahead: int


@dataclass(frozen=True)
class Allocated:
    """Labels, what they rest on, and how the pairs were spent.

    Parameters
    ----------
    labels : Labels
        Of every policy.
    pairs : numpy.ndarray
        Seeds that each policy was given, shape ``(policies,)``.
    sizes : Sizes
        How likely each claim may be wrong.
    rounds : tuple of Round
        In order.
    """

    labels: Labels
    pairs: np.ndarray
    sizes: Sizes
    rounds: tuple[Round, ...]


def looks_up_to(most: int, first: int = FIRST_LOOK) -> tuple[int, ...]:
    """Plan after how many pairs the labels are looked at.

    Parameters
    ----------
    most : int
        Pairs at the last look, at least 2.
    first : int
        Pairs at the first look, unless `most` is fewer.

    Returns
    -------
    tuple of int
        Each half as many again as the one before; the last is `most`. A last step that would add
        less than a quarter is joined with the one before it.
    """
    looks = [min(first, most)]
    while looks[-1] < most:
        ahead = int(np.ceil(looks[-1] * GROWTH))
        looks.append(most if ahead * 1.25 >= most else ahead)
    return tuple(looks)


def allocate(
    draw: Draw,
    rivals: np.ndarray,
    objectives: int,
    constraints: Sequence[Constraint],
    looks: Sequence[int],
    level: float = 0.95,
    on_round: Callable[[Round], None] | None = None,
) -> Allocated:
    """Give seeds to policies in rounds until every label is decided or the pairs are spent.

    Parameters
    ----------
    draw : callable
        ``draw(policies, start, stop)`` returns objectives (more is better) and constraint facts of
        the seeds ``start`` to ``stop - 1``, shapes ``(policies, seeds, objectives)`` and
        ``(policies, seeds, constraints)``; NaN where a run failed. The same seed must mean the
        same luck for every policy.
    rivals : numpy.ndarray
        Of :func:`plaza_lab.scenarios.optimise.labels.name_rivals`, from other seeds.
    objectives : int
        How many.
    constraints : sequence of Constraint
        What a policy must meet.
    looks : sequence of int
        Of :func:`looks_up_to`.
    level : float
        Probability, in (0, 1), that every label is right.
    on_round : callable, optional
        Told of every round.

    Returns
    -------
    Allocated
        Labels of every policy.
    """
    policies, most = len(rivals), looks[-1]
    sizes = Sizes.share(
        level, policies=policies, rivals=rivals.shape[1], objectives=objectives,
        constraints=len(constraints), looks=len(looks),
    )  # fmt: skip
    values = np.full((policies, most, objectives), np.nan)
    facts = np.full((policies, most, len(constraints)), np.nan)
    pairs = np.zeros(policies, dtype=int)
    wanted, rounds = np.arange(policies), []
    for look, pairs_now in enumerate(looks):
        before, n_wanted = int(pairs.sum()), len(wanted)
        for start in np.unique(pairs[wanted]):
            group = wanted[pairs[wanted] == start]
            got, told = draw(group.tolist(), int(start), pairs_now)
            values[group, start:pairs_now], facts[group, start:pairs_now] = got, told
            pairs[group] = pairs_now
        labels = judge(values[:, :pairs_now], facts[:, :pairs_now], constraints, rivals, sizes)
        wanted = _in_doubt(labels)
        runs = int(pairs.sum()) - before
        later = looks[look + 1] if look + 1 < len(looks) else 0
        ahead = int((later - pairs[wanted]).sum()) if later else 0
        rounds.append(Round(pairs_now, n_wanted, runs, len(labels.open), ahead))
        if on_round is not None:
            on_round(rounds[-1])
        if not wanted.size:
            break
    return Allocated(labels, pairs, sizes, tuple(rounds))


def _in_doubt(labels: Labels) -> np.ndarray:
    """Policies whose label is open, and the rivals that keep it open."""
    still = labels.open.tolist()
    return np.array(sorted({*still, *(j for i in still for j in labels.not_cleared[i])}), dtype=int)
