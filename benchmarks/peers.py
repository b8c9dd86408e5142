"""Peers: epidemic models of the same size on the same machine, in turn with Plaza's day.

Each is installed into an environment of its own, which goes when the figures are there; Plaza's is
not touched. Each does its own work (one infection, some ten contacts a person and day; in
mesa-frames, which is no model but a way to write one, its documentation's persons who give a coin
away), so a ratio compares what a day of one person costs in each, not the same work.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from benchmarks.full_day import EVERYTHING, LARGE, FullDay

PACKAGES = {
    "Covasim": "covasim",
    "Covasim before 4,": "covasim<4",
    "Starsim": "starsim",
    "mesa-frames": "mesa-frames",
}
"""What a peer is called, and what is installed: the newest, and of Covasim also the faster one."""

DAYS = 60
PINNED = {
    "Plaza, by default, world of 464ef09": (),
    "Plaza, everything in use, world of 464ef09": EVERYTHING,
}
LEAST_RATIO = dict(zip(PINNED, (10.0, 2.5), strict=True))
"""What is asked beside Covasim."""
COVASIM = """
import covasim
sim = covasim.Sim(pop_size={size}, pop_type="random", n_days={days}, verbose=0)
sim.initialize()
run = lambda: sim.run()
"""
PROGRAMS = {
    "Covasim": COVASIM,
    "Covasim before 4,": COVASIM,
    "Starsim": """
import starsim
sim = starsim.Sim(
    n_agents={size}, diseases=starsim.SIS(), networks=starsim.RandomNet(n_contacts=10),
    dt=starsim.days(1), dur=starsim.days({days}), verbose=0,
)
sim.init()
run = lambda: sim.run()
""",
    "mesa-frames": """
import mesa_frames, polars

class Persons(mesa_frames.AgentSetPolars):
    def __init__(self, model):
        super().__init__(model)
        ids = polars.arange({size}, eager=True)
        self += polars.DataFrame(dict(unique_id=ids, wealth=polars.ones({size}, eager=True)))

    def step(self):
        self.select(self.wealth > 0)
        other = self.agents.sample(n=len(self.active_agents), with_replacement=True)
        self["active", "wealth"] -= 1
        given = other.group_by("unique_id").len()
        self[given["unique_id"], "wealth"] += given["len"]

class Town(mesa_frames.ModelDF):
    def __init__(self):
        super().__init__()
        self.agents += Persons(self)

town = Town()
run = lambda: [town.agents.do("step") for _ in range({days})]
""",
}
"""What each peer runs: its own model as its documentation shows it."""

TIMED = """
import json, time
from importlib.metadata import version
start = time.process_time()
run()
seconds = time.process_time() - start
print(json.dumps([seconds, version("{package}")]))
"""


class Peers:
    """An environment with peers.

    Parameters
    ----------
    folder : pathlib.Path
        Where to make it.
    packages : iterable of str
        What to install.

    Raises
    ------
    RuntimeError
        If it cannot be made; with one line.
    """

    def __init__(self, folder: Path, packages: Iterable[str] = PACKAGES.values()) -> None:
        venv.create(folder, with_pip=True)
        bins = "Scripts" if sys.platform == "win32" else "bin"
        self._python = str(folder / bins / "python")
        self._run(["-m", "pip", "install", "--quiet", *packages])

    def seconds(self, name: str, size: int, days: int) -> tuple[float, str]:
        """Let a peer live in a fresh process.

        Parameters
        ----------
        name : str
            Of :data:`PACKAGES`.
        size, days : int
            Persons and days.

        Returns
        -------
        tuple
            Processor seconds of the run alone, and the peer's version.
        """
        text = PROGRAMS[name].format(size=size, days=days)
        out = self.run(text + TIMED.format(package=PACKAGES[name].partition("<")[0]))
        seconds, version = json.loads(out.splitlines()[-1])
        return float(seconds), str(version)

    def run(self, text: str) -> str:
        """Run a program; what it prints."""
        return self._run(["-c", text])

    def _run(self, arguments: list[str]) -> str:
        done = subprocess.run([self._python, *arguments], capture_output=True, text=True)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["no word"]
            raise RuntimeError(lines[-1])
        return done.stdout


def measure(is_quick: bool) -> list[Figure]:
    """Time Plaza's day, as by default and with everything in use, and each peer, in turn."""
    size, rounds = (10_000, 2) if is_quick else (LARGE, 5)
    communities = {
        name: FullDay(size, 14, options, is_pinned=True) for name, options in PINNED.items()
    }
    speeds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="plaza-peers-") as folder:
        # an environment each: together they would hold each other to releases of years ago
        peers = {
            name: Peers(Path(folder) / str(n), [package])
            for n, (name, package) in enumerate(PACKAGES.items())
        }
        for _ in range(rounds):
            for community in communities.values():
                community.round()
            for name in PACKAGES:
                seconds, version = peers[name].seconds(name, size, DAYS)
                speeds.setdefault(f"{name} {version}", []).append(size * DAYS / seconds)
    return figures(size, {name: c.speed for name, c in communities.items()}, speeds)


def figures(size: int, ours: dict[str, list[float]], peers: dict[str, list[float]]) -> list[Figure]:
    """Speeds of all, and ours over each peer's, round by round.

    Parameters
    ----------
    size : int
        Persons.
    ours, peers : dict of str to list of float
        Person-days a processor second, by name, one value a round.

    Returns
    -------
    list of Figure
        Speeds first.
    """
    found = [
        Figure(f"{name}, {size:,} persons", "person-days/s", speed, note="1 thread")
        for name, speed in (ours | peers).items()
    ]
    for peer, theirs in peers.items():
        for name, speed in ours.items():
            ratios = (np.array(speed) / np.array(theirs)).tolist()
            target = LEAST_RATIO.get(name) if size == LARGE and "Covasim" in peer else None
            found.append(Figure(f"{name} / {peer}, {size:,} persons", "x", ratios, target))
    return found
