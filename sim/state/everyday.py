"""Everyday: hazards of visiting and leaving while much of what might move them stands still.

Most communities have no star, no tokens, no dues and no grades. Terms of such mechanisms are 0 for
everybody then, and adding them up for each member is half of the work of a weekly look. Whether
they stand still is asked once; then the sums are made without them. They are the same sums.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.leaving import EXIT, exit_rate
from plaza_lab.agents.decisions.visiting import VISIT, visit_rate
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp

VISIT_LESS = VISIT.less(
    "star", "points", "token", "founder", "game", "expert time", "identity", "place", "alarm",
    "platform rule",
)  # fmt: skip
"""Coming by, without what :func:`is_everyday` rules out."""
EXIT_LESS = EXIT.less(
    "dues", "star", "grade", "privileges", "talent", "channels", "relationship", "expert time",
    "referring",
)  # fmt: skip
"""Leaving, likewise."""


@compiled()
def visit_hazard(m, t, policy, world):
    """As :func:`plaza_lab.agents.decisions.visiting.visit_hazard`, where it is everyday."""
    return visit_rate(m) * exp(VISIT_LESS(m, t, policy, world))


@compiled()
def exit_hazard(m, day, is_silent, t, policy, world):
    """As :func:`plaza_lab.agents.decisions.leaving.exit_hazard`, where it is everyday."""
    return exit_rate(m, world) * exp(EXIT_LESS(m, day, is_silent, t, policy, world))


@compiled()
def is_everyday(t):
    """Whether the terms that are left out are 0 for every member just now.

    Returns
    -------
    bool
        False where it cannot be told at once, such as during a trial.
    """
    if t.policy.shape[0] > 1:
        return False
    return _is_unpaid(t) and _is_unmoved(t)


@compiled()
def _is_unpaid(t):
    """Whether no lever is set that one of the terms belongs to."""
    policy = t.policy[0]
    lever = policy.incentive
    has_rewards = lever.has_points or lever.has_token or lever.has_levels or lever.has_talent
    has_rewards = has_rewards or lever.has_privileges or lever.care_cents_week > 0
    joining = policy.acquisition
    has_rewards = has_rewards or (joining.has_referral and joining.referral_reward_cents > 0)
    is_elsewhere = policy.hosting.first != 0 or policy.crm.cross_platform
    return not (has_rewards or is_elsewhere or policy.game.has_checkins)


@compiled()
def _is_unmoved(t):
    """Whether nothing of the kind has been left behind, and weights that may be 0 are."""
    world = t.params[0]
    star = t.star_state[0]
    is_weighed = world.visiting.expert_weight != 0.0 or world.churn.expert_weight != 0.0
    is_weighed = is_weighed or world.relationship.strength != 0.0
    moved = abs(star.star_cohesion) + abs(star.star_gone)
    moved += abs(world.groups.prestige_weight * t.groups_state[0].presence)
    moved += abs(t.culture_state[0].culture) + abs(t.shocks_state[0].alarm)
    moved += abs(t.shocks_state[0].platform_loss) + abs(t.dues_state[0].dues_share)
    return moved == 0.0 and not is_weighed
