"""Runs that a user looks at: her hooks are called while it lives, her measures taken at the end."""

from __future__ import annotations

from plaza_lab.sim.mesa.community import Community
from plaza_lab.sim.setting import Setting


def watched(setting: Setting, seed: int, days: int) -> Community:
    """Let a community live with the hooks of its model.

    Parameters
    ----------
    setting : Setting
        A checked setting, whose model has hooks or measures.
    seed : int
        Seed.
    days : int
        Days to live.

    Returns
    -------
    Community
        After its last day.
    """
    community = Community(setting, seed=seed, days=days)
    assert setting.model is not None
    for hook in setting.model.on_day:
        community.on_day(hook)
    for hook in setting.model.on_week:
        community.on_week(hook)
    community.run()
    return community
