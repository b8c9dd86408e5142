"""A kernel with other functions inside, and rules of a user's own module."""

from __future__ import annotations

import dataclasses
import importlib

import pytest
from communities import copied, fields_changed, lived, setting

from plaza_lab.engine.compiled import compiled, inlined, kernel
from plaza_lab.engine.handle import STEP
from plaza_lab.engine.plain import plain
from plaza_lab.engine.twins import variant
from plaza_lab.sim.mechanisms.visiting import churn
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import people

SIZE = 7.0


@inlined()
def weight(x):
    return 2.0 * x


@compiled()
def bystander(x):
    return x + SIZE


@compiled()
def both(x):
    return weight(x) + bystander(x)


@kernel(cache=False)
def weighed(x):
    return both(x) + 1.0


@compiled()
def half_as_much_again(x):
    return weight(x) * 1.5


def tenfold(x):
    return 10.0 * x


def test_a_function_deep_inside_is_replaced():
    varied = variant(weighed, {weight: tenfold})
    assert (varied(3.0), weighed(3.0)) == (30.0 + 10.0 + 1.0, 6.0 + 10.0 + 1.0)


def test_what_stands_in_its_place_may_call_the_replaced_one():
    assert variant(weighed, {weight: half_as_much_again})(3.0) == 9.0 + 10.0 + 1.0


def test_a_variant_can_be_varied_and_asked_for_again():
    varied = variant(weighed, {weight: tenfold})
    assert variant(varied, {bystander: tenfold})(3.0) == 61.0
    assert variant(weighed, {weight: tenfold, bystander: tenfold})(3.0) == 61.0
    assert variant(weighed, {weight: tenfold}) is varied
    assert variant(weighed, {}) is weighed


def test_its_plain_twin_is_varied_too():
    assert plain(variant(weighed, {weight: half_as_much_again}))(3.0) == 20.0


def test_functions_beside_the_way_are_shared():
    varied = variant(weighed, {weight: tenfold})
    inner = varied.py_func.__globals__["both"]
    assert inner is not both
    assert inner.py_func.__globals__["bystander"] is bystander
    assert varied.py_func.__globals__ is not weighed.py_func.__globals__


@pytest.mark.parametrize(
    ("replaced", "says"),
    [
        ({half_as_much_again: tenfold}, "weighed does not call .*half_as_much_again"),
        ({weight: lambda x, y: x + y}, r"\(x, y\) cannot stand in the place of .*weight\(x\)"),
    ],
)
def test_what_cannot_be_replaced_is_said(replaced, says):
    with pytest.raises(ValueError, match=says):
        variant(weighed, replaced)


def test_a_step_of_the_day_with_a_function_of_ones_own_in_another_module():
    def leave(t, i, day):
        t.daily[day, mt.PRIVACY_INCIDENTS] += 1.0
        people.leave(t, i, day)

    step = variant(churn.step, {people.leave: leave})
    community = lived(setting({"world.churn.established_hazard": 0.05}), 1, 5)
    community = dataclasses.replace(community, daily=community.daily.copy())
    usual, own, in_python = (copied(community) for _ in range(3))
    churn.step(usual, 5)
    step.compile(STEP)
    step(own, 5)
    plain(step)(in_python, 5)
    assert fields_changed(usual, own) == {"daily.privacy_incidents"}
    assert own.daily[5, mt.PRIVACY_INCIDENTS] == own.daily[5, mt.EXITS] > 0
    assert not fields_changed(own, in_python)


def test_two_variants_by_way_of_one_module_are_kept_apart():
    def leave_once(t, i, day):
        t.daily[day, mt.PRIVACY_INCIDENTS] = 1.0

    def leave_twice(t, i, day):
        t.daily[day, mt.PRIVACY_INCIDENTS] = 2.0

    community = lived(setting({"world.churn.established_hazard": 0.05}), 1, 5)
    for number, leave in enumerate((leave_once, leave_twice), start=1):
        step, own = variant(churn.step, {people.leave: leave}), copied(community)
        step.compile(STEP)
        step(own, 5)
        assert own.daily[5, mt.PRIVACY_INCIDENTS] == number


MINE = '''
"""A user's own mechanisms, in a file of hers."""
import math
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.agents.choices import sigmoid

SLOPE = 2.0

@compiled()
def liking(x):
    return sigmoid(SLOPE * x)

@kernel()
def liked(x):
    return math.floor(10.0 * liking(x))
'''


def test_a_users_own_module_is_compiled_kept_and_has_plain_twins(tmp_path, monkeypatch):
    (tmp_path / "my_rules.py").write_text(MINE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("plaza_lab.engine.kernel_cache.cache_folder", lambda: tmp_path)
    mine = importlib.import_module("my_rules")
    assert mine.liked(0.0) == plain(mine.liked)(0.0) == 5
    assert len(list(tmp_path.glob("my_rules_liked-*.kernel"))) == 1
    assert plain(mine.liking)(0.0) == 0.5
    assert variant(mine.liked, {mine.liking: lambda x: x})(0.35) == 3
    assert len(list(tmp_path.glob("my_rules_liked-*.kernel"))) == 2
