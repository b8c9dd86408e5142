"""What a policy plans to pay, against what comes in: pool by pool, in the average week."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plaza_lab.scenarios.policies.finding import ERROR, MONEY, WARNING, Asked, Finding, yuan

ENTRY, DUES, BRAND = "entry-fee pool", "dues pool", "brand budget"
WEEKLY_ACTIVE = 0.17  # mechanisms.md 6.3, daily activity propensity: weekly share
POSTS_A_WEEK = 2.0  # assumption: items of a member who is active in a week
JOINS_A_WEEK = 0.4 * 0.7 * 0.2 / 4 * 0.5
"""Of a member: active, intending, telling in 28 days (6.3), and half accept (assumption)."""

TRADES_A_WEEK = 0.02
"""Of a member, where members may trade (300 members, 140 days, eight seeds)."""


@dataclass(frozen=True)
class Flow:
    """Money planned to leave a pool.

    Parameters
    ----------
    pool : str
        Where it comes from.
    purpose : str
        What for.
    week_cents : float
        In the average week.
    settings : tuple of str
        Paths of the levers it follows from.
    """

    pool: str
    purpose: str
    week_cents: float
    settings: tuple[str, ...]


def income(asked: Asked) -> dict[str, tuple[float, float]]:
    """Return what every pool has at the start, and what comes in a week, in cents.

    Parameters
    ----------
    asked : Asked
        Policy at its expected size; members of day 0 pay the entry fee.

    Returns
    -------
    dict
        Pool to opening balance and weekly inflow.
    """
    get = asked.get
    fee = get("entry.fee_cents") if get("fund.has_entry_pool") else 0
    dues = get("fund.dues_month_cents") * 12 / 52 * asked.members
    return {
        ENTRY: (float(fee * asked.members), 0.0),
        DUES: (0.0, float(dues)),
        BRAND: (float(get("fund.opening_cents")), float(get("fund.brand_week_cents"))),
    }


def planned(asked: Asked) -> list[Flow]:
    """Return the payments a policy plans, those of nothing left out."""
    flows = [flow for part in PARTS for flow in part(asked)]
    return [flow for flow in flows if flow.week_cents > 0]


def _prizes(asked: Asked) -> Iterator[Flow]:
    get, opening = asked.get, income(asked)
    if not get("incentive.has_prize"):
        return
    share = get("fund.dues_prize_share")
    yield Flow(ENTRY, "prizes", opening[ENTRY][0] / get("fund.horizon_weeks", 52),
               ("entry.fee_cents", "fund.horizon_weeks"))  # fmt: skip
    yield Flow(DUES, "prizes", opening[DUES][1] * share, ("fund.dues_prize_share",))
    if not get("fund.has_entry_pool") and share == 0:
        grant, budget = opening[BRAND]
        a_week = budget + grant / get("fund.horizon_weeks", 52)
        yield Flow(
            BRAND,
            "prizes",
            a_week * get("fund.brand_prize_share"),
            ("fund.brand_week_cents", "fund.opening_cents", "fund.brand_prize_share"),
        )


def _stewards(asked: Asked) -> Iterator[Flow]:
    get = asked.get
    if asked.is_at("stewarding.staff", "paid_rotation"):
        flat = get("stewarding.stipend_week_cents")
        dues = income(asked)[DUES][1]
        pool = DUES if get("fund.dues_month_cents") > 0 else BRAND
        cents = flat or dues * (1 - get("fund.dues_prize_share"))
        yield Flow(pool, "stewards", cents,
                   ("stewarding.stipend_week_cents", "fund.dues_month_cents"))  # fmt: skip
    for staff in ("professional", "third_party"):
        if asked.is_at("stewarding.staff", staff):
            people = get("stewarding.professionals", 1)
            yield Flow(BRAND, "staff", get("stewarding.wage_week_cents") * people,
                       ("stewarding.wage_week_cents", "stewarding.professionals"))  # fmt: skip


def _points(asked: Asked) -> Iterator[Flow]:
    get = asked.get
    if get("incentive.has_points") and get("incentive.point_value_cents") > 0:
        posts = asked.members * WEEKLY_ACTIVE * POSTS_A_WEEK
        cents = posts * get("incentive.points_post") * get("incentive.point_value_cents")
        pools = income(asked)
        pool = max(pools, key=lambda name: sum(pools[name]))
        yield Flow(pool, "points", cents, ("incentive.points_post", "incentive.point_value_cents"))


def _reach(asked: Asked) -> Iterator[Flow]:
    get = asked.get
    yield Flow(BRAND, "media", get("acquisition.media_week_cents"),
               ("acquisition.media_week_cents",))  # fmt: skip
    if get("acquisition.has_referral"):
        joins = asked.members * JOINS_A_WEEK
        yield Flow(BRAND, "referral rewards", joins * get("acquisition.referral_reward_cents"),
                   ("acquisition.referral_reward_cents",))  # fmt: skip
    posts = 7 * get("content.brand_posts_day")
    yield Flow(BRAND, "content", posts * get("content.item_cost_cents"),
               ("content.item_cost_cents", "content.brand_posts_day"))  # fmt: skip


def _programmes(asked: Asked) -> Iterator[Flow]:
    get = asked.get
    if asked.is_at("koc.programme", "incubate"):
        cost, fee = get("koc.cost_week_cents"), get("koc.fee_item_cents")
        yield Flow(BRAND, "KOC training", get("koc.slots") * cost,
                   ("koc.slots", "koc.cost_week_cents"))  # fmt: skip
        yield Flow(BRAND, "KOC items", get("koc.slots") * fee * get("koc.sponsored_week"),
                   ("koc.slots", "koc.fee_item_cents", "koc.sponsored_week"))  # fmt: skip
    if asked.is_at("partnership.form", "co_marketing", "portfolio"):
        cents = get("partnership.budget_week_cents") * get("partnership.host_share")
        yield Flow(BRAND, "campaign", cents,
                   ("partnership.budget_week_cents", "partnership.host_share"))  # fmt: skip


def _care(asked: Asked) -> Iterator[Flow]:
    """Events, offers and hours: planned by several lever groups, paid by the brand."""
    get = asked.get
    for kind in ("online", "offline", "immersive"):
        month, cost = f"events.{kind}_month", f"events.{kind}_cost_cents"
        yield Flow(BRAND, f"{kind} events", get(month) * 12 / 52 * get(cost), (month, cost))
    if asked.get("crm.scheme", None) and not asked.is_at("crm.scheme", "none", "disabled"):
        yield Flow(BRAND, "offers", get("crm.offer_week_cents"), ("crm.offer_week_cents",))
        if get("crm.has_winback"):
            yield Flow(BRAND, "win-back", get("crm.winback_month_cents") * 12 / 52,
                       ("crm.winback_month_cents",))  # fmt: skip
    if get("fund.needs_staff"):
        hours, wage = "fund.staff_hours_week", "fund.wage_hour_cents"
        yield Flow(BRAND, "brand staff", get(hours) * get(wage), (hours, wage))
    posts, fee = "acquisition.influencer_posts_week", "acquisition.influencer_fee_cents"
    yield Flow(BRAND, "influencers", get(posts) * get(fee), (posts, fee))


def _among_members(asked: Asked) -> Iterator[Flow]:
    """Insiders' hours, certified trades and the search for orders."""
    get = asked.get
    staff = ("insiders.staff", "insiders.staff_hours", "fund.wage_hour_cents")
    yield Flow(BRAND, "insiders", math.prod(get(path) for path in staff), staff)
    orders = ("assembly.orders_month", "assembly.seek_cents")
    yield Flow(BRAND, "orders", math.prod(get(path) for path in orders) / 4, orders)
    if get("trading.is_open") and get("trading.certifies"):
        trades = TRADES_A_WEEK * asked.members
        yield Flow(BRAND, "certification", trades * get("trading.certify_cents"),
                   ("trading.certify_cents",))  # fmt: skip


PARTS: tuple[Callable[[Asked], Iterator[Flow]], ...] = (
    _prizes, _stewards, _points, _reach, _programmes, _care, _among_members,
)  # fmt: skip


def money_findings(asked: Asked) -> Iterator[Finding]:
    """Yield what a policy cannot pay, and money that pays for nothing.

    Parameters
    ----------
    asked : Asked
        Policy, expected size and planned weeks.
    """
    pools, flows = income(asked), planned(asked)
    for pool, (opening, weekly) in pools.items():
        own = [flow for flow in flows if flow.pool == pool]
        out = sum(flow.week_cents for flow in own)
        if not own:
            if opening + weekly > 0:
                yield _idle(asked, pool, opening, weekly)
            continue
        runway = math.inf if out <= weekly * 1.0001 else opening / (out - weekly)
        if runway >= asked.weeks - 0.5:
            continue
        purposes = ", ".join(f"{flow.purpose} {yuan(flow.week_cents)}" for flow in own)
        settings = asked.shown(*dict.fromkeys(path for flow in own for path in flow.settings))
        has = f"{yuan(weekly)} a week come in"
        has = f"{yuan(opening)} at the start and {has}" if opening else has
        lasts = f"is empty after {runway:.0f} weeks"
        lasts = "is short from the first week" if runway < 1 else lasts
        yield Finding(
            ERROR if runway < 1 else WARNING, MONEY, settings,
            f"the {pool} {lasts} of {asked.weeks}: {yuan(out)} a week are planned ({purposes}) "
            f"at {asked.members:,} members, {has}",
            REMEDIES[pool],
        )  # fmt: skip
    yield from _low_stipend(asked, flows)
    yield from _capped_hours(asked)


def _capped_hours(asked: Asked) -> Iterator[Finding]:
    """Hours that the week's budget cannot pay are not worked, and nothing is done in them."""
    get = asked.get
    wanted = get("fund.staff_hours_week") * get("fund.wage_hour_cents")
    budget = get("fund.brand_week_cents")
    if get("fund.is_allocated"):
        budget = budget * get("fund.staff_share")
    if not get("fund.needs_staff") or get("fund.opening_cents") or wanted <= budget:
        return
    hours = budget / get("fund.wage_hour_cents")
    yield Finding(
        WARNING, MONEY,
        asked.shown("fund.staff_hours_week", "fund.wage_hour_cents", "fund.brand_week_cents"),
        f"the week's budget caps the hours: {hours:.1f} of {get('fund.staff_hours_week'):g} are "
        f"paid ({yuan(budget)} of {yuan(wanted)})",
        "a larger fund.brand_week_cents or fund.staff_share, or fewer hours",
    )  # fmt: skip


REMEDIES = {
    ENTRY: "fund.has_renewal=true, a longer fund.horizon_weeks, or another source for later prizes",
    DUES: "raise fund.dues_month_cents, or lower what is paid from dues",
    BRAND: "raise fund.brand_week_cents or fund.opening_cents, or plan less",
}


def _idle(asked: Asked, pool: str, opening: float, weekly: float) -> Finding:
    comes = f"{yuan(opening)} at the start" if opening else f"{yuan(weekly)} a week"
    paths = {
        ENTRY: ("fund.has_entry_pool", "entry.fee_cents"), DUES: ("fund.dues_month_cents",),
        BRAND: ("fund.brand_week_cents", "fund.opening_cents"),
    }[pool]  # fmt: skip
    remedy = {
        ENTRY: "incentive=weekly_prize pays it out, or fund=none leaves it out",
        DUES: "stewarding=paid_rotation or fund.dues_prize_share pays it out, or drop the dues",
        BRAND: "a prize, points, KOCs or media spend it, or leave it out",
    }[pool]
    rule = f"{comes} go into the {pool}, and nothing is paid from it"
    return Finding(WARNING, MONEY, asked.shown(*paths), rule, remedy)


def _low_stipend(asked: Asked, flows: list[Flow]) -> Iterator[Finding]:
    reserve = asked.get("world.stewarding.reserve_median_cents", None)
    stipend = sum(f.week_cents for f in flows if f.purpose == "stewards")
    if reserve is None or not asked.is_at("stewarding.staff", "paid_rotation"):
        return
    wanted = reserve * asked.get("stewarding.steward_hours_week") / 15.0
    if stipend < wanted:
        yield Finding(
            WARNING, MONEY,
            asked.shown("stewarding.stipend_week_cents", "fund.dues_month_cents",
                        "fund.dues_prize_share", "stewarding.steward_hours_week"),
            f"the stipend, {yuan(stipend)} a week at {asked.members:,} members, is below what half "
            f"of the members ask for {asked.get('stewarding.steward_hours_week'):g} hours "
            f"({yuan(wanted)}): posts stay vacant",
            "raise the dues or the stipend, or ask for fewer hours",
        )  # fmt: skip
