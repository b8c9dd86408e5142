"""The joining side at shipped values: levers vary, coefficients do not. Paired seeds, 95 %.

Each test says what was measured outside and asks for its sign, or for its band.
"""

from __future__ import annotations

import numpy as np
import pytest
from communities import lived, runs
from scipy import stats

from plaza_lab.agents.member import Status
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.validation import effects
from plaza_lab.scenarios.validation.lab import Lab
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

SEEDS = range(1, 21)
HALF_YEAR = 182
OPEN = ("entry=open", "fund=brand_funded")
RICH = (*OPEN, "fund.brand_week_cents=1000000000")


def lives(words, days=HALF_YEAR, seeds=SEEDS):
    """Runs of a shipped world under options and levers, as on the command line."""
    return runs(one_policy(list(words)).setting, seeds, days)


def sums(results, name, first=0, last=None):
    """Sum of a daily metric, by run."""
    return np.array([run.days[first:last, mt.NAMES.index(name)].sum() for run in results])


def ends(results, name):
    """Last value of a daily metric, by run."""
    return np.array([run.days[-1, mt.NAMES.index(name)] for run in results])


def outcomes(results, name):
    """One outcome, by run."""
    return np.array([run.outcomes[name] for run in results])


def interval(after, before):
    """95 % interval of a paired difference."""
    difference = np.asarray(after, float) - np.asarray(before, float)
    error = difference.std(ddof=1) / np.sqrt(difference.size)
    reach = stats.t.ppf(0.975, difference.size - 1) * error
    return difference.mean() - reach, difference.mean() + reach


def fee(yuan):
    """A gate that asks for so many yuan, and keeps no pool of them."""
    gate = ("entry=fee", f"entry.fee_cents={100 * yuan}") if yuan else ("entry=open",)
    return lives((*gate, "fund=none"))


@pytest.mark.slow
@pytest.mark.mechanism("M10")
def test_joins_fall_with_every_step_of_the_fee(kernels):
    """Small charges cut take-up strongly (Cohen & Dupas 2010); at 10,000 yuan nobody comes."""
    joins = [sums(fee(yuan), "joins") for yuan in (0, 50, 200, 1000, 10_000)]
    for dearer, cheaper in zip(joins[1:], joins, strict=False):
        assert interval(dearer, cheaper)[1] < 0
    assert joins[-1].sum() == 0
    small = np.log(joins[1].sum() / joins[0].sum())
    assert -2.5 < small < -0.4  # of few who come, a rate moves as odds do


@pytest.mark.mechanism("M10")
def test_founders_pay_the_usual_fee_and_not_any_fee(kernels):
    """Under 5 % pay 10,000 yuan and stay; all pay the 200 they have agreed to."""
    usual, dear = (outcomes(fee(yuan), "membership_retention") for yuan in (200, 10_000))
    assert dear.max() < 0.05
    assert usual.min() > 0.5
    tables = lived(one_policy(["entry=fee", "entry.fee_cents=100000"]).setting, 1, 7)
    journal = tables.journal[: tables.fund_state[0].n_journal]
    first = journal[(journal.day == 0) & (journal.purpose == fund.ENTRY_FEE)]
    stay = (tables.members.left[:500] > 0).sum()
    assert 0 < stay < 50
    assert first.amount_cents.sum() == 100_000 * stay


@pytest.mark.slow
@pytest.mark.mechanism("M03", "M129")
def test_a_referral_reward_brings_more_at_every_step(kernels):
    """Gershon & Jiang 2024; abuse 1-10 % of what is rewarded (science.md A.2)."""
    found = [
        lives((*RICH, f"acquisition.referral_reward_cents={100 * yuan}"), 364)
        for yuan in (0, 20, 100, 1000)
    ]
    for more, less in zip(found[1:], found, strict=False):
        assert interval(sums(more, "joins"), sums(less, "joins"))[1] > 0
        assert sums(more, "joins").mean() > sums(less, "joins").mean()
        assert interval(sums(more, "invitations"), sums(less, "invitations"))[0] > 0
        assert ends(more, "farmers").mean() > ends(less, "farmers").mean()
    assert interval(sums(found[2], "joins"), sums(found[0], "joins"))[0] > 0
    fakes = sums(found[2], "fake_joins").sum() / sums(found[2], "joins_referral").sum()
    assert 0.01 < fakes < 0.15


@pytest.mark.slow
@pytest.mark.mechanism("M03")
def test_who_recommends_for_a_reward_stays(kernels):
    """Garnefeld et al. 2013: fewer of those in the scheme leave."""
    many = range(1, 81)
    scheme = lives((*RICH, "acquisition.referral_reward_cents=10000"), 364, many)
    kept = [outcomes(r, "membership_retention") for r in (scheme, lives(RICH, 364, many))]
    assert interval(*kept)[0] > 0


def media(week_yuan):
    """Paid reach of so many yuan a week for a year, in the usual market of 20,000."""
    return lives((*RICH, "acquisition=paid_media",
                  f"acquisition.media_week_cents={100 * week_yuan}"), 364, range(1, 9))  # fmt: skip


@pytest.mark.slow
@pytest.mark.mechanism("M01")
def test_a_market_that_runs_dry_makes_joins_dear(kernels):
    """A hundred times the money: joins below the market, each at thrice the cost and more."""
    usual, flood = media(1000), media(100_000)
    assert sums(flood, "joins").max() < 20_000
    cost = [outcomes(r, "cost_per_join_paid_yuan").mean() for r in (usual, flood)]
    assert cost[1] > 3 * cost[0]
    tight = lives((*RICH, "acquisition=paid_media", "acquisition.media_week_cents=1000000",
                   "world.arrival.market_size=2000"), HALF_YEAR, range(1, 5))  # fmt: skip
    assert sums(tight, "joins").max() < 1500


@pytest.mark.slow
@pytest.mark.mechanism("M43", "M129")
def test_a_prize_is_heard_of_outside(kernels):
    """A prize x10: more answers, joins and farmers; retention at most 2 points lower."""
    prize = (*OPEN, "incentive=weekly_prize")
    once, tenfold = lives(prize, 364), lives((*prize, "fund.brand_week_cents=2000000"), 364)
    for name in ("answers", "joins", "joins_reward"):
        assert interval(sums(tenfold, name), sums(once, name))[0] > 0, name
    assert interval(ends(tenfold, "farmers"), ends(once, "farmers"))[0] > 0
    assert interval(outcomes(tenfold, "retention"), outcomes(once, "retention"))[0] > -0.02
    assert sums(lives(OPEN), "joins_reward").sum() == 0


@pytest.mark.slow
@pytest.mark.mechanism("M45")
def test_pay_for_an_act_goes_on_moving_beyond_the_doses_tried(kernels):
    """More for more, in ever larger steps of money (Thornton 2008 and beyond)."""
    pay = [
        lives((*RICH, f"incentive.oneoff_cents={100 * yuan}", "incentive.oneoff_weeks=30"))
        for yuan in (20, 100, 1000, 5000)
    ]
    for more, less in zip(pay[1:], pay, strict=False):
        assert interval(sums(more, "answers"), sums(less, "answers"))[0] > 0


@pytest.mark.slow
def test_paid_arrivals_come_again_less(kernels):
    """October surges: odds of contributing again .25 to .60 of others'."""
    lab = Lab()
    odds = [effects.paid_return(lab.chronicle("paid reach", seed)) for seed in range(1, 13)]
    assert 0.25 < np.median(odds) < 0.60


KOCS = (*RICH, "koc=incubate", "koc.slots=50")


@pytest.mark.slow
@pytest.mark.mechanism("M50", "M51")
def test_kocs_weigh_work_and_pay(kernels):
    """Paid well hardly anybody refuses; of 14 unpaid items a week most do."""
    paid = lives((*KOCS, "koc.fee_item_cents=100000"))
    unpaid = lives((*KOCS, "koc.fee_item_cents=0"))
    swamped = lives((*KOCS, "koc.fee_item_cents=0", "koc.sponsored_week=14"))
    assert interval(sums(unpaid, "koc_refusals"), sums(paid, "koc_refusals"))[0] > 0
    assert interval(ends(swamped, "kocs"), ends(unpaid, "kocs"))[1] < 0
    assert ends(swamped, "kocs").mean() < 0.3 * ends(unpaid, "kocs").mean()
    assert sums(swamped, "koc_quits").sum() > 0


@pytest.mark.slow
@pytest.mark.mechanism("M50", "M51")
def test_kocs_with_fees_move_joins_and_purchases(kernels):
    """Word of KOCs: joins and purchases above none, purchases by less than a fifth."""
    none, some = lives(RICH, 364, range(1, 41)), lives(KOCS, 364, range(1, 41))
    assert interval(sums(some, "joins"), sums(none, "joins"))[0] > 0
    assert interval(sums(some, "purchases"), sums(none, "purchases"))[0] > 0
    assert sums(some, "purchases").sum() < 1.2 * sums(none, "purchases").sum()


@pytest.mark.mechanism("M51")
def test_a_koc_earns_her_fee_and_has_followers(kernels):
    """Fees go to the one who wrote; her readers hold ties to her; some leave with her."""
    tables = lived(one_policy(list(KOCS)).setting, 3, 364)
    journal = tables.journal[: tables.fund_state[0].n_journal]
    fees = journal[journal.purpose == fund.KOC_FEE]
    kocs = tables.kocs[: tables.kocs_state[0].n_kocs]
    assert len(fees) and np.isin(fees.member, kocs.member).all()
    earned = np.array([fees.amount_cents[fees.member == row].sum() for row in kocs.member])
    assert (earned[kocs.sponsored > 0] > 0).all()
    assert tables.daily[:364, mt.KOC_FOLLOWERS].sum() > 0
    here = tables.fate.status[: tables.people_state[0].n_rows] != Status.LEFT
    used = np.arange(tables.ties.shape[1]) < tables.members.n_ties[: here.size, None]
    held = tables.ties.other[: here.size][used & here[:, None]]
    assert np.isin(held, kocs.member).sum() > len(kocs)
    assert sums(lives(KOCS, 364), "koc_followers_lost").sum() > 0


@pytest.mark.mechanism("M105")
def test_a_fitting_partner_brings_more_by_a_factor(kernels):
    """Hillstrom: the visit lift where it fits over where it does not, 1.1 to 7."""
    deal = (*OPEN, "partnership=co_marketing", "partnership.min_fit=0",
            "world.partnership.join_value_cents=100000")  # fmt: skip
    brought = [
        sums(lives((*deal, f"world.partnership.fit_a={a}", f"world.partnership.fit_b={b}")),
             "joins_partner").sum()
        for a, b in ((50, 0.1), (0.1, 50))
    ]  # fmt: skip
    assert 1.1 < brought[0] / brought[1] < 7


@pytest.mark.mechanism("M95")
def test_a_purchase_is_no_visit(kernels):
    """Buyers or not: the same, but for purchases and the invitations of who recommends."""
    none, all_ = (
        lives((f"world.purchase.buyer_share={share}", "world.funnel.advocate_gain=0.0"))
        for share in (0, 1)
    )
    assert sums(all_, "purchases").sum() > 0 == sums(none, "purchases").sum()
    for name in ("retention", "membership_retention", "active_share"):
        assert (outcomes(all_, name) == outcomes(none, name)).all()


@pytest.mark.mechanism("M57")
@pytest.mark.parametrize("weeks", [1, 26])
def test_a_week_has_one_budget(kernels, weeks):
    """26 weeks, 26 payments: on the first day of each."""
    tables = lived(one_policy(list(OPEN)).setting, 1, 7 * weeks)
    journal = tables.journal[: tables.fund_state[0].n_journal]
    paid_in = journal[journal.purpose == fund.BRAND_SUBSIDY]
    paid_in = paid_in[paid_in.amount_cents > 0]
    assert paid_in.day.tolist() == list(range(0, 7 * weeks, 7))


@pytest.mark.mechanism("M93")
def test_offers_bring_visits_and_purchases(kernels):
    """Hillstrom: visits of those written to rise in two weeks, purchases x1.5 to x2.2."""
    crm = (*RICH, "crm=segments", "crm.offer_cents=500")
    without, with_ = (lives((*crm, f"crm.offer_week_cents={cents}"), 28, range(1, 41))
                      for cents in (0, 1_000_000))  # fmt: skip
    assert interval(sums(with_, "dau", 7, 21), sums(without, "dau", 7, 21))[0] > 0
    ratio = sums(with_, "purchases", 7, 21).sum() / sums(without, "purchases", 7, 21).sum()
    assert 1.5 < ratio < 2.2


@pytest.mark.mechanism("M94")
def test_a_contact_wins_some_back(kernels):
    """Kumar et al. 2015: odds of coming back by contact, log-odds .1 to .8."""
    found = lives(("fund=mixed", "crm=winback"), 364, range(1, 41))
    assert sums(found, "won_back").sum() > 0
    kept = [
        sums(found, f"winback_{arm}_kept").sum() / sums(found, f"winback_{arm}").sum()
        for arm in ("treated", "control")
    ]
    odds = [share / (1 - share) for share in kept]
    assert 0.1 < np.log(odds[0] / odds[1]) < 0.8


@pytest.mark.slow
def test_twice_the_people_in_twice_the_market_live_alike(kernels):
    """Per head, with the founder's hours doubled too: within 10 %, growth aside."""
    one = lives(("entry=open", "fund=none"), 364)
    doubled = (
        "population.initial_members=1000",
        "world.arrival.market_size=40000",
        "stewarding.founder_hours_week=14",
    )
    two = lives(("entry=open", "fund=none", *doubled), 364)
    for name in ("answers", "posts", "visits", "purchases", "joins"):
        column = "dau" if name == "visits" else name
        assert sums(two, column).mean() / 2 == pytest.approx(sums(one, column).mean(), rel=0.1)
    for name in ("retention", "membership_retention", "active_share"):
        assert outcomes(two, name).mean() == pytest.approx(outcomes(one, name).mean(), rel=0.1)
