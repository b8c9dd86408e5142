"""Levers that hold while the operator sees something: what is seen, when, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from plaza_lab import Community, Policy, Setting
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.everyday.values import translated
from plaza_lab.scenarios.experiments.design import one_policy, several_policies, words_of
from plaza_lab.scenarios.optimise.problem import Space, problem_of
from plaza_lab.scenarios.policies.lint import lint
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import from_plain
from plaza_lab.sim.conditions import SENSED, Condition
from plaza_lab.sim.engine import run_one
from plaza_lab.sim.policy import Content, Incentive
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Population
from plaza_lab.sim.state import fund

SMALL = ("population.initial_members=120", "fund=brand_funded", "entry=open", "run.weeks=16")
PRIZE = "incentive=weekly_prize@active_share<0.3/4weeks"


def lived(*words: str, days: int = 112, seed: int = 3):
    return run_one(compose([*SMALL, *words]).config.setting, seed, days)


def weeks_with_prize(run) -> set[int]:
    return set((run.journal[run.journal.purpose == fund.PRIZE].day // 7).tolist())


def looks(days: np.ndarray, threshold: float, weeks: int) -> set[int]:
    """Weeks in which a share below a threshold has been seen in the last `weeks` looks."""
    means = [days[7 * w - 7 : 7 * w, mt.ACTIVE_SHARE].mean() for w in range(4, len(days) // 7)]
    seen = [w for w, mean in enumerate(means, 4) if mean < threshold]
    return {week for look in seen for week in range(look, min(look + weeks, len(days) // 7))}


def test_it_holds_when_it_was_seen_and_as_long_as_it_says(kernels):
    run = lived("incentive=weekly_prize@active_share<0.19/2weeks")
    wanted = looks(run.days, 0.19, 2)
    assert 2 <= len(wanted) < 12  # it begins, and it ends
    assert weeks_with_prize(run) <= wanted and len(weeks_with_prize(run)) >= len(wanted) - 2


def test_before_it_begins_nothing_knows_of_it_and_what_is_never_seen_changes_nothing(kernels):
    usual, prize = lived(), lived("incentive=weekly_prize@active_share<0.9")
    assert usual.days[:28].tobytes() == prize.days[:28].tobytes()
    assert usual.days[28:].tobytes() != prize.days[28:].tobytes()
    never = lived("incentive=weekly_prize@active_share>0.99")
    assert usual.days.tobytes() == never.days.tobytes()
    assert usual.journal.tolist() == never.journal.tolist()


def test_two_conditions_and_a_date_hold_side_by_side(kernels):
    full = [  # 500 members: somebody answers in every week, and can be given a prize
        *SMALL[1:], "incentive=weekly_prize@active_share<0.9", "content.brand_posts_day=1",
        "content.brand_posts_day=9@members>1", "stewarding.founder_hours_week=28@week9-",
    ]  # fmt: skip
    run = run_one(compose(full).config.setting, 3, 112)
    items = run.days[:, mt.BRAND_ITEMS].reshape(-1, 7).sum(axis=1)
    assert items[:4].max() < 20 and items[5:].min() > 40  # one a day, then nine
    assert weeks_with_prize(run) >= set(range(6, 12))


def test_a_community_lives_the_same_in_pieces(kernels):
    setting = compose([*SMALL, "incentive=weekly_prize@active_share<0.19/2weeks"]).config.setting
    pieces = Community(setting, seed=3, days=112)
    for days in (20, 1, 14, 40, 1, 36):
        pieces.run(days)
    assert run_one(setting, 3, 112).days.tobytes() == pieces.tables.daily[:112].tobytes()


def test_python_says_the_same_as_the_command_line(kernels):
    more = Policy(content=Content(brand_posts_day=9.0)).when("active_share<0.9/8weeks")
    assert words_of(more) == ["content.brand_posts_day=9.0@active_share<0.9/8weeks"]
    people = Population(initial_members=60)
    community = Community(Setting(Policy(), population=people), policy=more, seed=3, days=56)
    community.run()
    items = community.tables.daily[:56, mt.BRAND_ITEMS].reshape(-1, 7).mean(axis=1)
    assert items[5:].min() > items[:4].max()


def test_people_write_if_and_the_key_of_a_run_holds_the_condition():
    (word,) = translated(["incentive=weekly_prize if active_share < 30% for 4 weeks"])
    assert word == PRIZE
    points = several_policies(["thanks_only", "weekly_prize if active_share<30%"], SMALL)
    assert points[1].fingerprint == one_policy([*SMALL, PRIZE]).fingerprint
    made = compose([*SMALL, PRIZE])
    again = from_plain(made.plain, {**made.config.run.__dict__})
    assert again.changes == made.config.changes
    assert again.changes[0][0] == Condition("active_share", False, 0.3)


def test_a_search_tries_thresholds_and_steps():
    words = translated(["incentive.prize_winners=3,5@active_share<.2|.3", "incentive=weekly_prize"])
    problem = problem_of([*words, *SMALL])
    (axis,) = problem.axes
    assert axis.values == (3, "5@active_share<.2", "5@active_share<.3")
    point = Space(problem.axes, problem.fixed).point({axis.key: axis.values[2]})
    (change,) = point.setting.changes
    assert change[0].threshold == 0.3 and change[1].incentive.prize_winners == 5


@pytest.mark.parametrize(
    "word, line",
    [
        ("incentive=points@actve_share<.3", "did you mean active_share?"),
        ("incentive=points@satisfaction<.3", "no operator sees it; look at sensed_satisfaction"),
        ("incentive=points@farmers>3", "no operator sees it; look at caught"),
        ("incentive=points@days_since_audit>90", "days_since_audit: no operator sees it"),
        ("incentive=points@active_share<30", "is a share; compare it with 0 to 1"),
        ("incentive=points@active_share<", "is no condition; write active_share<0.3"),
        ("incentive=points@active_share<.3/0weeks", "lasts a week at least"),
        ("incentive=thanks_only@active_share<.3", "changes nothing"),
        ("world.help.looks=3@active_share<.3", "only levers"),
        ("groups=themed@active_share<.3", "groups.number cannot change if active_share<0.3"),
        ("entry=fee_plus_challenge@active_share<.3", "needs a prize"),
        (
            "incentive=points@active_share<.3 incentive=tips@week4-6",
            "a lever has dates or conditions, not both",
        ),
    ],
)
def test_a_mistake_is_one_line(word, line):
    with pytest.raises(UserError, match=line.replace("?", r"\?")) as wrong:
        one_policy([*SMALL, *word.split(" ")])
    assert "\n" not in str(wrong.value)


def test_lint_looks_at_what_holds_and_at_what_is_seen():
    blind = lint([*SMALL, "incentive=points@sensed_negative>0.2"])[1]
    said = [one.rule for one in blind]
    assert "if sensed_negative>0.2/4weeks: sensed_negative is always 0 here" in said
    assert any("nobody looks for those who farm" in rule for rule in said)
    assert lint([*SMALL, PRIZE])[1] == []  # money that waits for the prize is meant to wait


def test_what_is_seen_is_measured():
    assert set(SENSED) <= set(mt.NAMES)
    assert not set(SENSED) & {"satisfaction", "trust", "mood", "farmers", "negative_share"}
    assert Policy(incentive=Incentive(has_prize=True)).when("members<9").condition.weeks == 4
