"""The charter: how the rules of the community come about."""

from __future__ import annotations

import enum


class Charter(enum.IntEnum):
    """How the rules come about."""

    STATIC = 0
    ADAPTIVE = 1
    VOTED = 2
    ADAPTIVE_VOTED = 3
