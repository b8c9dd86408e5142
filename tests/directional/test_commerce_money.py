"""Money of the brand and the fund: budget, dues that lapse, income and its price, purchases."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, live_by_hand, lived, opened, paid, posted, setting
from effects import assert_falls, assert_rises, late, share

from plaza_lab.agents.member import Contact
from plaza_lab.sim.policy import IncompatiblePolicy, Intensity, LapseRule
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.commerce_outcomes import top_share
from plaza_lab.sim.state import fund

SEEDS = range(1, 9)
FUNDED = {"population.initial_members": 200, "policy.fund.brand_week_cents": 500_000}

# ---- budget (M57) --------------------------------------------------------------------------

STAFFED = {
    **FUNDED,
    "policy.content.brand_posts_day": 4.0,
    "policy.fund.needs_staff": True,
    "policy.fund.staff_hours_week": 14.0,
}


@pytest.mark.mechanism("M57")
def test_without_budget_nothing_is_done(kernels):
    """R41: staff, items, KOCs, reach: all of it takes money, and none is left out."""
    broke = {
        "policy.fund.brand_week_cents": 0,
        "policy.fund.opening_cents": 1,
        "policy.content.item_cost_cents": 1000,
        "policy.acquisition.media_week_cents": 50_000,
        "policy.crm.has_winback": True,
        "policy.crm.winback_cut": 0.0,
    }
    tables = lived(setting(STAFFED, broke), 1, 60)
    assert not posted(tables).amount_cents[posted(tables).payer == fund.BRAND_POOL].sum() > 1
    did = tables.daily[:, [mt.BRAND_ITEMS, mt.WINBACK_CONTACTS, mt.JOINS_PAID, mt.KOC_ITEMS]]
    assert did.sum() == 0
    assert tables.daily[:, mt.POLICY_STOPS].sum() > 0
    assert lived(setting(STAFFED), 1, 60).daily[:, mt.BRAND_ITEMS].sum() > 0


@pytest.mark.mechanism("M57")
def test_staffing_limits_what_the_brand_publishes(kernels):
    items = [
        lived(setting(STAFFED, {"policy.fund.staff_hours_week": hours}), 1, 70)
        .daily[:, mt.BRAND_ITEMS]
        .sum()
        for hours in (2.0, 14.0, 1000.0)
    ]
    assert items[0] == 10  # two hours an item: one a week
    assert 60 <= items[1] <= 70
    assert items[2] > 200
    wages = paid(lived(setting(STAFFED), 1, 70), fund.WAGE)
    assert (wages == 14 * 7_700).all()
    assert wages.size == 10


@pytest.mark.mechanism("M57")
def test_no_activity_uses_the_part_of_another(kernels):
    """The envelopes sum to the brand's money, and an empty one stops its activity alone."""
    allocated = {
        **FUNDED,
        "policy.fund.is_allocated": True,
        "policy.content.item_cost_cents": 2000,
        "policy.content.brand_posts_day": 3.0,
        "policy.acquisition.media_week_cents": 50_000,
    }
    tables = lived(setting(allocated, {"policy.fund.content_share": 0.0}), 1, 60)
    assert tables.envelopes.sum() == tables.balances[fund.BRAND_POOL]
    assert (tables.envelopes >= 0).all()
    assert paid(tables, fund.CONTENT).sum() == 0
    assert paid(tables, fund.MEDIA).sum() > 0
    assert tables.daily[:, mt.BRAND_ITEMS].sum() == 0
    assert paid(lived(setting(allocated), 1, 60), fund.CONTENT).sum() > 0


def test_shares_of_the_budget_sum_to_one():
    with pytest.raises(IncompatiblePolicy, match=r"sum to 1\.6"):
        setting(FUNDED, {"policy.fund.is_allocated": True, "policy.fund.content_share": 1.0})
    with pytest.raises(IncompatiblePolicy, match="no brand money"):
        setting({"policy.fund.is_allocated": True})


# ---- dues that lapse (M55) -----------------------------------------------------------------

DUES = {
    **CLOSED,
    "population.initial_members": 200,
    "policy.fund.dues_month_cents": 1000,
    "world.dues.unpaid_base": -2.0,
}
LEAVE = {"policy.fund.lapse_rule": LapseRule.LEAVE}
LAPSE = {"policy.fund.lapse_rule": LapseRule.LAPSE}


@pytest.mark.mechanism("M55")
def test_those_who_do_not_pay_are_out_after_the_grace(kernels):
    """R40: lapse; the pool shrinks with who leaves."""
    assert_falls(DUES, LEAVE, "members_end", seeds=SEEDS)
    assert_falls(DUES, LEAVE, "dues_yuan", seeds=SEEDS)


@pytest.mark.mechanism("M55")
def test_payers_and_debtors_are_all_members(kernels):
    tables = lived(setting(DUES, FAITHFUL, LAPSE), 1, 1)
    rows = int(tables.people_state[0].n_rows)
    owe = (tables.members.contact[:rows] & Contact.ARREARS) > 0
    assert 0 < owe.sum() == tables.dues_state[0].n_arrears < 200
    assert paid(tables, fund.DUES).tolist() == [1000 * (200 - owe.sum())]


@pytest.mark.mechanism("M55")
def test_a_change_of_mind_within_the_grace_pays(kernels):
    """Members who feel better by then pay late; nobody pays twice."""

    def cheer(tables, day, name):
        if name == "dues" and day == 14:
            for feeling in ("belonging", "satisfaction", "trust"):
                tables.members[feeling] = 1.0

    tables = opened(setting(DUES, FAITHFUL, LAPSE), 1, 20, 1200)
    live_by_hand(tables, 0, 20, None, cheer)
    dues = posted(tables)[posted(tables).purpose == fund.DUES]
    assert set(dues.day.tolist()) <= {0, 14}
    assert 14 in dues.day
    assert dues.amount_cents.sum() == 1000 * (200 - tables.dues_state[0].n_arrears)


@pytest.mark.mechanism("M55")
def test_debtors_win_no_prize(kernels):
    prize = {
        "policy.incentive.has_prize": True,
        "policy.fund.dues_prize_share": 1.0,
        "policy.incentive.prize_gap_weeks": 0,
        "world.dues.unpaid_base": 0.0,
        "world.help.answer_base": 2.0,
    }
    tables = lived(setting(DUES, FAITHFUL, LAPSE, prize), 1, 28)
    journal = posted(tables)
    winners = journal.member[(journal.purpose == fund.PRIZE) & (journal.day < 14)]
    lapsed = (tables.members.contact[:200] & Contact.ARREARS) > 0
    assert winners.size > 0
    # nobody came back into good standing in the first fortnight
    started = lived(setting(DUES, FAITHFUL, LAPSE, prize), 1, 14)
    assert not ((started.members.contact[winners] & Contact.ARREARS) > 0).any()
    assert lapsed.sum() > 20


def test_dues_lapse_only_where_there_are_dues():
    with pytest.raises(IncompatiblePolicy, match="only where dues are charged"):
        setting(LEAVE)


# ---- income (M58, M130) --------------------------------------------------------------------

GROUP = {"population.initial_members": 250, "world.activity.read_rate": 0.3}
SHOP = {"policy.monetisation.has_ecommerce": True, "world.monetising.order_base": 0.05}
HARD = {"policy.monetisation.intensity": Intensity.HIGH}


@pytest.mark.mechanism("M58")
@pytest.mark.parametrize(
    ("lever", "purpose"),
    [
        ("has_paid_content", fund.PAID_CONTENT),
        ("has_ecommerce", fund.ORDER),
        ("has_licensing", fund.LICENSING),
    ],
)
def test_income_is_posted_and_shared(kernels, lever, purpose):
    """R42: each source alone; the fund's share is what the lever says, to the cent of each day."""
    change = {f"policy.monetisation.{lever}": True, "policy.monetisation.share_to_fund": 0.4}
    tables = lived(setting(GROUP, change), 1, 90)
    earned = tables.daily[:, mt.INCOME_YUAN].sum()
    assert paid(tables, purpose).sum() > 0
    shared = paid(tables, fund.INCOME_SHARE).sum() / 100
    assert earned > 0
    assert 0.4 * earned - 0.9 < shared <= 0.4 * earned + 1e-6
    assert tables.balances[fund.BRAND_POOL] == round(100 * shared)


@pytest.mark.mechanism("M58")
def test_monetising_costs_trust(kernels):
    """R42: income is posted and the trust cost applied."""
    assert_rises(GROUP, SHOP, "income_yuan", seeds=SEEDS)
    assert_falls(GROUP, SHOP, "trust_end", seeds=SEEDS)


@pytest.mark.mechanism("M130")
def test_extraction_is_quick_income_and_slow_erosion(kernels):
    """M130: selling hard earns more at once, and costs the will to contribute."""
    sold = (GROUP, SHOP)
    assert_rises(sold, HARD, lambda run: float(run.days[:28, _index("income_yuan")].sum()))
    assert_falls(sold, HARD, "motive_end", seeds=SEEDS)
    assert_falls(sold, HARD, late("trust"), seeds=SEEDS)


@pytest.mark.mechanism("M130")
def test_sharing_spares_the_will_to_contribute(kernels):
    kept = (GROUP, SHOP, HARD)
    assert_rises(kept, {"policy.monetisation.share_to_fund": 1.0}, "motive_end", seeds=SEEDS)


def _index(name: str) -> int:
    return mt.NAMES.index(name)


# ---- purchases (M95) -----------------------------------------------------------------------

BUYERS = {
    **CLOSED,
    "population.initial_members": 400,
    "world.purchase.buyer_share": 1.0,
    "world.purchase.rate_weeks": 2.0,
    "world.purchase.dropout_a": 0.1,
}
PER_BUYER = share("purchases", "members")


@pytest.mark.mechanism("M95")
def test_purchases_again_rise_with_belonging_and_standing(kernels):
    """R62: repurchase rises with belonging, with reputation, with trust, with peers."""
    weighed = (BUYERS, {"world.purchase.social_strength": 1.0})
    assert_rises(BUYERS, {"world.activity.first_belonging": 0.8}, PER_BUYER, seeds=SEEDS)
    for weight in ("reputation_weight", "trust_weight", "peer_weight"):
        none = {f"world.purchase.{weight}": 0.0, "world.belonging.trust_gain": 0.05}
        much = {f"world.purchase.{weight}": 2.0}
        assert_rises((*weighed, none), much, PER_BUYER, seeds=SEEDS)


@pytest.mark.mechanism("M95")
def test_repurchase_rises_with_belonging_from_member_to_member(kernels):
    """R62: of those who bought, the more belonging bought again more often."""
    many = {
        "population.initial_members": 3000,
        "world.purchase.belonging_gain": 5.0,
        "world.purchase.rate_weeks": 4.79,
        "world.purchase.dropout_a": 0.001,
    }
    tables = lived(setting(BUYERS, FAITHFUL, many), 1, 182)
    bought = tables.members.buys[:3000] >= 1
    again = (tables.members.buys[:3000] >= 2)[bought]
    belonging = tables.members.belonging[:3000][bought]
    high = belonging > np.median(belonging)
    assert again[high].mean() > again[~high].mean() + 0.01


@pytest.mark.mechanism("M95")
def test_a_second_product_sells_where_it_fits_and_annoys_where_not(kernels):
    push = {"policy.monetisation.cross_sell": 1.0}
    assert_rises(BUYERS, push, "purchases_yuan", seeds=SEEDS)
    assert_falls(BUYERS, {**push, "world.purchase.cross_push": 0.2}, "trust_end", seeds=SEEDS)


@pytest.mark.mechanism("M95")
def test_personal_prices_trade_revenue_for_fairness(kernels):
    """R62: more sales, less trust."""
    personal = {"policy.monetisation.dynamic_price": 0.3}
    assert_rises(BUYERS, personal, "purchases_yuan", seeds=SEEDS)
    assert_falls(BUYERS, personal, "trust_end", seeds=SEEDS)


@pytest.mark.mechanism("M95")
def test_orders_in_advance_save_stock(kernels):
    stocked = (BUYERS, {"world.purchase.stock_share": 0.1})
    early = {"policy.monetisation.has_preorder": True}

    def wasted(run):
        journal = run.journal
        lost = journal.amount_cents[journal.purpose == fund.STOCK].sum()
        return float(lost / journal.amount_cents[journal.purpose == fund.SALE].sum())

    assert_falls(stocked, early, wasted, seeds=SEEDS)


@pytest.mark.mechanism("M95")
def test_thirty_per_cent_of_buyers_spend_seventy(kernels):
    """R02, F58, F59, W20: in brand_5000, within 3 points, in a year."""
    from plaza_lab.scenarios.settings.composing import compose

    brand = compose(["population=brand_5000"]).config.setting
    tables = lived(brand, 1, 364)
    spent = tables.members.spent[: tables.people_state[0].n_rows].astype(float)
    assert top_share(spent[spent > 0], 0.3) == pytest.approx(0.70, abs=0.03)
    assert abs(spent.sum() - (paid(tables, fund.SALE).sum() / 100)) < 1e-3 * spent.sum()


def test_the_mix_of_a_population_is_what_its_file_says(kernels):
    """R02: segment mixes from config; professionals know more, enthusiasts come more often."""
    many = {"population.initial_members": 3000}
    plain = lived(setting(CLOSED, many), 1, 1)
    mixed = lived(setting(CLOSED, many, {"population.professional_share": 0.2,
                                         "population.enthusiast_share": 0.3}), 1, 1)  # fmt: skip
    skilled = mixed.members.skill[:3000] > plain.members.skill[:3000]
    eager = mixed.members.visit_rate[:3000] > plain.members.visit_rate[:3000]
    assert skilled.mean() == pytest.approx(0.2, abs=0.03)
    assert eager.mean() == pytest.approx(0.3, abs=0.03)
    assert not (skilled & eager).any()
