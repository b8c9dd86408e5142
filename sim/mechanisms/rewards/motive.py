"""Motive: fed by feedback and thanks, worn by controlling rewards and by unfair awards.

Its return to the native level is part of the fading in ``belonging``.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.agents.member import Stance
from plaza_lab.agents.rewards import control_of, money_pull
from plaza_lab.engine.elementary import exp, power
from plaza_lab.sim.declaring import Var, levers, params, quantity
from plaza_lab.sim.state import fetching, rewards, trial
from plaza_lab.sim.stepping import as_part, compiled, f8, i8, kernel, part

SOURCE = "science.md A.10 (Deci 1999; Frey & Jegen 2001; Thornton 2008); M43, M53, M129"
STATE: tuple[Var, ...] = (
    Var("pay_felt", "f8", "1", "how much of a payment a contribution brings, 0 to 1", "M45"),
)


@levers("incentive")
class Levers:
    """Thanks, and how far rewards are presented as recognition."""

    has_thanks: bool = quantity(True, "flag", source="M53")
    """Contributions are thanked in public."""
    symbolic_share: float = quantity(0.0, "share", (0.0, 1.0), "M53")
    """How far rewards are presented as recognition of skill, not as pay."""


@params("incentives")
class Params:
    """How rewards move people."""

    first_coin: float = quantity(1.37, "log-odds", (0.0, 10.0), "science A.10 (Thornton: b0)")
    """Effect of any sure reward."""
    first_coin_yuan: float = quantity(20.0, "yuan", (0.01, 1e6), "assumption")
    """Expected reward at which most of the first-coin effect is there."""
    cash_slope: float = quantity(
        0.54, "log-odds", (0.0, 10.0), "science A.10 (Thornton: b per USD)"
    )
    """Effect of each further unit of reward."""
    cash_unit_yuan: float = quantity(
        200.0, "yuan", (0.01, 1e6), "assumption (a day's wage, as 1 USD was in Thornton's setting)"
    )
    """Unit of reward."""
    cash_range: float = quantity(3.0, "units", (0.0, 100.0), "science A.10 (range of the doses)")
    """Units up to which each adds alike; beyond, each doubling does; 0 for no slope."""
    crowding: float = quantity(0.015, "1/visit", (0.0, 1.0), "science A.10 (k_x)")
    """Motive lost on a visit under a fully controlling reward."""
    points_control: float = quantity(0.4, "1", (0.0, 1.0), "assumption")
    """How controlling points worth money are for a responder."""
    recovery: float = quantity(0.012, "1/day", (0.0, 1.0), "science A.10 (half-life 30-120 d)")
    """Return of motive to its native level."""
    feedback: float = quantity(0.02, "1/visit", (0.0, 1.0), "science A.10 (k_f; Deci d=.33)")
    """Motive gained from feedback."""
    thanks: float = quantity(0.06, "1/answer", (0.0, 1.0), "assumption (M53)")
    """Motive gained from being thanked for the first answer."""
    thanks_half: float = quantity(
        6.0, "answers", (0.1, 1000.0), "assumption (M53: thanks wear off)"
    )
    """Answers after which thanks move half as much."""
    honour_discount: float = quantity(0.3, "1", (0.0, 1.0), "assumption (M53)")
    """Pull that money loses when it is presented wholly as recognition."""
    repeat_discount: float = quantity(0.0, "1", (0.0, 1.0), "assumption (M43; 0.6 where at work)")
    """Expected prize that those who never won lose when only earlier winners win."""
    unfair_loss: float = quantity(0.05, "1/visit", (0.0, 1.0), "assumption (M129)")
    """Motive an honest member loses on a visit when every reward goes to farmers."""
    onlookers: float = quantity(
        1.2, "log-odds", (0.0, 5.0), "Sun, Dong & McIntyre 2017 (few friends +.7, many -.5)"
    )
    """What full pay for an act costs somebody with many ties, who is seen to be paid; a gift that
    has to do with the experience costs less."""
    many_ties: float = quantity(8.0, "ties", (1.0, 100.0), "assumption (of ten that are kept)")
    """Ties that are many."""
    practice: float = quantity(
        0.4, "log-odds", (0.0, 5.0), "assumption (half of a full reward's pull)"
    )
    """Log-odds of contributing when one is wholly used to it."""
    practice_gain: float = quantity(
        0.1, "1/day", (0.0, 1.0), "assumption (Lally et al. 2010: median 66 days)"
    )
    """Practice gained on a day of contributing under a reward in sight."""
    practice_days: float = quantity(
        95.0, "days", (1.0, 1e4), "assumption (half-life 66 days; Lally et al. 2010)"
    )
    """Days over which practice is lost, e-fold."""
    usual_motive: float = quantity(0.5, "1", (0.0, 1.0), "assumption (middle of the scale)")
    """Motive from within at which it does not move answering."""


@ANSWER.term("reward", source="science.md A.10 (Thornton 2008)")
def reward_answers(reward):
    """Log-odds that the rewards in sight add to answering."""
    return reward


@POST.term("prize", source="science.md A.10 (Thornton 2008)")
def prize_posts(prize):
    """Log-odds that the rewards in sight add to posting."""
    return prize


@ANSWER.term("onlookers", source="Sun, Dong & McIntyre 2017")
@POST.term("onlookers", source="Sun, Dong & McIntyre 2017")
def friends_look_on(m, t, policy, world):
    """Log-odds of contributing for pay that being seen by many friends takes away."""
    if not policy.incentive.has_token and policy.incentive.oneoff_cents <= 0:
        return 0.0
    p = world.incentives
    return -p.onlookers * t.motive_state[0].pay_felt * min(1.0, f8(m.n_ties) / p.many_ties)


@ANSWER.term("practice", source="Milkman et al. 2021; Lally et al. 2010")
def practice_answers(m, reward, world):
    """Log-odds of answering that the habit of doing so leaves where the reward no longer draws."""
    return max(0.0, world.incentives.practice * part(m.practice) - reward)


@POST.term("practice", source="Milkman et al. 2021; Lally et al. 2010")
def practice_posts(m, prize, world):
    """Log-odds of posting that the habit of doing so leaves where the reward no longer draws."""
    return max(0.0, world.incentives.practice * part(m.practice) - prize)


@kernel()
def step(t, day):
    """Move the motives of today's visitors."""
    people_state = t.people_state[0]
    world = t.params[0]
    control, pull, felt = _in_sight(t, day, t.policy[0])
    control_in_arm, pull_in_arm, felt_in_arm = _in_sight(t, day, t.policy[trial.last(t)])
    t.motive_state[0].pay_felt = max(felt, felt_in_arm)
    for k in range(people_state.n_visitors):
        fetching.visitor(t, k)
        i = i8(t.visitors[k])
        if trial.arm(t, i) > 0:
            _move_motive(t, i, control_in_arm, pull_in_arm, world.incentives)
        else:
            _move_motive(t, i, control, pull, world.incentives)


@compiled()
def _in_sight(t, day, policy):
    """How controlling the rewards in sight are, by how much they draw, and how far as a wage."""
    world = t.params[0]
    control = 0.0
    if policy.incentive.has_prize:
        control = control_of(rewards.prize_expected(t), policy, world)
    pay = rewards.pay_expected(t, day, policy, policy.incentive.token_answer)
    if pay > 0.0:
        control = max(control, control_of(pay, policy, world))
    felt = 0.0
    pull = 0.0
    if pay > 0.0:
        # what has to do with the experience is a gift more than a wage
        wage = 1.0
        if rewards.pay_today(t, day) > 0:
            wage -= policy.incentive.oneoff_related
        felt = control_of(pay, policy, world) * wage
        pull = money_pull(pay, policy, world)
    if policy.incentive.has_prize:
        pull = max(pull, money_pull(rewards.prize_expected(t), policy, world))
    return control, pull, felt


@compiled()
def _move_motive(t, i, control, pull, p):
    policy = t.policy[trial.arm(t, i)]
    lever = policy.incentive
    m = t.members[i]
    motive = f8(m.motive)
    if lever.has_points and lever.point_value_cents > 0 and m.stance & Stance.RESPONDER:
        control = max(control, p.points_control * (1.0 - lever.symbolic_share))
    net = pull + friends_look_on(m, t, policy, t.params[0])
    if net > 0.0 and (m.answers_today > 0 or m.posts_today > 0):
        # of the acts that the reward draws, this part would not have been
        drawn = 1.0 - exp(-net)
        practice = part(m.practice)
        m.practice = as_part(feelings.raised(practice, p.practice_gain * drawn))
    motive = feelings.lowered(motive, p.crowding * control)
    if not m.stance & Stance.FARMER:
        motive = feelings.lowered(motive, p.unfair_loss * t.gaming_state[0].unfair_share)
    gain = p.feedback * feelings.heard(m, t.params[0].belonging)
    if lever.has_thanks and m.answers_today > 0:
        gain += p.thanks * power(0.5, f8(m.answers) / p.thanks_half)
    feelings.set_motive(m, min(1.0, max(0.0, feelings.raised(motive, gain))))
