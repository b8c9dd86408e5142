"""Levers that cannot matter where they are chosen, as data: what each of them waits for.

A lever that is set while nothing it acts on is there changes no day. That is a finding about the
question, not about the lever, so it is said instead of being reported as "no difference".
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.policies.finding import WARNING, Asked, Finding
from plaza_lab.sim.policy import Policy

if TYPE_CHECKING:
    from plaza_lab.scenarios.settings.config import Config

INERT = "inert"


@dataclass(frozen=True)
class Need:
    """What some levers wait for.

    Parameters
    ----------
    levers : str
        ``group.lever`` each, or ``group.*`` for a whole group.
    of : str
        Settings of which one must be on: a flag, an amount above zero, a choice that is no *none*.
        Those of the world begin with ``world.``; ``a&b`` asks for both, ``a=x|y`` for a choice.
    because : str
        Why the levers change nothing otherwise.
    """

    levers: str
    of: str
    because: str


NEEDS: tuple[Need, ...] = (
    # what the world must hold
    Need("climate.senses_mood", "world.mood.is_felt", "nobody is in a mood"),
    Need("climate.mediates", "world.conflict.has_quarrels", "nobody quarrels"),
    Need("data_policy.masking data_policy.consent",
         "world.incidents.happen distribution.feed", "no data are used and nothing leaks"),
    Need("data_policy.encryption data_policy.audit_months", "world.incidents.happen",
         "no data are lost"),
    Need("crm.has_stage_messages", "world.funnel.is_tracked", "stages are not tracked"),
    Need("monetisation.has_preorder", "world.purchase.stock_share",
         "goods made and not sold cost nothing"),
    Need("incentive.has_detection", "world.gaming.farmer_share", "nobody farms rewards"),
    Need("feedback.pr_response_hours",
         "world.shocks.privacy_leak_day world.shocks.platform_rule_day "
         "world.shocks.public_event_day world.shocks.culture_offence_day",
         "nothing happens that asks for a public answer"),
    Need("feedback.watches_rivals feedback.watch_week_cents feedback.rival_answer",
         "world.rivals.relative_size", "there is no rival"),
    Need("content.localised content.translation content.has_culture_work",
         "world.localising.abroad", "everybody is of the brand's culture"),
    Need("moderation.explains_removals", "world.review.is_felt", "removals are not felt"),
    # what the policy must hold
    Need("acquisition.tell_negative", "acquisition.tell_week", "members tell nobody"),
    Need("rules.heat_low rules.heat_threshold rules.speak_low rules.speak_high rules.step "
         "rules.min_gap_days rules.anomaly_k rules.violation_target", "rules.charter",
         "the rules are static"),
    Need("rules.vote_weeks rules.quorum rules.franchise_days rules.algorithmic_proposals",
         "rules.charter", "nobody votes"),
    Need("rules.exposure_cap rules.rotation distribution.explore_share distribution.score_hours",
         "distribution.feed", "the feed is chronological"),
    Need("programme.incubation_weeks programme.growth_weeks programme.conversion_goal "
         "programme.active_goal", "programme.schedule", "the programme is fixed"),
    Need("programme.growth_goal programme.shift_share", "programme.review_weeks",
         "goals are not reviewed"),
    Need("incentive.points_post incentive.points_reply incentive.points_answer "
         "incentive.points_cap_day incentive.point_value_cents incentive.points_reward "
         "incentive.points_expiry_weeks incentive.tier_bonus", "incentive.has_points",
         "nothing earns points"),
    Need("incentive.level_first incentive.level_factor incentive.level_count incentive.level_buy "
         "incentive.level_idle_weeks", "incentive.has_levels", "there are no grades"),
    Need("incentive.badge_share", "incentive.has_badges", "there are no badges"),
    Need("incentive.reputation_cap incentive.reputation_voice incentive.reputation_perk "
         "incentive.is_certified", "incentive.has_reputation", "no reputation is reckoned"),
    Need("incentive.privilege_level incentive.privilege_cents_week", "incentive.has_privileges",
         "nobody has privileges"),
    Need("incentive.tip_norm0 incentive.tip_mean_cents", "incentive.has_tips", "nobody can tip"),
    Need("incentive.talent_share incentive.talent_needs_star", "incentive.has_talent",
         "nobody is matched with openings"),
    Need("incentive.token_post incentive.token_answer incentive.token_week_supply "
         "incentive.token_price_cents incentive.token_volatility", "incentive.has_token",
         "there are no tokens"),
    Need("incentive.prize_winners incentive.prize_first_share incentive.prize_gap_weeks "
         "incentive.prize_judge", "incentive.has_prize", "there is no prize"),
    Need("incentive.oneoff_first_week incentive.oneoff_weeks incentive.oneoff_related",
         "incentive.oneoff_cents", "no gift is given"),
    Need("fund.lapse_rule fund.grace_days fund.dues_prize_share", "fund.dues_month_cents",
         "nobody owes dues"),
    Need("fund.payout_rule fund.has_renewal", "fund.has_entry_pool", "there is no entry pool"),
    Need("fund.content_share fund.koc_share fund.media_share fund.campaign_share fund.crm_share "
         "fund.staff_share", "fund.is_allocated", "the brand's money is not set aside by shares"),
    Need("fund.staff_hours_week fund.wage_hour_cents", "fund.needs_staff",
         "nothing takes paid staff hours"),
    Need("content.book_at_items content.book_price_cents content.royalty_share "
         "content.reuse_rate", "content.has_archive", "there is no archive"),
    Need("content.cycle_weeks content.promote_above content.cull_below", "content.has_testing",
         "forms are not tested"),
    Need("distribution.reposts_week distribution.adapt_cost_cents", "distribution.channels",
         "there are no other channels"),
    Need("acquisition.media_cost_cents acquisition.targeting_accuracy",
         "acquisition.media_week_cents", "no reach is bought"),
    Need("acquisition.offline_capture acquisition.offline_saving",
         "acquisition.offline_traffic_week", "nobody comes by a shop or an event"),
    Need("acquisition.influencer_fee_cents acquisition.influencer_min_fit",
         "acquisition.influencer_posts_week", "no influencer posts"),
    Need("acquisition.star_seed acquisition.star_followers acquisition.star_cohesion "
         "acquisition.star_calm", "acquisition.star_attempts", "no star is asked"),
    Need("acquisition.referral_reward_cents acquisition.referral_vest_days "
         "acquisition.referral_cap acquisition.referral_least_acts", "acquisition.has_referral",
         "members may not invite"),
    Need("koc.*", "koc.programme", "there is no programme for KOCs"),
    Need("partnership.*", "partnership.form", "there is no partner"),
    Need("partnership.host_share partnership.partner_share",
         "partnership.form=none|co_marketing|co_brand|co_promotion|portfolio",
         "nothing is spent together in this form"),
    Need("data_policy.is_certified", "world.incidents.happen&partnership.form",
         "no data of partners can leak"),
    Need("climate.mood_accuracy climate.mood_target climate.mood_gain",
         "climate.senses_mood&world.mood.is_felt", "no mood is sensed"),
    Need("climate.mediation_day climate.mediation_success",
         "climate.mediates&world.conflict.has_quarrels", "nothing is mediated"),
    Need("feedback.response_hours feedback.implement_rate feedback.publish_fixes "
         "feedback.panel_members", "feedback.channel", "complaints have no place to go"),
    Need("crm.offer_week_cents crm.offer_cents crm.ordinary_weight crm.core_weight crm.vip_weight "
         "crm.at_risk_weight crm.retarget_trigger crm.retarget_step", "crm.scheme",
         "nobody is sorted"),
    Need("crm.winback_cut crm.winback_month_cents crm.contact_cents crm.winback_offer "
         "crm.holdout_share crm.score_noise", "crm.has_winback", "nobody is won back"),
    Need("insiders.staff_hours", "insiders.staff", "the brand sends nobody"),
    Need("insiders.partner_staff", "partnership.form", "there is no partner"),
    Need("trading.certifies trading.certify_cents trading.mediates trading.mediation_cents "
         "trading.fee_share", "trading.is_open", "members do not trade"),
    Need("trading.certify_cents", "trading.certifies", "nothing is certified"),
    Need("trading.mediation_cents", "trading.mediates", "no dispute is heard"),
    Need("assembly.order_cents assembly.seek_cents assembly.crew assembly.due_days "
         "assembly.proceeds assembly.kept_share", "assembly.orders_month", "there are no orders"),
    Need("game.lottery_odds game.lottery_cents", "game.has_checkins", "nobody checks in"),
    Need("steering.central_weight", "steering.is_steered", "nobody steers"),
    Need("steering.departments", "alerts.ruleset partnership.form programme.review_weeks",
         "nothing is decided while the days go by"),
    Need("steering.has_coordinator", "steering.departments", "the team decides alone"),
    Need("steering.member_hosted", "events.online_month events.offline_month "
         "events.immersive_month events.charity_month", "there are no events"),
    Need("service.*", "service.has_service", "there is no service"),
)  # fmt: skip
"""Every need that is known; the others are found by running (``Comparison.found``)."""

WORLD_NEEDS: tuple[Need, ...] = (
    Need("world.rivals.matches world.rivals.answer_weeks world.rivals.base_week_cents",
         "world.rivals.relative_size", "there is no rival"),
)  # fmt: skip
"""The same of parameters of the world."""


def inert_findings(asked: Asked) -> Iterator[Finding]:
    """Yield levers that are set and cannot matter in the world that is asked about."""
    for need in (*NEEDS, *WORLD_NEEDS):
        levers = tuple(path for path in levers_of(need) if _is_set(asked, path))
        if not levers or _is_met(asked, need):
            continue
        shown = asked.shown(*levers)
        rule = f"{' '.join(shown[:3])} changes nothing here: {need.because}"
        yield Finding(WARNING, INERT, shown, rule, _remedy(need, asked))
    weeks = asked.get("programme.review_weeks")
    if weeks >= asked.weeks > 0:
        shown = asked.shown("programme.review_weeks")
        rule = f"{shown[0]} changes nothing here: the first review is after the {asked.weeks} weeks"
        yield Finding(WARNING, INERT, shown, rule, f"fewer weeks than {asked.weeks}, such as 13")


SEEN = {
    "sensed_negative": "climate.senses_mood", "alerts_red": "alerts.ruleset",
    "caught": "incentive.has_detection", "points_outstanding": "incentive.has_points",
    "points_liability_yuan": "incentive.has_points", "dues_pool_yuan": "fund.dues_month_cents",
    "entry_pool_yuan": "fund.has_entry_pool", "kocs": "koc.programme",
    "partners": "partnership.form", "complaints": "feedback.channel",
    "complaints_open": "feedback.channel",
}  # fmt: skip
"""What a condition looks at, and the lever without which it is always 0."""


def blind_findings(config: Config, asked: Asked) -> Iterator[Finding]:
    """Yield conditions that look at what is always 0 under the policy of day 0."""
    for when, _ in config.changes:
        if isinstance(when, int):
            continue
        needed = SEEN.get(when.metric, "")
        if needed and not _is_on(asked.get(needed)):
            rule = f"if {when}: {when.metric} is always 0 here"
            yield Finding(WARNING, INERT, asked.shown(needed), rule, f"turn {needed} on")


def levers_of(need: Need) -> list[str]:
    """Return the levers of a need one by one; of a whole group without what turns it on."""
    found = []
    for word in need.levers.split():
        group, _, lever = word.partition(".")
        if lever != "*":
            found.append(word)
            continue
        fields = dataclasses.fields(getattr(_usual().policy, group))
        found += [f"{group}.{one.name}" for one in fields if f"{group}.{one.name}" != need.of]
    return found


@cache
def _usual() -> Asked:
    from plaza_lab.sim.setting import World

    return Asked(Policy(), World(), 0, 0)


def _is_set(asked: Asked, path: str) -> bool:
    missing = object()
    usual = _usual().get(path, missing)
    return usual is not missing and asked.get(path, usual) != usual


def _is_met(asked: Asked, need: Need) -> bool:
    return any(all(_is_there(asked, p) for p in one.split("&")) for one in need.of.split())


def _is_there(asked: Asked, wanted: str) -> bool:
    path, _, choices = wanted.partition("=")
    return asked.is_at(path, *choices.split("|")) if choices else _is_on(asked.get(path))


def _is_on(value: Any) -> bool:
    return bool(value.value if isinstance(value, enum.Enum) else value)


def _remedy(need: Need, asked: Asked) -> str:
    off = [path for one in need.of.split() for path in one.split("&")
           if not _is_there(asked, path)]  # fmt: skip
    path, _, choices = off[0].partition("=")
    if choices:
        named = ", ".join(one for one in choices.split("|") if one != "none")
        return f"{path} one of {named}, or leave the lever out"
    full = Asked(asked.policy, _full_world(), asked.members, asked.weeks)
    if off[0].startswith("world.") and _is_on(full.get(off[0])):
        return f"world=full has it ({off[0]})"
    return f"turn {off[0]} on, or leave the lever out"


@cache
def _full_world() -> Any:
    from plaza_lab.scenarios.settings.composing import compose

    return compose(["world=full"]).config.world
