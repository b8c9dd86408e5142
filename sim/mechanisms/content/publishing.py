"""Publishing: the brand's calendar, its forms, its sources and the contact items of selling.

Opens the day of the feed: old items leave, then the brand publishes, before anybody posts.
"""

from __future__ import annotations

import enum
import math

from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.state import central, fund, items, opening, places
from plaza_lab.sim.stepping import compiled, draw_ids, i8, kernel, mt

SOURCE = "M27, M28, M29, M30, M122"
METRICS = (
    Metric("brand_items", "items", "items of the brand", "T35"),
    Metric("imported_items", "items", "items the brand took over from elsewhere", "T35"),
    Metric("selling_items", "items", "items of the selling tactic", "T68"),
)
STATE: tuple[Var, ...] = (
    Var("promo_share", "f8", "share", "promotion in what was read in the last 7 days", "T68"),
    Var("variety", "f8", "1", "variety of sources in the last 7 days, 0 to 1", "M30"),
)


class Tactic(enum.IntEnum):
    """What the brand's contact items are."""

    NONE = 0
    NURTURE = 1
    HARD_SELL = 2
    FREE_VALUE = 3


@levers("content")
class ContentLevers:
    """Brand posts: how many, of what kind, at what cost and hour."""

    brand_posts_day: float = quantity(1.0, "items/day", (0.0, 1000.0), "M27")
    """Brand items a day."""
    brand_centricity: float = quantity(0.2, "share", (0.0, 1.0), "M28, F30")
    """Share of brand items about the brand itself rather than members' interests."""
    promo_share: float = quantity(0.05, "share", (0.0, 1.0), "M122")
    """Share of brand items that sell something."""
    item_cost_cents: int = quantity(0, "cents/item", (0, 10_000_000), "M29")
    """Cost of a brand item."""
    imported_share: float = quantity(0.0, "share", (0.0, 1.0), "M30")
    """Share of brand items taken over from elsewhere instead of made."""
    format_mix: list[float] = quantity((1.0, 0.0, 0.0, 0.0, 0.0, 0.0), "1", (0.0, 1000.0), "M29")
    """Weights of text, document, image, video, audio and live among brand items."""
    format_cost: list[float] = quantity(
        (1.0, 1.5, 1.5, 4.0, 2.0, 5.0),
        "1",
        (0.0, 100.0),
        "assumption (M29: each form has its own unit cost)",
    )
    """Cost of an item in each form, times the cost of an item."""
    hour_slots: list[float] = quantity((1.0, 1.0, 1.0), "1", (0.0, 1000.0), "M27")
    """Weights of morning, midday and evening in the calendar."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.item_cost_cents > 0 and not policy.fund.has_brand_money,
            "paid brand items need a brand budget; choose fund=brand_funded",
        )
        yield (
            len(self.format_mix) != 6 or sum(self.format_mix) <= 0.0,
            "format_mix needs 6 weights, one of them above 0: "
            "text, document, image, video, audio, live",
        )
        yield (
            len(self.format_cost) != 6,
            "format_cost needs 6 numbers: text, document, image, video, audio, live",
        )
        yield (
            len(self.hour_slots) != 3 or sum(self.hour_slots) <= 0.0,
            "hour_slots needs 3 weights, one of them above 0: morning, midday, evening",
        )


@levers("selling")
class SellingLevers:
    """Contact items of the selling tactic."""

    tactic: Tactic = quantity(Tactic.NONE, "tactic", source="M122 (three micro-group tactics)")
    """Personal contact, repeated offers, or free useful material."""
    posts_day: float = quantity(3.0, "items/day", (0.0, 100.0), "S16 (1, 3, 6, 12)")
    """Contact items a day."""


SEEN = (
    "daily.impressions",
    "daily.promo_views",
    "daily.posts",
    "daily.koc_items",
    "daily.partner_items",
)
WEEK = 7


@params()
class Params:
    """What the institution's items are like."""

    brand_quality: float = quantity(0.55, "1", (0.0, 1.0), "assumption")
    """Quality of brand items."""
    self_centred_quality: float = quantity(0.25, "1", (0.0, 1.0), "M28, F30")
    """Quality readers see in items about the brand itself."""
    imported_quality: float = quantity(
        0.5, "1", (0.0, 1.0), "assumption (M30: variety rather than authority)"
    )
    """Quality of items taken over from elsewhere."""
    free_quality: float = quantity(0.8, "1", (0.0, 1.0), "assumption (M122: free useful material)")
    """Quality of material that is given away."""
    nurture_offers: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M122)")
    """Share of nurturing contacts that make an offer."""


@kernel()
def step(t, day):
    """Let old items leave and publish the brand's items of today."""
    items_state = t.items_state[0]
    items.expire(t, day)
    items_state.item_today = items_state.item_head
    if day % WEEK == 0 and t.params[0].opening.is_on:
        opening.work_out(t)
    _look_back(t, day)
    _publish(t, day)
    if t.policy[0].selling.tactic != Tactic.NONE:
        _sell(t, day)


@compiled()
def _look_back(t, day):
    """Promotion share and variety of sources over the last seven days."""
    state = t.publishing_state[0]
    views = 0.0
    promo = 0.0
    made = 0.0
    koc = 0.0
    brand = 0.0
    imported = 0.0
    partner = 0.0
    for back in range(1, min(WEEK, day) + 1):
        row = t.daily[day - back]
        views += row[mt.IMPRESSIONS]
        promo += row[mt.PROMO_VIEWS]
        koc += row[mt.KOC_ITEMS]
        made += max(0.0, row[mt.POSTS] - row[mt.KOC_ITEMS])
        brand += max(0.0, row[mt.BRAND_ITEMS] - row[mt.IMPORTED_ITEMS])
        imported += row[mt.IMPORTED_ITEMS]
        partner += row[mt.PARTNER_ITEMS]
    state.promo_share = promo / views if views > 0.0 else 0.0
    whole = koc + made + brand + imported + partner
    state.variety = 0.5
    if whole > 0.0:
        squares = koc * koc + made * made + brand * brand
        squares += imported * imported + partner * partner
        # 0 when everything comes from one of the five sources, 1 when all give as much
        state.variety = 1.25 * (1.0 - squares / (whole * whole))


@compiled()
def _publish(t, day):
    p = t.params[0].publishing
    lever = t.policy[0].content
    key = day_key(t.run_state[0].seed_key, draw_ids.BRAND_ITEM, day)
    n = poisson(uniform(key, U64(0)), central.brand_items_day(t))
    n = _afford(t, day, key, fund.staffed(t, n, t.params[0].staffing.item_hours), lever)
    tired = 1.0 - t.params[0].fatigue.content_effect * t.operator[0].staff_fatigue
    for k in range(n):
        draws = agent_key(key, U64(k + 1))
        is_centred = i8(uniform(draws, U64(0)) < lever.brand_centricity)
        quality = p.self_centred_quality if is_centred else p.brand_quality
        quality *= tired
        topic = _usual_topic(uniform(draws, U64(1)))
        is_promotion = i8(uniform(draws, U64(2)) < lever.promo_share)
        source = items.Source.BRAND.value
        if lever.imported_share > 0.0 and uniform(draws, U64(3)) < lever.imported_share:
            source = items.Source.IMPORTED.value
            quality = p.imported_quality * tired
            is_centred = items.NO
            is_promotion = items.NO
            t.daily[day, mt.IMPORTED_ITEMS] += 1.0
        if not places.lets_through(t, draws, is_promotion):
            t.daily[day, mt.ITEMS_HELD_BACK] += 1.0
            continue
        number = items.add(
            t, day, draws, items.BRAND_AUTHOR, topic, source, quality, 0.0, items.NO,
            is_promotion, items.NO,
        )  # fmt: skip
        _dress(t, number, draws, is_centred, lever)
        t.daily[day, mt.BRAND_ITEMS] += 1.0


@compiled()
def _dress(t, number, draws, is_centred, lever):
    """Give an item its form, its hour and what it is about."""
    item = t.items[number & (t.items.shape[0] - 1)]
    item.is_centred = is_centred
    item.format = _form(t, draws, lever)
    whole = lever.hour_slots[0] + lever.hour_slots[1] + lever.hour_slots[2]
    u = uniform(draws, U64(5)) * whole
    item.slot = 0 if u < lever.hour_slots[0] else (1 if u < whole - lever.hour_slots[2] else 2)


@compiled()
def _form(t, draws, lever):
    """Form of an item: by the weights that testing has arrived at, else by the policy's mix."""
    whole = 0.0
    for k in range(items.N_FORMATS):
        whole += t.arms[k].weight if lever.has_testing else lever.format_mix[k]
    u = uniform(draws, U64(4)) * whole
    last = items.NO
    for k in range(items.N_FORMATS):
        weight = t.arms[k].weight if lever.has_testing else lever.format_mix[k]
        if weight > 0.0:
            last = i8(k)
            if u < weight:
                return last
        u -= weight
    return last


@compiled()
def _afford(t, day, key, n, lever):
    """Pay for the day's brand items in one entry; returns how many the budget pays for."""
    if lever.item_cost_cents <= 0 or n == 0:
        return n
    purse = fund.available(t, fund.BRAND_POOL, fund.CONTENT)
    wanted = 0
    spent = 0
    paid_for = 0
    for k in range(n):
        form = _form(t, agent_key(key, U64(k + 1)), lever)
        wanted += i8(lever.item_cost_cents * lever.format_cost[form] + 0.5)
        if paid_for == k and wanted <= purse:
            paid_for += 1
            spent = wanted
    fund.pay(t, day, fund.CONTENT, fund.BRAND_POOL, fund.OUTSIDE, spent, fund.NOBODY)
    if paid_for < n:
        fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, wanted - spent, fund.NOBODY)
    return paid_for


@compiled()
def _usual_topic(u):
    """Topic of a brand item, lower ones more often: ``u`` to the power 1.5."""
    return i8(items.TOPICS * u * math.sqrt(u))


@compiled()
def _sell(t, day):
    """Publish the contact items of the selling tactic (P13)."""
    p = t.params[0].publishing
    lever = t.policy[0].selling
    key = day_key(t.run_state[0].seed_key, draw_ids.SELL, day)
    n = poisson(uniform(key, U64(0)), lever.posts_day)
    is_hard = i8(lever.tactic == Tactic.HARD_SELL)
    quality = p.brand_quality
    if is_hard:
        quality = p.self_centred_quality
    elif lever.tactic == Tactic.FREE_VALUE:
        quality = p.free_quality
    for k in range(n):
        draws = agent_key(key, U64(k + 1))
        topic = _usual_topic(uniform(draws, U64(1)))
        is_promotion = is_hard
        if lever.tactic == Tactic.NURTURE:
            is_promotion = i8(uniform(draws, U64(2)) < p.nurture_offers)
        if not places.lets_through(t, draws, is_promotion):
            t.daily[day, mt.ITEMS_HELD_BACK] += 1.0
            continue
        number = items.add(
            t, day, draws, items.BRAND_AUTHOR, topic, items.Source.BRAND.value, quality, 0.0,
            items.NO, is_promotion, items.NO,
        )  # fmt: skip
        _dress(t, number, draws, items.NO, t.policy[0].content)
        t.daily[day, mt.BRAND_ITEMS] += 1.0
        t.daily[day, mt.SELLING_ITEMS] += 1.0
