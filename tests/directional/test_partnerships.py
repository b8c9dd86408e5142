"""Partners decide: what is refused, who comes, who leaves, what a leak does. Small communities."""

from __future__ import annotations

import numpy as np
import pytest
from communities import live_by_hand, lived, opened, setting

from plaza_lab.agents.member import Route
from plaza_lab.agents.partner import Deal
from plaza_lab.engine.plain import plain
from plaza_lab.sim.policy import Form, Scope
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import deals, fund

DAYS = 140
WITH = {
    "population.initial_members": 150,
    "policy.fund.brand_week_cents": 1_000_000,
    "policy.partnership.form": Form.CO_MARKETING,
    "policy.partnership.min_fit": 0.0,
    "policy.partnership.deals": 3,
    "policy.partnership.pool": 12,
    "world.partnership.join_value_cents": 100_000,
    "world.partnership.negotiation_days": 2,
}


def signed(tables, days=DAYS):
    return tables.daily[:days, mt.DEALS_SIGNED].sum()


@pytest.mark.mechanism("M102")
def test_talks_with_nothing_to_gain_end_always(kernels):
    """Statement 1: nobody gains by a join, a view or a memory: no deal, whatever is said."""
    nothing = {"world.partnership.join_value_cents": 0, "world.partnership.view_value_cents": 0,
               "world.partnership.recall_value_cents": 0.0,
               "policy.partnership.has_counteroffers": True}  # fmt: skip
    runs = [lived(setting(WITH, nothing), seed, DAYS) for seed in (1, 2, 3)]
    assert [signed(run) for run in runs] == [0, 0, 0]
    assert all(run.daily[:DAYS, mt.DEALS_REFUSED].sum() > 3 for run in runs)
    assert all(run.daily[:DAYS, mt.JOINS_PARTNER].sum() == 0 for run in runs)


def test_a_partner_without_audience_brings_nobody(kernels):
    """Statements 2 and 3: neither no audience nor one that is here already brings a join."""
    for nobody in (
        {"world.partnership.audience_median": 0.0},
        {"world.partnership.overlap_a": 50.0, "world.partnership.overlap_b": 0.1},
    ):
        run = lived(setting(WITH, nobody), 2, DAYS)
        assert run.daily[:DAYS, mt.JOINS_PARTNER].sum() <= 1


@pytest.mark.mechanism("M133")
def test_two_exclusive_rivals_are_never_both_signed(kernels):
    """Statement 5; without exclusivity rivals do meet in some run."""
    met = {False: 0, True: 0}
    for exclusive in met:
        which = setting(WITH, {"policy.partnership.is_exclusive": exclusive,
                               "policy.partnership.deals": 8, "policy.partnership.pool": 32,
                               "world.partnership.rival_veto": 0.0})  # fmt: skip

        def after(tables, day, name, exclusive=exclusive):
            if name != "contract" or day % 7:
                return
            live = [
                int(d.partner)
                for d in tables.deals
                if d.partner >= 0 and deals.is_open.py_func(d.state)
            ]
            met[exclusive] += sum(
                plain(deals.relation)(tables, a, b) < deals.RIVAL
                for a in live
                for b in live
                if a < b
            )

        live_by_hand(opened(which, 3, 84, 4000), 0, 84, after)
    assert met[True] == 0 and met[False] > 0


def test_the_partners_of_a_dying_community_leave(kernels):
    """Statement 6: active members fall to nearly none; in two months four in five are gone."""
    left = []
    for seed in (1, 2, 3):
        which = setting(WITH, {"policy.partnership.term_weeks": 104,
                               "world.contract.dispute_month": 0.0})  # fmt: skip
        tables = live_by_hand(opened(which, seed, 220, 6000), 0, 120)
        before = sum(int(d.partner) >= 0 and bool(deals.is_live.py_func(d.state))
                     for d in tables.deals)  # fmt: skip

        def silence(tables, day, name):
            if name == "contract":
                tables.daily[day - 1, mt.ACTIVE_28D] = 4.0
                tables.partnership_state.pending_exposure = 0.0

        tables = live_by_hand(tables, 120, 176, None, silence)
        after = sum(int(d.partner) >= 0 and bool(deals.is_live.py_func(d.state)) and d.signed < 120
                    for d in tables.deals)  # fmt: skip
        left.append((before, after))
    assert sum(before for before, _ in left) >= 3
    assert sum(after for _, after in left) <= 0.2 * sum(before for before, _ in left)


@pytest.mark.mechanism("M110")
def test_a_leak_ends_deals_with_user_level_data_and_spares_aggregates(kernels):
    """Statement 11."""
    kept = {}
    for scope in (Scope.USER_LEVEL, Scope.AGGREGATE):
        which = setting(WITH, {"policy.partnership.data_scope": scope,
                               "world.contract.exit_hazard_month": 0.0,
                               "world.contract.dispute_month": 0.0})  # fmt: skip
        tables = live_by_hand(opened(which, 2, 70, 4000), 0, 60)
        live = [d for d in tables.deals if d.partner >= 0 and deals.is_live.py_func(d.state)]
        assert live
        tables.partnership_state.leak_day, tables.partnership_state.leak_by = 59, -1
        tables = live_by_hand(tables, 60, 61)
        kept[scope] = np.mean([bool(deals.is_live.py_func(d.state)) for d in live])
    assert kept == {Scope.USER_LEVEL: 0.0, Scope.AGGREGATE: 1.0}


def test_joins_and_purchases_belong_to_a_deal(kernels):
    """Every join through partners is credited to one deal, and to its partner."""
    run = lived(setting(WITH, {"world.purchase.buyer_share": 1.0}), 2, DAYS)
    came = run.daily[:DAYS, mt.JOINS_PARTNER].sum()
    assert came > 0
    assert run.deals.joins.sum() == run.partners.joins.sum() == came
    rows = run.people_state[0].n_rows
    via = run.members.route[:rows] == Route.PARTNER
    assert (run.members.inviter[:rows][via] <= -2).all()


def test_purses_and_the_fund_agree_and_who_left_rests(kernels):
    run = lived(
        setting(
            WITH,
            {
                "policy.partnership.term_weeks": 6,
                "world.contract.exit_hazard_month": 1.0,
                "world.contract.surplus_weight": 0.0,
            },
        ),
        2,
        DAYS,
    )
    assert run.partners.purse_cents.sum() == run.balances[fund.PARTNER]
    ended = run.partners[run.partners.deal == Deal.ENDED]
    assert ended.size > 0 and (ended.slot == -1).all() and (ended.purse_cents == 0).all()
    assert (ended.until > DAYS).all()


def test_more_departments_sign_later_and_gain_less(kernels):
    """Statement 18."""
    first, gain = [], []
    for heads in (1, 12):
        runs = [lived(setting(WITH, {"world.contract.host_departments": heads}), seed, DAYS)
                for seed in (1, 2, 3)]  # fmt: skip
        first.append(np.mean([np.flatnonzero(run.daily[:, mt.DEALS_SIGNED])[0] for run in runs]))
        state = [run.partnership_state[0] for run in runs]
        gain.append(sum(s.host_benefit_cents - s.host_cost_cents for s in state))
    assert first[0] < first[1]
    assert gain[0] > gain[1]
