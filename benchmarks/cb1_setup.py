"""The CB-1 workload: constants, people and ties shared by both ways of writing its day.

CB-1 is a simplified day of a brand community with a constant number of members. On day ``t``:

A. Fate. One draw ``u`` a member. With ``p = 1 - exp(-visit_hazard * RHYTHM[t % 7])`` she visits
   when ``u < p``. She leaves when ``u >= 1 - (1 - p) h``, with ``h = 1 - exp(-leave_hazard * (1 +
   (idle - 0.5) / 30))`` and ``idle`` the days since her last visit. Somebody new takes the place of
   a leaver on the same day: same traits, fresh state.
B. Posting. A visitor posts with her ``post_chance``; its quality is uniform in 0.2 to 1.
C. Hot list. The best ``HOT`` posts of the last ``WINDOW`` days by ``quality * (1 + reactions) *
   0.7 ** age``.
D. Reading. A visitor reads the newest post, not older than ``WINDOW`` days, of each member she
   follows, ``FROM_TIES`` at most, then goes on with the hot list from a random place, up to
   ``FEED`` posts in all. A post is of use ``quality``, times ``OFF_TOPIC`` when its topic is not
   hers. She reacts with chance ``0.25 * use * (0.5 + satisfaction)``; reactions count from the
   next day on.
E. Learning. ``satisfaction += 0.1 (1.6 mean use - satisfaction)``, ``belonging += 0.05 (share of
   ties + 0.5 posted - belonging)``, both kept in 0 to 1; points and level grow;
   ``visit_hazard = rate (0.4 + 0.8 satisfaction + 0.4 belonging)`` and
   ``leave_hazard = LEAVE exp(3 (0.5 - satisfaction))``.

It is a lower bound of the work of a real day: no arrivals, help, fund, moderation or purchases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RHYTHM = np.array([0.85, 0.9, 0.95, 1.0, 1.1, 1.2, 1.0])
TOPICS = 8
WINDOW = 3
HOT = 64
FEED = 20
FROM_TIES = 14
OFF_TOPIC = 0.4
LEAVE = 0.0008
LEVELS = np.array([20.0, 60.0, 150.0, 400.0, 1000.0, 2500.0])
START_SATISFACTION = 0.5
START_BELONGING = 0.25

COUNTS = ("visits", "posts", "reads", "reactions", "exits")
"""Work that both ways of writing the day must agree on."""


@dataclass(frozen=True)
class People:
    """Traits and ties, the same for both.

    Parameters
    ----------
    rate, post_chance : numpy.ndarray
        Float32, shape ``(n,)``: base hazard of visiting per day, chance to post on a visit.
    topic : numpy.ndarray
        Int8, shape ``(n,)``, 0 to 7.
    first_tie : numpy.ndarray
        Int32, shape ``(n + 1,)``: where each member's ties start in ``ties``.
    ties : numpy.ndarray
        Int32: rows of the members followed.
    """

    rate: np.ndarray
    post_chance: np.ndarray
    topic: np.ndarray
    first_tie: np.ndarray
    ties: np.ndarray


def gather(members: int, seed: int = 1) -> People:
    """Draw traits and ties.

    Parameters
    ----------
    members : int
        Number of members, at least 10.
    seed : int
        Seed of NumPy's generator.

    Returns
    -------
    People
        Log-normal rates, Pareto posting, mean 10 ties (at most 200), half of them to a popular few.
    """
    draw = np.random.default_rng(seed)
    popular = draw.permutation(members)
    rate = np.clip(0.06 * np.exp(0.9 * draw.normal(size=members)), 0.002, 1.0)
    post_chance = np.minimum(0.9, 0.05 * (1.0 + draw.pareto(1.2, members)))
    stars = popular[: min(300, max(5, members // 5000))]
    rate[stars] = 0.8
    post_chance[stars] = 0.9
    number = np.exp(draw.normal(np.log(10.0) - 0.5, 1.0, members))
    number = np.maximum(1, np.round(np.minimum(number, 200.0))).astype(np.int64)
    first_tie = np.zeros(members + 1, np.int32)
    np.cumsum(number, out=first_tie[1:])
    place = draw.random(int(first_tie[-1]))
    place = np.where(draw.random(place.size) < 0.5, place**3, place)
    return People(
        rate.astype(np.float32),
        post_chance.astype(np.float32),
        draw.integers(0, TOPICS, members).astype(np.int8),
        first_tie,
        popular[np.minimum((place * members).astype(np.int64), members - 1)].astype(np.int32),
    )
