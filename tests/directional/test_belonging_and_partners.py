"""Belonging, leaving, buying, KOCs and partner brands. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import (
    CLOSED,
    EVERYTHING,
    FAITHFUL,
    VOLUNTEERS,
    live_by_hand,
    lived,
    opened,
    setting,
)
from effects import assert_falls, assert_rises, late, share, total

from plaza_lab.agents.koc import Stage
from plaza_lab.agents.member import Flag, Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.agents.partner import Deal
from plaza_lab.sim.policy import Feed, Form, Programme, Split, Staff
from plaza_lab.sim.recording import metrics as mt

SOME = {"population.initial_members": 250}


@pytest.mark.mechanism("M15")
def test_replies_raise_belonging(kernels):
    """R18, M15."""
    silent = {**SOME, "world.interaction.reply_base": 0.0, "world.interaction.reciprocity": 0.0}
    assert_rises(silent, {"world.interaction.reply_base": 0.4}, "belonging_end")
    assert_rises(silent, {"world.interaction.reply_base": 0.4}, "mean:ties_per_member")


@pytest.mark.mechanism("M15")
def test_removing_interaction_raises_exits(kernels):
    """R18."""
    alive = {**SOME, "world.interaction.reply_base": 0.4, "world.churn.established_hazard": 0.005}
    quiet = {
        "world.interaction.reply_base": 0.0,
        "world.interaction.reciprocity": 0.0,
        "world.interaction.react_base": 0.0,
        "world.help.answer_base": -20.0,
    }
    assert_rises(alive, quiet, "exit_hazard_week", seeds=range(1, 21))


@pytest.mark.mechanism("M15")
def test_belonging_lowers_exit_and_raises_visits(kernels):
    alike = {**SOME, "world.churn.established_hazard": 0.003}
    close = {"world.activity.first_belonging": 0.7}
    assert_falls(alike, close, "exit_hazard_week")
    assert_rises(alike, close, "membership_retention")
    assert_rises(alike, close, total("visits"))


@pytest.mark.mechanism("M18")
def test_the_founding_ties_hold_people(kernels):
    """M18, M100: strong ties lower the hazard of leaving."""
    tied = {
        **SOME,
        "world.churn.established_hazard": 0.01,
        "population.ties": 8.0,
        "world.ties.strong_at": 1.0,
        "world.ties.decay": 0.0,
        "world.churn.strong_tie_weight": 0.0,
    }
    assert_falls(tied, {"world.churn.strong_tie_weight": 0.8}, "exit_hazard_week")


def test_dues_cost_members(kernels):
    """M55."""
    dear = {"policy.fund.dues_month_cents": 5000}
    hasty = {**SOME, "world.churn.established_hazard": 0.005}
    assert_falls(hasty, dear, "membership_retention")


def test_dropout_makes_silent_members(kernels):
    quick = {**SOME, "world.activity.dropout_a": 0.2}
    assert_rises(quick, {"world.activity.dropout_a": 5.0}, late("silent"))
    assert_falls(quick, {"world.activity.dropout_a": 5.0}, "retention")


def test_repurchase_rises_with_belonging(kernels):
    """R62, M95."""
    customers = {
        "population.initial_members": 400,
        "world.purchase.buyer_share": 1.0,
        "world.purchase.belonging_gain": 3.0,
        "world.purchase.rate_shape": 1.0,
        "world.purchase.rate_weeks": 100.0,
        "world.purchase.dropout_b": 500.0,
        **FAITHFUL,
    }
    close = {"world.activity.first_belonging": 0.7, "world.belonging.belonging_decay": 0.0}
    assert_rises(customers, close, total("purchases"))
    assert_rises(customers, close, "repurchase", seeds=range(1, 9), days=364)


# ---- KOCs ----------------------------------------------------------------------------------

TRAINED = {
    "population.initial_members": 250,
    "policy.koc.programme": Programme.INCUBATE,
    "policy.fund.brand_week_cents": 2_000_000,
    "policy.koc.weeks": 2,
    "policy.koc.slots": 5,
    "world.kocs.least_score": 0.5,
}


def stages_seen(which, seed, days):
    """Every (old, new) change of stage of a KOC."""
    moves: set[tuple[Stage, Stage]] = set()
    box = {"stages": np.zeros(0, int)}

    def after(tables, day, name):
        if name == "kocs":
            now = tables.kocs.stage[: tables.kocs_state[0].n_kocs].astype(int).copy()
            old = np.append(box["stages"], np.zeros(now.size - box["stages"].size, int))
            moves.update((Stage(a), Stage(b)) for a, b in zip(old, now, strict=True) if a != b)
            box["stages"] = now

    tables = live_by_hand(opened(which, seed, days, 2500), 0, days, after)
    return moves, tables


def test_kocs_enter_graduate_act_and_lapse(kernels):
    """R35, M50: by the states of mechanisms 1.4."""
    which = setting(TRAINED, {"world.churn.established_hazard": 0.003,
                              "policy.koc.sponsored_week": 0.0})  # fmt: skip
    moves, tables = stages_seen(which, 3, 200)
    assert (Stage.FREE, Stage.INCUBATING) in moves
    assert (Stage.INCUBATING, Stage.ACTIVE) in moves
    assert (Stage.ACTIVE, Stage.LAPSED) in moves
    assert (Stage.LAPSED, Stage.ACTIVE) not in moves
    assert tables.daily[:200, mt.KOCS].max() > 0


def test_inactive_trainees_do_not_graduate(kernels):
    which = setting(
        TRAINED,
        {
            "world.kocs.proof_days": 1,
            "world.activity.lurker_posting": 0.0,
            "world.activity.lurker_share": 0.99,
            "world.activity.core_share": 0.0,
            "world.help.answer_base": -20.0,
            "world.help.request_week": 0.0,
            "world.interaction.react_base": 0.0,
            "world.interaction.reply_base": 0.0,
            "world.interaction.reciprocity": 0.0,
            "world.purchase.buyer_share": 0.0,
            "world.kocs.least_score": 0.3,
        },
    )
    moves, _ = stages_seen(which, 3, 100)
    assert (Stage.INCUBATING, Stage.LAPSED) in moves


def test_places_and_money_limit_incubation(kernels):
    """M50, R43: never more trainees than places, and none without money for their weeks."""
    tables = lived(setting(TRAINED), 3, 100)
    assert 0 < tables.daily[:100, mt.INCUBATING].max() <= 5
    poor = setting(TRAINED, {"policy.fund.brand_week_cents": 1})
    assert lived(poor, 3, 100).daily[:100, mt.INCUBATING].max() == 0


def test_sponsored_items_are_paid_and_marked(kernels):
    tables = lived(setting(TRAINED, {"policy.koc.sponsored_week": 7.0}), 3, 120)
    alive = np.arange(tables.items_state[0].item_tail, tables.items_state[0].item_head)
    items = tables.items[alive % tables.items.shape[0]]
    sponsored = items[(items.source == 1) & (items.is_promotion == 1)]
    assert sponsored.size > 0
    assert ((tables.fate.circles[sponsored.author] & Flag.KOC) > 0).all()


def test_a_silent_koc_publishes_nothing(kernels):
    """Who has left or fallen silent does not write for the brand."""
    which = setting(TRAINED, {"policy.koc.sponsored_week": 14.0,
                              "world.churn.established_hazard": 0.02})  # fmt: skip

    def before(tables, day, name):
        if name == "kocs":
            box["acts"] = tables.members.last_act.copy()

    def after(tables, day, name):
        if name == "kocs":
            acted = np.nonzero(tables.members.last_act != box["acts"])[0]
            assert (tables.fate.status[acted] == Status.ENGAGED).all()
            box["n"] = box.get("n", 0) + acted.size

    box: dict = {}
    live_by_hand(opened(which, 3, 120, 2500), 0, 120, after, before)
    assert box["n"] > 20


def test_kocs_write_better_and_reach_further(kernels):
    """M51: in a ranked feed with more to read than one can, beside what ties show."""
    ranked = {
        **TRAINED,
        "population.initial_members": 500,
        "policy.distribution.feed": Feed.CURATED,
        "policy.distribution.tie_share": 0.0,
        "policy.koc.sponsored_week": 0.0,
        "world.activity.attention_ln_mean": 1.0,
    }

    def views_of_an_item(boost, seed):
        tables = lived(setting(ranked, {"world.feed.koc_boost": boost}), seed, 100)
        alive = np.arange(tables.items_state[0].item_tail, tables.items_state[0].item_head)
        items = tables.items[alive % tables.items.shape[0]]
        return items.views[items.source == 1].mean()

    gain = [views_of_an_item(5.0, seed) - views_of_an_item(0.0, seed) for seed in range(1, 25)]
    assert np.mean(gain) > 2.07 * np.std(gain, ddof=1) / np.sqrt(len(gain))


def test_kocs_invite_with_more_success(kernels):
    referral = {
        **TRAINED,
        "world.referral.invite_visit": 0.5,
        "world.referral.accept_koc": 0.0,
        "policy.koc.slots": 40,
        "policy.koc.weeks": 1,
        "world.kocs.least_score": 0.3,
    }
    assert_rises(referral, {"world.referral.accept_koc": 4.0},
                 share("invited_joins", "invitations"))  # fmt: skip


# ---- partners ------------------------------------------------------------------------------

CAMPAIGN = {
    "population.initial_members": 200,
    "policy.fund.brand_week_cents": 300_000,
    "policy.partnership.min_fit": 0.0,
    "world.partnership.join_value_cents": 100_000,
    "world.partnership.negotiation_days": 2,
}
"""Newcomers are worth so much that even a bad partner pays."""
WITH = {"policy.partnership.form": Form.CO_MARKETING}


def test_co_marketing_brings_partner_joins(kernels):
    """R65, M105."""
    assert_rises(CAMPAIGN, WITH, "joins")
    assert_rises(CAMPAIGN, WITH, "partner_joins")


def test_a_better_fit_brings_more(kernels):
    """R64, M102: brands of low fit against brands of high fit, the same budget."""
    low = {**CAMPAIGN, **WITH, "world.partnership.fit_a": 2.0, "world.partnership.fit_b": 20.0}
    high = {"world.partnership.fit_a": 20.0, "world.partnership.fit_b": 2.0}
    assert_rises(low, high, "partner_joins")


def test_wear_makes_campaigns_weaker(kernels):
    worn = {
        **CAMPAIGN,
        **WITH,
        "world.partnership.wear": 0.0,
        "policy.partnership.campaign_weeks": 16,
    }
    assert_falls(worn, {"world.partnership.wear": 0.3}, "partner_joins")


def test_overlap_cannibalises(kernels):
    """M109."""
    apart = {**CAMPAIGN, **WITH, "world.partnership.overlap_a": 0.1}
    assert_falls(apart, {"world.partnership.overlap_a": 50.0}, "partner_joins")


def test_nobody_fits_nobody_comes(kernels):
    choosy = setting(CAMPAIGN, WITH, {"policy.partnership.min_fit": 1.0,
                                      "world.partnership.fit_noise": 0.0})  # fmt: skip
    tables = lived(choosy, 1, 100)
    assert tables.daily[:, mt.PARTNERS].max() == 0
    assert (tables.partners.deal != Deal.ACTIVE).all()


@pytest.mark.slow
@pytest.mark.mechanism("M102")
def test_at_shipped_prices_partners_that_fit_better_bring_more(kernels):
    """R64: visits a person of the audience and day, of deals below and above the median fit."""
    lever = {"policy.partnership.form": Form.CO_PROMOTION, "policy.partnership.min_fit": 0.0,
             "policy.partnership.pool": 12, "policy.partnership.deals": 3,
             "policy.fund.brand_week_cents": 200_000}  # fmt: skip
    found = []
    for seed in range(1, 13):
        run = lived(setting(lever), seed, 182)
        for deal in run.deals:
            if deal.partner >= 0 and 0 <= deal.signed < 154:
                partner = run.partners[deal.partner]
                reach = float(partner.audience) * (182 - int(deal.signed))
                found.append((float(partner.fit), float(deal.visits) / reach))
    fits, visits = np.array(found).T
    assert fits.size >= 12
    is_better = fits > np.median(fits)
    assert visits[is_better].mean() > 1.1 * visits[~is_better].mean()


UNEQUAL = {
    **CAMPAIGN,
    **WITH,
    "policy.partnership.host_share": 0.1,
    "policy.partnership.campaign_weeks": 40,
    "policy.partnership.term_weeks": 52,
    "world.contract.coordination_cents": 0.0,
    "policy.fund.brand_week_cents": 10_000_000,
    "world.partnership.audience_median": 1e6,
    "world.partnership.accept_width": 0.5,
    "world.partnership.view_value_cents": 0,
    "world.contract.transferable": 1.0,
    "world.contract.exit_hazard_month": 0.0,
}


def test_unequal_contribution_with_an_equal_split_costs_trust(kernels):
    """R66, M113: the partner pays 90 %, gets half, and nothing else is put in."""
    fair = {"policy.partnership.split": Split.CONTRIBUTION}
    equal = {"policy.partnership.split": Split.EQUAL}
    assert_rises((UNEQUAL, fair), equal, "share_deviation")
    assert_falls((UNEQUAL, fair), equal, lambda run: run.days[60, mt.PARTNER_TRUST])


def test_and_ends_in_dispute(kernels):
    """R66: dispute within half a year of signing for four in five, seldom where shares are fair."""
    seen = {}
    for split in (Split.EQUAL, Split.CONTRIBUTION):
        which = setting(UNEQUAL, {"policy.partnership.split": split})
        waits = []
        for seed in range(1, 9):
            days = lived(which, seed, 300).daily[:300]
            signed = np.flatnonzero(days[:, mt.DEALS_SIGNED])
            if signed.size and signed[0] < 118:
                disputed = np.flatnonzero(days[:, mt.DEALS_DISPUTED])
                waits.append(disputed[0] - signed[0] if disputed.size else 999)
        assert len(waits) >= 4
        seen[split] = np.mean(np.array(waits) <= 182)
    assert seen[Split.EQUAL] >= 0.8
    assert seen[Split.CONTRIBUTION] <= 0.3


@pytest.mark.slow
@pytest.mark.mechanism("M113")
def test_disputes_need_contributions_that_stay_unequal(kernels):
    """Partners.md 6, 5: .93 in six months at 90:10, all through the term; at shipped exits.

    A campaign that is over after 8 of 26 weeks leaves both with nothing but the work together.
    """
    disputed = []
    for weeks in (8, 26):
        which = setting(SHIPPED_UNEQUAL, {"policy.partnership.campaign_weeks": weeks})
        found = []
        for seed in range(1, 9):
            made = lived(which, seed, 280).deals
            found += [deal.signed <= deal.disputed <= deal.signed + 182 for deal in made
                      if deal.partner >= 0 and 0 <= deal.signed <= 280 - 182]  # fmt: skip
        assert len(found) >= 16
        disputed.append(np.mean(found))
    assert disputed[0] < disputed[1]
    assert disputed[1] > 0.85


SHIPPED_UNEQUAL = {
    **WITH,
    "population.initial_members": 150,
    "policy.fund.brand_week_cents": 1_000_000,
    "policy.partnership.form": Form.CO_MARKETING,
    "policy.partnership.split": Split.EQUAL,
    "policy.partnership.host_share": 0.1,
    "policy.partnership.term_weeks": 26,
    "policy.partnership.min_fit": 0.0,
    "policy.partnership.deals": 3,
    "policy.partnership.pool": 12,
    "world.partnership.join_value_cents": 400_000,
}
"""Prices at which such deals are signed; disputes, exits and what is money as shipped."""


def test_partners_negotiate_act_and_leave_at_the_end_of_their_term(kernels):
    states = []

    def after(tables, day, name):
        if name == "contract":
            deal = Deal(int(tables.partners.deal[0]))
            if not states or states[-1] != deal:
                states.append(deal)

    which = setting(CAMPAIGN, WITH, {"policy.partnership.pool": 1,
                                     "policy.partnership.term_weeks": 6,
                                     "world.contract.exit_hazard_month": 0.0,
                                     "world.contract.dispute_month": 0.0})  # fmt: skip
    tables = live_by_hand(opened(which, 2, 80, 4000), 0, 80, after)
    first = [Deal.POOL, Deal.PROPOSED, Deal.NEGOTIATING, Deal.ACTIVE, Deal.IN_REVIEW, Deal.ACTIVE]
    assert states[: len(first)] == first
    assert states[len(first)] in (Deal.RENEWED, Deal.ENDED)
    assert tables.daily[:80, mt.PARTNER_ITEMS].sum() > 0
    assert tables.daily[:80, mt.JOINS_PARTNER].sum() > 0


# ---- all four kinds ------------------------------------------------------------------------


@pytest.mark.parametrize("staff", [Staff.PAID_ROTATION, Staff.VOLUNTEERS])
def test_all_four_kinds_of_agent_enter_act_and_leave(kernels, staff):
    """R03, R04: members, KOCs, moderators and partner brands in one community."""
    base = EVERYTHING if staff == Staff.PAID_ROTATION else VOLUNTEERS
    which = setting(base, {"world.churn.established_hazard": 0.005,
                           "world.kocs.lapse_days": 14,
                           "policy.koc.sponsored_week": 1.0})  # fmt: skip
    tables = lived(which, 5, 200)
    total_of = tables.daily[:200].sum(axis=0)
    assert total_of[mt.JOINS] > 0 and total_of[mt.POSTS] > 0 and total_of[mt.EXITS] > 0
    kocs = tables.kocs[: tables.kocs_state[0].n_kocs]
    assert total_of[mt.KOC_ITEMS] > 0
    assert {Stage.ACTIVE, Stage.LAPSED} <= {Stage(int(s)) for s in kocs.stage}
    staffed = tables.moderators[1 : tables.team_state[0].n_moderators]
    column = mt.STAFFED if staff == Staff.PAID_ROTATION else mt.VOLUNTEERS
    assert staffed.size > 0 and tables.daily[:200, column].max() > 0
    duty = Duty.STEWARD if staff == Staff.PAID_ROTATION else Duty.VOLUNTEER
    assert (staffed.since > 0).any()
    unpaid_or_rota = {Duty(int(d)) for d in staffed.duty} & {Duty.VOLUNTEER, Duty.STEWARD}
    assert unpaid_or_rota <= {duty}
    assert total_of[mt.JOINS_PARTNER] > 0 and total_of[mt.PARTNER_ITEMS] > 0
    assert total_of[mt.PARTNER_EXITS] > 0


def test_moderators_come_and_go(kernels):
    """A volunteer's row is used again after she has stopped."""
    which = setting(VOLUNTEERS, CLOSED, {"world.churn.established_hazard": 0.02,
                                         "world.arrival.market_size": 20_000.0})  # fmt: skip
    seen: set[int] = set()
    left: set[int] = set()

    def after(tables, day, name):
        if name == "stewarding":
            staff = tables.moderators[1 : tables.team_state[0].n_moderators]
            now = set(staff.member[staff.duty == Duty.VOLUNTEER].tolist())
            left.update(seen - now)
            seen.update(now)

    live_by_hand(opened(which, 5, 150, 2500), 0, 150, after)
    assert len(seen) > 10 and len(left) > 5
