"""Addressed randomness: every draw is a hash of where it is used, never the next of a sequence.

A draw is addressed by ``(seed, replicate, decision, day, agent, index)``. The same person has the
same luck under policy A and policy B, order and number of workers cannot matter, and a policy
without effect changes no byte. The mixer is the splitmix64 finaliser (Steele, Lea & Flood 2014,
bibliography key ``steele2014``), keyed once per decision and day.
"""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.engine.compiled import compiled, inlined
from plaza_lab.engine.elementary import exp, log, power

U64 = np.uint64
GOLDEN = U64(0x9E3779B97F4A7C15)
WEYL = U64(0xD1342543DE82EF95)
MULTIPLIER_1 = U64(0xBF58476D1CE4E5B9)
MULTIPLIER_2 = U64(0x94D049BB133111EB)
TO_UNIT = 1.0 / 9007199254740992.0
SHIFT_30 = U64(30)
SHIFT_27 = U64(27)
SHIFT_31 = U64(31)
SHIFT_11 = U64(11)
SHIFT_32 = U64(32)
LOW_32 = U64(0xFFFFFFFF)
TO_UNIT_32 = 1.0 / 4294967296.0
ALWAYS = np.int64(0)
"""Day of the address of draws that hold for a whole run."""


@inlined()
def mix(z):
    """Scramble 64 bits (bijective)."""
    z = (z ^ (z >> SHIFT_30)) * MULTIPLIER_1
    z = (z ^ (z >> SHIFT_27)) * MULTIPLIER_2
    return z ^ (z >> SHIFT_31)


@compiled()
def day_key(seed_key, decision, day):
    """Key of all draws of one decision on one day, to hand to :func:`uniform`.

    Parameters
    ----------
    seed_key : uint64
        Key of the run, from :func:`run_key`.
    decision : int
        A number of :mod:`plaza_lab.sim.decisions`.
    day : int
        Day of the run.
    """
    z = mix(U64(seed_key) + U64(decision) * WEYL)
    return mix(z ^ (U64(day) * GOLDEN))


@compiled()
def run_key(seed, replicate):
    """Key of one run, by the seed of the study and the number of the replicate."""
    return mix(mix(U64(seed) * GOLDEN + U64(1)) ^ (U64(replicate) * WEYL))


@inlined()
def uniform(key, agent):
    """One uniform draw in [0, 1) for one agent, of 53 random bits.

    Parameters
    ----------
    key : uint64
        From :func:`day_key`.
    agent : uint64
        Persistent identity of the agent (``uid``), not its row.
    """
    return np.float64(mix(key + U64(agent) * GOLDEN) >> SHIFT_11) * TO_UNIT


@inlined()
def two_uniforms(key, agent):
    """Two draws in [0, 1) from one hash, 32 random bits each, for decisions taken in pairs.

    Parameters
    ----------
    key : uint64
        From :func:`day_key` or :func:`agent_key`.
    agent : uint64
        Identity of the agent or thing.
    """
    z = mix(key + U64(agent) * GOLDEN)
    return np.float64(z >> SHIFT_32) * TO_UNIT_32, np.float64(z & LOW_32) * TO_UNIT_32


@inlined()
def agent_key(key, agent):
    """Key of a series of draws of one agent, for decisions that need more than one.

    Parameters
    ----------
    key : uint64
        From :func:`day_key`.
    agent : uint64
        Identity of the agent.

    Returns
    -------
    uint64
        Key whose draws are taken with ``uniform(agent_key, index)``.
    """
    return mix(key + U64(agent) * GOLDEN)


@inlined()
def lineage(parent, ordinal):
    """Identity of the ``ordinal``-th offspring of a lineage (an inviter or an arrival route).

    Parameters
    ----------
    parent : uint64
        Identity of the inviter, or the number of an arrival route.
    ordinal : int
        Which offspring, from 0.

    Returns
    -------
    uint64
        Identity of the person, the same under every policy.
    """
    return mix(mix(U64(parent) + GOLDEN) ^ (U64(ordinal) * WEYL))


@compiled()
def exponential(u):
    """Exponential with mean 1 by inversion of a uniform ``u`` in [0, 1)."""
    return -log(1.0 - u)  # exact: u is a multiple of 2 ** -53


@compiled()
def poisson(u, mean):
    """Poisson count, at least 0, by inversion, so that it moves monotonically with ``mean``.

    Parameters
    ----------
    u : float
        Uniform in [0, 1).
    mean : float
        Mean, 0 to about 500; larger means use the normal approximation.
    """
    if mean <= 0.0:
        return 0
    if mean > 500.0:
        return max(0, int(math.floor(mean + math.sqrt(mean) * normal(u) + 0.5)))
    term = exp(-mean)
    total = term
    count = 0
    while u > total and count < 10_000:
        count += 1
        term *= mean / count
        total += term
        if term < 1e-300 and count > mean:
            break
    return count


@compiled()
def normal(u):
    """Standard normal by inversion (Acklam's rational approximation, error below 1.2e-9), finite.

    Parameters
    ----------
    u : float
        Uniform in [0, 1).
    """
    p = min(max(u, 1e-16), 1.0 - 1e-16)
    if p < 0.02425:
        q = math.sqrt(-2.0 * log(p))
        return _tail(q)
    if p > 1.0 - 0.02425:
        q = math.sqrt(-2.0 * log(1.0 - p))
        return -_tail(q)
    q = p - 0.5
    r = q * q
    top = -3.969683028665376e01 * r + 2.209460984245205e02
    top = (top * r - 2.759285104469687e02) * r + 1.383577518672690e02
    top = ((top * r - 3.066479806614716e01) * r + 2.506628277459239e00) * q
    low = -5.447609879822406e01 * r + 1.615858368580409e02
    low = (low * r - 1.556989798598866e02) * r + 6.680131188771972e01
    return top / ((low * r - 1.328068155288572e01) * r + 1.0)


@compiled()
def _tail(q):
    top = -7.784894002430293e-03 * q - 3.223964580411365e-01
    top = (top * q - 2.400758277161838e00) * q - 2.549732539343734e00
    top = (top * q + 4.374664141464968e00) * q + 2.938163982698783e00
    low = 7.784695709041462e-03 * q + 3.224671290700398e-01
    low = (low * q + 2.445134137142996e00) * q + 3.754408661907416e00
    return top / (low * q + 1.0)


@compiled()
def gamma(key, shape):
    """Gamma with unit scale (Marsaglia & Tsang 2000), drawing from its own keyed series.

    Parameters
    ----------
    key : uint64
        A series key; draws 0, 1, 2, ... of it are used.
    shape : float
        Shape, above 0; shapes below 1 use the power boost.
    """
    boost = 1.0
    k = shape
    if shape < 1.0:
        boost = power(uniform(key, U64(0)), 1.0 / shape)
        k = shape + 1.0
    d = k - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    for trial in range(64):
        x = normal(uniform(key, U64(1 + 2 * trial)))
        v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x)
        u = uniform(key, U64(2 + 2 * trial))
        if v > 0.0 and log(max(u, 1e-300)) < 0.5 * x * x + d - d * v + d * log(v):
            return boost * d * v
    return boost * d


@compiled()
def beta(key, a, b):
    """Beta(a, b), in [0, 1], from two gammas of one keyed series.

    Parameters
    ----------
    key : uint64
        Series key.
    a, b : float
        Shapes, above 0.
    """
    x = gamma(mix(key + U64(1)), a)
    y = gamma(mix(key + U64(2)), b)
    if x + y <= 0.0:
        return a / (a + b)
    return x / (x + y)
