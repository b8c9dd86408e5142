"""Responding: reactions, replies and shares of what is read, and replies to replies."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.reading import SHARE as SHARING
from plaza_lab.agents.member import Status
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.randomness import U64, agent_key, mix, two_uniforms, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import items, people, reply_log, ties
from plaza_lab.sim.state.items import Source

METRICS = (
    Metric("replies", "replies", "replies written", "T11"),
    Metric("reactions", "reactions", "reactions given", "T11"),
    Metric("shares_lost", "shares", "shares that found no room in the day's list", ""),
)
STATE: tuple[Var, ...] = (Var("n_shared", "i8", "shares", "shares of today on the list", "M35"),)

EMOTION = U64(91)
"""Series of an item's draws that gives how moving it is."""

SHARE: tuple[Var, ...] = (
    Var("number", "i4", "item", "number of the item shared", "M35"),
    Var("sharer", "i4", "row", "who shares it", "M35"),
    Var("generation", "i2", "shares", "shares between the reader who began and this one", "M35"),
)


@compiled()
def respond(t, i, day, item, number, use, responses, is_tie, reacts):
    """React to an item, share it, and reply while there is something left to say.

    Parameters
    ----------
    i, day : int
        Row of the reader, and today.
    item : record of ITEM
        What she reads, with its ``number``.
    use : float
        Its quality times its fit, 0 to 1.
    responses : uint64
        Key of the draws of her responses today.
    is_tie, reacts : bool
        Whether she has a tie with the author; whether she reacts to anything on this visit.
    """
    p = t.params[0].interaction
    m = t.members[i]
    author = i8(item.author)
    if item.source == Source.FILLER:
        use = max(use, p.filler_appeal)
    react, reply = two_uniforms(responses, item.uid)
    chance = p.react_base * use * (0.5 + f8(m.satisfaction))
    if p.authenticity > 0.0 and items.is_member_made(item.source):
        chance = shift_probability(chance, p.authenticity)
    if reacts and react * p.talk_share < chance:
        item.reactions += 1
        t.daily[day, mt.REACTIONS] += 1.0
        people.mark_act(t, i, day)
        if author >= 0:
            writer = t.members[author]
            writer.unread_reactions = min(32000, writer.unread_reactions + 1)
    if reacts and t.params[0].spreading.is_on:
        if item.appeal < 0.0:  # the same for all readers: worked out for the first
            item.appeal = share_chance(t, item, 0)
        u = uniform(agent_key(responses, item.uid), U64(0))
        if u * p.talk_share < item.appeal:
            pass_on(t, day, number, i, 0)
    if author < 0 or m.to_say <= 0:
        return
    p_reply = p.reply_base + (p.reciprocity if is_tie else 0.0)
    if reply < p_reply * use * (1.0 - p.reply_load * f8(m.load)):
        m.to_say -= 1
        _reply(t, i, author, day)
        item.replies += 1
        if item.first_reply == 0:
            item.first_reply = min(120, day - item.day + 1)
        # who wrote today is about, and may answer at once; others when they next come by
        is_about = item.day == day and t.fate[author].status != Status.LEFT
        if is_about and uniform(mix(responses), item.uid) < p.reply_back:
            t.members[author].replier = -1
            _reply(t, author, i, day)


@compiled()
def reply_back(t, i, day, responses):
    """Reply to who replied last, as one replies in a thread.

    Parameters
    ----------
    responses : uint64
        Key of the draws of her responses today.
    """
    m = t.members[i]
    other = i8(m.replier)
    m.replier = -1
    is_willing = uniform(responses, U64(1)) < t.params[0].interaction.reply_back
    if is_willing and t.fate[other].status != Status.LEFT:
        _reply(t, i, other, day)


@compiled()
def _reply(t, i, author, day):
    p = t.params[0].interaction
    t.daily[day, mt.REPLIES] += 1.0
    t.members[i].replies_today = min(120, t.members[i].replies_today + 1)
    people.mark_act(t, i, day)
    reply_log.note(t, reply_log.Said.REPLY, i, author, day)
    writer = t.members[author]
    writer.replier = i
    writer.unread_replies = min(32000, writer.unread_replies + 1)
    writer.hurt = f8(writer.hurt) + t.company_state[0].tone
    t.daily[day, mt.TOXIC_RECEIVED] += t.company_state[0].tone
    ties.strengthen(t, i, author, p.tie_weight, day)
    ties.strengthen(t, author, i, p.tie_back_weight, day)


@compiled()
def share_chance(t, item, is_weak_tie):
    """Chance that somebody who has seen an item shares it (M35)."""
    p = t.params[0].spreading
    emotion = uniform(item.uid, EMOTION)
    is_member_made = items.is_member_made(item.source)
    pull = SHARING(f8(item.quality), emotion, is_member_made, is_weak_tie, t.params[0])
    odds = p.share_base / (1.0 - p.share_base) * exp(pull)
    return odds / (1.0 + odds)


@compiled()
def pass_on(t, day, number, i, generation):
    """Put a share on today's list, once a member, item and day; without room it counts as lost.

    Who has shared what is remembered as one bit of a hash: one share in some hundred is taken for
    another one's and left out.
    """
    state = t.responding_state[0]
    uid = t.items[number & (t.items.shape[0] - 1)].uid
    bit = agent_key(uid, t.fate[i].uid)
    word = i8((bit >> U64(6)) & U64(t.passed.shape[0] - 1))
    mark = U64(1) << (bit & U64(63))
    if t.passed[word] & mark:
        return
    t.passed[word] |= mark
    if state.n_shared >= t.shared.shape[0]:
        t.daily[day, mt.SHARES_LOST] += 1.0
        return
    row = t.shared[state.n_shared]
    row.number = number
    row.sharer = i
    row.generation = generation
    state.n_shared += 1
