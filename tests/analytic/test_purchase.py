"""Purchase: BG/NBD counts and Gamma-Gamma spend against their closed forms and the CDNOW log."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, STILL, daily, lived, setting
from scipy.special import hyp2f1

from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import World
from plaza_lab.sim.state import fund

LAW = World().purchase
WEEKS = 39
CUSTOMERS = {
    **STILL,
    "population.initial_members": 2000,
    "population.ties": 0.0,
    "world.purchase.buyer_share": 1.0,
    "world.purchase.belonging_gain": 0.0,
}
"""Customers who buy by the law alone."""


@pytest.fixture(scope="module")
def customers(kernels):
    """20,000 customers over 39 weeks."""
    return [lived(setting(CUSTOMERS), seed, 7 * WEEKS) for seed in range(10)]


def buys(communities) -> np.ndarray:
    return np.concatenate([t.members.buys[: t.people_state[0].n_rows] for t in communities]).astype(
        float
    )


def no_purchase(weeks):
    """P(X(t) = 0) = (alpha / (alpha + t)) ** r (Fader, Hardie & Lee 2005)."""
    return (LAW.rate_weeks / (LAW.rate_weeks + weeks)) ** LAW.rate_shape


def expected_purchases(weeks):
    """E[X(t)] of BG/NBD."""
    r, alpha, a, b = LAW.rate_shape, LAW.rate_weeks, LAW.dropout_a, LAW.dropout_b
    f = hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
    return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + weeks)) ** r * f)


def test_the_share_without_purchase_is_the_closed_form(customers):
    """20,000 customers, 4 standard errors."""
    share = (buys(customers) == 0).mean()
    expected = no_purchase(WEEKS)
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / 20_000)


@pytest.mark.parametrize("weeks", [4, 13, 39])
def test_mean_purchases_are_the_closed_form(customers, weeks):
    """4 standard errors, and 2 % for buying at most once a day."""
    counts = np.array([t.daily[: 7 * weeks, mt.PURCHASES].sum() for t in customers]) / 2000
    expected = expected_purchases(weeks)
    error = counts.std(ddof=1) / np.sqrt(counts.size)
    assert abs(counts.mean() - expected) < 4 * error + 0.02 * expected


def test_cdnow_customers_who_never_bought_again():
    """Cohort of the first 12 weeks watched to week 39: the law's .594 against .599 in the log."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdnow" / "purchases.csv.gz"
    if not path.exists():
        pytest.skip("the CDNOW log is not here")
    first: dict[str, str] = {}
    again: set[str] = set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            who, day = row["customer_id"], row["date"]
            if who in first and first[who] < day <= "19970930":
                again.add(who)
            first.setdefault(who, day)
    seen = 1 - len(again) / len(first)
    ages = np.linspace(WEEKS - 12, WEEKS, 1000)
    assert no_purchase(ages).mean() == pytest.approx(seen, abs=0.01)


def test_spend_is_gamma_gamma(customers):
    """Mean spend per purchase p g / (q - 1) = 239.7 yuan; rates do not depend on counts."""
    yuan = sum(t.daily[:, mt.SALES_YUAN].sum() for t in customers)
    n = sum(t.daily[:, mt.PURCHASES].sum() for t in customers)
    expected = LAW.spend_shape * LAW.spend_scale_yuan / (LAW.spend_mix - 1)
    assert yuan / n == pytest.approx(expected, rel=0.06)


def test_goods_cost_what_the_margin_leaves(customers):
    tables = customers[0]
    journal = tables.journal[: tables.fund_state[0].n_journal]
    sold = journal.amount_cents[journal.purpose == fund.SALE]
    goods = journal.amount_cents[journal.purpose == fund.COST_OF_GOODS]
    assert (goods == sold - (sold * LAW.margin).astype(int)).all()


@pytest.mark.mechanism("M95")
def test_belonging_raises_purchases_in_proportion(kernels):
    """Rate x (1 + gain x belonging): with gain 5 at belonging .5, 3.5 times the rate."""
    fixed = {
        **CUSTOMERS,
        "world.purchase.dropout_a": 0.001,
        "world.purchase.dropout_b": 500.0,
        "world.purchase.rate_shape": 20.0,
        "world.purchase.rate_weeks": 100.0,
        "world.belonging.belonging_decay": 0.0,
        "population.initial_members": 1000,
    }
    plain = daily(setting(fixed), "purchases", range(8), 84)
    gain = {**fixed, "world.purchase.belonging_gain": 5.0}
    lived_in = lived(setting(gain), 0, 84)
    belonging = lived_in.members.belonging[:1000].mean()
    more = daily(setting(gain), "purchases", range(8), 84)
    assert more.sum() / plain.sum() == pytest.approx(1 + 5 * belonging, rel=0.04)


def test_lost_customers_never_buy_again(kernels):
    lost = setting(CUSTOMERS, {"world.purchase.dropout_a": 50.0, "world.purchase.dropout_b": 0.001,
                               "population.initial_members": 500})  # fmt: skip
    assert lived(lost, 1, 200).members.buys.max() == 1


def test_those_who_are_no_customers_buy_nothing(kernels):
    few = setting(CLOSED, FAITHFUL, {"population.initial_members": 2000,
                                     "world.purchase.buyer_share": 0.3})  # fmt: skip
    tables = lived(few, 1, 30)
    rates = tables.members.buy_rate[:2000]
    never = (tables.members.buys[:2000] == 0) & (rates == 0)
    assert abs(never.mean() - 0.7) < 0.05
    assert tables.members.buys[:2000][rates > 0].sum() > 0
