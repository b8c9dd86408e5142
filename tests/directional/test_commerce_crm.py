"""Customer relations: stages, segments, win-back, channels. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, live_by_hand, lived, opened, setting
from effects import assert_falls, assert_rises, share, total, values

from plaza_lab.agents.member import Channel, Contact, Segment, Status
from plaza_lab.sim.policy import IncompatiblePolicy, Offer, Scheme
from plaza_lab.sim.recording import metrics as mt

SEEDS = range(1, 9)
BASE = {
    "population.initial_members": 300,
    "policy.fund.brand_week_cents": 1_000_000,
    "world.purchase.buyer_share": 1.0,
    "world.purchase.rate_weeks": 2.0,
}

# ---- funnel (M92) --------------------------------------------------------------------------

TRACKED = {**BASE, "world.funnel.is_tracked": True}
STAGES = slice(mt.STAGE_AWARENESS, mt.STAGE_RECOMMENDATION + 1)


@pytest.mark.mechanism("M92")
def test_stages_sum_to_the_people_there_are(kernels):
    """R59: members by stage sum to the members, and prospects to no more than the market."""
    tables = lived(setting(TRACKED, {"world.arrival.p_external": 3e-4}), 1, 140)
    for day in (0, 6, 62, 139):
        assert tables.daily[day, STAGES].sum() == tables.daily[day, mt.MEMBERS]
    outside = tables.daily[:140, mt.PROSPECTS_AWARE : mt.PROSPECTS_CONSIDERING + 1]
    left = 20_000 - tables.run_state[0].n_founders - tables.prospects_state[0].slots.sum()
    assert (outside >= 0).all()
    assert 0 < outside[-1].sum() <= left


@pytest.mark.mechanism("M92")
def test_people_move_both_ways(kernels):
    """R59: every stage is reached, and left upward and downward."""
    seen = set()

    def after(tables, day, name):
        if name != "funnel":
            return
        here = tables.members.stage[:300].copy()
        if "before" in box:
            moved = (here != box["before"]) & (box["before"] > 0)
            seen.update(zip(box["before"][moved].tolist(), here[moved].tolist(), strict=True))
        box["before"] = here

    box: dict[str, np.ndarray] = {}
    live_by_hand(opened(setting(TRACKED), 2, 200, 3000), 0, 200, after)
    assert {(2, 3), (3, 4), (4, 5), (5, 6), (6, 7)} <= seen
    assert {(3, 2), (5, 3), (6, 5)} <= seen


@pytest.mark.mechanism("M92")
def test_messages_that_fit_the_stage_move_people_up(kernels):
    strong = (TRACKED, {"world.funnel.message_pull": 1.5})
    fitted = {"policy.crm.has_stage_messages": True}
    assert_rises(strong, fitted, total("stage_ups"), seeds=range(1, 17))


@pytest.mark.mechanism("M92")
def test_trust_moves_people_up(kernels):
    assert_rises(TRACKED, {"world.belonging.trust_gain": 0.1}, total("stage_ups"))


@pytest.mark.mechanism("M92")
def test_the_stage_moves_purchases_and_invitations(kernels):
    apart = (TRACKED, {"world.purchase.stage_weight": 0.0, "world.funnel.advocate_gain": 0.0})
    loyal = {"world.funnel.up_base": 3.0, "world.referral.invite_visit": 0.1}
    assert_rises((*apart, loyal), {"world.purchase.stage_weight": 0.6}, total("purchases"),
                 seeds=SEEDS)  # fmt: skip
    assert_rises((*apart, loyal), {"world.funnel.advocate_gain": 5.0}, total("invitations"),
                 seeds=SEEDS)  # fmt: skip


# ---- segments (M93) ------------------------------------------------------------------------

SORTED = {**BASE, "policy.crm.scheme": Scheme.QUANTILE, "policy.crm.refresh_weeks": 2}
OFFERS = {"policy.crm.offer_week_cents": 20_000}


@pytest.mark.mechanism("M93")
@pytest.mark.parametrize("scheme", [Scheme.QUANTILE, Scheme.CLUSTER])
def test_better_segments_are_worth_more(kernels, scheme):
    """R60: by ranks or by clusters, spend and contribution rise from ordinary to VIP."""
    sure = {"policy.crm.scheme": scheme, "policy.crm.accuracy": 1.0}
    # day 90 closes a week in which members were sorted anew
    which = setting(SORTED, CLOSED, FAITHFUL, sure)
    spent = np.zeros(3)
    for seed in range(1, 13):  # spending is heavy-tailed
        tables = lived(which, seed, 91)
        m = tables.members[:300]
        ranks = (Segment.ORDINARY, Segment.CORE, Segment.VIP)
        spent += [m.spent[m.segment == s].mean() for s in ranks]
    assert spent[0] < spent[1] < spent[2]
    heads = tables.daily[90, mt.SEGMENT_ORDINARY : mt.SEGMENT_AT_RISK + 1]
    assert heads.sum() == (m.segment > 0).sum() == 300
    assert tables.daily[90, mt.TARGETING_ACCURACY] == 1.0


@pytest.mark.mechanism("M93")
def test_a_new_sorting_moves_the_offers(kernels):
    """R60: what a refresh finds changes who is offered what."""
    tiers = {"policy.crm.core_weight": 3.0, "policy.crm.vip_weight": 6.0}
    offers = {
        weeks: lived(setting(SORTED, OFFERS, tiers, {"policy.crm.refresh_weeks": weeks}), 1, 140)
        .daily[:140, mt.OFFERS_ORDINARY : mt.OFFERS_AT_RISK + 1]
        .reshape(20, 7, 4)
        .sum(axis=1)
        for weeks in (2, 52)
    }
    assert (offers[2][:2] == offers[52][:2]).all()  # sorted once in either
    assert (offers[2][2:] != offers[52][2:]).any(axis=1).mean() > 0.7
    assert offers[2].sum(axis=1).max() <= 40  # 200 yuan buy 40 offers at 5


@pytest.mark.mechanism("M93")
def test_offers_move_to_those_at_risk_when_health_falls(kernels):
    """R60: re-targeting below the trigger, in steps, and not above it."""
    part = share("offers_at_risk", "offers_ordinary")
    step = {"policy.crm.retarget_step": 2.0, "policy.crm.retarget_trigger": 1.0}
    assert_rises((SORTED, OFFERS), step, part, seeds=SEEDS)
    healthy = {"policy.crm.retarget_step": 2.0, "policy.crm.retarget_trigger": 0.0}
    same = values((SORTED, OFFERS, healthy), part, SEEDS, 140)
    assert (same == values((SORTED, OFFERS), part, SEEDS, 140)).all()


@pytest.mark.mechanism("M93")
def test_offers_sell_and_accuracy_limits_them(kernels):
    much = {"policy.crm.offer_week_cents": 200_000, "policy.crm.vip_weight": 50.0,
            "policy.crm.core_weight": 10.0}  # fmt: skip
    assert_rises(SORTED, much, "purchases_yuan", seeds=range(1, 17))
    blind = {"policy.crm.accuracy": 0.2}
    assert_falls((SORTED, much), blind, "targeting_accuracy", seeds=SEEDS)


def test_offers_need_segments_and_money():
    with pytest.raises(IncompatiblePolicy, match="sorted into segments"):
        setting(BASE, OFFERS)
    with pytest.raises(IncompatiblePolicy, match="brand budget"):
        setting({"policy.crm.has_winback": True})


# ---- win-back (M94) ------------------------------------------------------------------------

SCORED = {
    **BASE,
    "population.initial_members": 600,
    "policy.crm.has_winback": True,
    "policy.crm.winback_cut": 50.0,
    "policy.crm.winback_month_cents": 500_000,
    "policy.crm.holdout_share": 0.4,
}


@pytest.mark.mechanism("M94")
def test_the_score_tells_who_is_lost(kernels):
    """R61: area under the curve and calibration error are reported, and better than chance."""
    auc = values((SCORED,), "churn_auc", SEEDS, 140)
    error = values((SCORED,), "churn_error", SEEDS, 140)
    assert auc.min() > 0.65
    assert np.isfinite(error).all()
    assert error.mean() < 0.25
    noisy = {"policy.crm.score_noise": 5.0}
    assert_falls(SCORED, noisy, "churn_auc", seeds=SEEDS)


@pytest.mark.mechanism("M94")
def test_contacts_win_members_back(kernels):
    """R61, T25: those contacted are active more often than those held out by lot."""
    lift = values((SCORED, {"world.winback.pull": 3.0}), "winback_lift", range(1, 17), 196)
    assert lift.mean() > 2 * lift.std(ddof=1) / np.sqrt(lift.size)
    none = {"world.winback.pull": 0.0, "world.winback.mend": 0.0}
    assert_falls((SCORED, {"world.winback.pull": 3.0}), none, "winback_lift",
                 seeds=range(1, 17), days=196)  # fmt: skip


@pytest.mark.mechanism("M94")
def test_the_offer_must_fit_the_cause(kernels):
    """An introduction brings back nobody who has only lost the habit."""
    strong = (SCORED, {"world.winback.pull": 3.0, "world.winback.misfit": 0.0,
                       "policy.crm.accuracy": 1.0, "policy.crm.holdout_share": 0.0})  # fmt: skip
    wrong = {"policy.crm.winback_offer": Offer.INTRODUCTION}
    assert_falls(strong, wrong, share("winback_treated_kept", "winback_treated"), seeds=SEEDS)


@pytest.mark.mechanism("M94")
def test_the_budget_limits_contacts_to_the_most_valuable(kernels):
    """A06: largest value first; F92: nobody below the cut."""
    few = {"policy.crm.winback_month_cents": 10_000, "policy.crm.holdout_share": 0.0}
    tables = lived(setting(SCORED, CLOSED, few), 1, 140)
    here = tables.fate.status[:600] != Status.LEFT
    chosen = here & ((tables.members.contact[:600] & Contact.CONTACTED) > 0)
    flagged = here & (tables.members.risk_then[:600] >= 50)
    assert chosen.sum() == 20
    assert (tables.members.risk_then[:600][chosen] >= 50).all()
    spent = tables.members.spent[:600]
    assert spent[chosen].min() >= 0.5 * spent[flagged & ~chosen].max()


@pytest.mark.mechanism("M94")
def test_false_alarms_cost_money_and_irritate(kernels):
    everybody = (SCORED, {"policy.crm.winback_cut": 0.0, "policy.crm.holdout_share": 0.0,
                          "policy.crm.winback_month_cents": 10_000_000})  # fmt: skip
    calm = {"world.winback.irritation": 0.0, "world.winback.mend": 0.0}
    sore = {"world.winback.irritation": 0.3}
    assert_falls((*everybody, calm), sore, "satisfaction_end", seeds=SEEDS)
    assert values(everybody, total("winback_false_alarms"), [1], 140)[0] > 100


# ---- channels (M98) ------------------------------------------------------------------------

TWO = {**BASE, "policy.crm.channels": 2, "world.channels.move_week": 0.2}
SYNC = {"policy.crm.cross_platform": True}
POINTS = {"policy.incentive.has_points": True, "policy.incentive.points_reward": 100_000}


@pytest.mark.mechanism("M98")
@pytest.mark.parametrize("keeps", [True, False])
def test_a_move_keeps_points_and_history_only_with_common_rights(kernels, keeps):
    """R63."""
    box: dict[str, np.ndarray] = {}
    kept, lost = [], []

    def before(tables, day, name):
        if name == "channels":
            m = tables.members[:300]
            box["home"], box["points"] = m.channel & Channel.SECOND, m.points.copy()
            box["standing"] = m.reputation.copy()

    def after(tables, day, name):
        if name == "channels":
            m = tables.members[:300]
            moved = (m.channel & Channel.SECOND) != box["home"]
            held = moved & (box["points"] > 0)
            kept.append((m.points[held] == box["points"][held]).all())
            kept.append((m.reputation[moved] == box["standing"][moved]).all())
            lost.append(held.sum())
            assert (m.points[held] == 0).all() or keeps

    which = setting(TWO, POINTS, {"policy.crm.cross_platform": keeps})
    live_by_hand(opened(which, 1, 90, 3000), 0, 90, after, before)
    assert sum(lost) > 20
    assert all(kept) is keeps


@pytest.mark.mechanism("M98", "M39")
@pytest.mark.parametrize("keeps", [True, False])
def test_points_left_behind_on_another_channel_are_accounted_for(kernels, keeps):
    """T56: issued are held, redeemed, or lapsed, left behind among them."""
    tables = lived(setting(TWO, POINTS, {"policy.crm.cross_platform": keeps}), 1, 90)
    days = tables.daily[:90]
    gone = days[:, mt.POINTS_REDEEMED].sum() + days[:, mt.POINTS_EXPIRED].sum()
    assert days[:, mt.POINTS_ISSUED].sum() == gone + tables.members.points.sum()
    assert days[:, mt.CHANNEL_MOVES].sum() > 20


@pytest.mark.mechanism("M98")
def test_common_rights_keep_belonging_and_members(kernels):
    leaving = (TWO, {"world.churn.established_hazard": 0.003})
    assert_rises(leaving, SYNC, "belonging_end", seeds=SEEDS)
    still = {**leaving[1], "world.channels.move_week": 0.0, "world.channels.several_weight": 1.5}
    assert_falls((TWO, still), SYNC, "exit_hazard_week", seeds=SEEDS)


def test_common_rights_need_two_channels():
    with pytest.raises(IncompatiblePolicy, match="two channels"):
        setting(SYNC)
