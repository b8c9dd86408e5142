"""Incentive levers: what is given for contributing (P16)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.member import Tier
from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Judge(enum.IntEnum):
    """Who ranks the week's best (M43)."""

    STEWARD = 0
    VOTE = 1
    MIXED = 2


@dataclass(frozen=True)
class Incentive:
    """What is given for contributing; each instrument can run alone or with others."""

    has_thanks: bool = quantity(
        True, unit="flag", source="M53", doc="Contributions are thanked in public."
    )
    has_points: bool = quantity(False, unit="flag", source="M39", doc="Acts earn points.")
    points_post: int = quantity(
        10, unit="points", low=0, high=1000, source="assumption", doc="Points for a post."
    )
    points_reply: int = quantity(
        2, unit="points", low=0, high=1000, source="assumption", doc="Points for a reply."
    )
    points_answer: int = quantity(
        20, unit="points", low=0, high=1000, source="assumption", doc="Points for an answer."
    )
    points_cap_day: int = quantity(
        60, unit="points/day", low=0, high=100_000, source="assumption", doc="Daily cap a member."
    )
    point_value_cents: int = quantity(
        1, unit="cents/point", low=0, high=1000, source="assumption", doc="Value when redeemed."
    )
    points_reward: int = quantity(
        500,
        unit="points",
        low=1,
        high=1_000_000,
        source="assumption",
        doc="Points that buy one reward; the next reward is the goal in sight.",
    )
    has_prize: bool = quantity(
        False, unit="flag", source="M43", doc="The best shares of the week win a prize."
    )
    prize_winners: int = quantity(
        3, unit="members", low=1, high=20, source="F06, W09", doc="Winners each week."
    )
    prize_first_share: float = quantity(
        0.5,
        unit="share",
        low=0.0,
        high=1.0,
        source="mechanisms.md 6.3 (50 / 30 / 20)",
        doc="Share of the first winner; the others share the rest, by falling weights.",
    )
    prize_gap_weeks: int = quantity(
        4,
        unit="weeks",
        low=0,
        high=52,
        source="mechanisms.md 6.3",
        doc="Weeks a winner must wait before winning again (repeat cap).",
    )

    prize_judge: Judge = quantity(
        Judge.STEWARD,
        unit="choice",
        source="M43",
        doc="steward: by quality; vote: members vote, friends for friends; mixed: half and half.",
    )
    cash_last_week: int = quantity(
        0,
        unit="weeks",
        low=0,
        high=520,
        source="M53",
        doc="Weeks after which prizes and pay are withdrawn for good; 0 for never.",
    )
    symbolic_share: float = quantity(
        0.0,
        unit="share",
        low=0.0,
        high=1.0,
        source="M53",
        doc="How far rewards are presented as recognition of skill, not as pay.",
    )
    points_expiry_weeks: int = quantity(
        0,
        unit="weeks",
        low=0,
        high=520,
        source="M39",
        doc="Weeks without a visit after which a member's points lapse; 0 for never.",
    )
    has_levels: bool = quantity(
        False, unit="flag", source="M40", doc="Contribution and spend unlock grades."
    )
    level_first: float = quantity(
        100.0, unit="merit", low=1.0, high=1e6, source="assumption", doc="Merit of the first grade."
    )
    level_factor: float = quantity(
        2.5,
        unit="1",
        low=1.1,
        high=20.0,
        source="assumption",
        doc="Merit of each grade relative to the one before.",
    )
    level_count: int = quantity(
        5, unit="grades", low=1, high=20, source="assumption", doc="Number of grades."
    )
    level_buy: int = quantity(
        0, unit="merit", low=0, high=1000, source="M40 (or spend)", doc="Merit of a purchase."
    )
    level_idle_weeks: int = quantity(
        0,
        unit="weeks",
        low=0,
        high=520,
        source="M40 (decay)",
        doc="Weeks without an act after which a grade sinks, one a week; 0 for never.",
    )
    has_badges: bool = quantity(
        False, unit="flag", source="M41", doc="The best answerers of a week are honoured."
    )
    badge_share: float = quantity(
        0.05,
        unit="share",
        low=0.0,
        high=1.0,
        source="science A.10 (Restivo & van de Rijt 2012: top 1 %)",
        doc="Answerers of a week who are honoured; the fewer, the more it means.",
    )
    has_reputation: bool = quantity(
        False, unit="flag", source="M42", doc="Reputation is reckoned from acts and shown."
    )
    reputation_cap: float = quantity(
        0.0,
        unit="points",
        low=0.0,
        high=1e6,
        source="M42",
        doc="Highest reputation; 0 for no bound.",
    )
    reputation_voice: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=5.0,
        source="M42",
        doc="Weight of the author's reputation where items are ranked.",
    )
    reputation_perk: float = quantity(
        0.0,
        unit="points",
        low=0.0,
        high=1e6,
        source="M42",
        doc="Reputation that early access or a gift costs; 0 when it buys nothing.",
    )
    is_certified: bool = quantity(
        False, unit="flag", source="M42", doc="A third party certifies reputation."
    )
    has_tips: bool = quantity(
        False, unit="flag", source="M44", doc="Readers can tip an answer; members pay members."
    )
    tip_norm0: float = quantity(
        0.05,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M44)",
        doc="Norm of paying for knowledge at the start: chance of tipping a perfect answer.",
    )
    tip_mean_cents: int = quantity(
        500, unit="cents", low=1, high=1_000_000, source="assumption", doc="Mean of a tip."
    )
    oneoff_cents: int = quantity(
        0,
        unit="cents/day",
        low=0,
        high=1_000_000,
        source="M45",
        doc="Cash or gift for a day on which a member posts or answers; 0 for none.",
    )
    oneoff_first_week: int = quantity(
        0, unit="week", low=0, high=520, source="M45", doc="First week of the activity."
    )
    oneoff_weeks: int = quantity(
        4, unit="weeks", low=1, high=520, source="M45", doc="Weeks the activity lasts."
    )
    oneoff_related: float = quantity(
        0.5,
        unit="1",
        low=0.0,
        high=1.0,
        source="M45",
        doc="How far the gift has to do with the experience.",
    )
    survey_reward_cents: int = quantity(
        0,
        unit="cents/answer",
        low=0,
        high=1_000_000,
        source="M45",
        doc="Reward for answering the weekly survey, from the brand's budget.",
    )
    has_privileges: bool = quantity(
        False, unit="flag", source="M46", doc="Members have priority, discounts, early access."
    )
    privilege_level: int = quantity(
        0,
        unit="grade",
        low=0,
        high=20,
        source="M46",
        doc="Lowest grade with privileges; 0 for every member.",
    )
    privilege_cents_week: int = quantity(
        50,
        unit="cents/member/week",
        low=0,
        high=100_000,
        source="assumption (M46)",
        doc="Cost of privileges for each active holder.",
    )
    tier: Tier = quantity(
        Tier.NOBODY,
        unit="choice",
        source="M49",
        doc="Whom points and service favour: nobody, a grade, those likely to leave, good buyers.",
    )
    tier_level: int = quantity(
        2, unit="grade", low=1, high=20, source="assumption (M49)", doc="Lowest favoured grade."
    )
    tier_bonus: float = quantity(
        0.0,
        unit="1",
        low=0.0,
        high=10.0,
        source="M49",
        doc="Extra points of the favoured, relative to the tariff.",
    )
    care_cents_week: int = quantity(
        0,
        unit="cents/member/week",
        low=0,
        high=100_000,
        source="M49",
        doc="Cost of personal service for each favoured member; 0 for no such service.",
    )
    is_tier_open: bool = quantity(
        True, unit="flag", source="M49", doc="Members know whom the tiers favour."
    )
    has_talent: bool = quantity(
        False, unit="flag", source="M47", doc="Contributors are matched with openings."
    )
    talent_share: float = quantity(
        0.03,
        unit="share/week",
        low=0.0,
        high=1.0,
        source="assumption (M47)",
        doc="Strong contributors who are matched in a week.",
    )
    talent_needs_star: bool = quantity(
        False, unit="flag", source="M47", doc="Openings come through the star."
    )
    has_token: bool = quantity(
        False, unit="flag", source="M48", doc="Contributions earn tokens on a ledger."
    )
    token_post: int = quantity(
        5, unit="tokens", low=0, high=10_000, source="assumption", doc="Tokens for a post."
    )
    token_answer: int = quantity(
        10, unit="tokens", low=0, high=10_000, source="assumption", doc="Tokens for an answer."
    )
    token_week_supply: int = quantity(
        0,
        unit="tokens/week",
        low=0,
        high=1_000_000_000,
        source="M48 (supply rule)",
        doc="Most tokens minted in a week; 0 for no bound.",
    )
    token_price_cents: float = quantity(
        10.0,
        unit="cents/token",
        low=0.01,
        high=1e6,
        source="assumption",
        doc="Price of a token on day 0.",
    )
    token_volatility: float = quantity(
        0.1,
        unit="1/week",
        low=0.0,
        high=1.0,
        source="assumption (M48)",
        doc="Spread of the log price change of a week.",
    )
    has_detection: bool = quantity(
        False, unit="flag", source="M129", doc="Odd behaviour is looked for every week."
    )
    has_identity_check: bool = quantity(
        False, unit="flag", source="M129", doc="Newcomers show who they are."
    )

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        fund = policy.fund
        return (
            (
                self.has_prize and not fund.has_prize_money,
                "a weekly prize needs a fund that pays it; "
                "choose fund=entry_fee, dues, entry_and_dues, brand_funded or grant, or give "
                "prizes a share (fund.dues_prize_share, fund.brand_prize_share)",
            ),
            (
                self.has_points and self.point_value_cents > 0 and not fund.has_any_money,
                "points worth money need a fund that redeems them; choose a fund, "
                "or incentive.point_value_cents=0",
            ),
            (
                self.oneoff_cents > 0 and not fund.has_any_money,
                "pay for taking part needs a fund; choose a fund, or incentive.oneoff_cents=0",
            ),
            (
                self.survey_reward_cents > 0 and not fund.has_brand_money,
                "a survey reward is paid from the brand's budget; choose fund=brand_funded, or "
                "incentive.survey_reward_cents=0",
            ),
            (
                self.has_privileges and self.privilege_cents_week > 0 and not fund.has_any_money,
                "privileges cost money; choose a fund, or incentive.privilege_cents_week=0",
            ),
            (
                self.has_privileges and self.privilege_level > 0 and not self.has_levels,
                "privileges of a grade need grades; choose incentive.has_levels=true, or "
                "incentive.privilege_level=0",
            ),
            (
                self.has_levels
                and max(self.privilege_level, self.tier_level) > self.level_count
                and (self.has_privileges or self.tier == Tier.GRADE),
                "no member can reach a grade above incentive.level_count; lower "
                "incentive.privilege_level or incentive.tier_level",
            ),
            (
                self.tier == Tier.GRADE and not self.has_levels,
                "favouring a grade needs grades; choose incentive.has_levels=true, or another "
                "incentive.tier",
            ),
            (
                self.care_cents_week > 0 and not fund.has_any_money,
                "personal service costs money; choose a fund, or incentive.care_cents_week=0",
            ),
            (
                self.care_cents_week > 0 and self.tier == Tier.NOBODY,
                "personal service needs to know for whom; choose incentive.tier=at_risk, "
                "high_value or grade",
            ),
        )
