"""What a community was opened with cannot be set later, and states stay within their bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plaza_lab import Community, Policy, Population, Setting, World
from plaza_lab.agents.koc import KOC
from plaza_lab.agents.member import FATE, MEMBER
from plaza_lab.agents.moderator import MODERATOR
from plaza_lab.agents.partner import PARTNER


@pytest.fixture(scope="module")
def small():
    made = Community(population=Population(initial_members=30), seed=4, days=14)
    made.run(2)
    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("policy", Policy()), ("setting", Setting()), ("world", World()),
        ("population", Population()), ("seed", 2), ("days", 90), ("replicate", 1),
        ("mechanisms", []), ("levers", {}),
    ],
)  # fmt: skip
def test_what_it_was_opened_with_is_kept(small, name, value):
    before = small.setting
    with pytest.raises(
        AttributeError, match=rf"community.{name} cannot be set.*Community\({name}="
    ):
        setattr(small, name, value)
    assert small.setting is before
    assert small.fork().policy == small.policy


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("belonging", 7.0, "belonging=7 is outside its bounds: 0 to 1"),
        ("trust", -0.1, "trust=-0.1 is outside"),
        ("mood", 1.5, "mood=1.5 is outside its bounds: -1 to 1"),
        ("attention", 200, "attention=200 is outside its bounds: 1 to 60"),
        ("visit_rate", -1.0, "visit_rate=-1 is outside its bounds: at least 0"),
        ("belonging", math.nan, "belonging=nan is no number"),
        ("spent", math.inf, "spent=inf is no number"),
    ],
)
def test_a_state_out_of_bounds_is_refused_and_nothing_written(small, name, value, says):
    before = small.members.array(name).copy()
    for write in (
        lambda: setattr(small.members[0], name, value),
        lambda: small.members.set(name, value),
    ):
        with pytest.raises(ValueError, match=says) as told:
            write()
        assert "\n" not in str(told.value)
    assert np.array_equal(small.members.array(name), before)


def test_the_ends_of_the_bounds_can_be_written(small):
    twin = small.fork()
    twin.members.set("belonging", 0.0).set("trust", 1.0).set("mood", -1.0)
    assert twin.members.agg("mood", np.max) == -1.0


def test_whoever_says_zero_to_one_has_these_bounds():
    told = [var for group in (FATE, MEMBER, KOC, MODERATOR, PARTNER) for var in group]
    said = [var for var in told if var.doc.endswith(", 0 to 1")]
    assert len(said) >= 15
    assert all(var.bounds == (0.0, 1.0) for var in said)


def test_what_the_engine_writes_lies_within_the_bounds():
    crowd = Community(population=Population(initial_members=400), seed=4, days=60)
    crowd.run()
    for var in MEMBER:
        if var.bounds or var.span[0] == 0.0:
            values = crowd.tables.members[var.name][: crowd.tables.people_state[0].n_rows]
            assert values.min() >= var.span[0], var.name
            assert values.max() <= var.span[1], var.name
