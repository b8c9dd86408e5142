"""Labels of the front: which policies no other one beats, and how sure that is.

A policy is beaten when another one is at least as good in every objective and better in one. Every
claim rests on differences paired by seed, at seeds that the search never saw, and all claims of a
study together hold with the promised level. The level is kept by counting the claims that could be
wrong (Bonferroni), each at the size its own logic asks for:

- "i is beaten by j" needs all objectives to agree, so each of them is tested at the full size of
  the claim (Berger 1982), and there are as many claims as rivals named for i in advance;
- "i is not beaten" is wrong only if one certain rival, a true member of the front, was cleared
  wrongly, so the number of rivals does not count, only that of the objectives.

Looking again after more pairs splits the level once more, over the looks that were planned.
A round raises every policy whose label is open, and the rivals that keep it open, to the next
planned number of pairs; a policy that is decided gets no more. Because the numbers of pairs are
planned before the first look, and the labels allow for all of them, deciding after each look where
to go on does not make the labels less sure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from plaza_lab.scenarios.optimise.constraints import (
    FEWEST_FOR_SAME,
    POSSIBLY,
    SURELY,
    SURELY_NOT,
    Constraint,
)

RIVALS = 5
NONE = -1


@dataclass(frozen=True)
class Sizes:
    """How likely each kind of claim may be wrong.

    ``off``: one claim that a policy is beaten by a rival; ``on``: one objective in which a rival is
    cleared; ``constraint``: one claim that a constraint is met, or that it is not.
    """

    off: float
    on: float
    constraint: float

    @classmethod
    def share(
        cls,
        level: float,
        *,
        policies: int,
        rivals: int,
        objectives: int,
        constraints: int,
        looks: int,
    ) -> Sizes:
        """Split what may be wrong over all claims, all right with probability `level`, in (0, 1).

        One half is for beaten and one for not beaten; a third each where there are constraints.
        `policies` are judged, `rivals` named for each, `looks` planned.
        """
        part = (1 - level) / (3 if constraints else 2) / (max(looks, 1) * max(policies, 1))
        return cls(
            off=part / max(rivals, 1),
            on=part / max(objectives, 1),
            constraint=part / 2 / max(constraints, 1),
        )


@dataclass(frozen=True)
class Labels:
    """What can be said of every policy.

    ``front``, shape ``(policies,)``, is ``SURELY``, ``POSSIBLY`` or ``SURELY_NOT``; ``if_met`` the
    same, were every constraint that is open met; ``met``, shape ``(policies, constraints)``,
    likewise. ``beaten_by`` names a policy that beats it, were its open constraints met, or
    ``NONE``; ``not_cleared``, of each policy that is possible even so, the rivals that may beat it.
    """

    front: np.ndarray
    if_met: np.ndarray
    met: np.ndarray
    beaten_by: np.ndarray
    not_cleared: tuple[tuple[int, ...], ...]

    @property
    def meets_all(self) -> np.ndarray:
        """Shape ``(policies,)``: how sure it is that all constraints are met."""
        return _worst(self.met)

    @property
    def open(self) -> np.ndarray:
        """Policies for which more pairs of their own, or of a rival, may tell something."""
        is_open = (self.if_met == POSSIBLY) | ((self.if_met == SURELY) & (self.front == POSSIBLY))
        return np.flatnonzero(is_open)


def judge(
    values: np.ndarray,
    facts: np.ndarray,
    constraints: Sequence[Constraint],
    rivals: np.ndarray,
    sizes: Sizes,
) -> Labels:
    """Label policies by their paired differences.

    Parameters
    ----------
    values : numpy.ndarray
        Objectives, more is better, shape ``(policies, seeds, objectives)``; NaN where a run is not
        there or its outcome is undefined.
    facts : numpy.ndarray
        What the constraints look at, shape ``(policies, seeds, constraints)``.
    constraints : sequence of Constraint
        What a policy must meet.
    rivals : numpy.ndarray
        Policies that may be claimed to beat each policy, named before these values were seen;
        shape ``(policies, rivals)``, ``NONE`` where there are fewer.
    sizes : Sizes
        How likely each claim may be wrong.

    Returns
    -------
    Labels
        A policy whose constraint is open stays possible, and beats no other one for sure;
        ``if_met`` says what would follow if it were met.
    """
    policies = len(values)
    met = np.array(
        [
            [rule.status(facts[i, :, c], sizes.constraint) for c, rule in enumerate(constraints)]
            for i in range(policies)
        ],
        dtype=int,
    ).reshape(policies, len(constraints))
    meets = _worst(met)
    cleared = np.eye(policies, dtype=bool)
    beaten_by, surely_by = np.full(policies, NONE), np.full(policies, NONE)
    for i in range(policies):
        low, high = _difference_bounds(values, i, sizes)
        cleared[i] |= (high < 0).any(axis=1) | ((low == 0) & (high == 0)).all(axis=1)
        beats = np.logical_and((low >= 0).all(axis=1), (low > 0).any(axis=1))
        named = [j for j in rivals[i] if j != NONE and j != i and beats[j]]
        surely_by[i] = next((j for j in named if meets[j] == SURELY), NONE)
        hopeful = next((j for j in named if meets[j] == POSSIBLY), NONE)
        beaten_by[i] = hopeful if surely_by[i] == NONE else surely_by[i]
    front = _front(cleared, surely_by, meets)
    if_met = _front(cleared, beaten_by, np.where(meets == POSSIBLY, SURELY, meets))
    still = tuple(
        tuple(np.flatnonzero(~cleared[i] & (if_met != SURELY_NOT)).tolist())
        if if_met[i] == POSSIBLY
        else ()
        for i in range(policies)
    )
    return Labels(front, if_met, met, beaten_by, still)


def _front(cleared: np.ndarray, beaten_by: np.ndarray, meets: np.ndarray) -> np.ndarray:
    """Label each policy; who is off the front need not be cleared, for who beats it must be."""
    is_off = (beaten_by != NONE) | (meets == SURELY_NOT)
    is_on = ~is_off & (meets == SURELY) & (cleared | is_off[None, :]).all(axis=1)
    return np.where(is_off, SURELY_NOT, np.where(is_on, SURELY, POSSIBLY))


def _worst(met: np.ndarray) -> np.ndarray:
    return met.min(axis=1) if met.shape[1] else np.full(len(met), SURELY)


def name_rivals(means: np.ndarray, is_fine: np.ndarray, count: int = RIVALS) -> np.ndarray:
    """Name the policies most likely to beat each policy, the likeliest first.

    They are better by most in the objective in which they are better by least.

    Parameters
    ----------
    means : numpy.ndarray
        Mean objectives in the search, more is better, shape ``(policies, objectives)``.
    is_fine : numpy.ndarray
        Shape ``(policies,)``: whether the constraints were met in the search.
    count : int
        Rivals for each policy.

    Returns
    -------
    numpy.ndarray
        Shape ``(policies, min(count, policies - 1))``.
    """
    policies = len(means)
    count = min(count, max(policies - 1, 0))
    spread = np.nanstd(means, axis=0) if policies else np.zeros(means.shape[1])
    scaled = np.nan_to_num(means / np.where(spread > 0, spread, 1.0), nan=-1e9)
    named = np.full((policies, count), NONE)
    for i in range(policies):
        gain = (scaled - scaled[i]).min(axis=1) + 1e-6 * (scaled - scaled[i]).sum(axis=1)
        gain = np.where(is_fine, gain, gain - 1e6)
        gain[i] = -np.inf
        named[i] = np.argsort(-gain, kind="stable")[:count]
    return named


def _difference_bounds(values: np.ndarray, i: int, sizes: Sizes) -> tuple[np.ndarray, np.ndarray]:
    """Bound each policy's lead over policy i: from below for beating it, from above for not.

    Both have shape ``(policies, objectives)``. A lead that is the same in every pair is taken as
    known, once there are enough pairs to say so.
    """
    lead = values - values[i]
    known = np.isfinite(lead)
    n = known.sum(axis=1)
    filled = np.where(known, lead, 0.0)
    mean = filled.sum(axis=1) / np.maximum(n, 1)
    square = np.where(known, (lead - mean[:, None, :]) ** 2, 0.0).sum(axis=1)
    sd = np.sqrt(square / np.maximum(n - 1, 1))
    size = np.where(np.isfinite(values), np.abs(values), 0.0).max(axis=1)
    rounding = 1e-12 * np.maximum(size, size[i])
    se = sd / np.sqrt(np.maximum(n, 1))
    degrees = np.maximum(n - 1, 1)
    low = mean - stdtrit(degrees, 1 - sizes.off) * se
    high = mean + stdtrit(degrees, 1 - sizes.on) * se
    is_same = sd <= rounding
    exact = np.where(np.abs(mean) <= rounding, 0.0, mean)
    low, high = np.where(is_same, exact, low), np.where(is_same, exact, high)
    unknown = (n < 2) | (is_same & (n < FEWEST_FOR_SAME))
    return np.where(unknown, -np.inf, low), np.where(unknown, np.inf, high)


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
    """Labels of every policy, what they rest on, and how the pairs were spent.

    ``pairs`` are the seeds that each policy was given, shape ``(policies,)``.
    """

    labels: Labels
    pairs: np.ndarray
    sizes: Sizes
    rounds: tuple[Round, ...]


def looks_up_to(most: int, first: int = FIRST_LOOK) -> tuple[int, ...]:
    """Plan after how many pairs the labels are looked at, from `first` to `most`, at least 2.

    Each half as many again as the one before; a last step that would add less than a quarter is
    joined with the one before it.
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
