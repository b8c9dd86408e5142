"""The archive: answers that solved something, kept once a digest has circulated them (M38).

Answers are collected as they come. A digest makes them searchable; from then on a request may be
served from the stock, with nobody's effort, and the author is credited.
"""

from __future__ import annotations

import enum

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim.levers import params
from plaza_lab.sim.randomness import U64, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric


class Protocol(enum.IntEnum):
    """How problems are discussed (M20)."""

    FREE_CHAT = 0
    STRUCTURED = 1
    STRUCTURED_DIGEST = 2


METRICS = (Metric("archive_served", "requests", "requests served from the archive", "T17"),)

ENTRIES = 4096
"""Room; a new entry then takes the place of the oldest."""
LONGEST_BOOK = 200
"""Entries at the front that are never replaced."""
LOOKS = 24
"""Entries a search looks at before it gives up."""

ENTRY: tuple[Var, ...] = (
    Var("quality", "f4", "1", "quality of the answer, 0 to 1", "M38"),
    Var("author", "i4", "row", "who answered", "M38", -1),
    Var("uses", "i4", "requests", "requests served", "M38"),
    Var("topic", "i1", "topic", "field", "M38"),
)


@params()
class Params:
    """How well the archive serves (world group ``archive``)."""

    half_stock: float = quantity(10.0, "entries", (0.1, 1e5), "assumption (M38)")
    """Entries on a topic at which half of the repeated requests find one."""
    credit: float = quantity(
        0.1, "points", (0.0, 10.0), "assumption (M38: authors gain reputation)"
    )
    """Reputation an author gains when an entry serves a request."""


@compiled()
def collect(t, topic, author, quality):
    """Keep an answer that solved a request, to be circulated by the next digest."""
    help_state = t.help_state[0]
    place = help_state.n_collected
    if place >= ENTRIES:
        # the entries of the book stay, so that royalties find their authors
        place = LONGEST_BOOK + (place - LONGEST_BOOK) % (ENTRIES - LONGEST_BOOK)
    entry = t.entries[place]
    entry.topic = topic
    entry.author = author
    entry.quality = quality
    entry.uses = 0
    help_state.n_collected += 1


@compiled()
def serves(t, day, topic, difficulty, key):
    """Whether the archive answers a new request; credits the author if so.

    Parameters
    ----------
    day, topic : int
        Today; field of the request.
    difficulty : float
        Quality an answer needs.

    Returns
    -------
    bool
        True when an entry is found that solves the request.
    """
    p = t.params[0].archive
    stock = f8(t.stock[topic])
    chance = t.policy[0].content.reuse_rate * stock / (stock + p.half_stock)
    if uniform(key, U64(0)) >= chance:
        return False
    known = min(ENTRIES, t.archiving_state[0].n_archive)
    for look in range(LOOKS):
        entry = t.entries[i8(known * uniform(key, U64(1 + look)))]
        if entry.topic == topic and f8(entry.quality) >= difficulty:
            entry.uses += 1
            author = t.members[entry.author]
            author.reputation = f8(author.reputation) + p.credit
            t.daily[day, mt.ARCHIVE_SERVED] += 1.0
            return True
    return False
