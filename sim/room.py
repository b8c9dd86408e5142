"""How many rows the tables of a community have room for, by its size and its policy."""

from __future__ import annotations

import numpy as np

from plaza_lab.sim.recording.daybook import SAMPLED, WHOLE
from plaza_lab.sim.state.requests import BOARD, LONGEST_BOARD


def cases(rows: int) -> int:
    """Quarrels and complaints that are followed at a time; later ones find no ear."""
    return max(256, rows // 50)


def groups_in(policy: np.recarray) -> int:
    """Groups to have room for: those of day 0, and those that splits may open."""
    lever = policy.groups[0]
    return int(max(lever.number, lever.most) if lever.split_above > 0 else lever.number)


def board_length(rows: int) -> int:
    """Open questions that one board lists."""
    return min(LONGEST_BOARD, max(BOARD, rows // 500))


def sample_room(rows: int) -> int:
    """Room for every author up to ``WHOLE``, beyond that for one in ``SAMPLED``."""
    return min(rows, max(WHOLE, rows // SAMPLED + 1))


def guest_room(rows: int) -> int:
    """Room for the guests of one event, see :func:`plaza_lab.sim.state.events.room`."""
    return max(256, rows // 16)


def share_room(rows: int) -> int:
    """Items passed on that are followed at a time."""
    return max(512, rows // 16)


def passed_words(rows: int) -> int:
    """A power of two; some sixty bits for each share there is room for."""
    return 1 << max(9, (rows // 16).bit_length())


def feed_length(rows: int) -> int:
    """Items of the feed; a power of two."""
    return max(8192, 1 << (rows // 10).bit_length())
