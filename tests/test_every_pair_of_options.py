"""Every pair of options of two groups builds and lives three days, or is refused in one line."""

from __future__ import annotations

import dataclasses
import functools
import itertools

import pytest
from covering import all_pairs, covering_array, pairs_of
from omegaconf import OmegaConf

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import _of_plain, check, kind_of, writable
from plaza_lab.scenarios.settings.options import LEVERS, conf_folder
from plaza_lab.sim.engine import simulate_each
from plaza_lab.sim.policy import IncompatiblePolicy, Policy, check_policy
from plaza_lab.sim.setting import Population, Setting, World

MEMBERS, DAYS = 60, 3
OTHERS = ("calibration", "world")
FREE = {"entry": "open", "fund": "none"}
"""Options that go with every other; the default fee and its pool ask for each other."""


@functools.cache
def options() -> dict[str, list[str]]:
    """Plaza's own options; the one that goes with every other comes first."""
    found = {}
    for group in (*LEVERS, *OTHERS):
        names = sorted(file.stem for file in (conf_folder() / group).glob("*.yaml"))
        found[group] = sorted(names, key=lambda name: (not _is_neutral(group, name), name))
    return found


def _is_neutral(group: str, name: str) -> bool:
    if group in FREE:
        return name == FREE[group]
    return group in LEVERS and part(group, name) == kind_of(group)()


@functools.cache
def part(group: str, name: str):
    """What an option makes of its group, without the others."""
    text = (conf_folder() / group / f"{name}.yaml").read_text(encoding="utf-8")
    if group not in LEVERS or "defaults:" in text or "@package" in text:
        config = compose([f"{group}={name}"], is_checked=False).config
        if group == "calibration":
            return config.world.calibration
        return config.world if group == "world" else getattr(config.policy, group)
    twin = OmegaConf.merge(OmegaConf.structured(writable(kind_of(group))), OmegaConf.create(text))
    plain = OmegaConf.to_container(twin, enum_to_str=True, throw_on_missing=True)
    return _of_plain(kind_of(group), plain, group)


def policy_of(row: dict[str, str]) -> Policy:
    return Policy(**{group: part(group, row[group]) for group in LEVERS})


def setting_of(row: dict[str, str]) -> Setting:
    world: World = part("world", row["world"])
    world = dataclasses.replace(world, calibration=part("calibration", row["calibration"]))
    return Setting(policy_of(row), world, Population(initial_members=MEMBERS))


class Watched:
    """A policy that notes which groups are looked at."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.seen = policy, set()

    def __getattr__(self, group: str):
        self.seen.add(group)
        return getattr(self.policy, group)


@functools.cache
def looked_at(group: str) -> frozenset[str]:
    """The groups on which a group's rules depend, itself among them."""
    if not hasattr(kind_of(group), "clashes"):
        return frozenset([group])
    neutral, seen = {other: names[0] for other, names in options().items()}, {group}
    for name in options()[group]:
        watched = Watched(policy_of(neutral | {group: name}))
        list(part(group, name).clashes(watched))
        seen |= watched.seen
    return frozenset(seen)


_counted: dict[tuple, int] = {}


def n_broken(group: str, row: dict[str, str]) -> int:
    """Rules of one group that a row breaks."""
    key = (group, *(row[other] for other in sorted(looked_at(group))))
    if key not in _counted:
        levers = part(group, row[group])
        clashes = levers.clashes(policy_of(row)) if hasattr(levers, "clashes") else ()
        _counted[key] = sum(is_broken for is_broken, _ in clashes)
    return _counted[key]


def faults(row: dict[str, str]) -> tuple[int, frozenset[str]]:
    broken = {group: n_broken(group, row) for group in LEVERS}
    concerned = {other for group, n in broken.items() if n for other in looked_at(group)}
    return sum(broken.values()), frozenset(concerned)


@functools.cache
def designed():
    return covering_array(options(), faults)


def test_every_pair_is_in_a_policy_or_cannot_be():
    rows, impossible = designed()
    covered = set().union(*(pairs_of(row) for row in rows))
    assert covered | set(impossible) == all_pairs(options())
    assert not covered & set(impossible)
    assert len(rows) < 4 * max(
        len(x) * len(y) for x, y in itertools.combinations(options().values(), 2)
    )


@pytest.mark.slow
def test_every_pair_builds_and_lives_three_days(kernels):
    """R74, R80: every option loads and lives, alone and beside every other."""
    rows, _ = designed()
    for row in rows:
        check_policy(policy_of(row))
    results = simulate_each(((setting_of(row), 1) for row in rows), DAYS, 2)
    for row, result in zip(rows, results, strict=True):
        assert not isinstance(result, Exception), (row, result)
        assert result.days.shape[0] == DAYS


def test_what_cannot_be_combined_is_refused_in_one_line():
    _, impossible = designed()
    assert impossible, "a prize without money, at least"
    for pair, row in impossible.items():
        with pytest.raises(IncompatiblePolicy) as refused:
            check_policy(policy_of(row))
        line = str(refused.value)
        assert "\n" not in line and line.split(":")[0] in LEVERS, (pair, line)


@pytest.mark.parametrize("place", [0, 7, -1])
def test_hydra_composes_the_same(place):
    row = designed()[0][place]
    words = [f"{group}={name}" for group, name in row.items()]
    config = compose([*words, f"population.initial_members={MEMBERS}"]).config
    check(config)
    assert config.policy == policy_of(row)
    assert config.setting.world == setting_of(row).world


def test_hydra_refuses_an_impossible_pair_in_one_line():
    pair = next(iter(designed()[1]))
    with pytest.raises(UserError) as refused:
        compose([f"{group}={name}" for group, name in pair])
    assert "\n" not in str(refused.value)
