"""Modes and the four axes: options that set levers of several groups compose and run."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.options import BUNDLES, option_names
from plaza_lab.sim.engine import open_tables, simulate_each
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.state import traits

AXES = BUNDLES[1:5]
KINDS_OF_COMMUNITY = BUNDLES[5:]
KINDS = {axis: [name for name in option_names(axis) if name != "none"] for axis in AXES}
EVERY = list(itertools.product(*KINDS.values()))
SQUARE = [(a, b, (a + b) % 3, (a + 2 * b) % 3) for a, b in itertools.product(range(3), repeat=2)]
"""An orthogonal array of four factors in nine rows: every two options of two axes meet once."""
FRACTION = [
    tuple(kinds[place] for kinds, place in zip(KINDS.values(), row, strict=True)) for row in SQUARE
]


def small(words: list[str]) -> Setting:
    setting = compose([*words, "world=full"]).config.setting
    return dataclasses.replace(
        setting, population=dataclasses.replace(setting.population, initial_members=30)
    )


def words_of(row: tuple[str, ...]) -> list[str]:
    return [f"{axis}={kind}" for axis, kind in zip(AXES, row, strict=True)]


def lives(settings: list[Setting]) -> None:
    for run in simulate_each([(one, 1) for one in settings], 7, 1):
        assert not isinstance(run, Exception), run
        assert run.days.shape[0] == 7 and np.isfinite(run.outcomes["members_end"])


def test_the_fraction_is_orthogonal():
    for one, other in itertools.combinations(range(4), 2):
        assert len({(row[one], row[other]) for row in FRACTION}) == 9


def test_there_are_six_modes_and_three_kinds_on_each_axis():
    assert len(option_names("mode")) == 7  # and none
    assert len(EVERY) == 81


@pytest.mark.mechanism("M73", "M74", "M75", "M76", "M77", "M78")
def test_every_mode_runs_and_differs_from_the_others(kernels):
    modes = [name for name in option_names("mode") if name != "none"]
    settings = [small([f"mode={name}"]) for name in modes]
    assert len({repr(one.policy) for one in settings}) == 6
    # R55: a mode is nothing but the levers it sets; what lives does not know its name
    groups = {field.name for field in dataclasses.fields(settings[0].policy)}
    assert not groups & set(BUNDLES)
    assert len({one.policy.fund.brand_week_cents for one in settings}) == 1  # equal budgets
    lives(settings)


@pytest.mark.mechanism(
    "M79", "M80", "M81", "M82", "M83", "M84", "M85", "M86", "M87", "M88", "M89", "M90"
)
def test_an_orthogonal_fraction_of_the_axes_runs(kernels):
    lives([small(words_of(row)) for row in FRACTION])


@pytest.mark.mechanism("M91")
def test_archetypes_and_scopes_set_people_and_tools_and_run_together(kernels):
    """R57: four archetypes and three scopes, and three kinds of micro-business, can be chosen."""
    kinds = [[n for n in option_names(axis) if n != "none"] for axis in KINDS_OF_COMMUNITY]
    assert [len(names) for names in kinds] == [4, 3, 3]
    rows = [(a, kinds[1][k % 3], kinds[2][(k + k // 3) % 3]) for k, a in enumerate(kinds[0])]
    settings = [
        small([f"{axis}={kind}" for axis, kind in zip(KINDS_OF_COMMUNITY, row, strict=True)])
        for row in rows
    ]
    assert len({repr((one.world, one.population)) for one in settings}) == 4
    lives(settings)


@pytest.mark.mechanism("M91")
def test_a_narrow_theme_has_more_members_of_one_mind(kernels):
    """What an archetype sets are interests: more of a theme's people share the commonest one."""
    topic = plain(traits.topic_of)
    shares = []
    for words in ([], ["archetype=learning"], ["archetype=product"]):
        tables = open_tables(small(words), 1, 7)
        shares.append(np.mean([topic(tables, np.uint64(k)) == 0 for k in range(2000)]))
    assert shares[0] < shares[1] < shares[2]


@pytest.mark.slow
def test_all_81_combinations_run(kernels):
    settings = [small(words_of(row)) for row in EVERY]
    assert len({repr((one.policy, one.population)) for one in settings}) == 81
    lives(settings)


def test_a_word_of_ones_own_wins_over_a_mode_and_a_later_axis_over_an_earlier_one():
    said = compose(["mode=decentralised", "content=quiet"]).choices
    assert said["content"] == "quiet" and said["rules"] == "voted"
    both = compose(["goal=product_promotion", "interaction=content"]).choices
    assert both["content"] == "ugc_led" and both["selling"] == "nurture"
