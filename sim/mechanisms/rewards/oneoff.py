"""One-off rewards: cash or gifts for taking part while an activity lasts, and for the survey."""

from __future__ import annotations

from plaza_lab.agents.member import Stance
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.state import fetching, fund, rewards
from plaza_lab.sim.stepping import compiled, i8, kernel, mt

SOURCE = "M45; science.md A.10"
METRICS = (Metric("oneoff_yuan", "yuan", "paid for taking part", "M45"),)


@levers("incentive")
class Levers:
    """Pay for taking part, and for answering surveys."""

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

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.oneoff_cents > 0 and not policy.fund.has_any_money,
            "pay for taking part needs a fund; choose a fund, or incentive.oneoff_cents=0",
        )
        yield (
            self.survey_reward_cents > 0 and not policy.fund.has_brand_money,
            "a survey reward is paid from the brand's budget; choose fund=brand_funded, or "
            "incentive.survey_reward_cents=0",
        )


@params()
class Params:
    """What a gift means."""

    unrelated_loss: float = quantity(
        0.5, "1", (0.0, 1.0), "assumption (M45: related to the experience)"
    )
    """Worth that a gift loses which has nothing to do with the experience."""
    quality_gain: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M45: response quality)")
    """Quality that answers gain under a wholly related gift, as claimed."""
    survey_pull_yuan: float = quantity(10.0, "yuan", (0.01, 1e5), "assumption (M45)")
    """Survey reward at which most of its effect on taking part is there."""
    survey_gain: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M45)")
    """Extra answers to the survey under a large reward, as claimed."""


@kernel()
def step(t, day):
    """Pay who took part today, and once a week who answered the survey."""
    lever = t.policy[0].incentive
    if lever.survey_reward_cents > 0 and day % 7 == 0 and day > 0:
        cents = t.operator[0].survey_answers * lever.survey_reward_cents
        fund.pay(t, day, fund.SURVEY_REWARD, fund.BRAND_POOL, fund.MEMBERS, cents, fund.NOBODY)
    cents = rewards.pay_today(t, day)
    if cents > 0:
        _pay_contributors(t, day, cents)


@compiled()
def _pay_contributors(t, day, cents):
    """Pay as many as the pool can pay in full, in the order they came."""
    pool = fund.richest_pool(t)
    affordable = t.balances[pool] // cents
    wanted = 0
    paid = 0
    for k in range(t.people_state[0].n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        if (m.posts_today == 0 and m.answers_today == 0) or m.stance & Stance.CAUGHT:
            continue
        wanted += 1
        if paid < affordable:
            paid += 1
            rewards.note_reward(t, day, i, cents / 100.0)
            rewards.feel_reward(t, i, cents / 100.0)
    fund.transfer(t, day, fund.ONE_OFF, pool, fund.MEMBERS, paid * cents, fund.NOBODY)
    if paid < wanted:
        fund.stop(t, day, pool, fund.MEMBERS, (wanted - paid) * cents, fund.NOBODY)
    t.daily[day, mt.ONEOFF_YUAN] = paid * cents / 100.0
