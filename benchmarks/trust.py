"""Time to a trustworthy answer: processor seconds until the difference of two policies is known.

Known means: to within half a percentage point of retention, by an interval of 95 % that holds at
every look (:mod:`plaza_lab.scenarios.statistics.anytime`), which is looked at after every pair.
What such an answer costs is the price of a pair times the pairs it takes, and pairs go with the
variance of a difference: so it is speed times what pairing saves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import cb1_mesa, cb1_plaza
from benchmarks.cb1_setup import People, gather
from benchmarks.figures import Figure
from plaza_lab.scenarios.statistics.anytime import FIRST_LOOK, anytime_interval, half_width
from plaza_lab.sim import engine
from plaza_lab.sim.setting import Setting

MEMBERS, DAYS = 500, 364
HALF_WIDTH = 0.005
"""Half a percentage point of retention."""
CUT = 0.97
"""Activity under the second policy, where the two differ by activity alone."""
MOST_PAIRS = 1 << 20

Pair = Callable[[int], tuple[float, float]]
"""Retention under either policy, for the k-th pair."""


@dataclass(frozen=True)
class Cost:
    """What an answer costs.

    Parameters
    ----------
    pairs : int
        Pairs until the interval was narrow enough; reckoned where they were not all run.
    each_s : float
        Processor seconds of a pair.
    n_run : int
        Pairs that were run.
    spread : float
        Standard deviation of a pair's difference.
    """

    pairs: int
    each_s: float
    n_run: int
    spread: float

    @property
    def seconds(self) -> float:
        """Processor seconds of the answer."""
        return self.pairs * self.each_s

    @property
    def note(self) -> str:
        """How it was found."""
        how = "run to its end" if self.n_run == self.pairs else f"reckoned from {self.n_run} pairs"
        return (
            f"{how}: {self.pairs:,} pairs of {1e3 * self.each_s:,.0f} ms, "
            f"spread of a difference {100 * self.spread:.2f} points"
        )


def cost(pair: Pair, most_s: float) -> Cost:
    """Run pairs until the difference is known, or reckon from some how many that takes.

    Parameters
    ----------
    pair : callable
        What is asked.
    most_s : float
        Processor seconds after which what is left is reckoned.

    Returns
    -------
    Cost
        For no fewer than 20 pairs, as the interval wants them.
    """
    pair(0)  # whatever is compiled or imported at the first run is no part of the price
    differences: list[float] = []
    start = time.process_time()
    while True:
        one, other = pair(len(differences) + 1)
        differences.append(other - one)
        spent = time.process_time() - start
        found = anytime_interval(np.array(differences))
        is_known = found.kind != "none" and (found.high - found.low) / 2 <= HALF_WIDTH
        if is_known or (spent > most_s and len(differences) >= FIRST_LOOK):
            break
    n = len(differences)
    spread = float(np.std(differences, ddof=1))
    return Cost(n if is_known else pairs_wanted(differences), spent / n, n, spread)


def pairs_wanted(differences: list[float]) -> int:
    """Pairs after which differences of this spread and skewness are known.

    Parameters
    ----------
    differences : list of float
        At least 20.

    Returns
    -------
    int
        At most :data:`MOST_PAIRS`.
    """
    values = np.array(differences)
    centred = values - values.mean()
    skewness = float((centred**3).mean() / max((centred**2).mean() ** 1.5, 1e-30))
    sizes = np.arange(FIRST_LOOK, MOST_PAIRS)
    widths = half_width(sizes, float(values.std(ddof=1)), skewness, 0.95)
    return int(sizes[np.argmax(widths <= HALF_WIDTH)]) if widths[-1] <= HALF_WIDTH else MOST_PAIRS


# ---- Plaza


def plaza(first: Setting, second: Setting, *, is_paired: bool) -> Pair:
    """Runs of Plaza.

    Parameters
    ----------
    first, second : Setting
        The policies.
    is_paired : bool
        Whether a pair has one seed, or two.
    """

    def retention(setting: Setting, seed: int) -> float:
        return float(engine.run_one(setting, seed, DAYS).outcomes["retention"])

    if is_paired:
        return lambda k: (retention(first, k + 1), retention(second, k + 1))
    return lambda k: (retention(first, 2 * k + 1), retention(second, 2 * k + 2))


def less_active(setting: Setting) -> Setting:
    """Give a setting in which everybody comes by less."""
    world = setting.world
    visiting = replace(world.visiting, activity_factor=CUT * world.visiting.activity_factor)
    return replace(setting, world=replace(world, visiting=visiting))


def demo() -> tuple[Setting, Setting]:
    """Settings of the demo: a group run by volunteers, and one with a fund."""
    from plaza_lab.scenarios.experiments import compare

    _, points = compare.plan(compare.DEMO, [])
    return points[0].setting, points[1].setting


# ---- CB-1, whose members are the same in both


def _asked(people: People) -> tuple[People, People]:
    return people, replace(people, rate=(people.rate * np.float32(CUT)).astype(np.float32))


def records(people: People) -> Pair:
    """CB-1 as records with addressed draws, in pairs of one seed."""

    def retention(who: People, seed: int) -> float:
        town = cb1_plaza.found(who, DAYS + 1)
        cb1_plaza.live(town, seed, 1, DAYS + 1)
        return float(np.mean(town.members.is_first))

    one, other = _asked(people)
    return lambda k: (retention(one, k + 1), retention(other, k + 1))


def mesa(people: People) -> Pair:
    """CB-1 with stock Mesa objects; each run has a seed of its own."""

    def retention(who: People, seed: int) -> float:
        community = cb1_mesa.Community(who, seed)
        for _ in range(DAYS):
            community.step()
        return float(np.mean([member.joined == 0 for member in community.agents]))

    one, other = _asked(people)
    return lambda k: (retention(one, 2 * k + 1), retention(other, 2 * k + 2))


# ---- Starsim

STARSIM = f"""
import numpy as np, starsim as ss, json, time

def retention(seed, share):
    sim = ss.Sim(
        n_agents={MEMBERS}, rand_seed=seed, dt=ss.days(1), dur=ss.days({DAYS}), verbose=0,
        networks=ss.RandomNet(n_contacts=10),
        diseases=ss.SIR(
            beta=ss.perday(0.02 * share), dur_inf=ss.days(10), init_prev=0.02, p_death=0
        ),
    )
    sim.run()
    return float(np.asarray(sim.results.sir.n_susceptible)[-1]) / {MEMBERS}

def pair(seed):
    return retention(seed, 1.0), retention(seed, {CUT})

pair(0)
start, found = time.process_time(), []
while len(found) < {FIRST_LOOK} or time.process_time() - start < {{most_s}}:
    one, other = pair(len(found) + 1)
    found.append(other - one)
seconds = (time.process_time() - start) / len(found)
print(json.dumps([found, seconds, ss.__version__]))
"""
"""An epidemic in as many people, and one that passes on less: the same seed in both, which Starsim
makes common random numbers of; retained is who was never infected."""


def starsim(most_s: float) -> tuple[Cost, str]:
    """Cost of Starsim's answer, in an environment that goes afterwards, and its version."""
    import json
    import tempfile

    from benchmarks.peers import Peers

    with tempfile.TemporaryDirectory(prefix="plaza-trust-") as folder:
        out = Peers(Path(folder), ("starsim",)).run(STARSIM.format(most_s=most_s))
    found, each_s, version = json.loads(out.splitlines()[-1])
    spread = float(np.std(found, ddof=1))
    return Cost(pairs_wanted(found), each_s, len(found), spread), version


# ---- all


def measure(is_quick: bool, *, with_peers: bool = False) -> list[Figure]:
    """Cost of an answer by each way of asking."""
    most_s = 2.0 if is_quick else 20.0
    default, (one, other), people = Setting(), demo(), gather(MEMBERS)
    less = less_active(default)
    asked = "3 % less activity"
    ways: dict[str, Pair] = {
        f"Plaza, {asked}": plaza(default, less, is_paired=True),
        f"Plaza without pairing, {asked}": plaza(default, less, is_paired=False),
        "Plaza, the demo's two policies": plaza(one, other, is_paired=True),
        "Plaza without pairing, the demo's two policies": plaza(one, other, is_paired=False),
        f"CB-1 as Plaza writes it, {asked}": records(people),
        f"CB-1 in stock Mesa, independent seeds, {asked}": mesa(people),
    }
    costs = {name: cost(pair, most_s) for name, pair in ways.items()}
    if with_peers:
        found, version = starsim(most_s)
        costs[f"Starsim {version}, common random numbers, SIR, 3 % less transmission"] = found
    return figures(costs)


def figures(costs: dict[str, Cost]) -> list[Figure]:
    """Seconds of each way, and how many times the first one's.

    Parameters
    ----------
    costs : dict of str to Cost
        By name; the first is what the others are compared with.

    Returns
    -------
    list of Figure
        Seconds first.
    """
    first = next(iter(costs.values()))
    return [
        *(
            Figure(name, "s", [found.seconds], None, False, found.note)
            for name, found in costs.items()
        ),
        *(
            Figure(f"{name} / {next(iter(costs))}", "x", [found.seconds / first.seconds])
            for name, found in list(costs.items())[1:]
        ),
    ]
