"""Draws: uniform, independent between neighbouring addresses, free of collisions, exact laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from plaza_lab.engine.compiled import kernel
from plaza_lab.sim import randomness as r
from plaza_lab.sim.randomness import U64

N = 200_000
MOST_PERSONS = 10_000_000
MASK = (1 << 64) - 1


@kernel()
def fill_uniform(seed, replicate, decision, day, first, out):
    key = r.day_key(r.run_key(seed, replicate), decision, day)
    for i in range(out.shape[0]):
        out[i] = r.uniform(key, U64(first + i))


@kernel()
def fill_days(seed, decision, agent, out):
    for day in range(out.shape[0]):
        out[day] = r.uniform(r.day_key(r.run_key(seed, 0), decision, day), U64(agent))


@kernel()
def fill_series(seed, out):
    key = r.day_key(r.run_key(seed, 0), 1, 1)
    for i in range(out.shape[0]):
        out[i] = r.uniform(r.agent_key(key, U64(i // 10)), U64(i % 10))


@kernel()
def fill_bits(seed, decision, n_agents, out):
    """All 64 bits of the draws of many agents on many days, agents varying fastest."""
    for i in range(out.shape[0]):
        key = r.day_key(r.run_key(seed, 0), decision, i // n_agents)
        out[i] = r.mix(key + U64(i % n_agents) * r.GOLDEN)


@kernel()
def fill_lineages(per_parent, out):
    """Founders, arrivals by route, and the friends each of them may invite."""
    for i in range(out.shape[0]):
        parent = r.lineage(U64(i % 6), i // per_parent)
        out[i] = parent if i % per_parent == 0 else r.lineage(parent, i % per_parent)


@kernel()
def fill_law(law, a, b, out):
    key = r.day_key(r.run_key(7, 0), 3, 3)
    for i in range(out.shape[0]):
        own = r.agent_key(key, U64(i))
        u = r.uniform(own, U64(0))
        if law == 0:
            out[i] = r.normal(u)
        elif law == 1:
            out[i] = r.exponential(u)
        elif law == 2:
            out[i] = r.poisson(u, a)
        elif law == 3:
            out[i] = r.gamma(own, a)
        else:
            out[i] = r.beta(own, a, b)


@kernel()
def quantiles(law, a, u, out):
    for i in range(u.shape[0]):
        if law == 0:
            out[i] = r.normal(u[i])
        elif law == 1:
            out[i] = r.exponential(u[i])
        else:
            out[i] = r.poisson(u[i], a)


def uniforms(seed=1, replicate=0, decision=2, day=5, first=0, n=N):
    out = np.zeros(n)
    fill_uniform(seed, replicate, decision, day, first, out)
    return out


def sample(law, a=0.0, b=0.0, n=N):
    out = np.zeros(n)
    fill_law(law, a, b, out)
    return out


def mixed(z: int) -> int:
    """The splitmix64 finaliser in plain integers."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def test_compiled_draws_equal_plain_integer_arithmetic():
    golden, weyl = 0x9E3779B97F4A7C15, 0xD1342543DE82EF95
    seed, replicate, decision, day = 12345, 6, 7, 89
    run = mixed(mixed((seed * golden + 1) & MASK) ^ ((replicate * weyl) & MASK))
    key = mixed(mixed((run + decision * weyl) & MASK) ^ ((day * golden) & MASK))
    expected = [(mixed((key + i * golden) & MASK) >> 11) / 2**53 for i in range(50)]
    assert uniforms(seed, replicate, decision, day, n=50).tolist() == expected


def test_the_mixer_gives_the_published_sequence():
    """Splitmix64 from seed 0 (Steele, Lea & Flood 2014): first outputs of the reference code."""
    state, seen = 0, []
    for _ in range(3):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        seen.append(mixed(state))
    assert seen == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@pytest.mark.parametrize("decision", [1, 2, 14, 37])
@pytest.mark.parametrize("day", [0, 1, 363])
def test_draws_over_agents_are_uniform(decision, day):
    """Kolmogorov-Smirnov and chi-squared over 256 bins, 200,000 draws, level 1e-4."""
    u = uniforms(decision=decision, day=day)
    assert u.min() >= 0.0 and u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert stats.chisquare(np.bincount((u * 256).astype(int), minlength=256)).pvalue > 1e-4


@pytest.mark.parametrize("agent", [0, 1, 2**40 + 1])
def test_draws_over_days_are_uniform(agent):
    u = np.zeros(50_000)
    fill_days(3, 2, agent, u)
    assert stats.kstest(u, "uniform").pvalue > 1e-4


def test_low_bits_are_uniform_too():
    bits = (uniforms() * 2**53).astype(np.uint64)
    for shift in (0, 1, 8):
        low = ((bits >> np.uint64(shift)) & np.uint64(15)).astype(int)
        assert stats.chisquare(np.bincount(low, minlength=16)).pvalue > 1e-4


NEIGHBOURS = {
    "agents": ({}, {"first": 1}),
    "days": ({}, {"day": 6}),
    "decisions": ({}, {"decision": 3}),
    "seeds": ({}, {"seed": 2}),
    "replicates": ({}, {"replicate": 1}),
    "day for decision": ({"day": 3, "decision": 2}, {"day": 2, "decision": 3}),
    "seed for replicate": ({"seed": 1, "replicate": 0}, {"seed": 0, "replicate": 1}),
}


@pytest.mark.parametrize("which", NEIGHBOURS)
def test_neighbouring_addresses_are_independent(which):
    """Correlation within 4 standard errors, joint chi-squared on a 32 x 32 grid, level 1e-4."""
    one, two = (uniforms(**address) for address in NEIGHBOURS[which])
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(N)
    grid = np.bincount((one * 32).astype(int) * 32 + (two * 32).astype(int), minlength=1024)
    assert stats.chisquare(grid).pvalue > 1e-4
    assert (one == two).sum() == 0


def test_series_of_one_agent_are_independent():
    out = np.zeros(N)
    fill_series(1, out)
    series = out.reshape(-1, 10)
    correlation = np.corrcoef(series.T) - np.eye(10)
    assert np.abs(correlation).max() < 4.5 / np.sqrt(series.shape[0])
    assert stats.kstest(series.sum(axis=1), stats.norm(5, np.sqrt(10 / 12)).cdf).pvalue > 1e-5


def repeated(values: np.ndarray) -> int:
    values.sort()
    return int((values[1:] == values[:-1]).sum())


def test_ten_million_keyed_draws_do_not_collide():
    """10,000 agents on 1,000 days: 3e-6 collisions are expected of 64 random bits."""
    out = np.zeros(MOST_PERSONS, np.uint64)
    fill_bits(1, 2, 10_000, out)
    assert repeated(out) == 0


def test_ten_million_persons_are_different_persons():
    out = np.zeros(MOST_PERSONS, np.uint64)
    fill_lineages(20, out)
    assert repeated(out) == 0


@kernel()
def fill_bits_of_part(seed, n_agents, first, last, part, parts_shift, out):
    """Draws ``first`` to ``last`` whose top bits are ``part``; returns how many there are."""
    n = 0
    for i in range(first, last):
        key = r.day_key(r.run_key(seed, 0), 2, i // n_agents)
        z = r.mix(key + U64(i % n_agents) * r.GOLDEN)
        if z >> U64(parts_shift) == U64(part):
            out[n] = z
            n += 1
    return n


@pytest.mark.slow
def test_two_to_the_28_keyed_draws_do_not_collide():
    """A million members over 268 days; 0.002 collisions are expected of 64 random bits."""
    out = np.zeros(2**25, np.uint64)
    for part in range(16):
        n = fill_bits_of_part(1, 1_000_000, 0, 2**28, part, 60, out)
        assert repeated(out[:n]) == 0


TAILS = 10.0 ** -np.arange(3, 15)
U = np.concatenate([np.linspace(0, 1, 20_001)[:-1], TAILS, 1 - TAILS])


def test_normal_is_the_inverse_law():
    """Relative error below 2e-9, as published for the approximation."""
    u = U[(U > 1e-15) & (U < 1 - 1e-12)]
    out = np.zeros(u.size)
    quantiles(0, 0.0, u, out)
    assert out == pytest.approx(stats.norm.ppf(u), rel=2e-9, abs=1e-12)
    ends = np.zeros(2)
    quantiles(0, 0.0, np.array([0.0, 1 - 2.0**-53]), ends)
    assert np.isfinite(ends).all()


def test_exponential_is_the_inverse_law():
    out = np.zeros(U.size)
    quantiles(1, 0.0, U, out)
    assert out == pytest.approx(stats.expon.ppf(U), rel=1e-12)


@pytest.mark.parametrize("mean", [0.0, 0.01, 0.5, 3.0, 40.0, 499.0])
def test_poisson_is_the_inverse_law(mean):
    out = np.zeros(U.size)
    quantiles(2, mean, U, out)
    if mean == 0.0:
        assert (out == 0).all()
        return
    expected = np.maximum(stats.poisson.ppf(U, mean), 0)
    assert (out != expected).mean() < 1e-3  # rounding where u falls on a step
    assert np.abs(out - expected).max() <= 1


@pytest.mark.parametrize("u", [0.03, 0.5, 0.97])
def test_poisson_grows_with_its_mean(u):
    """Common random numbers: a larger mean never gives fewer."""
    counts = np.zeros(1)
    last = 0.0
    for mean in np.linspace(0, 600, 1201):
        quantiles(2, mean, np.array([u]), counts)
        assert counts[0] >= last
        last = counts[0]


LAWS = {
    "normal": (0, 0.0, 0.0, stats.norm()),
    "exponential": (1, 0.0, 0.0, stats.expon()),
    "gamma .25": (3, 0.252, 0.0, stats.gamma(0.252)),
    "gamma 1": (3, 1.0, 0.0, stats.gamma(1.0)),
    "gamma 6": (3, 6.28, 0.0, stats.gamma(6.28)),
    "beta": (4, 0.723, 2.16, stats.beta(0.723, 2.16)),
    "beta 2 3": (4, 2.0, 3.0, stats.beta(2.0, 3.0)),
}


@pytest.mark.parametrize("name", LAWS)
def test_samples_follow_their_law(name):
    """Kolmogorov-Smirnov on 200,000 draws, level 1e-4; mean and variance within 5 errors."""
    law, a, b, known = LAWS[name]
    x = sample(law, a, b)
    assert stats.kstest(x, known.cdf).pvalue > 1e-4
    assert abs(x.mean() - known.mean()) < 5 * known.std() / np.sqrt(N)
    assert x.var() == pytest.approx(known.var(), rel=0.05)


@pytest.mark.parametrize("mean", [0.3, 4.0, 80.0, 700.0])
def test_poisson_samples_have_mean_and_variance(mean):
    x = sample(2, mean)
    assert abs(x.mean() - mean) < 5 * np.sqrt(mean / N)
    assert x.var() == pytest.approx(mean, rel=0.02)
