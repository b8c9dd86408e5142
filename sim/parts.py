"""What a community is made of beside its mechanisms: records that several of them share."""

from __future__ import annotations

from plaza_lab.sim.recording import daybook, health, shape
from plaza_lab.sim.state import (
    answering,
    archive,
    audience,
    calibration,
    following,
    fund,
    items,
    lives,
    opening,
    people,
    places,
    prospects,
    reply_log,
    responding,
    returns,
    rewards,
    run,
    selling,
    sponsoring,
    traits,
    trial,
    visit_value,
)

SHARED = (
    run,
    calibration,
    prospects,
    traits,
    opening,
    audience,
    selling,
    archive,
    people,
    places,
    lives,
    items,
    responding,
    reply_log,
    returns,
    visit_value,
    answering,
    rewards,
    fund,
    following,
    sponsoring,
    trial,
    daybook,
    health,
    shape,
)
"""Modules that declare parameters, levers, state or metrics that no single mechanism owns."""
