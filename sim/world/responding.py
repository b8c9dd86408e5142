"""Responding: reactions and replies to what is read, and replies to replies."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from agents.compiled import compiled
from agents.member import Status
from sim.randomness import U64, mix, two_uniforms, uniform
from sim.recording import metrics as mt
from sim.world import people, talk, ties


@compiled()
def respond(t, i, day, item, use, responses, is_tie, reacts):
    """React to an item, and reply while there is something left to say.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i, day : int
        Row of the reader, and today.
    item : record of ITEM
        What she reads.
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
    react, reply = two_uniforms(responses, item.uid)
    if reacts and react * p.talk_share < p.react_base * use * (0.5 + f8(m.satisfaction)):
        item.reactions += 1
        t.daily[day, mt.REACTIONS] += 1.0
        people.mark_act(t, i, day)
        if author >= 0:
            writer = t.members[author]
            writer.unread_reactions = min(32000, writer.unread_reactions + 1)
    if author < 0 or m.to_say <= 0:
        return
    p_reply = p.reply_base + (p.reciprocity if is_tie else 0.0)
    if reply < p_reply * use * (1.0 - f8(m.load)):
        m.to_say -= 1
        _reply(t, i, author, day)
        item.replies += 1
        if item.first_reply == 0:
            item.first_reply = min(120, day - item.day + 1)
        # who wrote today is about, and may answer at once; others when they next come by
        if item.day == day and uniform(mix(responses), item.uid) < p.reply_back:
            t.members[author].replier = -1
            _reply(t, author, i, day)


@compiled()
def reply_back(t, i, day, responses):
    """Reply to who replied last, as one replies in a thread.

    Parameters
    ----------
    t : Tables
        The community's tables.
    i, day : int
        Row of the member, and today.
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
    talk.note(t, talk.Said.REPLY, i, author, day)
    writer = t.members[author]
    writer.replier = i
    writer.unread_replies = min(32000, writer.unread_replies + 1)
    ties.strengthen(t, i, author, p.tie_weight, day)
    ties.strengthen(t, author, i, p.tie_back_weight, day)
