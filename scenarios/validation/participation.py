"""Patterns of participation: who writes how much (science.md part B, 1-5, 9, 25)."""

from __future__ import annotations

import numpy as np

from plaza_lab.scenarios.fit.check import top_share
from plaza_lab.scenarios.fit.posts import fit_posts
from plaza_lab.scenarios.validation.chronicle import Chronicle
from plaza_lab.sim.recording.outcomes import gini


def messages(chronicle: Chronicle) -> np.ndarray:
    """Count the messages of everybody who wrote any; float64[writers]."""
    counts = np.bincount(chronicle.written.member, chronicle.written.posts)
    return counts[counts > 0]


def posting_inequality(chronicle: Chronicle) -> float:
    """Gini coefficient of messages among writers."""
    return gini(messages(chronicle))


def top_1_share(chronicle: Chronicle) -> float:
    """Share of messages by the most active 1 % of writers."""
    return top_share(messages(chronicle), 0.01)


def top_10_share(chronicle: Chronicle) -> float:
    """Share of messages by the most active 10 % of writers."""
    return top_share(messages(chronicle), 0.1)


def one_timers(chronicle: Chronicle) -> float:
    """Share of writers with a single message."""
    return float(np.mean(messages(chronicle) == 1))


def silent_members(chronicle: Chronicle) -> float:
    """Share of all who were ever members and never wrote."""
    return 1.0 - messages(chronicle).size / chronicle.joined.size


def day_ln_mean(chronicle: Chronicle) -> float:
    """Ln-mean of messages on an active day, a lognormal rounded up."""
    return _day_law(chronicle)[0]


def day_ln_sd(chronicle: Chronicle) -> float:
    """Ln-sd of messages on an active day, a lognormal rounded up."""
    return _day_law(chronicle)[1]


def _day_law(chronicle: Chronicle) -> tuple[float, float]:
    position, _ = fit_posts(chronicle.written.member, chronicle.written.posts)
    return float(position[0]), float(np.exp(position[1]))


def bad_actors(chronicle: Chronicle) -> float:
    """Gini coefficient of rule-breaking posts over all who posted."""
    threads = chronicle.threads
    posted = np.bincount(threads.author) > 0
    broken = np.bincount(threads.author, threads.is_violation)
    return gini(broken[posted])


def load_on_size(*chronicles: Chronicle) -> float:
    """Exponent ``x`` of members a moderator ~ members ** x, over communities of several sizes."""
    sizes = np.array([chronicle.size.mean() for chronicle in chronicles])
    moderators = np.array([chronicle.moderators for chronicle in chronicles])
    slope, _ = np.polyfit(np.log(sizes), np.log(sizes / moderators), 1)
    return float(slope)
