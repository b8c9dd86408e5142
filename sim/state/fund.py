"""The fund: a double-entry journal in whole cents.

Every transfer has a day, a purpose, a payer, a payee and an amount. Balances are kept beside the
journal; their sum is always zero, because members and the outside are accounts too. A pool is
never drawn below zero: a payment it cannot cover is cut, and the cut is logged as a policy stop.
"""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
from numpy import int64 as i8

from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.levers import Clashes, levers
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric

METRICS = (
    Metric("fund_in_yuan", "yuan", "paid into the pools from outside", "T58"),
    Metric("fund_out_yuan", "yuan", "paid out of the pools, less points' backing come back", "T58"),
    Metric("policy_stops", "stops", "payments cut because a pool was empty", "T58"),
)
STATE: tuple[Var, ...] = (
    Var("n_journal", "i8", "rows", "journal rows in use", "M56"),
    Var("journal_lost", "i8", "rows", "journal rows that found no room; must stay 0", "M56"),
)


class LapseRule(enum.IntEnum):
    """What becomes of members who do not pay their dues (M55)."""

    NONE = 0
    LAPSE = 1
    LEAVE = 2


@levers("fund")
class Levers:
    """The brand's money, and the parts of it that are set aside."""

    brand_week_cents: int = quantity(0, "cents/week", (0, 10_000_000_000), "M57")
    """Budget the brand pays in each week, for prizes, points, KOCs and campaigns."""
    brand_prize_share: float = quantity(0.5, "share", (0.0, 1.0), "assumption")
    """Share of the brand's money that goes to prizes, where prizes run and no other pool pays them:
    of the budget week by week, of the grant over the horizon."""
    opening_cents: int = quantity(0, "cents", (0, 100_000_000_000), "assumption")
    """Grant: brand money paid in on day 0."""
    is_allocated: bool = quantity(False, "flag", source="M57")
    """The brand's money is set aside by the shares below; no activity uses another's part."""
    content_share: float = quantity(0.2, "share", (0.0, 1.0), "assumption (M57)")
    """Part of the brand's money for brand items."""
    koc_share: float = quantity(0.15, "share", (0.0, 1.0), "assumption (M57)")
    """Part for KOCs."""
    media_share: float = quantity(0.15, "share", (0.0, 1.0), "assumption (M57)")
    """Part for paid reach and referral rewards."""
    campaign_share: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M57)")
    """Part for campaigns with partners."""
    crm_share: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M57)")
    """Part for offers and win-back."""
    staff_share: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M57)")
    """Part for wages; what is left of 1 is for everything else, prizes included."""

    @property
    def has_brand_money(self) -> bool:
        """Whether the brand puts money in."""
        return self.brand_week_cents > 0 or self.opening_cents > 0

    @property
    def allocated_share(self) -> float:
        """Sum of the parts that are set aside by name."""
        return (
            self.content_share
            + self.koc_share
            + self.media_share
            + self.campaign_share
            + self.crm_share
            + self.staff_share
        )

    def clashes(self, policy: Any) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.is_allocated and self.allocated_share > 1.0 + 1e-9,
            f"the shares of the brand's money sum to {self.allocated_share:g}; "
            "make them sum to at most 1",
        )
        yield (
            self.is_allocated and not self.has_brand_money,
            "there is no brand money to allocate; choose fund=brand_funded or mixed",
        )


NOBODY = np.int64(-1)
"""No particular member: an aggregate."""

NOTHING = np.int64(0)

ACCOUNTS = (
    "outside", "members", "entry_pool", "dues_pool", "brand_pool", "brand", "points_reserve",
    "partner", "clearing",
)  # fmt: skip
OUTSIDE, MEMBERS, ENTRY_POOL, DUES_POOL, BRAND_POOL, BRAND, POINTS_RESERVE, PARTNER, CLEARING = (
    range(len(ACCOUNTS))
)
POOLS = (ENTRY_POOL, DUES_POOL, BRAND_POOL)

PURPOSES = (
    "entry_fee", "dues", "brand_subsidy", "prize", "stipend", "points_backing",
    "points_redemption", "koc_support", "koc_fee", "media", "referral_reward", "campaign",
    "content", "sale", "partner_benefit", "policy_stop", "cost_of_goods", "offline", "wage",
    "audit", "influencer", "challenge_prize", "star_host", "tip", "one_off", "survey_reward",
    "privileges", "service", "token_sale", "paid_content", "order", "licensing", "income_share",
    "offer", "win_back", "stock", "event", "event_income", "donation", "lottery", "channels",
    "book_sale", "royalty", "partner_budget", "coordination", "hosting",
    "trade", "trade_fee", "certification", "mediation", "seeking_orders", "crew_pay",
)  # fmt: skip
(
    ENTRY_FEE, DUES, BRAND_SUBSIDY, PRIZE, STIPEND, POINTS_BACKING, POINTS_REDEMPTION,
    KOC_SUPPORT, KOC_FEE, MEDIA, REFERRAL_REWARD, CAMPAIGN, CONTENT, SALE, PARTNER_BENEFIT,
    POLICY_STOP, COST_OF_GOODS, OFFLINE, WAGE, AUDIT, INFLUENCER, CHALLENGE_PRIZE, STAR_HOST, TIP,
    ONE_OFF, SURVEY_REWARD, PRIVILEGES, SERVICE, TOKEN_SALE, PAID_CONTENT, ORDER, LICENSING,
    INCOME_SHARE, OFFER, WIN_BACK, STOCK, EVENT, EVENT_INCOME, DONATION, LOTTERY, CHANNELS,
    BOOK_SALE, ROYALTY, PARTNER_BUDGET, COORDINATION, HOSTING, TRADE, TRADE_FEE,
    CERTIFICATION, MEDIATION, SEEKING_ORDERS, CREW_PAY,
) = range(len(PURPOSES))  # fmt: skip

ACTIVITIES = ("content", "kocs", "media", "campaigns", "crm", "staff", "other")
ON_CONTENT, ON_KOCS, ON_MEDIA, ON_CAMPAIGNS, ON_CRM, ON_STAFF, ON_OTHER = range(len(ACTIVITIES))
"""What the brand's budget can be set aside for (M57)."""

JOURNAL: tuple[Var, ...] = (
    Var("day", "i4", "day", "day of the transfer", "M56"),
    Var("purpose", "i1", "purpose", "what for", "M56"),
    Var("payer", "i1", "account", "who pays", "M56"),
    Var("payee", "i1", "account", "who receives", "M56"),
    Var("amount_cents", "i8", "cents", "how much, never negative", "M56"),
    Var("short_cents", "i8", "cents", "what a policy stop left unpaid", "M56"),
    Var("member", "i4", "row", "member concerned, -1 for an aggregate", "M56", -1),
)


@compiled()
def transfer(t, day, purpose, payer, payee, cents, member):
    """Post one transfer.

    Parameters
    ----------
    day : int
        Day.
    purpose, payer, payee : int
        Codes of this module.
    cents : int
        Amount, at least 0; nothing is posted for 0.
    member : int
        Row of the member concerned, or -1.
    """
    if cents <= 0:
        return
    _write(t, day, purpose, payer, payee, cents, NOTHING, member)
    t.balances[payer] -= cents
    t.balances[payee] += cents
    if t.policy[0].fund.is_allocated:
        if payee == BRAND_POOL:
            _fill(t, cents)
        if payer == BRAND_POOL:
            _draw(t, purpose, cents)
    if _is_pool(payer) and not _is_pool(payee):
        t.daily[day, mt.FUND_OUT_YUAN] += cents / 100.0
    if payer == POINTS_RESERVE and _is_pool(payee):
        # what backed points that lapsed comes back: no income, but less spent
        t.daily[day, mt.FUND_OUT_YUAN] -= cents / 100.0
    elif _is_pool(payee) and not _is_pool(payer):
        t.daily[day, mt.FUND_IN_YUAN] += cents / 100.0


@compiled()
def pay(t, day, purpose, pool, payee, cents, member):
    """Pay from a pool as far as it reaches; log a policy stop for the rest; cents paid.

    Parameters
    ----------
    day, purpose, pool, payee, member : int
        As for :func:`transfer`; ``pool`` is the payer.
    cents : int
        Amount wanted.
    """
    paid = min(cents, available(t, pool, purpose))
    transfer(t, day, purpose, pool, payee, paid, member)
    if paid < cents:
        stop(t, day, pool, payee, cents - paid, member)
    return paid


@compiled()
def available(t, pool, purpose):
    """Cents, at least 0, that a pool has for a purpose: its balance, or what is set aside (M57).

    Parameters
    ----------
    pool, purpose : int
        Codes of this module.
    """
    if pool == BRAND_POOL and t.policy[0].fund.is_allocated:
        return max(0, t.envelopes[activity_of(purpose)])
    return max(0, t.balances[pool])


@compiled()
def takes_staff(t, hours):
    """Use paid staff hours for a brand activity, if there are any left this week (M57).

    Returns
    -------
    bool
        Whether it can be done; always where activities need no staff.
    """
    if not t.policy[0].fund.needs_staff:
        return True
    staffing_state = t.staffing_state[0]
    if staffing_state.staff_hours < hours or staffing_state.staff_hours <= 0.0:
        return False
    staffing_state.staff_hours -= hours
    return True


@compiled()
def staffed(t, n, hours):
    """How many of ``n`` activities of some hours each the staff can do; see :func:`takes_staff`."""
    if not t.policy[0].fund.needs_staff:
        return n
    done = 0
    while done < n and takes_staff(t, hours):
        done += 1
    return done


@compiled()
def activity_of(purpose):
    """Activity whose envelope pays for a purpose."""
    if purpose == CONTENT:
        return ON_CONTENT
    if purpose == KOC_SUPPORT or purpose == KOC_FEE:
        return ON_KOCS
    if purpose == MEDIA or purpose == REFERRAL_REWARD:
        return ON_MEDIA
    if purpose == CAMPAIGN or purpose == PARTNER_BENEFIT or purpose == COORDINATION:
        return ON_CAMPAIGNS
    if purpose == OFFER or purpose == WIN_BACK:
        return ON_CRM
    return ON_STAFF if purpose == WAGE else ON_OTHER


@compiled()
def _fill(t, cents):
    """Share new brand money out over the envelopes; what no share names is for the rest."""
    lever = t.policy[0].fund
    shares = (
        lever.content_share, lever.koc_share, lever.media_share, lever.campaign_share,
        lever.crm_share, lever.staff_share,
    )  # fmt: skip
    left = cents
    for k in range(ON_OTHER):
        part = min(left, i8(cents * shares[k]))
        t.envelopes[k] += part
        left -= part
    t.envelopes[ON_OTHER] += left


@compiled()
def _draw(t, purpose, cents):
    """Take what is paid out of its envelope, and what that lacks out of the others, last first.

    What is owed is paid: only who asks :func:`available` before spending keeps to an envelope.
    """
    own = activity_of(purpose)
    part = min(cents, t.envelopes[own])
    t.envelopes[own] -= part
    left = cents - part
    for k in range(ON_OTHER, -1, -1):
        part = min(left, t.envelopes[k])
        t.envelopes[k] -= part
        left -= part


@compiled()
def stop(t, day, pool, payee, short, member):
    """Log a policy stop: what a pool could not pay.

    Parameters
    ----------
    day, pool, payee, member : int
        As for :func:`pay`.
    short : int
        Cents left unpaid.
    """
    _write(t, day, POLICY_STOP, pool, payee, NOTHING, short, member)
    t.daily[day, mt.POLICY_STOPS] += 1.0


@compiled()
def richest_pool(t):
    """Pool from which rewards without a pool of their own are paid: the fullest one."""
    best = BRAND_POOL
    if t.balances[ENTRY_POOL] > t.balances[best]:
        best = ENTRY_POOL
    if t.balances[DUES_POOL] > t.balances[best]:
        best = DUES_POOL
    return best


@compiled()
def share_of(total, part, parts):
    """Cents of the ``part``-th of ``parts`` equal payments; all of them sum to ``total`` exactly.

    Parameters
    ----------
    total : int
        Cents to split.
    part : int
        Number of the payment, from 0.
    parts : int
        Number of payments.

    Returns
    -------
    int
        Cents; payments differ by at most one cent (W02: 10,000,000 / 52).
    """
    return total * (part + 1) // parts - total * part // parts


@compiled()
def _is_pool(account):
    return account == ENTRY_POOL or account == DUES_POOL or account == BRAND_POOL


@compiled()
def _write(t, day, purpose, payer, payee, cents, short, member):
    state = t.fund_state[0]
    if state.n_journal >= t.journal.shape[0]:
        state.journal_lost += 1
        return
    row = t.journal[state.n_journal]
    row.day = day
    row.purpose = purpose
    row.payer = payer
    row.payee = payee
    row.amount_cents = cents
    row.short_cents = short
    row.member = member
    state.n_journal += 1
