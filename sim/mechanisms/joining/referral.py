"""Referral: satisfied members invite friends; rewards vest when the friend has stayed."""

from __future__ import annotations

from plaza_lab.agents.choices import advocacy, sigmoid
from plaza_lab.agents.decisions.joining import ACCEPT, HEAR
from plaza_lab.agents.decisions.leaving import EXIT, QUIT
from plaza_lab.agents.member import Flag, Lifecycle, Route, Stance, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, lineage, uniform
from plaza_lab.sim.state import fetching, fund, prospects, rewards, traits
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "science.md A.2; M02, M03, M51"
METRICS = (Metric("invitations", "invitations", "invitations sent", "T37"),)


@levers("acquisition")
class Levers:
    """Invitations and their reward."""

    has_referral: bool = quantity(True, "flag", source="M02 M03")
    """Members may invite."""
    referral_reward_cents: int = quantity(0, "cents/join", (0, 1_000_000), "M03")
    """Paid to the inviter once the invitee has stayed for the vesting time."""
    referral_vest_days: int = quantity(28, "days", (0, 364), "M03")
    """Vesting time."""
    referral_cap: int = quantity(20, "invitations", (0, 60_000), "M03")
    """Invitations a member may send."""
    referral_least_acts: int = quantity(0, "acts", (0, 1000), "M03 (quality gate)")
    """Posts and answers an invitee must have written before the reward is paid."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_brand_money
        yield (
            self.referral_reward_cents > 0 and not has_money,
            "referral rewards need a brand budget; choose fund=brand_funded",
        )


@params()
class Params:
    """Inviting and accepting."""

    invite_visit: float = quantity(
        0.1,
        "1/visit",
        (0.0, 1.0),
        "science A.2 (.02-.5 a month and active member; here .25, the middle of the range)",
    )
    """Invitations on a visit at full advocacy."""
    referred_factor: float = quantity(
        0.3,
        "1",
        (0.0, 5.0),
        "fitted (Gershon & Jiang 2024: +31-57 % in all, of which coming more often makes 10)",
    )
    """Extra inviting of members who were invited themselves, whatever they feel."""
    reward_gain: float = quantity(
        0.85, "1", (0.0, 5.0), "science A.2 (g .2-1.5: the middle of the range)"
    )
    """Extra inviting under a large reward."""
    reward_yuan: float = quantity(50.0, "yuan", (0.01, 1e6), "assumption (science A.2: r0)")
    """Reward at which most of that is reached."""
    accept_base: float = quantity(-1.8, "log-odds", (-20.0, 20.0), "science A.2 (.02-.35 by tie)")
    """Acceptance of an invitation from a neutral friend."""
    accept_trust: float = quantity(2.0, "log-odds", (0.0, 20.0), "science A.2 (b3)")
    """Per unit of the inviter's trust."""
    accept_koc: float = quantity(0.5, "log-odds", (0.0, 5.0), "M51")
    """When a KOC invites."""
    accept_rewarded: float = quantity(
        -0.2,
        "log-odds",
        (-5.0, 5.0),
        "Gershon et al. 2020 (a reward for the friend +.2 over one for the sender)",
    )
    """When the inviter is paid."""
    referred_stay: float = quantity(
        0.12,
        "log-hazard",
        (0.0, 5.0),
        "Schmitt et al. 2011 (18 % lower hazard, seen again; of an observation, six tenths)",
    )
    """Hold on members who were invited by a friend."""
    referring_stay: float = quantity(
        0.25, "log-hazard", (0.0, 5.0), "Garnefeld et al. 2013 (-.25, -.6 to 0)"
    )
    """Hold on members who have invited somebody under a reward."""
    obliging: float = quantity(
        0.0, "1", (0.0, 1.0), "assumption (M03: rewarded invitees fit less); 0 leaves it out"
    )
    """Part of a friend's own interest that no longer counts when the inviter is paid."""
    obliged: float = quantity(0.8, "log-odds", (0.0, 10.0), "assumption (M03)")
    """Acceptance for the inviter's sake, at full obligingness."""
    interest_weight: float = quantity(0.5, "log-odds", (0.0, 5.0), "assumption")
    """Weight of a friend's interest, standard normal, on accepting an invitation."""


@ACCEPT.base("base", source="science.md A.2; M02")
def accept_base(world):
    """Log-odds that a friend who is invited comes."""
    return world.referral.accept_base


@ACCEPT.term("trust", source="science.md A.2 (trust)")
def trust_invites(m, world):
    """Log-odds of coming when somebody who trusts the community invites."""
    return world.referral.accept_trust * (f8(m.trust) - world.belonging.usual_trust)


@ACCEPT.term("interest", source="science.md A.2 (similarity)")
def interest_accepts(interest, is_rewarded, world):
    """Log-odds of coming by one's interest; it counts less for those who come to oblige."""
    p = world.referral
    own = p.interest_weight * (1.0 - p.obliging) if is_rewarded else p.interest_weight
    return own * interest


@ACCEPT.term("KOC", source="M51")
def koc_invites(is_koc, t, world):
    """Log-odds of coming when a KOC invites, by what her word is worth."""
    return world.referral.accept_koc * t.amplification_state[0].koc_credit if is_koc else 0.0


@ACCEPT.term("reward", source="M03")
def reward_obliges(is_rewarded, world):
    """Log-odds of coming where the one who invites is paid for it."""
    p = world.referral
    return p.accept_rewarded + p.obliged * p.obliging if is_rewarded else 0.0


@HEAR.term("trust", source="science.md A.2 (trust)")
def trust_persuades(m, world):
    """Log-odds of coming when somebody who trusts the community tells."""
    return world.referral.accept_trust * (f8(m.trust) - world.belonging.usual_trust)


@EXIT.term("referred", source="Schmitt et al. 2011")
@QUIT.term("referred", source="Schmitt et al. 2011")
def friends_hold_those_they_brought(m, world):
    """Log-hazard of going that having been invited takes away."""
    return -world.referral.referred_stay if m.route == Route.REFERRAL else 0.0


@EXIT.term("referring", source="Garnefeld et al. 2013")
@QUIT.term("referring", source="Garnefeld et al. 2013")
def who_recommends_stays(m, policy, world):
    """Log-hazard of going that having invited somebody for a reward takes away."""
    lever = policy.acquisition
    is_in = lever.has_referral and lever.referral_reward_cents > 0 and m.invited > 0
    return -world.referral.referring_stay if is_in else 0.0


def is_on(policy, world):
    """Whether referrals are asked for."""
    return bool(policy.acquisition.has_referral)


@kernel()
def step(t, day):
    """Send invitations and pay rewards that have vested."""
    lever = t.policy[0].acquisition
    if not lever.has_referral:
        return
    people_state = t.people_state[0]
    p = t.params[0].referral
    key = day_key(t.run_state[0].seed_key, draw_ids.INVITE, day)
    reward = lever.referral_reward_cents / 100.0
    gain = 1.0 + p.reward_gain * (1.0 - exp(-reward / p.reward_yuan))
    for k in range(people_state.n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        if m.invited >= lever.referral_cap:
            continue
        rate = p.invite_visit * gain * advocacy(m)
        if m.route == Route.REFERRAL:
            rate *= 1.0 + p.referred_factor
        if m.stage == Lifecycle.RECOMMENDATION:
            rate *= 1.0 + t.params[0].funnel.advocate_gain
        if uniform(key, t.fate[i].uid) < rate:
            _invite(t, i, day, reward > 0.0, p)
    if lever.referral_reward_cents > 0:
        _pay_vested(t, day, lever)


@compiled()
def _invite(t, i, day, is_rewarded, p):
    """Invite the next friend in the member's line; the friend decides by her own address."""
    m = t.members[i]
    known = i8(m.invited) + i8(m.told)
    friends = traits.friends_of(t, t.fate[i].uid)
    if friends > 0 and known >= friends:
        return
    friend = lineage(t.fate[i].uid, known)
    m.invited += 1
    t.daily[day, mt.INVITATIONS] += 1.0
    is_koc = t.fate[i].circles & Flag.KOC
    logit = ACCEPT(m, traits.interest_of(t, friend), is_koc, is_rewarded, t, t.params[0])
    key = day_key(t.run_state[0].seed_key, draw_ids.ACCEPT, ALWAYS)
    # the more have come, the more often the friend is one of them
    chance = sigmoid(logit) * prospects.still_out(t, Route.REFERRAL.value, day)
    if uniform(key, friend) >= chance or prospects.left(t, day) < 1.0:
        return
    if prospects.line_up(t, friend, Route.REFERRAL.value, i):
        prospects.take(t, Route.REFERRAL.value, day)


@compiled()
def _pay_vested(t, day, lever):
    """Pay for invited members who joined just the vesting time ago and are still here."""
    then = day - lever.referral_vest_days
    if then < 0:
        return
    for i in range(t.first_row[then], t.first_row[then + 1]):
        m = t.members[i]
        if m.route != Route.REFERRAL or t.fate[i].status == Status.LEFT:
            continue
        if i8(m.posts) + i8(m.answers) >= lever.referral_least_acts:
            if t.members[m.inviter].stance & Stance.CAUGHT:
                continue
            cents = i8(lever.referral_reward_cents)
            purpose = fund.REFERRAL_REWARD
            inviter = i8(m.inviter)
            paid = fund.pay(t, day, purpose, fund.BRAND_POOL, fund.MEMBERS, cents, inviter)
            rewards.note_reward(t, day, inviter, paid / 100.0)
