"""Contributing: prizes, points, thanks, protocol, digest. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, lived, opened, setting
from effects import assert_falls, assert_rises, share, total

from plaza_lab.agents.member import Stance
from plaza_lab.sim.engine import live_until
from plaza_lab.sim.policy import Protocol
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import to_record

HELPFUL = {"population.initial_members": 200, "policy.fund.brand_week_cents": 800_000}
PRIZE = {"policy.incentive.has_prize": True}
POINTS = {"policy.incentive.has_points": True}


def test_a_prize_raises_answers_and_answerers(kernels):
    """R31, M43."""
    assert_rises(HELPFUL, PRIZE, total("answers"))
    assert_rises(HELPFUL, PRIZE, "distinct_answerers_week")


def test_neutral_calibration_takes_the_prize_s_pull_away(kernels):
    """P36: at 0 a claimed uplift has no effect, only its costs are left."""
    neutral = {
        **HELPFUL,
        "world.calibration.scale": 0.0,
        "world.incentives.crowding": 0.0,
        "world.settlement.win_satisfaction": 0.0,
        "world.settlement.win_reputation": 0.0,
        "world.returns.reward": 0.0,
        "world.lure.news": 0.0,  # nobody comes for it from outside
    }
    a = lived(setting(neutral), 3, 100).daily
    b = lived(setting(neutral, PRIZE), 3, 100).daily
    for name in ("answers", "posts", "visits", "members"):
        column = mt.NAMES.index(name)
        assert (a[:, column] == b[:, column]).all()


def test_motive_falls_under_a_prize(kernels):
    """R34, Deci 1999: crowding out."""
    assert_falls(HELPFUL, PRIZE, "motive_end")


def test_motive_recovers_when_the_prize_stops(kernels):
    """R34: after withdrawal contributions fall below the start, and motive comes back."""
    steady = setting(CLOSED, FAITHFUL, HELPFUL, PRIZE, {
        "world.activity.dropout_a": 0.01, "world.activity.dropout_b": 500.0,
        "world.incentives.crowding": 0.06, "world.incentives.feedback": 0.0,
        "policy.incentive.has_thanks": False,
    })  # fmt: skip
    after, motives = [], []
    for seed in range(1, 9):
        tables = live_until(opened(steady, seed, 350), 0, 120)
        low = tables.members.motive[:200].mean()
        plain = to_record(setting(CLOSED, FAITHFUL, HELPFUL).policy)
        plain["incentive"]["has_thanks"] = 0
        tables.policy[:] = plain
        tables = live_until(tables, 120, 350)
        answers = tables.daily[:, mt.ANSWERS]
        after.append(answers[120:148].mean() - answers[322:350].mean())
        motives.append(tables.members.motive[:200].mean() - low)
    assert np.mean(motives) > 3 * np.std(motives, ddof=1) / np.sqrt(8) > 0
    assert np.mean(after) < 0  # fewer answers right after the stop than when motive is back


def test_points_raise_posts_of_responders_alone(kernels):
    """R30, M39: only responders are moved directly."""
    responders = {**HELPFUL, "world.activity.responder_share": 1.0}
    assert_rises(responders, POINTS, total("posts"), seeds=range(1, 31))
    unmoved = {
        "world.activity.responder_share": 0.0,
        "world.gaming.farmer_share": 0.0,  # farmers, founders among them, post for points
        "policy.incentive.points_reward": 1_000_000,
    }
    nobody, more = setting(HELPFUL, unmoved), setting(HELPFUL, POINTS, unmoved)
    posts = mt.NAMES.index("posts")
    assert (lived(nobody, 3, 80).daily[:, posts] == lived(more, 3, 80).daily[:, posts]).all()


def test_points_lower_the_quality_of_responders_posts(kernels):
    qualities = []
    for points in (False, True):
        tables = lived(
            setting(
                HELPFUL,
                {"policy.incentive.has_points": points, "world.activity.responder_share": 1.0},
            ),
            4,
            60,
        )
        alive = np.arange(tables.items_state[0].item_tail, tables.items_state[0].item_head)
        items = tables.items[alive % tables.items.shape[0]]
        written = items[(items.source == 0) & (items.is_violation == 0)]
        skill = tables.members.skill[written.author]
        qualities.append((written.quality - 0.2 - 0.6 * skill).mean())
    assert qualities[0] - qualities[1] > 0.03


def test_points_are_redeemed_and_please(kernels):
    generous = {"policy.incentive.points_reward": 50, "world.activity.responder_share": 0.0}
    assert_rises((HELPFUL, POINTS, generous), {"world.points.redeem_satisfaction": 0.5},
                 "satisfaction_end")  # fmt: skip
    tables = lived(setting(HELPFUL, POINTS, generous), 1, 80)
    assert tables.daily[:, mt.POINTS_REDEEMED].sum() > 0


def test_thanks_raise_answers(kernels):
    """M53."""
    assert_rises(
        (HELPFUL, {"policy.incentive.has_thanks": False}),
        {"policy.incentive.has_thanks": True},
        total("answers"),
        seeds=range(1, 21),
    )


def test_thanks_wear_off(kernels):
    """M53: the later the half-point, the longer thanks feed the motive."""
    quick = {**HELPFUL, "world.incentives.thanks_half": 0.5}
    assert_rises(quick, {"world.incentives.thanks_half": 60.0}, "motive_end", seeds=range(1, 21))


@pytest.mark.mechanism("M20")
def test_a_written_protocol_gives_better_answers_from_fewer(kernels):
    """R21, M20: rigid, so fewer answer; deeper, so more of the answers solve."""
    written = {"policy.comms.protocol": Protocol.STRUCTURED, "policy.comms.lead_days": 0}
    nobody_else = {**HELPFUL, "policy.stewarding.founder_hours_week": 0.0}
    assert_falls(nobody_else, written, total("answers"))
    assert_rises(nobody_else, written, share("solved", "answers"))


def test_lead_days_delay_answers(kernels):
    """F15."""
    written = {**HELPFUL, "policy.comms.protocol": Protocol.STRUCTURED, "policy.comms.lead_days": 0}
    assert_falls(written, {"policy.comms.lead_days": 10}, total("answers"))


def test_a_digest_relieves_overload(kernels):
    """R28, M37: less overload felt, fewer minutes, and worth for those who only read it."""
    busy = {
        **HELPFUL,
        "policy.comms.protocol": Protocol.STRUCTURED,
        "policy.comms.lead_days": 0,
        "world.help.request_week": 1.0,
        "policy.stewarding.founder_hours_week": 14.0,
        "world.activity.attention_ln_mean": 1.0,
    }
    digest = {"policy.comms.protocol": Protocol.STRUCTURED_DIGEST}
    assert_falls(busy, digest, share("minutes", "views"))
    loads = []
    for change in ({}, digest):
        tables = lived(setting(busy, change), 3, 80)
        here = tables.members[: tables.people_state[0].n_rows]
        loads.append(here.load[here.last_visit > 50].mean())
    assert loads[1] < loads[0]


@pytest.mark.mechanism("M15", "M21")
def test_answers_make_ties_and_belonging(kernels):
    """M21, M15."""
    quiet = {**HELPFUL, "world.help.answer_base": -20.0}
    assert_rises(quiet, {"world.help.answer_base": 0.0}, "mean:ties_per_member")
    assert_rises(quiet, {"world.help.answer_base": 0.0}, "belonging_end")


def test_winners_are_pleased_and_known(kernels):
    tables = lived(setting(HELPFUL, PRIZE), 2, 100)
    m = tables.members[: tables.people_state[0].n_rows]
    assert m.reputation[m.wins > 0].mean() > m.reputation[m.wins == 0].mean()


def test_responders_are_as_many_as_said(kernels):
    stance = lived(setting({"population.initial_members": 2000}), 1, 1).members.stance[:2000]
    assert abs(((stance & Stance.RESPONDER) > 0).mean() - 0.2) < 4 * np.sqrt(0.16 / 2000)
