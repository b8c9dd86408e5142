"""Policies as objects in ``compare`` and ``run``: named, checked, and kept under the same keys."""

from __future__ import annotations

import pytest
from own_mechanisms import module_of

from plaza_lab import PLAZA, Policy, World, compare, run
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import words_of
from plaza_lab.sim.policy import Content, Entry, Gate, Incentive

SMALL = ["population.initial_members=60"]
FEW = {"replicates": 2, "weeks": 3, "workers": 1}
BADGES = Policy(incentive=Incentive(has_badges=True, badge_share=0.1))
SAME = "incentive.has_badges=true incentive.badge_share=0.1"


def ids(answer, policy=None):
    runs = answer.study.runs_table()
    return sorted(runs["run_id"] if policy is None else runs["run_id"][runs["policy"] == policy])


def test_two_policies_are_compared_by_place():
    result = compare([Policy(), BADGES], SMALL, **FEW)
    assert result.study.policies == ["policy 1", "policy 2"]
    assert "policy 2" in result.frame().to_string()


def test_keys_of_a_mapping_are_names_and_texts_go_along():
    result = compare(
        {"thanks": Policy(), "scores": BADGES, "grades": "incentive.has_levels=true"}, SMALL, **FEW
    )
    assert result.study.policies == ["thanks", "scores", "grades"]


def test_an_object_has_the_keys_of_its_words():
    objects = compare([Policy(), BADGES], SMALL, **FEW)
    words = compare(["default", SAME], SMALL, **FEW)
    assert ids(objects) == ids(words)
    assert ids(run(BADGES, replicates=2, weeks=3)) == ids(run(SAME.split(), replicates=2, weeks=3))


def test_run_takes_a_policy_and_overrides_of_the_rest():
    one = run(SMALL, policy=BADGES, **FEW)
    assert ids(one) == ids(run([*SAME.split(), *SMALL], **FEW))
    assert one.study.runs_table()["policy"].unique().tolist() == ["policy"]


def test_every_kind_of_lever_is_written_so_that_it_is_read_back():
    policy = Policy(
        entry=Entry(gate=Gate.FEE_PLUS_CHALLENGE, fee_cents=5000, least_interest=-1.5),
        content=Content(format_mix=[1.0, 0.5, 1.0, 1.0, 1.0, 1e-05]),
    )
    from plaza_lab.scenarios.settings.composing import compose

    assert compose(words_of(policy), is_checked=False).config.policy == policy
    assert compose(words_of(Policy())).config.policy == Policy()
    assert compose(words_of(BADGES.incentive)).config.policy == BADGES


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: compare([Policy(), Policy()]), "policy 1 and policy 2 are the same policy here"),
        (lambda: compare([BADGES]), "name at least two"),
        (lambda: compare([BADGES, World()]), "is neither a text nor a Policy"),
        (lambda: compare(BADGES), "is no list of policies"),
        (lambda: compare({1: BADGES, "b": Policy()}), "1 is no name of a policy"),
        (lambda: compare({"": BADGES, "b": Policy()}), "'' is no name of a policy"),
        (lambda: compare([Policy(), BADGES], ["entry=open"]), "entry=open sets levers"),
        (lambda: compare([Policy(), Policy(entry=Entry(fee_cents=-5))]),
         "policy policy 2: entry.fee_cents=-5 is outside its bounds"),
        (lambda: compare([Policy(), Policy(entry=3)]), "entry=3 is no Entry"),
        (lambda: run(World()), "is no list of texts"),
        (lambda: run(policy="points"), "'points' is no Policy"),
        (lambda: run(BADGES, policy=BADGES), "two policies are given"),
        (lambda: run(["incentive=points"], policy=BADGES), "incentive=points sets levers"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(ask, says):
    with pytest.raises(UserError, match=says) as told:
        ask()
    assert "\n" not in str(told.value)


def test_mechanisms_of_ones_own_go_along(tmp_path):
    birthday = module_of(tmp_path, name="my_api_birthdays").Birthday
    mine = [*PLAZA, birthday]
    result = compare(["default", "birthday.is_greeting=true"], SMALL, mechanisms=mine, **FEW)
    total = result.study.days_table().groupby("policy")["greetings"].sum()
    assert total["default"] == 0 < total["birthday.is_greeting=true"]
    one = run([*SMALL, "birthday.is_greeting=true"], mechanisms=mine, **FEW)
    assert ids(one) == ids(result, "birthday.is_greeting=true")
    with pytest.raises(UserError, match="no group and no setting"):
        run(["birthday.is_greeting=true"], **FEW)
