"""A community opened with names and keywords, and what it refuses in one line."""

from __future__ import annotations

import pytest

from plaza_lab import Community, Policy, Population, Setting, compare, open_study, run, run_study
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.sim.policy import Gate, Incentive

FEW = Population(initial_members=60)


def opened(**more):
    return Community(population=FEW, days=7, **more)


def test_a_policy_may_be_named_and_levers_are_keywords():
    named = opened(policy="weekly_prize", prize_winners=5)
    usual = compose(["incentive=weekly_prize"]).config.policy
    assert named.policy.incentive.prize_winners == 5
    assert usual.incentive.prize_winners != 5
    assert named.policy.fund == usual.fund
    assert opened(policy="incentive=points fund=dues").policy == compose(
        ["incentive=points", "fund=dues"]).config.policy  # fmt: skip
    assert opened(policy="default").policy == compose([]).config.policy


def test_a_scenario_names_a_whole_setting_and_a_population_given_stands():
    whole = compose(["scenario=learning_fund_500"]).config.setting
    assert Community(policy="learning_fund_500", days=7).setting == whole
    assert opened(policy="learning_fund_500").population == FEW
    assert Community(population="learning_52", days=7).population.initial_members == 52
    assert opened(world="full").world == compose(["world=full"]).config.world


def test_a_keyword_of_two_groups_takes_the_group_before_it():
    assert opened(fund_content_share=0.2).policy.fund.content_share == 0.2
    assert opened(incentive_prize_winners=2).policy.incentive.prize_winners == 2
    assert opened(policy=Incentive(has_badges=True), prize_winners=2).policy.incentive == Incentive(
        has_badges=True, prize_winners=2)  # fmt: skip
    with pytest.raises(TypeError, match=r"write fund_content_share= or acquisition_content_share="):
        opened(content_share=0.2)


def test_an_enum_is_given_by_its_name():
    assert opened(gate="fee", fee_cents=5000).policy.entry.gate == Gate.FEE


def test_keywords_keep_what_mesa_collects():
    watched = opened(model_reporters=["members"], sample=3)
    watched.run()
    assert len(watched.datacollector.get_model_vars_dataframe()) == 7
    assert watched.fork().setting == watched.setting


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: opened(x=3), r"^Community\(x=...\): there is no lever x; levers are listed"),
        (lambda: opened(prize_winer=3), "no lever prize_winer; did you mean prize_winners"),
        (lambda: opened(prize_winners=-2), r"incentive.prize_winners=-2 is outside its bounds"),
        (lambda: opened(prize_winners=0.5), "incentive.prize_winners=0.5 must be a whole number"),
        (lambda: opened(prize_winners=float("nan")), "must be a whole number"),
        (lambda: opened(gate="door"), "entry.gate='door' is none of open"),
        (lambda: opened(has_points=1), "incentive.has_points=1 is no flag"),
        (lambda: opened(format_mix="a"), "content.format_mix='a' is no list of numbers"),
        (lambda: opened(policy="weekly_prise"), "did you mean weekly_prize"),
        (lambda: opened(policy=3), "3 is neither a Policy nor a group of one"),
        (lambda: opened(world="ful"), "world has no option 'ful'"),
        (lambda: opened(mechanisms=3), r"mechanisms=3: a list is expected"),
        (lambda: opened(levers=3), r"levers=3: write"),
        (lambda: Community("points"), "setting='points': a Setting is expected"),
        (lambda: compare(None), "policies=None is no list of policies"),
        (lambda: run(mechanisms=3), "mechanisms=3: write mechanisms="),
        (lambda: run_study(None), "question=None: a file of a study"),
        (lambda: open_study(None), "name=None: the name of a study is expected"),
        (lambda: open_study("../x"), "'../x' is no name of a study"),
    ],
)
def test_mistakes_are_told_in_one_line(ask, says):
    with pytest.raises(Exception, match=says) as told:
        ask()
    assert type(told.value).__name__ in ("TypeError", "ValueError", "UserError", "OutOfBounds")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["policy", "world", "population", "setting", "mechanisms"])
def test_what_it_was_opened_with_cannot_be_set_later(name):
    kept = opened()
    with pytest.raises(AttributeError, match=rf"community.{name} cannot be set"):
        setattr(kept, name, Policy())
    assert kept.setting == Setting(population=FEW)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("belonging", 7.0, "belonging=7 is outside its bounds: 0 to 1"),
        ("belonging", float("nan"), "belonging=nan is no number that can be kept"),
        ("belonging", "much", "belonging='much' is no number"),
        ("belonging", None, "belonging=nan is no number that can be kept"),
        ("posts", -3, "posts=-3 is outside its bounds: at least 0 items"),
        ("posts", 10**6, "posts=1000000 is more than can be kept"),
        ("status", 99, "status=99 is none of left, engaged, silent"),
        ("kind", 9, "kind=9 is none of"),
    ],
)
def test_values_out_of_bounds_are_refused(name, value, says):
    kept = opened()
    before = kept.tables.members.tobytes() + kept.tables.fate.tobytes()
    for write in (lambda: setattr(kept.members[0], name, value),
                  lambda: kept.members.set(name, value)):  # fmt: skip
        with pytest.raises((ValueError, OverflowError), match=says):
            write()
    assert kept.tables.members.tobytes() + kept.tables.fate.tobytes() == before
