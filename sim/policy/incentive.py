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

    has_thanks: bool = quantity(True, "flag", source="M53")
    """Contributions are thanked in public."""
    has_points: bool = quantity(False, "flag", source="M39")
    """Acts earn points."""
    points_post: int = quantity(10, "points", (0, 1000), "assumption")
    """Points for a post."""
    points_reply: int = quantity(2, "points", (0, 1000), "assumption")
    """Points for a reply."""
    points_answer: int = quantity(20, "points", (0, 1000), "assumption")
    """Points for an answer."""
    points_cap_day: int = quantity(60, "points/day", (0, 100_000), "assumption")
    """Daily cap a member."""
    point_value_cents: int = quantity(1, "cents/point", (0, 1000), "assumption")
    """Value when redeemed."""
    points_reward: int = quantity(500, "points", (1, 1_000_000), "assumption")
    """Points that buy one reward; the next reward is the goal in sight."""
    has_prize: bool = quantity(False, "flag", source="M43")
    """The best shares of the week win a prize."""
    prize_winners: int = quantity(3, "members", (1, 20), "F06, W09")
    """Winners each week."""
    prize_first_share: float = quantity(
        0.5, "share", (0.0, 1.0), "mechanisms.md 6.3 (50 / 30 / 20)"
    )
    """Share of the first winner; the others share the rest, by falling weights."""
    prize_gap_weeks: int = quantity(4, "weeks", (0, 52), "mechanisms.md 6.3")
    """Weeks a winner must wait before winning again (repeat cap)."""

    prize_judge: Judge = quantity(Judge.STEWARD, "choice", source="M43")
    """steward: by quality; vote: members vote, friends for friends; mixed: half and half."""
    cash_last_week: int = quantity(0, "weeks", (0, 520), "M53")
    """Weeks after which prizes and pay are withdrawn for good; 0 for never."""
    symbolic_share: float = quantity(0.0, "share", (0.0, 1.0), "M53")
    """How far rewards are presented as recognition of skill, not as pay."""
    points_expiry_weeks: int = quantity(0, "weeks", (0, 520), "M39")
    """Weeks without a visit after which a member's points lapse; 0 for never."""
    has_levels: bool = quantity(False, "flag", source="M40")
    """Contribution and spend unlock grades."""
    level_first: float = quantity(100.0, "merit", (1.0, 1e6), "assumption")
    """Merit of the first grade."""
    level_factor: float = quantity(2.5, "1", (1.1, 20.0), "assumption")
    """Merit of each grade relative to the one before."""
    level_count: int = quantity(5, "grades", (1, 20), "assumption")
    """Number of grades."""
    level_buy: int = quantity(0, "merit", (0, 1000), "M40 (or spend)")
    """Merit of a purchase."""
    level_idle_weeks: int = quantity(0, "weeks", (0, 520), "M40 (decay)")
    """Weeks without an act after which a grade sinks, one a week; 0 for never."""
    has_badges: bool = quantity(False, "flag", source="M41")
    """The best answerers of a week are honoured."""
    badge_share: float = quantity(
        0.05, "share", (0.0, 1.0), "science A.10 (Restivo & van de Rijt 2012: top 1 %)"
    )
    """Answerers of a week who are honoured; the fewer, the more it means."""
    has_reputation: bool = quantity(False, "flag", source="M42")
    """Reputation is reckoned from acts and shown."""
    reputation_cap: float = quantity(0.0, "points", (0.0, 1e6), "M42")
    """Highest reputation; 0 for no bound."""
    reputation_voice: float = quantity(0.0, "1", (0.0, 5.0), "M42")
    """Weight of the author's reputation where items are ranked."""
    reputation_perk: float = quantity(0.0, "points", (0.0, 1e6), "M42")
    """Reputation that early access or a gift costs; 0 when it buys nothing."""
    is_certified: bool = quantity(False, "flag", source="M42")
    """A third party certifies reputation."""
    has_tips: bool = quantity(False, "flag", source="M44")
    """Readers can tip an answer; members pay members."""
    tip_norm0: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M44)")
    """Norm of paying for knowledge at the start: chance of tipping a perfect answer."""
    tip_mean_cents: int = quantity(500, "cents", (1, 1_000_000), "assumption")
    """Mean of a tip."""
    oneoff_cents: int = quantity(0, "cents/day", (0, 1_000_000), "M45")
    """Cash or gift for a day on which a member posts or answers; 0 for none."""
    oneoff_first_week: int = quantity(0, "week", (0, 520), "M45")
    """First week of the activity."""
    oneoff_weeks: int = quantity(4, "weeks", (1, 520), "M45")
    """Weeks the activity lasts."""
    oneoff_related: float = quantity(0.5, "1", (0.0, 1.0), "M45")
    """How far the gift has to do with the experience."""
    survey_reward_cents: int = quantity(0, "cents/answer", (0, 1_000_000), "M45")
    """Reward for answering the weekly survey, from the brand's budget."""
    has_privileges: bool = quantity(False, "flag", source="M46")
    """Members have priority, discounts, early access."""
    privilege_level: int = quantity(0, "grade", (0, 20), "M46")
    """Lowest grade with privileges; 0 for every member."""
    privilege_cents_week: int = quantity(50, "cents/member/week", (0, 100_000), "assumption (M46)")
    """Cost of privileges for each active holder."""
    tier: Tier = quantity(Tier.NOBODY, "choice", source="M49")
    """Whom points and service favour: nobody, a grade, those likely to leave, good buyers."""
    tier_level: int = quantity(2, "grade", (1, 20), "assumption (M49)")
    """Lowest favoured grade."""
    tier_bonus: float = quantity(0.0, "1", (0.0, 10.0), "M49")
    """Extra points of the favoured, relative to the tariff."""
    care_cents_week: int = quantity(0, "cents/member/week", (0, 100_000), "M49")
    """Cost of personal service for each favoured member; 0 for no such service."""
    is_tier_open: bool = quantity(True, "flag", source="M49")
    """Members know whom the tiers favour."""
    has_talent: bool = quantity(False, "flag", source="M47")
    """Contributors are matched with openings."""
    talent_share: float = quantity(0.03, "share/week", (0.0, 1.0), "assumption (M47)")
    """Strong contributors who are matched in a week."""
    talent_needs_star: bool = quantity(False, "flag", source="M47")
    """Openings come through the star."""
    has_token: bool = quantity(False, "flag", source="M48")
    """Contributions earn tokens on a ledger."""
    token_post: int = quantity(5, "tokens", (0, 10_000), "assumption")
    """Tokens for a post."""
    token_answer: int = quantity(10, "tokens", (0, 10_000), "assumption")
    """Tokens for an answer."""
    token_week_supply: int = quantity(0, "tokens/week", (0, 1_000_000_000), "M48 (supply rule)")
    """Most tokens minted in a week; 0 for no bound."""
    token_price_cents: float = quantity(10.0, "cents/token", (0.01, 1e6), "assumption")
    """Price of a token on day 0."""
    token_volatility: float = quantity(0.1, "1/week", (0.0, 1.0), "assumption (M48)")
    """Spread of the log price change of a week."""
    has_detection: bool = quantity(False, "flag", source="M129")
    """Odd behaviour is looked for every week."""
    has_identity_check: bool = quantity(False, "flag", source="M129")
    """Newcomers show who they are."""

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
