"""Referral: members invite friends, for a reward that vests, or tell them unasked.

A member who is glad of the community mentions it to a friend, who may come to the gate; one who is
unhappy warns a friend off, and what is said there is heard at the gate by others too. Nobody pays
for it and nobody asks for it: that is what sets telling apart from an invitation.
"""

from __future__ import annotations

from plaza_lab.agents.choices import advocacy, sigmoid
from plaza_lab.agents.decisions.joining import ACCEPT, HEAR, JOIN
from plaza_lab.agents.decisions.leaving import EXIT, QUIT
from plaza_lab.agents.member import Flag, Lifecycle, Route, Stance, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, lineage, uniform
from plaza_lab.sim.state import fetching, fund, prospects, rewards, traits
from plaza_lab.sim.stepping import compiled, decisions, f8, i8, kernel, mt

SOURCE = "science.md A.2; M02, M03, M51; F36; mechanisms.md 6.3"
METRICS = (
    Metric("invitations", "invitations", "invitations sent", "T37"),
    Metric("told", "persons", "friends told of the community unasked", "T37"),
    Metric("warned", "persons", "friends warned off", "T37"),
)
STATE: tuple[Var, ...] = (Var("bad_word", "f8", "tellings", "contacts warned off, fading", "M02"),)


@levers("acquisition")
class Levers:
    """Invitations and their reward, and members who tell others."""

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
    peer_vs_ad_weight: float = quantity(0.0, "1", (0.0, 1.0), "M01")
    """How far members' reviews are shown beside what is advertised; 0 for not at all."""
    tell_week: float = quantity(0.0, "contacts/week", (0.0, 7.0), "M02 (mechanisms.md 6.3: .05)")
    """Friends whom a glad member tells a week, where the brand lets members talk; 0: none."""
    tell_negative: float = quantity(1.0, "1", (0.0, 10.0), "assumption (M02)")
    """How much more, or less, unhappy members talk than glad ones."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_brand_money
        yield (
            self.referral_reward_cents > 0 and not has_money,
            "referral rewards need a brand budget; choose fund=brand_funded",
        )


MOST_TOLD = 30_000
"""Friends of whom a member's row keeps count."""


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


@params("telling")
class Telling:
    """Telling and hearing."""

    glad_above: float = quantity(
        0.45, "1", (0.0, 1.0), "assumption (F36: 70 % of active members would recommend)"
    )
    """Mean of satisfaction, trust and belonging from which a member recommends."""
    unhappy_below: float = quantity(0.3, "1", (0.0, 1.0), "assumption (F67: some 12 % speak ill)")
    """The same mean, below which a member warns others."""
    accept_base: float = quantity(-1.8, "log-odds", (-20.0, 20.0), "science A.2 (.02-.35 by tie)")
    """Chance that a friend who hears of it comes to the gate."""
    tie_weight: float = quantity(
        1.5, "log-odds", (0.0, 20.0), "science A.2 (weak tie .02-.10, strong .10-.35)"
    )
    """From the most distant friend to the closest."""
    reputation_weight: float = quantity(0.5, "log-odds", (0.0, 20.0), "assumption (M02)")
    """For a teller of great reputation."""
    interest_weight: float = quantity(0.8, "log-odds", (0.0, 20.0), "assumption (M02: high fit)")
    """Per standard deviation of the friend's interest."""
    warned_weight: float = quantity(
        2.0, "log-odds", (0.0, 20.0), "assumption (M02; losses weigh twice)"
    )
    """At the gate, per contact warned off lately and member."""
    fading_days: float = quantity(28.0, "days", (1.0, 1e4), "assumption")
    """Days over which a warning is forgotten, e-fold."""
    usual_closeness: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Closeness of a friend at which it moves nobody."""


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


@HEAR.base("base", source="science.md A.2")
def telling_base(world):
    """Log-odds that a friend who is told comes."""
    return world.telling.accept_base


@HEAR.term("tie", source="science.md A.2 (tie)")
def closeness_persuades(closeness, world):
    """Log-odds of coming when a close friend tells."""
    return world.telling.tie_weight * (closeness - world.telling.usual_closeness)


@HEAR.term("reputation", source="M02")
def name_persuades(m, world):
    """Log-odds of coming when somebody with a name tells."""
    standing = f8(m.reputation) / (f8(m.reputation) + world.kocs.reputation_half)
    return world.telling.reputation_weight * standing


@JOIN.term("warnings", source="M02")
def warnings_deter(t, world):
    """Log-odds of joining that bad word takes away."""
    warned = min(1.0, t.referral_state[0].bad_word / max(1, t.people_state[0].n_members))
    return -world.telling.warned_weight * warned


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
    """Whether referrals are asked for, or members tell friends."""
    return bool(policy.acquisition.has_referral or policy.acquisition.tell_week > 0.0)


@kernel()
def step(t, day):
    """Send invitations and pay rewards that have vested; let visitors tell their friends."""
    lever = t.policy[0].acquisition
    if lever.has_referral:
        _send_invitations(t, day, lever, t.params[0].referral)
        if lever.referral_reward_cents > 0:
            _pay_vested(t, day, lever)
    if lever.tell_week > 0.0:
        _tell_friends(t, day, lever, t.params[0].telling)


@compiled()
def _send_invitations(t, day, lever, p):
    """Let visitors invite, the gladder the more often."""
    key = day_key(t.run_state[0].seed_key, decisions.INVITE, day)
    reward = lever.referral_reward_cents / 100.0
    gain = 1.0 + p.reward_gain * (1.0 - exp(-reward / p.reward_yuan))
    for k in range(t.people_state[0].n_visitors):
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
            _invite(t, i, day, reward > 0.0)


@compiled()
def _knows_more(t, i):
    """Whether ``i`` has a friend in her line who was neither told nor invited yet."""
    friends = traits.friends_of(t, t.fate[i].uid)
    return friends <= 0 or i8(t.members[i].invited) + i8(t.members[i].told) < friends


@compiled()
def _next_friend(t, i):
    """The next friend in the line of ``i``; a friend is told or invited once."""
    return lineage(t.fate[i].uid, i8(t.members[i].invited) + i8(t.members[i].told))


@compiled()
def _may_come(t, i, friend, day, route, logit, decision):
    """Let a friend of ``i`` come by a route or not; she decides by her own address."""
    key = day_key(t.run_state[0].seed_key, decision, ALWAYS)
    # the more have come, the more often the friend is one of them
    chance = sigmoid(logit) * prospects.still_out(t, route, day)
    if uniform(key, friend) >= chance or prospects.left(t, day) < 1.0:
        return
    if prospects.line_up(t, friend, route, i):
        prospects.take(t, route, day)


@compiled()
def _invite(t, i, day, is_rewarded):
    """Invite the next friend in the member's line."""
    if not _knows_more(t, i):
        return
    m = t.members[i]
    friend = _next_friend(t, i)
    m.invited += 1
    t.daily[day, mt.INVITATIONS] += 1.0
    is_koc = t.fate[i].circles & Flag.KOC
    logit = ACCEPT(m, traits.interest_of(t, friend), is_koc, is_rewarded, t, t.params[0])
    _may_come(t, i, friend, day, Route.REFERRAL.value, logit, decisions.ACCEPT)


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


@compiled()
def _tell_friends(t, day, lever, p):
    """Let those speak who are glad of it or unhappy with it."""
    t.referral_state[0].bad_word *= exp(-1.0 / p.fading_days)
    key = day_key(t.run_state[0].seed_key, decisions.TELL, day)
    for k in range(t.people_state[0].n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        m = t.members[i]
        mood = advocacy(m)
        is_glad = mood >= p.glad_above
        is_unhappy = mood < p.unhappy_below
        if not is_glad and not is_unhappy:
            continue
        # a chance per visit that makes up the contacts of a week
        chance = lever.tell_week / 7.0 / max(0.02, f8(t.fate[i].visit_hazard))
        if is_unhappy:
            chance *= lever.tell_negative
        if uniform(key, t.fate[i].uid) < min(1.0, chance):
            _tell(t, i, day, is_glad)


@compiled()
def _tell(t, i, day, is_glad):
    """Tell the next friend in the member's line, or warn her off."""
    m = t.members[i]
    if i8(m.told) + i8(m.invited) >= MOST_TOLD or not _knows_more(t, i):
        return
    friend = _next_friend(t, i)
    m.told += 1
    if not is_glad:
        t.referral_state[0].bad_word += 1.0
        t.daily[day, mt.WARNED] += 1.0
        return
    t.daily[day, mt.TOLD] += 1.0
    interest = traits.interest_of(t, friend)
    close = traits.closeness_of(t, friend)
    logit = HEAR(m, interest, close, t, t.policy[0], t.params[0])
    _may_come(t, i, friend, day, Route.WORD_OF_MOUTH.value, logit, decisions.HEAR)
