"""A rival draws prospects, members and partners, at shipped values; paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import runs, setting
from effects import assert_falls, assert_rises, effect, late, total

from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Channel, Status
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.policies.lint import lint
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.mechanisms.outside import rivals
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import prospects, rivalry
from plaza_lab.sim.state.prospects import Gate

OPEN = {
    "policy.entry.gate": Gate.OPEN,
    "policy.entry.fee_cents": 0,
    "population.initial_members": 300,
}
HOW = {"days": 168, "seeds": range(1, 7)}


def rival(option: str) -> dict[str, float]:
    """The shipped option, as changes of a setting."""
    p = compose([f"rivals={option}"]).config.world.rivals
    usual = rivals.Params()
    names = (name for name in vars(usual) if getattr(p, name) != getattr(usual, name))
    return {f"world.rivals.{name}": getattr(p, name) for name in names}


STRONG = rival("strong")
PRIZE = {
    "policy.fund.brand_week_cents": 2_500_000,
    "policy.fund.brand_prize_share": 0.8,
    "policy.incentive.has_prize": True,
}
PARTNERS = {
    "policy.fund.brand_week_cents": 600_000,
    "policy.partnership.form": Form.CO_MARKETING,
    "policy.partnership.deals": 4,
    "policy.partnership.pool": 12,
    "policy.partnership.min_fit": 0.0,
    "policy.partnership.host_share": 0.9,
    "world.partnership.join_value_cents": 40_000,
}


@pytest.mark.mechanism("M132")
def test_a_rival_takes_joins_members_and_visits(kernels):
    assert_falls(OPEN, STRONG, total("joins"), **HOW)
    assert_falls(OPEN, STRONG, late("members"), **HOW)
    assert_falls(OPEN, STRONG, total("visits"), **HOW)
    for measure in ("joins_lost", "rival_leavers", "in_both"):
        assert_rises(OPEN, STRONG, total(measure), **HOW)


@pytest.mark.mechanism("M132")
def test_a_weak_rival_is_mild_and_a_strong_one_takes_more(kernels):
    low, high = effect(OPEN, rival("weak"), total("joins"), **HOW)
    mean = np.mean([total("joins")(run) for run in runs(setting(OPEN), **HOW)])
    assert -0.2 * mean < low and high < 0.0
    assert_falls((OPEN, rival("weak")), STRONG, total("joins"), **HOW)


@pytest.mark.mechanism("M132")
def test_a_copycat_gives_what_was_given_here_two_weeks_ago(kernels):
    for run in runs(setting(OPEN, PRIZE, rival("copycat")), range(1, 3), 84):
        there = run.days[:, mt.NAMES.index("rival_week_yuan")]
        here = run.days[:, mt.NAMES.index("own_week_yuan")]
        assert here[70] > 0 and not there[:14].any()
        assert np.array_equal(there[14:], np.minimum(here[:-14], 5000.0))  # the most it can give


@pytest.mark.slow
@pytest.mark.mechanism("M132")
def test_a_prize_draws_from_the_rival_and_less_so_where_it_is_matched(kernels):
    sure = rival("weak")
    matched = sure | {"world.rivals.matches": 1.0, "world.rivals.answer_weeks": 2.0}
    assert_falls((OPEN, sure), PRIZE, total("joins_lost"), days=168, seeds=range(1, 17))
    assert_rises((OPEN, PRIZE, sure), matched, total("joins_lost"), **HOW)


@pytest.mark.mechanism("M132")
def test_a_watch_knows_more_of_the_rival_and_an_answer_keeps_people_here(kernels):
    brand = {"policy.fund.brand_week_cents": 500_000}
    watched = {"policy.feedback.watches_rivals": True}

    def error(run) -> float:
        truth = run.days[:, mt.NAMES.index("rival_members")]
        return float(np.abs(run.days[:, mt.NAMES.index("rival_seen")] - truth).mean())

    assert_falls((OPEN, brand, STRONG), watched, error, **HOW)
    assert_falls((OPEN, brand, STRONG), watched, "fund_balance_yuan", **HOW)
    answer = watched | {"policy.feedback.rival_answer": 1.0}
    assert_falls((OPEN, brand, STRONG), answer, total("joins_lost"), **HOW)


@pytest.mark.slow
@pytest.mark.mechanism("M132", "M103")
def test_a_large_rival_makes_partners_refuse_and_leave(kernels):
    how = {"days": 364, "seeds": range(1, 9)}
    large = STRONG | {"world.rivals.relative_size": 20.0}
    lost = [total("partners_lost")(run) for run in runs(setting(OPEN, PARTNERS, large), **how)]
    assert sum(lost) > 0
    assert_falls((OPEN, PARTNERS), large, total("partners"), **how)


@pytest.mark.mechanism("M132")
def test_without_a_rival_the_watch_changes_no_day_and_it_is_said():
    _, said = lint(["fund=brand_funded", "feedback.watches_rivals=true"])
    assert any("there is no rival" in one.rule for one in said)


def test_everybody_of_the_market_is_somewhere(kernels):
    """The rival's people are out of the market, and come back as they leave it."""
    which = setting(OPEN, STRONG)
    tables = live_until(open_tables(which, 3, 60), 0, 60)
    state, people = tables.rivals_state[0], tables.prospects_state[0]
    away = people.n_rivals
    assert 0 < away < state.outside
    outside = plain(prospects.left)(tables, 60)
    market = plain(prospects.market)(tables, 60)
    assert outside + away + people.n_come + tables.run_state[0].n_founders == pytest.approx(market)
    is_both = tables.members.channel & Channel.RIVAL > 0
    bits = int((is_both & (tables.fate.status != Status.LEFT)).sum())
    assert abs(bits - state.n_both) <= 3  # counted once a week; who left since is still in it


def test_what_partners_gain_elsewhere_follows_the_closed_form():
    tables = open_tables(setting(OPEN, {"world.rivals.relative_size": 2.0}), 3, 7)
    tables.rivals_state[0].outside = 300.0 * np.e
    assert plain(rivalry.elsewhere)(tables) == pytest.approx(1.3)
    tables.rivals_state[0].outside = 30.0
    assert plain(rivalry.elsewhere)(tables) == 1.0


@pytest.mark.parametrize(
    "words, line",
    [
        (["rivals=giant"], "rivals has no option 'giant'"),
        (["rivals=weak", "world.rivals.relative_size=-1"], r"relative_size=-1.*0 to 100"),
        (["fund=none", "entry=open", "feedback.watches_rivals=true"], "need a brand budget"),
        (["fund=none", "entry=open", "feedback.rival_answer=1"], "need a brand budget"),
    ],
)
def test_a_mistake_is_one_line(words, line):
    with pytest.raises(UserError, match=line):
        compose(words)
