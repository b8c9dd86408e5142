"""Settings of commit 464ef09, written out, so that speeds of today and of that day compare.

Numbers that have changed since are put back, and mechanisms that came later stand still where
their parameters allow it. What they cost while they stand still is in the time all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plaza_lab.sim.setting import Setting

SINCE: dict[str, Any] = {
    "arrival.p_external": 3e-5,
    "arrival.q_imitation": 0.002,
    "arrival.visibility": 0.0,
    "outreach.influencer_fit": 2.0,
    "activity.posts_activity": 0.15,
    "activity.bout_share": 0.0,
    "activity.bout_pace": 1.0,
    "entry.fee_median_yuan": 150.0,
    "gaming.fake_visit": 0.1,
    "gaming.lured_share": 0.0,
    "referral.reward_gain": 0.6,
    "referral.accept_rewarded": -0.3,
    "referral.referred_stay": 0.0,
    "referral.referring_stay": 0.0,
    "partnership.fit_weight": 3.0,
    "returns.visit_weight": 0.0,
    "returns.exit_weight": 0.0,
    "company.audience": 0.0,
    "company.example": 0.0,
    "company.toxic_weight": 0.0,
    "lure.news": 0.0,
    "interaction.reply_load": 1.0,
    "interaction.filler_appeal": 0.0,
    "help.asking_weight": 0.0,
    "posting.rules_pull": 0.0,
    "posting.hints_effect": 0.0,
    "posting.removal_lesson": 0.0,
    "posting.explained_lesson": 0.0,
    "stewarding.slack_week": 0.0,
    "incentives.onlookers": 0.0,
    "incentives.practice": 0.0,
    "badges.honour_acts": 0.0,
    "badges.honour_holds": 0.0,
    "segments.offer_visit": 0.0,
    "winback.come_back": 0.0,
}
"""Values of ``world`` that both settings had, or that leave a later mechanism without effect."""

OFF: dict[str, Any] = {
    "spreading.is_on": False,
    "help.learning": 0.0,
    "gaming.farmer_share": 0.0,
    "amplification.example": 0.0,
    "mood.is_felt": False,
    "mood.usual_tone": 0.21,
    "funnel.is_tracked": False,
    "needs.drift": 0.0,
}
"""What the default world of that commit left off; ``world=full`` had it on."""


def pinned(setting: Setting, *, is_full: bool) -> Setting:
    """Put a setting back to the values of 464ef09.

    Parameters
    ----------
    setting : Setting
        Of today: the default world, or ``world=full``.
    is_full : bool
        Whether it is the full world, which had the mechanisms of :data:`OFF`.

    Returns
    -------
    Setting
        With the same policy and population.
    """
    world = setting.world
    for path, value in (SINCE if is_full else SINCE | OFF).items():
        group, name = path.split(".")
        world = replace(world, **{group: replace(getattr(world, group), **{name: value})})
    return replace(setting, world=world)
