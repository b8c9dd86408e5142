"""Lure: prizes, pay and rewards are heard of outside, and bring those who come for them.

What a newcomer could earn is news; it brings people over and above those who come of themselves,
more for more. They come for the reward: their own motive is small, they stay less, and more of them
than of others game what can be gamed.
"""

from __future__ import annotations

from plaza_lab.agents.member import Route
from plaza_lab.agents.rewards import doses
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Metric, params, quantity
from plaza_lab.sim.state import prospects, rewards
from plaza_lab.sim.state.prospects import Aim, Seeks
from plaza_lab.sim.stepping import compiled, kernel, mt

SOURCE = "Khern-am-nuai et al. 2018; science.md A.10 (Thornton 2008; reward-seekers); M43, M129"
METRICS = (
    Metric("reward_in_sight_yuan", "yuan", "what a newcomer could earn, as heard outside", "M43"),
)


@params()
class Params:
    """How far the news of a reward reaches."""

    news: float = quantity(
        0.4,
        "log-rate",
        (0.0, 5.0),
        "Khern-am-nuai et al. 2018 (reviews that are paid for: new reviewers +.4)",
    )
    """More who come where a first coin is to be earned; more of it adds as it adds to acts."""


def is_on(policy, world):
    """Whether there is anything to be heard of."""
    lever = policy.incentive
    pays = lever.has_prize or lever.oneoff_cents > 0 or lever.has_token or lever.has_tips
    invites = policy.acquisition.has_referral and policy.acquisition.referral_reward_cents > 0
    return bool(world.lure.news > 0.0 and (pays or invites))


@kernel()
def step(t, day):
    """Let those come who have heard what there is to earn."""
    if t.params[0].lure.news <= 0.0:
        return
    yuan = _in_sight(t, day)
    if yuan > 0.0:
        t.daily[day, mt.REWARD_IN_SIGHT_YUAN] = yuan
        _bring(t, day, yuan, 1.0, Seeks.REWARD.value)
    lever = t.policy[0].acquisition
    if lever.has_referral:
        # nobody earns it by coming, but a farmer by sending in accounts
        farmers = t.params[0].gaming.farmer_share
        _bring(t, day, lever.referral_reward_cents / 100.0, farmers, Seeks.GAIN.value)


@compiled()
def _bring(t, day, yuan, share, seeks):
    """Let those come whom a reward brings, of a share of people."""
    if yuan <= 0.0:
        return
    prospects_state = t.prospects_state[0]
    more = exp(t.params[0].lure.news * appeal(yuan, t.params[0])) - 1.0
    before = prospects_state.n_applicants
    expected = share * more * prospects_state.by_themselves
    prospects.come(t, Route.REWARD.value, expected, day, 0.0, Aim.INTERESTED.value)
    for k in range(before, prospects_state.n_applicants):
        t.applicants[k].seeks = seeks


@compiled()
def _in_sight(t, day):
    """Yuan that whoever comes in could earn by an act, or win with it in the week's prize."""
    yuan = rewards.pay_expected(t, day, t.policy[0], t.policy[0].incentive.token_answer)
    if t.policy[0].incentive.has_prize:
        yuan = max(yuan, rewards.prize_expected(t))
    return max(yuan, rewards.tip_expected(t, t.policy[0]))


@compiled()
def appeal(yuan, world):
    """How a reward draws, relative to a first coin: as it draws to an act (Thornton 2008)."""
    p = world.incentives
    first = 1.0 - exp(-yuan / p.first_coin_yuan)
    if p.first_coin <= 0.0:
        return first
    return first + p.cash_slope / p.first_coin * doses(yuan / p.cash_unit_yuan, p.cash_range)
