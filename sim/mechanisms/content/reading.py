"""Reading: what a visitor sees within her attention, what it is worth, and how she responds.

A visit has a reading budget. Items of one's ties come first, the rest in the order of the feed.
What arrived beyond the budget is overload. Each item read gives value by quality and fit, and may
draw a reaction or a reply; both reach the author when she next comes by, and both make ties.
"""

from __future__ import annotations

from plaza_lab.engine.prefetch import AHEAD, NEAR, SOON, prefetch
from plaza_lab.sim.declaring import Metric, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import (
    audience,
    fetching,
    groups,
    items,
    offering,
    opening,
    responding,
    returns,
    trial,
)
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, inlined, kernel, mt

SOURCE = "science.md A.5, A.6, A.7; M15, M27-M30, M33, M35-M37, M120, M122"
METRICS = (
    Metric("unread", "items", "items beyond the reading budget, mean a visit", "T20"),
    Metric("completions", "views", "views that went to the end", "T31"),
)


@levers("distribution")
class Levers:
    """Items of friends in what is shown."""

    tie_share: float = quantity(0.5, "share", (0.0, 1.0), "science A.6 (w_t)")
    """Most of a visit's reading that goes first to items of one's ties."""


@params("interaction")
class Params:
    """Responses to what is read (world group ``interaction``)."""

    react_base: float = quantity(0.25, "1", (0.0, 1.0), "assumption (CB-1 reference workload)")
    """Chance of a reaction to an item of full use for a reader of satisfaction 0.5."""
    reply_base: float = quantity(1.0, "1", (0.0, 1.0), "science A.5 (unanswered starts .35-.62)")
    """Chance of a reply to an item of full use, by somebody who came to say something."""
    reciprocity: float = quantity(0.6, "1", (0.0, 1.0), "science A.7 (rho .1-.6)")
    """Added chance of a reply to an item of somebody one has a tie with."""
    reply_load: float = quantity(
        0.5,
        "1",
        (0.0, 1.0),
        "assumption, between 0 (the budget has bounded what is read) and 1 (science A.5); Jones, "
        "Ravid & Rafaeli 2004: the overloaded answer more simply, and still answer",
    )
    """Part of the chance of a reply that is lost at full overload."""
    reply_back: float = quantity(
        0.6, "1/visit", (0.0, 1.0), "science A.7 (rho .1-.6; dyads answered .47)"
    )
    """Chance of replying to who replied last."""
    filler_appeal: float = quantity(
        0.25, "1", (0.0, 1.0), "assumption (M121: one chimes in easily with what says nothing)"
    )
    """Use as which filler counts for whoever reacts or replies to it."""
    talk_share: float = quantity(
        0.25,
        "share",
        (0.01, 1.0),
        "assumption (responses come in bursts: replies a post are over-dispersed, science A.5)",
    )
    """Visits on which a reader reacts at all; the chance of reacting is a mean over visits."""
    minutes_per_item: float = quantity(0.5, "minutes", (0.01, 60.0), "assumption")
    """Reading time of an item."""
    minute_cost: float = quantity(0.004, "value/minute", (0.0, 1.0), "assumption (M120)")
    """Value of a reader's minute."""
    digest_weight: float = quantity(0.35, "1", (0.0, 1.0), "assumption (M37)")
    """Part of a visit's worth that a full-quality digest can replace."""
    digest_compression: float = quantity(
        0.0,
        "1",
        (0.0, 1.0),
        "assumption (M37: one clean document instead of scrolling; 0 leaves it out)",
    )
    """Reading time that a full-quality digest saves besides what it replaces."""
    novelty_weight: float = quantity(
        0.0,
        "1",
        (0.0, 2.0),
        "assumption (M30: relying on one source lowers value; 0 leaves it out)",
    )
    """Part of a visit's worth that hangs on the variety of sources."""
    authenticity: float = quantity(
        0.0,
        "log-odds",
        (0.0, 5.0),
        "assumption (M30: member-made items interact more; 0 leaves it out)",
    )
    """Log-odds by which a reaction to a member-made item is more likely."""
    digest_relief: float = quantity(0.6, "1", (0.0, 1.0), "assumption (M37)")
    """Part of overload that a full-quality digest removes."""
    overload_cost: float = quantity(0.1, "value", (0.0, 1.0), "science A.5 (k_o)")
    """Worth lost at full overload."""
    violation_harm: float = quantity(1.0, "1", (0.0, 10.0), "assumption (science A.11)")
    """Harm of a violating item seen."""
    promo_tolerance: float = quantity(0.2, "share", (0.0, 1.0), "mechanisms.md 6.3")
    """Promotion share of what one sees that does no harm."""
    promo_harm: float = quantity(0.5, "1", (0.0, 10.0), "assumption (M122)")
    """Harm per share of promotion above tolerance."""
    tie_weight: float = quantity(1.0, "contacts", (0.0, 100.0), "science A.8 (W += 1)")
    """Contact a reply makes for the replier."""
    tie_back_weight: float = quantity(
        0.6, "contacts", (0.0, 100.0), "science A.7 (reciprocity .64-.79)"
    )
    """Contact a reply makes for the author."""


@kernel()
def step(t, day):
    """Let every visitor read and respond."""
    people_state = t.people_state[0]
    run_state = t.run_state[0]
    if people_state.n_visitors == 0:
        return
    read_key = day_key(run_state.seed_key, draw_ids.READ, day)
    react_key = day_key(run_state.seed_key, draw_ids.REACT, day)
    # what a visit leaves behind is noted only when somebody asks for it
    policy = t.policy[0]
    is_noted = t.params[0].opening.is_on or policy.content.has_testing or policy.selling.tactic > 0
    unread = 0.0
    items.forget_appeal(t)
    for k in range(people_state.n_visitors):
        if k + AHEAD < people_state.n_visitors:
            coming = i8(t.visitors[k + AHEAD])
            fetching.front(t, coming)
            prefetch(t.ties, coming)
            if is_noted:
                prefetch(t.members.weariness, coming)
        if k + NEAR < people_state.n_visitors:
            _fetch(t, i8(t.visitors[k + NEAR]), read_key)
        if k + SOON < people_state.n_visitors:
            offering.fetch_newest(t, i8(t.visitors[k + SOON]))
        unread += _visit(t, i8(t.visitors[k]), day, read_key, react_key, is_noted)
    t.daily[day, mt.UNREAD] = unread / people_state.n_visitors


@inlined()
def _moment(t, own):
    """Number of the first item that comes too late for a visit at a time drawn by lot."""
    state = t.items_state[0]
    return state.item_today + i8(uniform(own, U64(0)) * (state.item_head - state.item_today))


@inlined()
def _fetch(t, i, read_key):
    """Ask for what a visitor, whose rows have come, is going to see first."""
    offering.fetch(t, i)
    if groups.stream_of(t, i) < 0:
        newest = _moment(t, agent_key(read_key, t.fate[i].uid)) - 1
        prefetch(t.items, newest & (t.items.shape[0] - 1))
        prefetch(t.items, (newest - 1) & (t.items.shape[0] - 1))


@inlined()
def _fetch_author(t, number, may_reply):
    """Ask for what changes of who wrote an item when she gets a reaction, or a reply."""
    author = i8(t.items[number & (t.items.shape[0] - 1)].author)
    if author >= 0:
        prefetch(t.members.unread_reactions, author)
        if may_reply:
            prefetch(t.fate, author)
            prefetch(t.members.n_ties, author)
            prefetch(t.ties, author)


@compiled()
def _visit(t, i, day, read_key, react_key, is_noted):
    """One reader's visit; returns how many new items were beyond her budget."""
    items_state = t.items_state[0]
    m = t.members[i]
    uid = t.fate[i].uid
    own = agent_key(read_key, uid)
    moment = _moment(t, own)
    oldest = max(m.seen_to + 1, items_state.item_tail)
    group = groups.stream_of(t, i)
    first = groups.place_in_stream(t, group, oldest)
    last = groups.place_in_stream(t, group, moment)
    inflow = max(0, last - first)
    budget = i8(m.attention)
    wanted = min(budget, inflow)
    responses = agent_key(react_key, uid)
    total = 0.0
    official = 0.0
    harm = 0.0
    promo = 0
    marks = 0
    opened = 0
    n = 0
    if m.unread_replies > 0 and m.replier >= 0:
        responding.reply_back(t, i, day, responses)
    if wanted > 0:
        # whether one talks at all is a matter of the visit, so it hangs on one draw of the visit
        talks = i8(uniform(responses, U64(0)) < t.params[0].interaction.talk_share)
        look = opening.look_of(t, i) if t.params[0].opening.is_on else items.NO
        from_ties = i8(wanted * t.policy[trial.arm(t, i)].distribution.tie_share + 0.5)
        for k in range(i8(m.n_ties)):
            if n >= from_ties:
                break
            number = offering.newest_of(t, i8(t.ties[i, k].other), group)
            if number >= oldest and number < moment:
                use, hurt, mark = _read(t, i, day, number, own, responses, items.YES, talks, look)
                if use >= 0.0:
                    total += use
                    harm += hurt
                    promo += mark & audience.PROMOTION
                    opened += mark >> 1 & 1
                    if items.is_official(t, number):
                        official += use
                    marks |= mark
                    n += 1
        tries = items.NO
        while n < wanted and tries < 2 * wanted + 8:
            number = offering.next_item(t, i, own, tries, moment, oldest, group, first, last)
            tries += 1
            if number < oldest:
                break
            if (talks or m.to_say > 0) and group < 0 and number - 2 >= oldest:
                _fetch_author(t, number - 2, m.to_say > 0)
            use, hurt, mark = _read(t, i, day, number, own, responses, items.NO, talks, look)
            if use >= 0.0:
                total += use
                harm += hurt
                promo += mark & audience.PROMOTION
                opened += mark >> 1 & 1
                if items.is_official(t, number):
                    official += use
                marks |= mark
                n += 1
    m.seen_to = max(m.seen_to, moment - 1)
    m.last_visit = day
    returns.sum_up(t, i, day, total, official, harm, promo, opened, n, inflow, budget)
    if is_noted:
        audience.note(t, i, day, marks, f8(promo) / max(1, n))
    return f8(max(0, inflow - budget))


@inlined()
def _read(t, i, day, number, own, responses, is_tie, talks, look):
    """Show one item; returns its worth (-1: cannot be seen), harm and marks."""
    item = t.items[number & (t.items.shape[0] - 1)]
    if item.shown != items.Shown.PUBLISHED or item.author == i:
        return -1.0, 0.0, i8(0)
    topic = t.members[i].topic
    use = f8(item.quality) * items.fit(item.topic, topic)
    if look:
        is_opened, is_finished = opening.opens(t, item, topic, look, own)
        if not is_opened:
            return 0.0, 0.0, i8(item.is_promotion)
        if is_finished:
            item.completions += 1
            t.daily[day, mt.COMPLETIONS] += 1.0
        else:
            use *= t.params[0].opening.partial_use
    item.views += 1
    if item.author <= -2:
        t.partners[-2 - item.author].exposures += 1
    if talks or t.members[i].to_say > 0:
        responding.respond(t, i, day, item, number, use, responses, is_tie, talks)
    harm = t.params[0].interaction.violation_harm if item.is_violation else 0.0
    mark = i8(item.is_promotion) | audience.OPENED | 1 << (audience.FORM + i8(item.format))
    if item.author == items.BRAND_AUTHOR and not (item.is_centred or item.is_promotion):
        mark |= audience.USEFUL
    if item.is_promotion:
        mark |= audience.OFFER
    return use, harm, mark
