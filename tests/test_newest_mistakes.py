"""Mistakes in the newest words: each is one clear line, and nothing is run."""

from __future__ import annotations

import dataclasses

import pytest

import plaza_lab
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.everyday.values import translated
from plaza_lab.scenarios.experiments import sweep
from plaza_lab.scenarios.policies.frontier import partner_frontier, planned, seeds_of

PRIZE = "incentive=weekly_prize@"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        # what is advised can be typed
        ("compare policies=[fund=dues,fund=mixed]", "policies=['fund=dues','fund=mixed']"),
        # conditions
        (f"run {PRIZE}members<-5", "members is never below 0"),
        (f"run {PRIZE}active_share<0", "active_share is never below 0"),
        (f"run {PRIZE}active_share>1", "active_share is never above 1"),
        (f"run {PRIZE}members>1e300", "out of scale"),
        (f"run {PRIZE}members<1e999", "out of scale"),
        (f"run {PRIZE}members<=10", "has < or > and no ="),
        (f"run {PRIZE}members=10", "has < or > and no ="),
        (f"run {PRIZE}members<10@week3-", "one date or one condition"),
        (f"run {PRIZE}8", "'8' is no date; write @week1-26"),
        (f"run {PRIZE}members<10 run.weeks=4", "first looked at after 4 weeks"),
        (f"run {PRIZE}members<9 incentive=tips@members<9", "only one can hold"),
        (f"run {PRIZE}members<9|99", "plaza sweep 'incentive=weekly_prize@members<9,"),
        (f"run {PRIZE}qqqq<3", "qqqq is no daily metric; look at active_share, for one"),
        # many worlds
        ("run world=ensemble:x:8", "this takes one world; plaza compare, study and optimise"),
        ("compare policies=[points,tips] world=ensemble:x:8", "'x' is no ensemble of plaza-conf"),
        # all of a line is in one language
        (f"run {PRIZE}week3-99 --lang zh", "week3-99 在模拟的 52 周之后才结束"),
        ("optimise incentive=points,tips world=ensemble:x --lang zh", "；一个也没有"),
        # trials
        ("try points --by week --weeks 6 --after 0", "give --after 1"),
        ("try points programme.review_weeks=4", "reviews move levers of everybody"),
        # whom to tell of
        ("explain koc=x", "koc has no option 'x'"),
        # the partner frontier
        ("policy frontier --forms nope", "choose of co_brand"),
        ("policy frontier run.replicates=5", "by --pairs 5"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_would_be_right(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == 2
    line = capsys.readouterr().err
    assert said in line and line.count("\n") == 1


@pytest.mark.parametrize("when", ["", " active_share", " active_share<20% and members>3"])
def test_half_a_condition_is_told_from_a_policy(
    when: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", f"policies=[thanks_only,weekly_prize if{when}]"]) == 2
    assert "after if stands one condition" in capsys.readouterr().err
    assert main(["run", f"incentive=weekly_prize if{when}"]) == 2
    assert "after if stands one condition" in capsys.readouterr().err


def test_one_value_of_a_sweep_can_have_a_condition() -> None:
    words = ["incentive=thanks_only,weekly_prize@active_share<0.2|0.3", "run.weeks=6"]
    plan, _ = sweep.plan(translated(words))
    assert [str(value) for value in plan.spec.levers[0].values] == [
        "thanks_only",
        "weekly_prize@active_share<0.2",
        "weekly_prize@active_share<0.3",
    ]


def test_what_is_advised_for_several_policies_can_be_typed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["try", "policies=['fund=dues','fund=mixed']", "run.weeks=4"]
    assert main(words) == 2
    assert "after the 4 weeks of the run" in capsys.readouterr().err


def test_seeds_of_a_frontier_begin_where_they_are_asked_to() -> None:
    plan = planned(["run.seed=7"], ["co_brand"], {"shipped": ()})
    assert seeds_of(plan, 3) == range(7, 10)


@pytest.mark.parametrize(
    "given",
    [
        {"forms": "co_brand"},
        {"overrides": "entry=open"},
        {"contracts": {}},
        {"contracts": {3: ["partnership.split=equal"]}},
        {"contracts": [()]},
        {"contracts": {"equal": "partnership.split=equal"}},
        {"pairs": 1},
        {"pairs": "2"},
        {"workers": -1},
    ],
)
def test_a_frontier_from_python_refuses_what_it_cannot_read(given: dict[str, object]) -> None:
    with pytest.raises((UserError, TypeError, ValueError)) as wrong:
        partner_frontier(**given)  # type: ignore[arg-type]
    assert next(iter(given)) in str(wrong.value)


@pytest.mark.parametrize(
    "given",
    [
        {"alpha": 0},
        {"alpha": 2.0},
        {"alpha": float("nan")},
        {"arm": True},
        {"by": ["person"]},
        {"outcome": None},
        {"outcome": 3},
    ],
)
def test_a_trial_from_python_refuses_what_it_cannot_read(given: dict[str, object]) -> None:
    with pytest.raises(UserError, match=f"{next(iter(given))}=.*(expected|choose)"):
        plaza_lab.trial(["thanks_only", "points"], **given)


@pytest.mark.parametrize("condition", [None, 3, ["active_share<0.3"]])
def test_a_condition_from_python_is_a_text(condition: object) -> None:
    with pytest.raises(TypeError, match=r"is no text; write active_share<0\.3"):
        plaza_lab.Policy().when(condition)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("group", "levers", "said"),
    [
        ("incentive", {"points_post": "3"}, "is a text"),
        ("incentive", {"points_post": 2.5}, "is a fraction"),
        ("incentive", {"has_points": "yes"}, "True or False"),
        ("incentive", {"has_points": 3}, "True or False"),
        ("rivals", {"relative_size": "2"}, "is a text"),
    ],
)
def test_levers_and_parameters_from_python_are_of_their_kind(
    group: str, levers: dict[str, object], said: str
) -> None:
    part = "world" if group == "rivals" else "policy"
    whole = plaza_lab.World() if part == "world" else plaza_lab.Policy()
    one = dataclasses.replace(getattr(whole, group), **levers)
    with pytest.raises(TypeError, match=said):
        plaza_lab.Community(**{part: dataclasses.replace(whole, **{group: one})})


@pytest.mark.parametrize("weeks", [3, ("a", "b"), (1, 2, 3), (1.5, 3)])
def test_weeks_from_python_are_first_and_last(weeks: object) -> None:
    with pytest.raises((TypeError, ValueError), match=r"weeks=.*(write|choose)"):
        plaza_lab.Policy().during(weeks=weeks)  # type: ignore[arg-type]


def test_a_trial_with_nobody_or_one_in_an_arm_says_so(
    kernels, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "population=learning_52 population.initial_members=2 run.weeks=2 run.replicates=6"
    given = "--arm 1% --weeks 1 --after 1"
    assert main(["try", "policies=[thanks_only,points]", *words.split(), *given.split()]) == 2
    assert "in one arm, and 2 are needed; choose an arm nearer to 50 %" in capsys.readouterr().err
