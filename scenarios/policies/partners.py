"""Contracts with partners that are allowed and mostly not meant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from plaza_lab.agents.partner import DEPARTMENTS
from plaza_lab.scenarios.policies.finding import LOOPHOLE, WARNING, Asked, Finding, yuan

MONTHLY_ACTIVE = 0.3
"""Members active in 28 days; assumption (mechanisms.md 6.3: .17 in a week)."""


def _found(asked: Asked, paths: tuple[str, ...], rule: str, remedy: str) -> Finding:
    return Finding(WARNING, LOOPHOLE, asked.shown(*paths), rule, remedy)


def dear_newcomers(asked: Asked) -> Iterator[Finding]:
    """A paid campaign whose newcomers cost more than they are worth is never signed (M105)."""
    get = asked.get
    if not asked.is_at("partnership.form", "co_marketing"):
        return
    a, b = get("world.partnership.overlap_a"), get("world.partnership.overlap_b")
    comes = get("world.partnership.base_conversion") * get("world.partnership.gate_share")
    comes *= b / (a + b)
    own = get("world.partnership.person_cost_cents")
    cost, worth = own / comes if comes > 0 else 0.0, get("world.partnership.join_value_cents")
    if cost > worth:
        yield _found(
            asked, ("partnership.form",),
            f"a newcomer by a joint campaign costs some {yuan(int(cost))} and is worth "
            f"{yuan(worth)}: hardly a partner signs",
            "a term no longer than the campaign (partnership.term_weeks), "
            "partnership=co_promotion or open_platform, or world.partnership.join_value_cents at "
            "what a newcomer is worth to you",
        )  # fmt: skip


def small_events(asked: Asked) -> Iterator[Finding]:
    """Joint events of a small community bring less than working together costs (M111)."""
    get = asked.get
    if not asked.is_at("partnership.form", "joint_event"):
        return
    fit = get("world.partnership.fit_a") / (
        get("world.partnership.fit_a") + get("world.partnership.fit_b")
    )
    odds = get("world.joint_event.register_base") + get("world.joint_event.fit_weight") * fit
    guests = MONTHLY_ACTIVE * asked.members * get("world.joint_event.shows_up")
    guests *= (get("partnership.joint_groups") - 1) / (1.0 + math.exp(-odds))
    joins = guests * get("world.joint_event.looks_in") * get("partnership.joint_month")
    joins *= get("world.partnership.gate_share")
    worth = joins * get("world.partnership.join_value_cents")
    heads = get("world.contract.host_departments") * DEPARTMENTS[get("partnership.partner_class")]
    cost = get("world.contract.coordination_cents") * math.sqrt(heads)
    if cost > worth:
        yield _found(
            asked, ("partnership.form",),
            f"joint events of {asked.members} members bring some {yuan(int(worth))} a month and "
            f"take {yuan(int(cost))} of working together: hardly a partner signs",
            "partnership=traffic_swap or open_platform, or a larger community",
        )  # fmt: skip


def unequal_parts_equal_shares(asked: Asked) -> Iterator[Finding]:
    """Equal shares of unequal contributions end in disputes (M113)."""
    get = asked.get
    share = get("partnership.host_share", 0.5)
    paid = asked.is_at("partnership.form", "co_marketing", "co_brand", "co_promotion")
    if paid and asked.is_at("partnership.split", "equal") and abs(share - 0.5) > 0.2:
        yield _found(
            asked, ("partnership.split", "partnership.host_share"),
            f"the host pays {share:.0%} and shares are equal: disputes follow",
            "partnership.split=contribution",
        )  # fmt: skip


def open_flank(asked: Asked) -> Iterator[Finding]:
    """User-level data that are protected badly ask for a leak (M110, A18)."""
    get = asked.get
    months = get("data_policy.audit_months")
    is_late = months == 0 or months > 6
    shares = asked.is_at("partnership.data_scope", "user_level", "aggregate")
    if asked.is_at("partnership.form", "none") or not shares:
        return
    if is_late or get("data_policy.encryption") < 0.99:
        yield _found(
            asked, ("partnership.data_scope", "data_policy.encryption", "data_policy.audit_months"),
            "partners have members' data, and these are not protected as they should be",
            "data_policy=strict, or partnership.data_scope=none",
        )  # fmt: skip


def nothing_in_common_places(asked: Asked) -> Iterator[Finding]:
    """A promotion without slots, a swap without views or events that are never held (M107-M111)."""
    for form, lever in (
        ("co_promotion", "partnership.promo_slots_week"),
        ("traffic_swap", "partnership.swap_views_month"),
        ("joint_event", "partnership.joint_month"),
        ("co_content", "partnership.content_items_month"),
    ):
        if asked.is_at("partnership.form", form) and asked.get(lever) <= 0:
            yield _found(
                asked, ("partnership.form", lever),
                f"{form} is the form, and nothing of it is done", f"{lever} above 0",
            )  # fmt: skip


RULES = (
    dear_newcomers,
    small_events,
    unequal_parts_equal_shares,
    open_flank,
    nothing_in_common_places,
)
"""Every rule about contracts."""
