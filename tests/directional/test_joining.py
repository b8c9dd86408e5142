"""Coming in: fee, guidance, directory, referral. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import FAITHFUL, lived, setting
from effects import assert_falls, assert_rises, effect, share, total

from plaza_lab.agents.member import Route
from plaza_lab.sim.policy import Directory, Gate
from plaza_lab.sim.state import fund

INFLOW = {"population.initial_members": 150, "world.arrival.p_external": 3e-4}
FEE = {"policy.entry.gate": Gate.FEE, "policy.entry.fee_cents": 20_000}


def test_a_fee_lowers_joins(kernels):
    """R11."""
    assert_falls(INFLOW, FEE, "joins")


def test_a_fee_selects_the_committed(kernels):
    """R11, M10: joiners who paid came with more belonging; nobody sets that, interest does."""
    means = []
    for change in ({}, FEE):
        tables = lived(setting(INFLOW, change), 1, 140)
        newcomers = tables.members[150 : tables.people_state[0].n_rows]
        uid = tables.fate.uid[150 : tables.people_state[0].n_rows]
        first = dict(zip(uid.tolist(), newcomers.visit_rate.tolist(), strict=True))
        means.append(np.mean(list(first.values())))
        assert len(first) > 50
    assert means[1] > means[0]


def test_those_who_pay_belong_more_on_arrival(kernels):
    from communities import live_by_hand, opened

    arrival: dict[int, list[float]] = {0: [], 1: []}
    for paid in (0, 1):

        def after(tables, day, name, paid=paid):
            if name == "entry":
                new = slice(int(tables.first_row[day]), int(tables.first_row[day + 1]))
                arrival[paid] += tables.members.belonging[new].tolist()

        for seed in (1, 2, 3):
            which = setting(INFLOW, FEE if paid else {})
            live_by_hand(opened(which, seed, 60, 2500), 0, 60, after)
    free, payers = np.array(arrival[0]), np.array(arrival[1])
    error = np.sqrt(free.var() / free.size + payers.var() / payers.size)
    assert payers.mean() - free.mean() > 3 * error


def test_guidance_raises_belonging_and_activation(kernels):
    """R16, M13: an effect for newcomers while there is capacity; more hours, more welcomed."""
    hours = {"policy.onboarding.guide_hours_day": 4.0, "world.onboarding.welcome_belonging": 0.3}
    many = {**INFLOW, "world.arrival.p_external": 1e-3}
    assert_rises(many, hours, "joiner_retention_28d", seeds=range(1, 21))
    assert_rises(many, hours, "activation_14d", seeds=range(1, 21))


def test_guidance_reaches_only_as_many_as_there_are_hours(kernels):
    from plaza_lab.agents.member import Flag

    crowd = {**INFLOW, "world.arrival.p_external": 2e-3}
    welcomed = []
    for hours in (0.0, 1.0, 2.0):
        which = setting(crowd, {"policy.onboarding.guide_hours_day": hours})
        circles = lived(which, 3, 60).fate.circles
        welcomed.append(((circles & Flag.WELCOMED) > 0).sum())
    assert welcomed == [0, 3 * 60, 6 * 60]


@pytest.mark.slow
@pytest.mark.mechanism("M21")
def test_a_directory_raises_ties_and_finds_the_able(kernels):
    """R15, M12: listed members are matched more often; requests meet those of the field."""
    directory = {"policy.onboarding.directory": Directory.FULL}
    base = {"population.initial_members": 200, "world.ties.match": 0.2}
    assert_rises(base, directory, "mean:ties_per_member")
    assert_rises(base, directory, share("answer_quality", "answers"), seeds=range(1, 41))


def test_shown_rules_lower_violations(kernels):
    """Matias 2019."""
    newcomers = {**INFLOW, "world.arrival.p_external": 1e-3, "world.posting.violation_base": 0.2}
    assert_falls(newcomers, {"policy.onboarding.shows_rules": True}, "violation_rate")


REFERRAL = {
    "population.initial_members": 200,
    "policy.fund.brand_week_cents": 500_000,
    "world.referral.invite_visit": 0.1,
}
REWARD = {"policy.acquisition.referral_reward_cents": 10_000}


def test_a_reward_raises_invitations(kernels):
    """R10, M03."""
    assert_rises(REFERRAL, REWARD, total("invitations"))


@pytest.mark.slow
def test_a_rewarded_invitation_is_accepted_less_often(kernels):
    assert_falls(REFERRAL, REWARD, share("invited_joins", "invitations"), seeds=range(1, 61))


def test_the_reward_pays_only_those_who_stay(kernels):
    """R10: vesting; rewards equal the invited who were members at the end of day join + 28."""
    tables = lived(
        setting(
            REFERRAL,
            REWARD,
            {"world.churn.established_hazard": 0.01, "world.referral.accept_base": 1.0},
        ),
        2,
        140,
    )
    rows = int(tables.people_state[0].n_rows)
    m = tables.members[:rows]
    invited = (m.route == Route.REFERRAL) & (m.joined + 28 < 140)
    stayed = invited & (m.left >= m.joined + 28)
    journal = tables.journal[: tables.fund_state[0].n_journal]
    rewards = journal.amount_cents[journal.purpose == fund.REFERRAL_REWARD].sum()
    assert 0 < stayed.sum() < invited.sum()
    assert rewards == 10_000 * stayed.sum()


def test_invitations_stop_at_the_cap(kernels):
    many = {"world.referral.invite_visit": 1.0, "policy.acquisition.referral_cap": 3}
    assert lived(setting(REFERRAL, FAITHFUL, many), 1, 120).members.invited.max() == 3


def test_invited_newcomers_invite_more(kernels):
    """Gershon & Jiang 2024."""
    low, high = effect(REFERRAL, {"world.referral.referred_factor": 2.0}, total("invitations"))
    assert high > low > 0


def test_the_invite_gate_leaves_growth_to_members(kernels):
    closed = {"policy.entry.gate": Gate.MEMBER_INVITE}
    assert_falls((INFLOW, REFERRAL), closed, "joins")
    assert_falls((INFLOW, REFERRAL), closed, total("joins_organic"))


@pytest.mark.parametrize("route", ["joins_word_of_mouth"])
def test_loved_communities_spread_by_word_of_mouth(kernels, route):
    """M02: satisfaction, trust and belonging weigh the word of mouth."""
    spread = {**INFLOW, "world.arrival.q_imitation": 0.02}
    assert_rises(spread, {"world.activity.first_belonging": 0.6}, total(route))
