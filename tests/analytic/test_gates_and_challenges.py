"""Ways in against their arithmetic: the 52 rule, K, prices, screening, plans, pools."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, daily, live_by_hand, lived, opened, paid, setting
from scipy import stats

from plaza_lab.agents.decisions.partnering import star_accepts
from plaza_lab.agents.koc import credit
from plaza_lab.agents.member import Route
from plaza_lab.agents.star import Bid, star_loop
from plaza_lab.engine.plain import plain
from plaza_lab.sim.policy import Gate, Programme, Ticket
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import World
from plaza_lab.sim.state import buyers, fund, traits

NOBODY = {
    **FAITHFUL,
    "world.arrival.q_imitation": 0.0,
    "world.arrival.p_external": 0.0,
    "policy.acquisition.has_referral": False,
}
"""Nobody comes by herself, nobody leaves."""
BUDGET = {"policy.fund.brand_week_cents": 10_000_000}
CHALLENGE = {
    **NOBODY,
    "policy.entry.gate": Gate.FEE_PLUS_CHALLENGE,
    "policy.entry.fee_cents": 20_000,
    "policy.entry.challenge_shares_answers": False,
    "policy.fund.has_entry_pool": True,
    "policy.incentive.has_prize": True,
    "world.help.request_week": 7.0,
    "world.challenge.experts_week": 20.0,
    "world.challenge.least_quality": 0.0,
}


def first_week(members, *changes):
    which = setting(CHALLENGE, {"population.initial_members": members}, *changes)
    return live_by_hand(opened(which, 3, 14, 1500), 0, 7)


@pytest.mark.mechanism("M11")
def test_the_challenge_opens_at_52(kernels):
    """R12, F12: closed at 51 members, open at 52; experts answer, and the best one joins."""
    closed, opened_ = first_week(51), first_week(52)
    assert closed.daily[:7, mt.CHALLENGERS].sum() == 0
    assert closed.daily[:7, mt.JOINS_CHALLENGE].sum() == 0
    assert opened_.daily[:7, mt.CHALLENGERS].sum() > 5
    assert opened_.daily[:7, mt.JOINS_CHALLENGE].sum() == 1
    assert opened_.people_state[0].n_members == 53


@pytest.mark.mechanism("M11")
def test_a_winner_at_52_leaves_the_ledger_as_it_was(kernels):
    """R12, W06, W07, F13, F14: prize 200 equals fee 200, so the pool's change is 0 to the cent."""
    tables = first_week(52)
    assert paid(tables, fund.CHALLENGE_PRIZE).tolist() == [20_000]
    assert paid(tables, fund.ENTRY_FEE).tolist() == [52 * 20_000, 20_000]
    # one pool pays both: insiders get nothing that week
    assert paid(tables, fund.PRIZE).sum() == 0
    assert tables.balances[fund.ENTRY_POOL] == 52 * 20_000


@pytest.mark.parametrize(("members", "prize"), [(26, 10_000), (104, 20_000)])
def test_off_52_the_prize_is_not_the_fee(kernels, members, prize):
    """W06, W07: half the fee at 26 members; at 104 the other half stays with the members."""
    tables = first_week(members, {"policy.entry.challenge_min_members": 26})
    assert paid(tables, fund.CHALLENGE_PRIZE).tolist() == [prize]
    assert paid(tables, fund.PRIZE).sum() == max(0, members * 20_000 // 52 - 20_000)


def test_a_surplus_can_be_paid_out(kernels):
    """W07: at 104 members the week's prize is two fees."""
    tables = first_week(104, {"policy.entry.challenge_pays_surplus": True})
    assert paid(tables, fund.CHALLENGE_PRIZE).tolist() == [40_000]


def test_a_separate_pool_leaves_insiders_their_prize(kernels):
    tables = first_week(52, BUDGET, {"policy.entry.challenge_separate_pool": True})
    journal = tables.journal[: tables.fund_state[0].n_journal]
    challenge = journal[journal.purpose == fund.CHALLENGE_PRIZE]
    assert challenge.payer.tolist() == [fund.BRAND_POOL]
    assert paid(tables, fund.PRIZE).sum() == 20_000


def test_answers_are_ranked(kernels):
    """R12: the winner's answer is the best of those that came."""
    tables = first_week(52)
    bids = tables.challengers[: tables.challenge_state[0].n_challengers]
    assert (bids.bid == Bid.WON).sum() == 1
    assert bids.quality[bids.bid == Bid.WON][0] == bids.quality.max()
    newest = tables.members[52]
    assert newest.route == Route.CHALLENGE
    assert newest.skill == bids.skill[bids.bid == Bid.WON][0] >= 0.5


def test_poor_answers_win_nothing(kernels):
    tables = first_week(52, {"world.challenge.least_quality": 1.0, "world.challenge.expertise": 0.0,
                             "world.challenge.answer_noise": 0.0})  # fmt: skip
    assert tables.daily[:7, mt.CHALLENGERS].sum() > 5
    assert tables.daily[:7, mt.CHALLENGE_WINNERS].sum() == 0


def test_those_who_saw_the_answers_may_pay(kernels):
    """R12: losers who are shown everything are offered paid entry; without it they go."""
    seen = {"policy.entry.challenge_shares_answers": True, "world.entry.fee_median_yuan": 1e5}
    joins = {}
    for weight in (0.0, 20.0):
        tables = first_week(52, seen, {"world.challenge.peers_weight": weight})
        bids = tables.challengers[: tables.challenge_state[0].n_challengers].bid
        assert (bids == Bid.OFFERED).sum() == len(bids) - 1
        live_by_hand(tables, 7, 8)
        joins[weight] = tables.daily[:8, mt.JOINS_CHALLENGE].sum()
    assert joins[20.0] > joins[0.0] > 1
    alone = first_week(52)
    assert (alone.challengers.bid == Bid.LEFT).sum() == alone.challenge_state[0].n_challengers - 1


TOY = {
    **NOBODY,
    "population.initial_members": 100,
    "policy.acquisition.has_referral": True,
    "world.arrival.market_size": 1e7,
    "world.referral.invite_visit": 1.0,
    "world.referral.accept_base": 0.0,
}


@pytest.mark.mechanism("M03")
def test_k_is_invitations_times_acceptance(kernels):
    """R10, T37: 28-day K, and lifetime K = 28-day K / 28-day exit hazard, from the rows."""
    which = setting(TOY, {"world.churn.established_hazard": 0.004})
    from plaza_lab.sim.recording.outcomes import outcomes_of

    tables = lived(which, 2, 84)
    month = tables.daily[56:84]
    members = month[:, mt.MEMBERS].mean()
    invitations = month[:, mt.INVITATIONS].sum()
    acceptance = month[:, mt.INVITED_JOINS].sum() / invitations
    values = outcomes_of(tables, 84)
    assert invitations > 50
    assert values["k_28d"] == pytest.approx(invitations / members * acceptance)
    hazard = month[:, mt.EXITS].sum() / members
    assert values["k_lifetime"] == pytest.approx(values["k_28d"] / hazard)
    rows = tables.members[: tables.people_state[0].n_rows]
    assert rows.invited.sum() == tables.daily[:84, mt.INVITATIONS].sum()


def test_offline_prices_and_counts(kernels):
    """R14, M06, F51: 700 a week x .1 are 10 a day, at 15 yuan less 60 % by half belief: 10.5."""
    change = {"policy.acquisition.offline_traffic_week": 700.0,
              "world.arrival.market_size": 1e7}  # fmt: skip
    which = setting(NOBODY, BUDGET, change)
    came = daily(which, "applicants", range(10), 60).sum() / 600
    assert abs(came - 10) < 4 * math.sqrt(10 / 600)
    tables = lived(which, 1, 60)
    assert paid(tables, fund.OFFLINE).sum() / 60 == pytest.approx(10 * 1050, rel=1e-3)


@pytest.mark.mechanism("M06")
def test_offline_newcomers_are_customers(kernels):
    which = setting(NOBODY, BUDGET, {"policy.acquisition.offline_traffic_week": 700.0})
    tables = live_by_hand(opened(which, 1, 20, 3000), 0, 1)
    m = tables.members[: tables.people_state[0].n_rows]
    assert (m.route == Route.OFFLINE).sum() > 1
    assert (m.buy_rate[m.route == Route.OFFLINE] > 0).all()


@pytest.mark.mechanism("M01")
def test_aimed_messages_land_where_they_are_aimed(kernels):
    """M01: at accuracy a, a share a of paid visitors has more than median interest."""
    for accuracy in (0.5, 0.8, 1.0):
        which = setting(NOBODY, BUDGET, {
            "policy.acquisition.media_week_cents": 3_000_000,
            "policy.acquisition.targeting_accuracy": accuracy, "world.entry.join_base": 20.0,
        })  # fmt: skip
        tables = live_by_hand(opened(which, 4, 20, 6000), 0, 3)
        rows = np.flatnonzero(tables.members.route[: tables.people_state[0].n_rows] == Route.PAID)
        z = np.array([plain(traits.interest_of)(tables, tables.fate.uid[i]) for i in rows])
        error = math.sqrt(0.25 / len(rows))
        assert len(rows) > 500
        assert abs((z > 0).mean() - accuracy) < 4 * error + 1e-9


@pytest.mark.mechanism("M04")
def test_owners_add_as_many_as_their_hours_allow(kernels):
    """M04: 3 hours a week at 7 an hour are 3 a day."""
    which = setting({**NOBODY, "world.arrival.p_external": 0.01}, {
        "policy.entry.gate": Gate.OWNER_ONLY, "policy.stewarding.founder_hours_week": 3.0,
        "world.entry.owner_adds_hour": 7.0, "world.entry.join_base": 20.0,
    })  # fmt: skip
    tables = lived(which, 1, 70)
    assert tables.daily[:70, mt.JOINS].sum() == pytest.approx(210, abs=1)


@pytest.mark.mechanism("M04")
def test_a_look_at_applicants_is_as_good_as_its_error(kernels):
    """Those let in have interest + error above the bar: a normal with the error's spread."""
    which = setting({**NOBODY, "world.arrival.p_external": 0.01}, {
        "policy.entry.least_interest": 0.5, "world.entry.join_base": 20.0,
        "world.entry.interest_weight": 0.0,
    })  # fmt: skip
    counts = [daily(which, name, range(3), 30).sum() for name in ("joins", "applicants")]
    share = stats.norm.sf(0.5 / math.hypot(1.0, 0.7))
    assert abs(counts[0] / counts[1] - share) < 4 * math.sqrt(share * (1 - share) / counts[1])


@pytest.mark.mechanism("M09")
@pytest.mark.parametrize("ticket", list(Ticket))
def test_the_exclusive_gate_asks_for_its_ticket(kernels, ticket):
    which = setting({**NOBODY, "world.arrival.p_external": 0.01}, {
        "policy.entry.gate": Gate.EXCLUSIVE, "policy.entry.ticket": ticket,
        "policy.entry.status_bonus": 0.5, "population.initial_members": 20,
    })  # fmt: skip
    tables = live_by_hand(opened(which, 1, 40, 3000), 0, 1)
    new = range(20, tables.people_state[0].n_rows)
    assert len(new) > 5
    assert tables.daily[0, mt.REFUSED] > 0
    for i in new:
        uid = tables.fate.uid[i]
        holds = (
            plain(buyers.is_customer)(tables, uid),
            plain(traits.interest_of)(tables, uid) > 0,
            plain(traits.topic_of)(tables, uid) == 0,
        )
        assert holds[ticket]


def test_the_pool_depletes_and_replenishes_and_is_never_negative(kernels):
    """R05: all routes of one pool together bring at most who is there; inflow brings them back."""
    greedy = {
        **BUDGET, "world.arrival.market_size": 400.0, "world.prospects.unlike": 0.0,
        "world.arrival.p_external": 0.05, "world.entry.join_base": 20.0,
        "policy.acquisition.media_week_cents": 3_000_000,
        "policy.acquisition.offline_traffic_week": 700.0,
        "policy.acquisition.influencer_posts_week": 7.0,
        "policy.acquisition.star_attempts": 5, "world.star.accept_base": 20.0,
        "policy.acquisition.tell_week": 7.0, "world.referral.invite_visit": 1.0,
        "world.referral.accept_base": 5.0, "population.initial_members": 50,
        "world.prospects.paid_reach": 1.0, "world.prospects.offline_reach": 1.0,
    }  # fmt: skip
    dry = setting(FAITHFUL, greedy)
    left = daily(dry, "prospects", range(3), 80)
    assert left.min() == 0.0
    tables = lived(dry, 1, 80)
    fakes = tables.prospects_state[0].n_fakes  # accounts of people who are counted already
    assert tables.people_state[0].n_rows - fakes <= 400
    fed = setting(FAITHFUL, greedy, {"world.prospects.replenish_day": 3.0})
    assert daily(fed, "joins", range(3), 80).sum() > daily(dry, "joins", range(3), 80).sum() + 450


def test_friends_run_out(kernels):
    """R05: a member brings no more friends than she has."""
    which = setting(TOY, {"world.prospects.friends": 4.0, "policy.acquisition.tell_week": 7.0,
                          "world.referral.invite_visit": 1.0})  # fmt: skip
    tables = lived(which, 1, 100)
    rows = tables.members[:100]
    friends = np.array([plain(traits.friends_of)(tables, u) for u in tables.fate.uid[:100]])
    asked = rows.invited.astype(int) + rows.told
    assert (asked <= friends).all() and (asked == friends).mean() > 0.3
    assert 2.5 < friends.mean() < 6.0 and friends.min() >= 1


@pytest.mark.mechanism("M50")
def test_graduates_follow_the_rate(kernels):
    """F103, F104, W21: of 22 who train 8 weeks some 80 % graduate, when belonging is neutral."""
    which = setting(CLOSED, FAITHFUL, {
        "population.initial_members": 400, "policy.koc.programme": Programme.INCUBATE,
        "policy.koc.graduation_rate": 0.8, "policy.koc.weeks": 4, "policy.koc.slots": 60,
        "policy.koc.is_cohort": True, "policy.koc.target": 50, "world.kocs.least_score": 0.0,
        "world.kocs.stay_belonging": 0.0, "world.kocs.lapse_days": 364, "world.kocs.proof_days": 90,
        "policy.fund.brand_week_cents": 100_000_000,
    })  # fmt: skip
    tables = lived(which, 2, 182)
    ended = tables.daily[:182, [mt.KOC_GRADUATES, mt.KOC_DROPOUTS]].sum(axis=0)
    n = ended.sum()
    assert n > 150
    assert abs(ended[0] / n - 0.8) < 4 * math.sqrt(0.16 / n)
    from plaza_lab.sim.recording.outcomes import outcomes_of

    values = outcomes_of(tables, 182)
    assert values["koc_graduates"] == ended[0]
    assert values["koc_path_gap"] == ended[0] - 50


def test_stars_weigh_what_they_get(kernels):
    """M08, M52: the odds of coming rise with activity and with what there is to get."""
    p = World().star
    assert plain(star_accepts)(0.6, 0.3, p) > plain(star_accepts)(0.2, 0.3, p)
    assert plain(star_accepts)(0.4, 0.8, p) > plain(star_accepts)(0.4, 0.1, p)
    assert plain(star_loop)(500, 0.8, 0.0, p) > plain(star_loop)(50, 0.8, 0.0, p)
    assert plain(star_loop)(500, 0.8, 0.9, p) < plain(star_loop)(500, 0.8, 0.0, p)
    assert (plain(credit)(0.0), plain(credit)(0.5), plain(credit)(1.0)) == (1.0, 0.0, -1.0)
