"""Levers that begin and end on a date: nothing leaks into the past, money is right to the cent."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest

from plaza_lab import Community, Policy, Setting, compare
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.experiments.design import one_policy, policy_overrides
from plaza_lab.scenarios.experiments.plan import make_plan
from plaza_lab.scenarios.experiments.plan_checks import check_keys
from plaza_lab.scenarios.experiments.spec import Spec
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import from_plain
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.sim.engine import run_one
from plaza_lab.sim.policy import Content, Fund, Groups, Incentive
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Population, check_setting
from plaza_lab.sim.state import fund

SMALL = ("population.initial_members=120", "fund=brand_funded", "entry=open", "run.weeks=12")
OFF_AND_ON = "incentive=weekly_prize@week4-7"


def lived(*words: str, days: int = 84, seed: int = 3):
    return run_one(compose([*SMALL, *words]).config.setting, seed, days)


def paid(run, purpose: int) -> np.ndarray:
    """Cents paid for a purpose, by week."""
    own = run.journal[run.journal.purpose == purpose]
    return np.bincount(own.day // 7, own.amount_cents, minlength=len(run.days) // 7)


def test_up_to_the_change_runs_are_the_same_to_the_byte(kernels):
    never, dated, always = (
        lived(*words) for words in ((), (OFF_AND_ON,), ("incentive=weekly_prize",))
    )
    assert never.days[:21].tobytes() == dated.days[:21].tobytes()
    early = [run.journal[run.journal.day < 21].tobytes() for run in (never, dated)]
    assert early[0] == early[1]
    assert never.days[21:].tobytes() != dated.days[21:].tobytes()
    from_the_start = lived("incentive=weekly_prize@week1-3")
    assert from_the_start.days[:21].tobytes() == always.days[:21].tobytes()


def test_a_prize_is_paid_in_its_weeks_and_in_no_other_and_the_ledger_closes(kernels):
    run = lived(OFF_AND_ON, seed=4)  # one in which every week has a winner
    prizes = paid(run, fund.PRIZE)
    assert (prizes[3:7] > 0).all() and prizes[[0, 1, 2, 7, 8, 9, 10, 11]].sum() == 0
    assert paid(run, fund.BRAND_SUBSIDY).tolist() == [200_000] * 12
    balance = sum(run.days[-1, column] for column in (mt.BRAND_POOL_YUAN, mt.ENTRY_POOL_YUAN))
    assert round(100 * balance) == 12 * 200_000 - int(prizes.sum())


@pytest.mark.parametrize("weeks", [4, 12, 26])
def test_a_budget_is_paid_in_once_a_week_of_the_run(kernels, weeks):
    run = lived("incentive=weekly_prize", f"run.weeks={weeks}", days=7 * weeks)
    assert paid(run, fund.BRAND_SUBSIDY).tolist() == [200_000] * weeks


def test_a_budget_ends_with_its_last_week(kernels):
    run = lived("fund.brand_week_cents=500000@week3-5")
    wanted = [500_000 if 2 <= week <= 4 else 200_000 for week in range(12)]
    assert paid(run, fund.BRAND_SUBSIDY).tolist() == wanted


def test_dues_and_founders_hours_are_those_of_the_day(kernels):
    words = [*SMALL, "stewarding.founder_hours_week=28@week3-4", "fund=mixed", "entry=fee",
             "fund.dues_month_cents=3000@day29-"]  # fmt: skip
    community = Community(
        compose([w for w in words if w not in SMALL[1:3]]).config.setting, days=84
    )
    hours, share = [], []
    for _ in range(5):
        community.run(7)
        hours.append(round(7 * float(community.tables.operator[0].founder_hours_day), 6))
        share.append(float(community.tables.dues_state[0].dues_share))
    assert hours == [7, 7, 28, 28, 7]
    assert share[4] == pytest.approx(3 * share[3])


def test_a_community_lives_the_same_in_pieces(kernels):
    setting = compose([*SMALL, OFF_AND_ON]).config.setting
    whole, pieces = Community(setting, seed=3, days=84), Community(setting, seed=3, days=84)
    whole.run()
    for days in (20, 1, 1, 27, 1, 34):
        pieces.run(days)
    assert pieces.days_frame().equals(whole.days_frame())
    assert run_one(setting, 3, 84).days.tobytes() == whole.tables.daily[:84].tobytes()


def test_a_partner_is_found_when_the_campaign_begins_later(kernels):
    run = lived(
        "partnership=co_marketing@week5-", "partnership.min_fit=0",
        "world.partnership.negotiation_days=2", "world.partnership.join_value_cents=100000",
    )  # fmt: skip
    items = run.days[:, mt.PARTNER_ITEMS]
    assert items[:28].sum() == 0 and items[28:].sum() > 0


def test_python_says_the_same_as_the_command_line(kernels):
    prize = Policy(incentive=Incentive(has_prize=True), fund=Fund(brand_week_cents=200_000))
    usual = Policy(fund=Fund(brand_week_cents=200_000))
    people = Population(initial_members=120)
    policy, changes = prize.during(weeks=(4, 7)).beside(usual)
    by_setting = run_one(Setting(policy, population=people, changes=changes), 3, 84)
    community = Community(
        Setting(usual, population=people), policy=prize.during(weeks=(4, 7)), seed=3, days=84
    )
    community.run()
    assert by_setting.days.tobytes() == community.tables.daily[:84].tobytes()
    found = compare(
        {"never": Policy(), "for a while": Policy(content=Content(brand_posts_day=9.0)).during(
            days=(8, 14))}, ["population.initial_members=60"], replicates=2, weeks=4, workers=1,
    )  # fmt: skip
    items = found.days.groupby(["policy", "day"])["brand_items"].mean()
    assert items["for a while"].loc[7:13].min() > items["never"].max()


def test_the_key_of_a_run_includes_the_dates_and_a_plan_keeps_them():
    keys = [
        one_policy([*SMALL, *words]).fingerprint
        for words in ((), (OFF_AND_ON,), ("incentive=weekly_prize@week4-8",),
                      ("incentive=weekly_prize@day22-49",))
    ]  # fmt: skip
    assert len(set(keys[:3])) == 3 and keys[1] == keys[3]
    made = compose([*SMALL, OFF_AND_ON])
    again = from_plain(made.plain, {**made.config.run.__dict__})
    assert again.changes == made.config.changes and len(made.plain[CHANGES]) == 2


def test_a_study_varies_a_lever_before_and_after_a_change_alike():
    spec = Spec("dated", policies=("default", "weekly_prize@week4-7"), settings=SMALL)
    plan = make_plan(spec.changed_by(["content.prompts_week=1,2"], {}))
    assert plan.policies[:2] == ["default content.prompts_week=1", "default content.prompts_week=2"]
    dated = plan.point(3).setting
    assert [p.content.prompts_week for p in (dated.policy, *(p for _, p in dated.changes))] == [
        2.0
    ] * 3
    check_keys([base.composed.plain for base in plan.bases], plan.rows)


def test_an_option_alone_may_carry_a_date():
    assert policy_overrides("weekly_prize@week1-26") == ["incentive=weekly_prize@week1-26"]


@pytest.mark.parametrize(
    "word, line",
    [
        ("incentive=points@week9-4", "incentive=points@week9-4 ends before it begins"),
        ("incentive=points@week0-4", "weeks count from 1"),
        ("incentive=points@week13-", "begins after the 12 weeks of the run"),
        ("incentive=points@week1-13", "ends after the 12 weeks of the run"),
        ("incentive=points@day1-85", "ends after the 12 weeks of the run"),
        ("incentive=pionts@week1-4", "incentive has no option 'pionts'; did you mean points?"),
        ("incentive=points@weekly", "'ly' is no span of weeks; write @week1-26"),
        ("incentive=points@week-", "'-' is no span of weeks"),
        ("world.help.looks=3@week1-4", "only levers begin and end on a date, and world is none"),
        ("incentive.points_post=2000@week1-4", "is outside its bounds"),
        (
            "groups=themed@week2-",
            "groups.number cannot change on day 7: it has its",
        ),
        ("fund=grant@week2-", "fund.opening_cents cannot change"),
        (
            "entry=fee_plus_challenge@week2-4 entry.fee_cents=0@week2-4",
            "entry=fee_plus_challenge needs a prize",
        ),
        ("incentive=points@week1-4 incentive=tips@week4-6", "overlaps incentive=points@week1-4"),
    ],
)
def test_a_mistake_is_one_line(word, line):
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as err:
        code = main(["run", *SMALL, *word.split(" "), "run.replicates=1"])
    assert code == 2
    assert line in err.getvalue() and err.getvalue().count("\n") == 1


def test_what_cannot_be_is_said_in_python():
    with pytest.raises(ValueError, match="ends before it begins"):
        Policy().during(weeks=(4, 2))
    with pytest.raises(TypeError, match="give weeks="):
        Policy().during()
    with pytest.raises(ValueError, match="not after day"):
        check_setting(Setting(changes=((7, Policy()), (7, Policy()))))
    with pytest.raises(ValueError, match="effect on day 0"):
        check_setting(Setting(changes=((7, Policy(groups=Groups(number=4))),)))
