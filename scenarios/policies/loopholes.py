"""Settings that invite what nobody wants: each rule looks at a few levers and says why."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from plaza_lab.agents.partner import DEPARTMENTS
from plaza_lab.scenarios.policies.finding import ERROR, LOOPHOLE, WARNING, Asked, Finding, yuan

Rule = Callable[[Asked], Iterator[Finding]]
PROMOTION_TOLERANCE = 0.2  # mechanisms.md 6.3
WEEKLY_ACTIVE = 0.17  # mechanisms.md 6.3, daily activity propensity: weekly share
POSTS_A_WEEK = 2.0  # assumption: items of a member who is active in a week
FEWEST_FOR_KOCS = 500  # mechanisms.md 6.1, validity rules
MONTHLY_ACTIVE = 0.3  # assumption: members active in 28 days (mechanisms.md 6.3: .17 in a week)


def _found(asked: Asked, severity: str, paths: tuple[str, ...], rule: str, remedy: str) -> Finding:
    return Finding(severity, LOOPHOLE, asked.shown(*paths), rule, remedy)


def points_without_cap(asked: Asked) -> Iterator[Finding]:
    """Points worth money whose cap nobody meets pay for spam (M129)."""
    get = asked.get
    if not get("incentive.has_points") or get("incentive.point_value_cents") <= 0:
        return
    cap, post = get("incentive.points_cap_day"), get("incentive.points_post")
    if cap >= 20 * max(1, post):
        cents = cap * 7 * get("incentive.point_value_cents")
        yield _found(
            asked, WARNING,
            ("incentive.points_cap_day", "incentive.points_post", "incentive.point_value_cents"),
            f"points are worth money and their cap is as good as none: a member who farms them "
            f"earns {yuan(cents)} a week",
            f"incentive.points_cap_day={6 * max(1, post)}, or incentive.point_value_cents=0",
        )  # fmt: skip


def posts_pay_like_answers(asked: Asked) -> Iterator[Finding]:
    """A post that earns as much as an answer makes chatter the quicker way to points (M39)."""
    get = asked.get
    if get("incentive.has_points") and get("incentive.points_post") >= get(
        "incentive.points_answer"
    ):
        yield _found(
            asked, WARNING, ("incentive.points_post", "incentive.points_answer"),
            "a post earns as much as an answer, and takes less: counts rise, value does not",
            "incentive.points_answer above incentive.points_post",
        )  # fmt: skip


def reward_above_fee(asked: Asked) -> Iterator[Finding]:
    """A referral reward above the fee pays for inviting oneself (M03, M129)."""
    get = asked.get
    reward, fee = get("acquisition.referral_reward_cents"), get("entry.fee_cents")
    has_fee = asked.is_at("entry.gate", "fee", "fee_plus_challenge") and fee > 0
    if get("acquisition.has_referral") and has_fee and reward > fee:
        yield _found(
            asked, ERROR, ("acquisition.referral_reward_cents", "entry.fee_cents"),
            f"a referral pays {yuan(reward)} and joining costs {yuan(fee)}: inviting oneself "
            f"earns {yuan(reward - fee)}",
            f"acquisition.referral_reward_cents={fee} or less",
        )  # fmt: skip


def reward_without_vesting(asked: Asked) -> Iterator[Finding]:
    """A reward paid on the day of joining pays for people who leave the next day (M03)."""
    get = asked.get
    reward = get("acquisition.referral_reward_cents")
    if get("acquisition.has_referral") and reward > 0 and get("acquisition.referral_vest_days") < 7:
        yield _found(
            asked, WARNING, ("acquisition.referral_reward_cents", "acquisition.referral_vest_days"),
            f"a referral pays {yuan(reward)} before the newcomer has stayed a week",
            "acquisition.referral_vest_days=28",
        )  # fmt: skip


def referrals_without_cap(asked: Asked) -> Iterator[Finding]:
    """Rewarded invitations without a cap make a business of inviting (M03)."""
    get = asked.get
    if get("acquisition.referral_reward_cents") > 0 and get("acquisition.referral_cap") > 200:
        yield _found(
            asked, WARNING, ("acquisition.referral_reward_cents", "acquisition.referral_cap"),
            "invitations are paid, and one member may send hundreds of them",
            "acquisition.referral_cap=20",
        )  # fmt: skip


def prize_without_gap(asked: Asked) -> Iterator[Finding]:
    """Without a repeat cap the same few win every week (M43, T57)."""
    get = asked.get
    if get("incentive.has_prize") and get("incentive.prize_gap_weeks") == 0:
        yield _found(
            asked, WARNING, ("incentive.prize_gap_weeks", "incentive.prize_winners"),
            "the same members may win every week, and the others give up",
            "incentive.prize_gap_weeks=4",
        )  # fmt: skip


def all_to_the_first(asked: Asked) -> Iterator[Finding]:
    """A prize that goes to one member alone moves one member (M43)."""
    get = asked.get
    one = get("incentive.prize_winners") == 1 or get("incentive.prize_first_share") >= 0.95
    if get("incentive.has_prize") and one:
        yield _found(
            asked, WARNING, ("incentive.prize_winners", "incentive.prize_first_share"),
            "the whole prize goes to one member a week: who does not expect to win, does nothing",
            "incentive.prize_winners=3 incentive.prize_first_share=0.5",
        )  # fmt: skip


def review_without_capacity(asked: Asked) -> Iterator[Finding]:
    """Review before publishing without hands lets every post wait (M59)."""
    from plaza_lab.agents.moderator import volunteers_wanted
    from plaza_lab.engine.plain import plain

    get = asked.get
    if not asked.is_at("moderation.review", "pre", "filter_queue"):
        return
    hours = get("stewarding.founder_hours_week") / max(1, get("stewarding.groups", 1))
    if asked.is_at("stewarding.staff", "volunteers"):
        hours += get("stewarding.volunteer_hours_week") * plain(volunteers_wanted)(
            get("stewarding.volunteers_per_100"), asked.members,
            get("world.stewarding.size_power", 1.0), get("world.stewarding.usual_members", 100.0),
        )  # fmt: skip
    elif asked.is_at("stewarding.staff", "paid_rotation"):
        hours += get("stewarding.steward_hours_week")
    share = get("world.review.review_time_share", 1.0)
    items = hours * share * get("world.review.items_per_hour", 60.0)
    capacity = get("moderation.capacity_day", 0.0)
    if capacity:
        items = min(items, 7 * capacity) if items else 7 * capacity
    posts = asked.members * WEEKLY_ACTIVE * POSTS_A_WEEK
    if items < posts:
        yield _found(
            asked, ERROR if items < posts / 4 else WARNING,
            ("moderation.review", "moderation.capacity_day", "stewarding.staff",
             "stewarding.founder_hours_week"),
            f"posts wait for review, and the hands there are look at {items:,.0f} of about "
            f"{posts:,.0f} a week",
            "moderation=post, or more hours (stewarding=volunteers, paid_rotation)",
        )  # fmt: skip


def strictness_at_an_end(asked: Asked) -> Iterator[Finding]:
    """Review that removes nothing, or all that is doubtful (M64)."""
    strictness = asked.get("moderation.strictness", 0.5)
    if asked.is_at("moderation.review", "none") or 0.05 <= strictness <= 0.95:
        return
    what = "removes nothing" if strictness < 0.5 else "removes all that looks at all doubtful"
    yield _found(
        asked, WARNING, ("moderation.review", "moderation.strictness"),
        f"review {what}: its hours bring nothing, or its errors drive members away",
        "moderation.strictness=0.5, or moderation=none",
    )  # fmt: skip


def counts_only(asked: Asked) -> Iterator[Finding]:
    """Stewards paid by counts alone make noise (M62, M121)."""
    if asked.is_at("stewarding.staff", "paid_rotation") and asked.get("stewarding.kpi_quality") < (
        0.05
    ):
        yield _found(
            asked, WARNING, ("stewarding.kpi_quality",),
            "stewards are judged by counts alone, and digests without quality count in full",
            "stewarding.kpi_quality=0.5",
        )  # fmt: skip


def exempt_owner(asked: Asked) -> Iterator[Finding]:
    """Rules that do not hold for the owner are felt to be unfair (M69)."""
    exempt = asked.get("moderation.owner_exempt", False) or asked.get("rules.owner_exempt", False)
    if exempt and not asked.is_at("moderation.review", "none"):
        yield _found(
            asked, WARNING, ("moderation.owner_exempt", "rules.owner_exempt", "moderation.review"),
            "members' posts are reviewed and the owner's are not: fairness falls",
            "moderation.owner_exempt=false",
        )  # fmt: skip


def too_much_promotion(asked: Asked) -> Iterator[Finding]:
    """Promotion above what members bear (M122)."""
    share = asked.get("content.promo_share")
    if asked.get("content.brand_posts_day") > 0 and share > PROMOTION_TOLERANCE:
        yield _found(
            asked, WARNING, ("content.promo_share", "content.brand_posts_day"),
            f"{share:.0%} of the brand's items promote; members bear about "
            f"{PROMOTION_TOLERANCE:.0%} of what they see",
            f"content.promo_share={PROMOTION_TOLERANCE:g} or less",
        )  # fmt: skip


def challenge_without_problems(asked: Asked) -> Iterator[Finding]:
    """In free chat hardly any problem is open on the ranking day, so nobody can win entry (M11)."""
    is_gate = asked.is_at("entry.gate", "fee_plus_challenge")
    if is_gate and asked.is_at("comms.protocol", "free_chat"):
        yield _found(
            asked, WARNING, ("entry.gate", "comms.protocol"),
            "experts win entry by answering problems still open on the ranking day, and in free "
            "chat a request is answered or given up within days: the challenge stays empty",
            "comms=structured",
        )  # fmt: skip


def too_few_for_kocs(asked: Asked) -> Iterator[Finding]:
    """Training KOCs needs members to choose from (validity rules of 6.1)."""
    if asked.is_at("koc.programme", "incubate") and asked.members < FEWEST_FOR_KOCS:
        yield _found(
            asked, WARNING, ("koc.programme", "koc.slots"),
            f"KOCs are trained out of {asked.members:,} members; fewer than {FEWEST_FOR_KOCS} "
            "give too few to choose from",
            "koc=organic, or a larger population",
        )  # fmt: skip


def rewards_unwatched(asked: Asked) -> Iterator[Finding]:
    """Much to earn and nobody who looks for cheaters (M129)."""
    watched = asked.get("incentive.has_detection", None)
    if watched is not False:
        return
    earned = [
        path for path, is_on in (
            ("incentive.point_value_cents",
             asked.get("incentive.has_points") and asked.get("incentive.point_value_cents") > 0),
            ("acquisition.referral_reward_cents",
             asked.get("acquisition.referral_reward_cents") > 0),
        ) if is_on
    ]  # fmt: skip
    if earned:
        yield _found(
            asked,
            WARNING,
            ("incentive.has_detection", *earned),
            "acts are worth money and nobody looks for those who farm them",
            "incentive.has_detection=true",
        )


def tokens_without_limit(asked: Asked) -> Iterator[Finding]:
    """Tokens with a price and no limit of supply (M48)."""
    if asked.get("incentive.has_token") and asked.get("incentive.token_week_supply", 1) >= 100_000:
        yield _found(
            asked,
            WARNING,
            ("incentive.has_token", "incentive.token_week_supply"),
            "tokens have a price and are issued almost without limit: their price falls to nothing",
            "a smaller incentive.token_week_supply",
        )


RULES: tuple[Rule, ...] = (
    points_without_cap, posts_pay_like_answers, reward_above_fee, reward_without_vesting,
    referrals_without_cap, prize_without_gap, all_to_the_first, review_without_capacity,
    strictness_at_an_end, counts_only, exempt_owner, too_much_promotion,
    challenge_without_problems, too_few_for_kocs,
    rewards_unwatched, tokens_without_limit,
)  # fmt: skip
"""Every rule about loopholes but those of contracts."""


# ---- contracts with partners


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
            asked, WARNING, ("partnership.form",),
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
            asked, WARNING, ("partnership.form",),
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
            asked, WARNING, ("partnership.split", "partnership.host_share"),
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
            asked, WARNING,
            ("partnership.data_scope", "data_policy.encryption", "data_policy.audit_months"),
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
                asked, WARNING, ("partnership.form", lever),
                f"{form} is the form, and nothing of it is done", f"{lever} above 0",
            )  # fmt: skip


CONTRACT_RULES: tuple[Rule, ...] = (
    dear_newcomers, small_events, unequal_parts_equal_shares, open_flank, nothing_in_common_places,
)  # fmt: skip
"""Every rule about contracts with partners that are allowed and mostly not meant."""
