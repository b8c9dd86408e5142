"""Responding: on a visit on which one talks, reactions, replies and shares."""

from __future__ import annotations

import math

from numpy import float64 as f8
from numpy import int64 as i8

from agents.choices import shift_probability, total
from agents.compiled import compiled
from agents.reader import share_terms
from agents.record import Var
from sim.randomness import U64, agent_key, two_uniforms, uniform
from sim.recording import metrics as mt
from sim.world import items, people, ties

EMOTION = U64(91)
"""Series of an item's draws that gives how moving it is."""

SHARE: tuple[Var, ...] = (
    Var("number", "i4", "item", "number of the item shared", "M35"),
    Var("sharer", "i4", "row", "who shares it", "M35"),
    Var("generation", "i2", "shares", "shares between the reader who began and this one", "M35"),
)


@compiled()
def respond(t, i, day, item, number, use, responses, is_tie):
    """React and reply to an item, and perhaps share it, on a visit on which one talks.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i, day : int
        Row of the reader; today.
    item : record of ITEM
        What was read, with its ``number``.
    use : float
        What it was worth to her.
    responses : uint64
        Key of the visit's responses.
    is_tie : bool
        Whether she read it because of a tie.
    """
    p = t.params[0].interaction
    m = t.members[i]
    author = i8(item.author)
    react, reply = two_uniforms(responses, item.uid)
    chance = p.react_base * use * (0.5 + f8(m.satisfaction))
    if p.authenticity > 0.0 and items.is_member_made(item.source):
        chance = shift_probability(chance, p.authenticity)
    if react * p.talk_share < chance:
        item.reactions += 1
        t.daily[day, mt.REACTIONS] += 1.0
        people.mark_act(t, i, day)
        if author >= 0:
            writer = t.members[author]
            writer.unread_reactions = min(32000, writer.unread_reactions + 1)
    if t.params[0].spreading.is_on:
        u = uniform(agent_key(responses, item.uid), U64(0))
        if u * p.talk_share < share_chance(t, item, 0):
            pass_on(t, day, number, i, 0)
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
def share_chance(t, item, is_weak_tie):
    """Chance that somebody who has seen an item shares it (M35)."""
    p = t.params[0].spreading
    emotion = uniform(item.uid, EMOTION)
    is_member_made = items.is_member_made(item.source)
    terms = share_terms(f8(item.quality), emotion, is_member_made, is_weak_tie, t.params[0])
    odds = p.share_base / (1.0 - p.share_base) * math.exp(total(terms))
    return odds / (1.0 + odds)


@compiled()
def pass_on(t, day, number, i, generation):
    """Put a share on today's list, once a member, item and day; without room it counts as lost.

    Who has shared what is remembered as one bit of a hash: one share in some hundred is taken for
    another one's and left out.
    """
    clock = t.clock[0]
    uid = t.items[number & (t.items.shape[0] - 1)].uid
    bit = agent_key(uid, t.fate[i].uid)
    word = i8((bit >> U64(6)) & U64(t.passed.shape[0] - 1))
    mark = U64(1) << (bit & U64(63))
    if t.passed[word] & mark:
        return
    t.passed[word] |= mark
    if clock.n_shared >= t.shared.shape[0]:
        t.daily[day, mt.SHARES_LOST] += 1.0
        return
    row = t.shared[clock.n_shared]
    row.number = number
    row.sharer = i
    row.generation = generation
    clock.n_shared += 1
