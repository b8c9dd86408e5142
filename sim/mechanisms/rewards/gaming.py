"""Gaming: farmers write for points, invite fake accounts and trade votes; checks find some.

Who farms is a matter of lineage, and of what she came for: more of those whom a reward has brought.
What they do depends on what there is to gain. Checks err: they miss farmers and accuse the honest.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Route, Stance, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, lineage, uniform
from plaza_lab.sim.state import items, people, prospects, rewards, trial
from plaza_lab.sim.state.items import Review
from plaza_lab.sim.state.prospects import Seeks
from plaza_lab.sim.state.rewards import Judge
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, i8, kernel, mt

SOURCE = "M129; science.md A.2 (abuse 1-10 % of rewarded referrals)"
METRICS = (
    Metric("farmed_items", "items", "worthless items written for a reward", "T69"),
    Metric("fake_joins", "accounts", "fake accounts among the joins", "T69"),
    Metric("farmers", "members", "members who game what can be gamed, not yet found", "T69", True),
    Metric("caught", "members", "farmers found by detection", "T69"),
    Metric("false_alarms", "members", "honest members accused by detection", "T69"),
)
STATE: tuple[Var, ...] = (
    Var("unfair_share", "f8", "share", "rewards that went to farmers, lately", "M129"),
)


@levers("incentive")
class Levers:
    """What is done against gaming."""

    has_detection: bool = quantity(False, "flag", source="M129")
    """Odd behaviour is looked for every week."""
    has_identity_check: bool = quantity(False, "flag", source="M129")
    """Newcomers show who they are."""


REFERRAL = i8(Route.REFERRAL)
REWARD = i8(Route.REWARD)


@params()
class Params:
    """Who games, how, and how well it is found."""

    farmer_share: float = quantity(
        0.02, "share", (0.0, 1.0), "assumption (science A.2: abuse 1-10 % of what is rewarded)"
    )
    """Members who game what can be gamed."""
    lured_share: float = quantity(
        0.1, "share", (0.0, 1.0), "science A.2 (abuse 1-10 % of what is rewarded: its upper end)"
    )
    """The same among those who came because they had heard of a reward."""
    farm_posts: int = quantity(4, "items/visit", (0, 100), "assumption (M129)")
    """Worthless items a farmer writes on a visit where acts are paid for."""
    farm_quality: float = quantity(0.06, "1", (0.0, 1.0), "assumption")
    """Quality of such items."""
    fake_visit: float = quantity(
        0.01, "1/visit", (0.0, 1.0), "science A.2 (abuse 1-10 % of rewarded referrals)"
    )
    """Chance that a farmer invites a fake account where invitations are paid for well."""
    fake_share: float = quantity(0.8, "share", (0.0, 1.0), "assumption")
    """Accounts brought by a farmer, where they are paid for, that are fake."""
    entry_quality: float = quantity(0.3, "1", (0.0, 1.0), "assumption")
    """Quality of what a farmer enters for the prize where members vote."""
    recall: float = quantity(0.25, "1/week", (0.0, 1.0), "assumption (M129)")
    """Active farmers, and fake accounts, that a week's detection finds."""
    false_alarm: float = quantity(0.01, "1/week", (0.0, 1.0), "assumption (M129: at an error cost)")
    """Honest active members whom a week's detection accuses."""
    alarm_loss: float = quantity(0.3, "1", (0.0, 1.0), "assumption")
    """Trust and motive that being accused wrongly takes."""
    identity_recall: float = quantity(0.9, "share", (0.0, 1.0), "assumption")
    """Fake accounts that an identity check turns away."""
    identity_trust: float = quantity(0.03, "1", (0.0, 1.0), "assumption (privacy)")
    """Trust that showing her papers costs an honest newcomer."""
    noticed: float = quantity(0.25, "1/week", (0.0, 1.0), "assumption")
    """Speed at which members notice who gets the rewards."""


def is_on(policy, world):
    """Whether there are farmers, or anybody looks for them."""
    return bool(
        world.gaming.farmer_share > 0.0
        or policy.incentive.has_detection
        or policy.incentive.has_identity_check
    )


@kernel()
def step(t, day):
    """Mark newcomers, let farmers farm, and look for them."""
    lever = t.policy[0].incentive
    p = t.params[0].gaming
    if p.farmer_share <= 0.0 and not lever.has_detection and not lever.has_identity_check:
        return
    _mark_newcomers(t, day, p)
    if p.farmer_share > 0.0:
        _farm(t, day, p)
    if day % 7 == 6:
        if lever.has_detection:
            _detect(t, day, p)
        _notice(t, day, p)
        _count(t, day)


@compiled()
def _count(t, day):
    """Count those who are at it, once a week."""
    n = 0
    for i in range(t.people_state[0].n_rows):
        stance = t.members[i].stance
        is_at_it = stance & Stance.FARMER and not stance & Stance.CAUGHT
        n += 1 if is_at_it and t.fate[i].status != Status.LEFT else 0
    t.daily[day, mt.FARMERS] = n


@compiled()
def _mark_newcomers(t, day, p):
    """Tell farmers and fake accounts among today's joiners; check identities."""
    run_state = t.run_state[0]
    lever = t.policy[0]
    first = i8(t.first_row[day])
    if day == 0:
        first = i8(0)
    farming = day_key(run_state.seed_key, draw_ids.FARMING, ALWAYS)
    papers = day_key(run_state.seed_key, draw_ids.IDENTITY, ALWAYS)
    for i in range(first, t.first_row[day + 1]):
        m = t.members[i]
        uid = t.fate[i].uid
        if m.stance & Stance.FAKE:
            _make_fake(t, i, day)
            if lever.incentive.has_identity_check and uniform(papers, uid) < p.identity_recall:
                people.leave(t, i, day)
        else:
            if uniform(farming, uid) < (p.lured_share if m.route == REWARD else p.farmer_share):
                m.stance |= Stance.FARMER
            if lever.incentive.has_identity_check and day > 0:
                feelings.lower_trust(m, p.identity_trust)


@compiled()
def _make_fake(t, i, day):
    """A fake account does nothing; it is there to be counted."""
    m = t.members[i]
    m.visit_rate = 0.0
    m.post_rate = 0.0
    m.buy_rate = 0.0
    t.fate[i].visit_hazard = 0.0
    t.fate[i].buy_hazard = 0.0
    t.daily[day, mt.FAKE_JOINS] += 1.0


@compiled()
def _farm(t, day, p):
    """Let farmers among the visitors do what pays."""
    prospects_state = t.prospects_state[0]
    help_state = t.help_state[0]
    run_state = t.run_state[0]
    acquisition = t.policy[0].acquisition
    paid = _worth_farming(t, day, t.policy[0])
    paid_in_arm = _worth_farming(t, day, t.policy[trial.last(t)])
    pays_friends = acquisition.has_referral and acquisition.referral_reward_cents > 0
    key = day_key(run_state.seed_key, draw_ids.FAKE_INVITE, day)
    farming = day_key(run_state.seed_key, draw_ids.FARMED, day)
    reward = acquisition.referral_reward_cents / 100.0
    fakes = p.fake_visit * (1.0 - exp(-reward / t.params[0].referral.reward_yuan))
    for k in range(t.people_state[0].n_visitors):
        if k + AHEAD < t.people_state[0].n_visitors:
            prefetch(t.members.stance, i8(t.visitors[k + AHEAD]))
        i = i8(t.visitors[k])
        m = t.members[i]
        if not m.stance & Stance.FARMER or m.stance & Stance.CAUGHT:
            continue
        arm = trial.arm(t, i)
        own = t.policy[arm].incentive
        junk = 1.0 if own.has_points else paid_in_arm if arm > 0 else paid
        if junk > 0.0 and uniform(farming, t.fate[i].uid) < junk:
            _write_junk(t, i, day, p)
        if own.has_prize and own.prize_judge != Judge.STEWARD:
            if m.week_score == 0:
                help_state.n_answerers += 1
            m.week_score = max(i8(m.week_score), as_part(p.entry_quality))
        is_room = (
            prospects_state.n_applicants < t.applicants.shape[0]
            and m.invited < acquisition.referral_cap
        )
        if pays_friends and is_room and uniform(key, t.fate[i].uid) < fakes:
            _invite_account(t, i, day, p)


@compiled()
def _worth_farming(t, day, policy):
    """Chance that a farmer bothers to write junk for pay; where points are to be had it is sure."""
    yuan = rewards.pay_expected(t, day, policy, policy.incentive.token_post)
    return 1.0 - exp(-yuan / t.params[0].incentives.first_coin_yuan)


@compiled()
def _write_junk(t, i, day, p):
    m = t.members[i]
    is_queued = i8(t.policy[0].moderation.review == Review.PRE)
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.FARMING, day), t.fate[i].uid)
    for k in range(p.farm_posts):
        m.last_item = items.add(
            t, day, agent_key(key, U64(k)), i, i8(m.topic), items.Source.MEMBER.value,
            p.farm_quality, 0.3, items.NO, items.NO, is_queued,
        )  # fmt: skip
    m.posts = min(32000, m.posts + p.farm_posts)
    m.posts_today = min(120, m.posts_today + p.farm_posts)
    people.mark_act(t, i, day)
    t.daily[day, mt.POSTS] += p.farm_posts
    t.daily[day, mt.FARMED_ITEMS] += p.farm_posts


@compiled()
def _invite_account(t, i, day, p):
    """Send in an account for the reward: most are nobody, the others strangers talked into it."""
    m = t.members[i]
    uid = lineage(t.fate[i].uid, i8(m.invited) + i8(m.told))
    faking = day_key(t.run_state[0].seed_key, draw_ids.FAKE_INVITE, ALWAYS)
    is_fake = uniform(faking, uid) < p.fake_share
    if not is_fake and prospects.left(t, day) < 1.0:
        return
    if not prospects.line_up(t, uid, REFERRAL, i):
        return
    m.invited += 1
    t.daily[day, mt.INVITATIONS] += 1.0
    if is_fake:
        t.applicants[t.prospects_state[0].n_applicants - 1].seeks = Seeks.FAKE
    else:
        prospects.take(t, REFERRAL, day)


@compiled()
def _detect(t, day, p):
    """Look at the week's behaviour: farmers and fakes are found, and some are accused wrongly."""
    key = day_key(t.run_state[0].seed_key, draw_ids.DETECTION, day)
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if t.fate[i].status == Status.LEFT or m.stance & Stance.CAUGHT:
            continue
        u = uniform(key, t.fate[i].uid)
        if m.stance & Stance.FAKE:
            if u < p.recall:
                people.leave(t, i, day)
        elif m.stance & Stance.FARMER:
            if u < p.recall and m.last_visit > day - 7:
                _convict(t, i, day)
        elif u < p.false_alarm and m.last_act > day - 7:
            feelings.lower_trust(m, p.alarm_loss)
            feelings.lower_motive(m, p.alarm_loss)
            t.daily[day, mt.FALSE_ALARMS] += 1.0


@compiled()
def _convict(t, i, day):
    """A farmer who is found loses her points and gets no more rewards."""
    m = t.members[i]
    m.stance |= Stance.CAUGHT
    t.points_state[0].points_held -= m.points
    t.daily[day, mt.POINTS_EXPIRED] += m.points
    m.points = 0
    t.daily[day, mt.CAUGHT] += 1.0


@compiled()
def _notice(t, day, p):
    """Members slowly notice which share of rewards goes to farmers."""
    given = 0.0
    farmed = 0.0
    for back in range(1, min(8, day + 1)):
        given += t.daily[day - back, mt.REWARDS_YUAN]
        farmed += t.daily[day - back, mt.FARMED_YUAN]
    seen = farmed / given if given > 0.0 else 0.0
    t.gaming_state[0].unfair_share += p.noticed * (seen - t.gaming_state[0].unfair_share)
