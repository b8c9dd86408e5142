"""Reading: what a visitor sees within her attention, what it is worth, and how she responds.

A visit has a reading budget. Items of one's ties come first, the rest in the order of the feed.
What arrived beyond the budget is overload. Each item read gives value by quality and fit, and may
draw a reaction or a reply; both reach the author when she next comes by, and both make ties.
"""

from __future__ import annotations

from dataclasses import dataclass

from numpy import float64 as f8
from numpy import int64 as i8

from agents.compiled import compiled, inlined, kernel
from agents.quantity import quantity
from sim import decisions
from sim.policy.comms import Protocol
from sim.policy.distribution import Feed
from sim.prefetch import AHEAD, prefetch
from sim.randomness import U64, agent_key, day_key, two_uniforms, uniform
from sim.recording import metrics as mt
from sim.world import groups, items, people, ties

SOURCE = "science.md A.5, A.6, A.7; M15, M33, M37, M120, M122"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.item_head",
    "clock.item_tail",
    "clock.item_today",
    "clock.digest_quality",
    "fate.uid",
    "ties",
    "hot",
    "hot_size",
    "posted",
    "members.attention",
    "members.satisfaction",
    "members.topic",
    "members.group",
    "groups",
    "streams",
    "kocs",
    "fading",
    "items",
    "members.last_item",
)
WRITES = (
    "items.views",
    "items.reactions",
    "items.replies",
    "members.seen_to",
    "members.worth",
    "members.load",
    "members.harm",
    "members.unread_replies",
    "members.unread_reactions",
    "members.replies_today",
    "members.last_act",
    "members.last_visit",
    "members.n_ties",
    "members.origins",
    "ties",
    "acts",
    "partners.exposures",
    "daily.views",
    "daily.value",
    "daily.minutes",
    "daily.replies",
    "daily.reactions",
    "daily.unread",
)
MOST_READ = 60


@dataclass(frozen=True)
class Params:
    """Responses to what is read (world group ``interaction``)."""

    react_base: float = quantity(
        0.25,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (CB-1 reference workload)",
        doc="Chance of a reaction to an item of full use for a reader of satisfaction 0.5.",
    )
    reply_base: float = quantity(
        0.3,
        unit="1",
        low=0.0,
        high=1.0,
        source="science A.5 (unanswered starts .35-.62)",
        doc="Chance of a reply to an item of full use.",
    )
    reciprocity: float = quantity(
        0.3,
        unit="1",
        low=0.0,
        high=1.0,
        source="science A.7 (rho .1-.6)",
        doc="Added chance of a reply to an item of somebody one has a tie with.",
    )
    talk_share: float = quantity(
        0.25,
        unit="share",
        low=0.01,
        high=1.0,
        source="assumption (responses come in bursts: replies a post are over-dispersed, "
        "science A.5)",
        doc="Visits on which a reader responds at all; the chances above are means over visits.",
    )
    most_replies: int = quantity(
        4, unit="replies/visit", low=0, high=50, source="assumption", doc="Most replies in a visit."
    )
    minutes_per_item: float = quantity(
        0.5,
        unit="minutes",
        low=0.01,
        high=60.0,
        source="assumption",
        doc="Reading time of an item.",
    )
    minute_cost: float = quantity(
        0.004,
        unit="value/minute",
        low=0.0,
        high=1.0,
        source="assumption (M120)",
        doc="Value of a reader's minute.",
    )
    digest_weight: float = quantity(
        0.35,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M37)",
        doc="Part of a visit's worth that a full-quality digest can replace.",
    )
    digest_relief: float = quantity(
        0.6,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M37)",
        doc="Part of overload that a full-quality digest removes.",
    )
    overload_cost: float = quantity(
        0.1,
        unit="value",
        low=0.0,
        high=1.0,
        source="science A.5 (k_o)",
        doc="Worth lost at full overload.",
    )
    violation_harm: float = quantity(
        1.0,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption (science A.11)",
        doc="Harm of a violating item seen.",
    )
    promo_tolerance: float = quantity(
        0.2,
        unit="share",
        low=0.0,
        high=1.0,
        source="mechanisms.md 6.3",
        doc="Promotion share of what one sees that does no harm.",
    )
    promo_harm: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=10.0,
        source="assumption (M122)",
        doc="Harm per share of promotion above tolerance.",
    )
    tie_weight: float = quantity(
        1.0,
        unit="contacts",
        low=0.0,
        high=100.0,
        source="science A.8 (W += 1)",
        doc="Contact a reply makes for the replier.",
    )
    tie_back_weight: float = quantity(
        0.6,
        unit="contacts",
        low=0.0,
        high=100.0,
        source="science A.7 (reciprocity .64-.79)",
        doc="Contact a reply makes for the author.",
    )


@kernel()
def step(t, day):
    """Let every visitor read and respond.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    clock = t.clock[0]
    if clock.n_visitors == 0:
        return
    read_key = day_key(clock.seed_key, decisions.READ, day)
    react_key = day_key(clock.seed_key, decisions.REACT, day)
    unread = 0.0
    for k in range(clock.n_visitors):
        if k + AHEAD < clock.n_visitors:
            coming = i8(t.visitors[k + AHEAD])
            prefetch(t.fate, coming)
            prefetch(t.members, coming)
            prefetch(t.ties, coming)
        unread += _visit(t, i8(t.visitors[k]), day, read_key, react_key)
    t.daily[day, mt.UNREAD] = unread / clock.n_visitors


@compiled()
def _visit(t, i, day, read_key, react_key):
    """One reader's visit; returns how many new items were beyond her budget."""
    clock = t.clock[0]
    m = t.members[i]
    uid = t.fate[i].uid
    own = agent_key(read_key, uid)
    moment = clock.item_today + i8(uniform(own, U64(0)) * (clock.item_head - clock.item_today))
    oldest = max(m.seen_to + 1, clock.item_tail)
    group = groups.stream_of(t, i)
    first = groups.place_in_stream(t, group, oldest)
    last = groups.place_in_stream(t, group, moment)
    inflow = max(0, last - first)
    budget = i8(min(f8(MOST_READ), max(1.0, f8(m.attention))))
    wanted = min(budget, inflow)
    responses = agent_key(react_key, uid)
    total = 0.0
    harm = 0.0
    promo = 0
    n = 0
    if wanted > 0:
        # whether one talks at all is a matter of the visit, so it hangs on one draw of the visit
        talks = i8(uniform(responses, U64(0)) < t.params[0].interaction.talk_share)
        from_ties = i8(wanted * t.policy[0].distribution.tie_share + 0.5)
        for k in range(i8(m.n_ties)):
            if n >= from_ties:
                break
            number = _newest_of(t, i8(t.ties[i, k].other), group)
            if number >= oldest and number < moment:
                worth, hurt, is_promo = _read(t, i, day, number, responses, items.YES, talks)
                if worth >= 0.0:
                    total += worth
                    harm += hurt
                    promo += is_promo
                    n += 1
        tries = items.NO
        while n < wanted and tries < 2 * wanted + 8:
            number = _next_item(t, i, own, tries, moment, oldest, group, first, last)
            tries += 1
            if number < oldest:
                break
            worth, hurt, is_promo = _read(t, i, day, number, responses, items.NO, talks)
            if worth >= 0.0:
                total += worth
                harm += hurt
                promo += is_promo
                n += 1
    m.seen_to = max(m.seen_to, moment - 1)
    m.last_visit = day
    _sum_up(t, i, day, total, harm, promo, n, inflow, budget)
    return f8(max(0, inflow - budget))


@inlined()
def _newest_of(t, author, group):
    """Number of an author's newest item in a group's feed, -1 when there is none."""
    if t.posted[author >> 6] >> U64(author & 63) & U64(1):
        if group >= 0 and t.members[author].group != group:
            return i8(-1)
        return i8(t.members[author].last_item)
    return i8(-1)


@inlined()
def _next_item(t, i, own, tries, moment, oldest, group, first, last):
    """Number of the next item the feed offers; below ``oldest`` when it has nothing more."""
    lever = t.policy[0].distribution
    place = last - 1 - tries
    newest = groups.item_at(t, group, place) if place >= first else i8(-1)
    if lever.feed == Feed.CHRONOLOGICAL:
        return newest
    u = uniform(own, U64(10 + 2 * tries))
    if u < lever.explore_share:
        place = first + i8(uniform(own, U64(11 + 2 * tries)) * (last - first))
        return groups.item_at(t, group, place)
    board = items.TOPICS
    if lever.feed == Feed.PERSONALISED and uniform(own, U64(1)) < lever.accuracy:
        board = i8(t.members[i].topic)
    board += max(0, group) * (items.TOPICS + 1)
    if tries < t.hot_size[board]:
        number = t.hot[board, tries]
        if number < moment and number >= oldest:
            return number
    return newest


@inlined()
def _read(t, i, day, number, responses, is_tie, talks):
    """Read one item; returns its worth (-1 when it cannot be seen), harm and promotion flag."""
    item = t.items[number & (t.items.shape[0] - 1)]
    if item.shown != items.Shown.PUBLISHED or item.author == i:
        return -1.0, 0.0, 0
    use = f8(item.quality) * items.fit(item.topic, t.members[i].topic)
    item.views += 1
    if item.author <= -2:
        t.partners[-2 - item.author].exposures += 1
    if talks:
        _respond(t, i, day, item, use, responses, is_tie)
    harm = t.params[0].interaction.violation_harm if item.is_violation else 0.0
    return use, harm, i8(item.is_promotion)


@compiled()
def _respond(t, i, day, item, use, responses, is_tie):
    """React and reply to an item, on a visit on which one talks."""
    p = t.params[0].interaction
    m = t.members[i]
    author = i8(item.author)
    react, reply = two_uniforms(responses, item.uid)
    if react * p.talk_share < p.react_base * use * (0.5 + f8(m.satisfaction)):
        item.reactions += 1
        t.daily[day, mt.REACTIONS] += 1.0
        people.mark_act(t, i, day)
        if author >= 0:
            writer = t.members[author]
            writer.unread_reactions = min(32000, writer.unread_reactions + 1)
    if author < 0 or m.replies_today >= p.most_replies:
        return
    p_reply = p.reply_base + (p.reciprocity if is_tie else 0.0)
    if reply * p.talk_share < p_reply * use * (1.0 - f8(m.load)):
        _reply(t, i, author, day)
        item.replies += 1


@compiled()
def _reply(t, i, author, day):
    p = t.params[0].interaction
    t.daily[day, mt.REPLIES] += 1.0
    t.members[i].replies_today += 1
    people.mark_act(t, i, day)
    writer = t.members[author]
    writer.unread_replies = min(32000, writer.unread_replies + 1)
    ties.strengthen(t, i, author, p.tie_weight, day)
    ties.strengthen(t, author, i, p.tie_back_weight, day)


@compiled()
def _sum_up(t, i, day, total, harm, promo, n, inflow, budget):
    """Turn what was read into the worth of the visit, its overload and its harm."""
    p = t.params[0].interaction
    clock = t.clock[0]
    m = t.members[i]
    load = 0.0
    if inflow > budget:
        load = 1.0 - f8(budget) / f8(inflow)
    worth = total / n if n > 0 else 0.0
    minutes = p.minutes_per_item * n
    if t.policy[0].comms.protocol == Protocol.STRUCTURED_DIGEST and clock.digest_quality > 0.0:
        part = p.digest_weight * clock.digest_quality
        worth = worth * (1.0 - part) + part * max(worth, clock.digest_quality)
        load *= 1.0 - p.digest_relief * clock.digest_quality
        minutes *= 1.0 - part
    worth = max(0.0, worth - p.overload_cost * load - p.minute_cost * minutes)
    promo_share = f8(promo) / n if n > 0 else 0.0
    m.harm = min(
        1.0, (harm / n if n > 0 else 0.0) + p.promo_harm * max(0.0, promo_share - p.promo_tolerance)
    )
    m.worth = worth
    m.load = load
    t.daily[day, mt.VIEWS] += n
    t.daily[day, mt.VALUE] += worth * max(n, 1)
    t.daily[day, mt.MINUTES] += minutes
