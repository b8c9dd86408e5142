"""Rivals: a competing community and brand, which draws prospects, members and partners.

It lives in the same market by the same laws: it is found by its size, people talk of it, some leave
it again. Who comes to this gate may look at both; who is a member here may be at home in both and
has less time for each. What either gives its people weighs on the choice, and each answers the
other: the rival matches what it has seen here some weeks ago, the host what its watch reports.
"""

from __future__ import annotations

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.buying import BUY
from plaza_lab.agents.decisions.joining import JOIN
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.partnering import PICK, SHARE
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Channel, Status
from plaza_lab.engine.elementary import exp, log
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import fund, people, places, prospects, rivalry, traits, weekly
from plaza_lab.sim.state.prospects import Guest, Seeks
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "partners.md 3 (rivals); M132"
METRICS = (
    Metric("rival_members", "persons", "members of the rival", "M132"),
    Metric("in_both", "members", "members who are at home with the rival too", "M132"),
    Metric("joins_lost", "persons", "who wished to join and went to the rival", "M132"),
    Metric("rival_leavers", "members", "members who moved over to the rival for good", "M132"),
    Metric("rival_week_yuan", "yuan/week", "what the rival gives its people", "M132"),
    Metric("own_week_yuan", "yuan/week", "what this community gave in the week before", "M132"),
    Metric("rival_seen", "persons", "members of the rival, as the host believes", "M132"),
)
STATE: tuple[Var, ...] = (
    Var("outside", "f8", "persons", "members of the rival alone, of the market", "M132"),
    Var("gone_over", "f8", "persons", "members of the rival who came by here", "M132"),
    Var("n_both", "i8", "members", "members who are at home in both", "M132"),
    Var("week_cents", "f8", "cents/week", "what the rival gives its people", "M132"),
    Var("own_cents", "f8", "cents/week", "what this community gave in the week before", "M132"),
    Var("answer_cents", "i8", "cents/week", "what the host put against it this week", "M132"),
    Var("seen_members", "f8", "persons", "members of the rival, as the host believes", "M132"),
    Var("seen_cents", "f8", "cents/week", "what it gives, as the host believes", "M132"),
    Var("promotion", "f8", "log-odds", "what its gifts weigh against those here", "M132"),
    Var("pull", "f8", "log-odds", "its promotion and its quality", "M132"),
)


@levers("feedback")
class Levers:
    """The watch on rivals, and the answer to what they give."""

    watches_rivals: bool = quantity(False, "flag", source="M132; E14")
    """Somebody is paid to watch rivals: what is known of them is newer and nearer the truth."""
    watch_week_cents: int = quantity(
        50_000, "cents/week", (0, 100_000_000), "assumption (10 staff hours)"
    )
    """Pay of the watch."""
    rival_answer: float = quantity(0.0, "1", (0.0, 5.0), "M132")
    """What the brand puts into promotion against what it believes the rival gives; 1 matches."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_paid = self.watches_rivals and self.watch_week_cents > 0
        yield (
            (is_paid or self.rival_answer > 0.0) and not policy.fund.has_brand_money,
            "watching and answering a rival need a brand budget; choose fund=brand_funded",
        )


@params()
class Params:
    """The rival: how large and good it is, what it gives, and how people share themselves out."""

    relative_size: float = quantity(0.0, "1", (0.0, 100.0), "assumption (M132)")
    """Its members on day 0, relative to those here; 0 for no rival."""
    quality: float = quantity(0.0, "log-odds", (-5.0, 5.0), "assumption")
    """How much better it is, by itself."""
    alike: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """How alike it is: the more, the more of the people here suit it as well."""
    alike_weight: float = quantity(
        1.0, "log-hazard", (0.0, 5.0), "partners.md 2 (fit 1 against 0: .1-1.9)"
    )
    """From nothing in common to quite alike."""
    base_week_cents: float = quantity(0.0, "cents/week", (0.0, 1e9), "assumption")
    """What it gives its people whatever happens here: prizes, discounts, advertising."""
    matches: float = quantity(0.0, "1", (0.0, 3.0), "assumption (M132: a price war)")
    """Part of what it has seen given here that it gives besides."""
    answer_weeks: float = quantity(8.0, "weeks", (1.0, 52.0), "assumption (M132)")
    """Delay with which it does."""
    most_week_cents: float = quantity(500_000.0, "cents/week", (0.0, 1e9), "assumption")
    """Most it can give."""
    usual_week_cents: float = quantity(50_000.0, "cents/week", (1.0, 1e9), "assumption")
    """Gifts below which nobody takes much notice."""
    promotion_weight: float = quantity(
        0.24, "log-odds", (0.0, 5.0),
        "Sethuraman, Tellis & Briesch 2011 (long-term advertising elasticity .24, short-term .12)",
    )  # fmt: skip
    """Per log of gifts there against here."""
    friend_weight: float = quantity(
        1.0, "log-odds", (0.0, 10.0), "assumption (Backstrom et al. 2006: rises with friends there)"
    )
    """From nobody there to everybody there."""
    compares: float = quantity(
        0.3, "share", (0.0, 1.0), "assumption (partners.md 2: most use one community a month)"
    )
    """Applicants who look at both, where nearly everybody is with the rival."""
    open: float = quantity(
        0.3, "share", (0.0, 1.0), "assumption (partners.md 2: most use one community a month)"
    )
    """Members of the rival alone who can still be reached by this community."""
    activity: float = quantity(0.28, "share", (0.0, 1.0), "science A.1 (as here)")
    """Its members who are active and speak of it."""
    join_share: float = quantity(0.5, "share", (0.0, 1.0), "assumption (partners.md 1)")
    """Of those who find it: who join."""
    leave_day: float = quantity(2e-3, "1/day", (0.0, 1.0), "assumption (a year keeps half)")
    """Hazard of leaving the rival, or of giving it up as a second home."""
    both_at_first: float = quantity(
        0.1, "share", (0.0, 1.0), "assumption (partners.md 2: overlap .3, 0-.8)"
    )
    """Founders who are at home in both, where the rival is as large as this community."""
    keeps_home: float = quantity(0.85, "share", (0.0, 1.0), "assumption (partners.md 2: .6-.98)")
    """Of members who join the rival: who stay here as well."""
    attention: float = quantity(0.8, "1", (0.01, 1.0), "assumption (partners.md 3)")
    """Visits and purchases left here of who is at home in both."""
    switch_weight: float = quantity(1.0, "1", (0.0, 5.0), "assumption (as applicants choose)")
    """On leaving, of who is at home in both, per log-odds by which the rival is preferred."""
    partner_weight: float = quantity(0.3, "1", (0.0, 5.0), "assumption (partners.md 3)")
    """What partners can gain elsewhere, more per log of the rival's size against this one's."""
    seen_days: float = quantity(91.0, "days", (1.0, 3640.0), "assumption (partners.md 3)")
    """Age of what the host knows of the rival by hearsay."""
    watched_days: float = quantity(14.0, "days", (1.0, 3640.0), "assumption (partners.md 3)")
    """The same with a watch."""
    seen_noise: float = quantity(0.4, "1", (0.0, 2.0), "assumption (partners.md 1: .1-.8)")
    """Relative error of hearsay."""
    watched_noise: float = quantity(0.1, "1", (0.0, 2.0), "assumption (partners.md 1: .1-.8)")
    """Relative error of a watch."""


@SHARE.term("promotion", source="partners.md 3")
@PICK.term("promotion", source="partners.md 3; Sethuraman, Tellis & Briesch 2011")
def gifts_draw(t):
    """Log-odds, or log-hazard, by what the rival gives against what is given here."""
    return t.rivals_state[0].promotion


@SHARE.term("friends", source="assumption (Backstrom et al. 2006)")
@PICK.term("friends", source="assumption (Backstrom et al. 2006)")
def friends_draw(share, world):
    """Log-odds, or log-hazard, by who of her people is with the rival."""
    return world.rivals.friend_weight * (share - 0.5)


@SHARE.term("belonging", source="science A.14 (as leaving)")
def belonging_keeps_home(m, world):
    """Who belongs here looks for no second home."""
    return -world.churn.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@SHARE.term("satisfaction", source="science A.14 (as leaving)")
def satisfaction_keeps_home(m, world):
    """Nor does who is satisfied."""
    felt = f8(m.satisfaction) - world.belonging.usual_satisfaction
    return -world.churn.satisfaction_weight * felt


@BUY.term("second home", source="partners.md 3")
@VISIT.term("second home", source="partners.md 3 (attention x .8)")
def second_home_takes_time(m, world):
    """Log-hazard of a visit, or a purchase, that a home with the rival takes."""
    return log(world.rivals.attention) if m.channel & Channel.RIVAL else 0.0


@EXIT.term("second home", source="partners.md 3")
def better_home_draws(m, t, world):
    """Who is at home in both leaves the worse of the two more easily, and the better one less."""
    if not m.channel & Channel.RIVAL:
        return 0.0
    return world.rivals.switch_weight * t.rivals_state[0].pull


def is_on(policy, world):
    """Whether there is a rival."""
    return bool(world.rivals.relative_size > 0.0)


@kernel()
def step(t, day):
    """Let the rival live a day, and draw whom it draws; before the gate opens."""
    p = t.params[0].rivals
    if p.relative_size <= 0.0:
        return
    state = t.rivals_state[0]
    if day == 0:
        _begin(t, p)
    if day % WEEK == 0:
        _count(t)
        _look(t, day, p)
        _give(t, day, p)
    _grow(t, day, p)
    _compare(t, day, p)
    _share_out(t, day, p)
    row = t.daily[day]
    row[mt.RIVAL_MEMBERS] = rivalry.members_of(state)
    row[mt.IN_BOTH] = state.n_both
    row[mt.RIVAL_WEEK_YUAN] = state.week_cents / 100.0
    row[mt.OWN_WEEK_YUAN] = state.own_cents / 100.0
    row[mt.RIVAL_SEEN] = state.seen_members


@compiled()
def _begin(t, p):
    """The rival of day 0: its members are out of the market, and some are at home in both."""
    state = t.rivals_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.IN_BOTH, ALWAYS)
    chance = min(1.0, p.both_at_first * p.relative_size)
    for i in range(t.run_state[0].n_founders):
        if t.fate[i].status != Status.LEFT and uniform(key, t.fate[i].uid) < chance:
            _settle_in_both(t, i, p)
    first = p.relative_size * t.run_state[0].n_founders - state.n_both
    state.outside = max(0.0, min(first, 0.9 * prospects.left(t, 0)))
    prospects.keep_away(t, (1.0 - p.open) * state.outside, 0)


@compiled()
def _settle_in_both(t, i, p):
    """Member ``i`` is at home with the rival too from now on."""
    t.members[i].channel |= Channel.RIVAL
    t.fate[i].visit_hazard *= p.attention
    t.rivals_state[0].n_both += 1


@compiled()
def _count(t):
    """Count who is at home in both; who has left here is the rival's alone."""
    state = t.rivals_state[0]
    n = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if not m.channel & Channel.RIVAL:
            continue
        if t.fate[i].status == Status.LEFT:
            m.channel &= ~Channel.RIVAL
            state.gone_over += 1.0
        else:
            n += 1
    state.n_both = n


@compiled()
def _look(t, day, p):
    """Pay the watch, and learn of the rival: late, and not exactly."""
    lever = t.policy[0].feedback
    state = t.rivals_state[0]
    is_watched = lever.watches_rivals
    if is_watched and lever.watch_week_cents > 0:
        wanted = i8(lever.watch_week_cents)
        paid = fund.pay(t, day, fund.WAGE, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY)
        is_watched = paid >= wanted
    noise = p.watched_noise if is_watched else p.seen_noise
    part = 1.0 - exp(-WEEK / (p.watched_days if is_watched else p.seen_days))
    key = day_key(t.run_state[0].seed_key, draw_ids.RIVAL_SEEN, day)
    blur = exp(noise * normal(uniform(key, U64(0))) - 0.5 * noise * noise)
    state.seen_members += part * (blur * rivalry.members_of(state) - state.seen_members)
    blur = exp(noise * normal(uniform(key, U64(1))) - 0.5 * noise * noise)
    state.seen_cents += part * (blur * state.week_cents - state.seen_cents)


@compiled()
def _give(t, day, p):
    """What both give this week: the host answers what it knows, the rival what it saw weeks ago."""
    state = t.rivals_state[0]
    given = f8(state.answer_cents)
    for back in range(1, min(WEEK, day) + 1):
        given += 100.0 * t.daily[day - back, mt.REWARDS_YUAN]
    state.own_cents = given
    wanted = i8(t.policy[0].feedback.rival_answer * state.seen_cents)
    state.answer_cents = 0
    if wanted > 0:
        state.answer_cents = fund.pay(
            t, day, fund.MEDIA, fund.BRAND_POOL, fund.OUTSIDE, wanted, fund.NOBODY
        )
    then = day - i8(WEEK * p.answer_weeks)
    seen = 100.0 * t.daily[then, mt.OWN_WEEK_YUAN] if then >= 0 else 0.0
    state.week_cents = min(p.most_week_cents, p.base_week_cents + p.matches * seen)
    there = log(1.0 + state.week_cents / p.usual_week_cents)
    here = log(1.0 + (given + state.answer_cents) / p.usual_week_cents)
    state.promotion = p.promotion_weight * (there - here)
    state.pull = state.promotion + p.quality


@compiled()
def _grow(t, day, p):
    """Some of the market join the rival, and some who are its alone leave it again."""
    state = t.rivals_state[0]
    draw = prospects.left(t, day) * prospects.willing(t, day) * rivalry.found(t)
    joined = min(draw * exp(state.pull), prospects.left(t, day))
    left = p.leave_day * state.outside
    state.outside += joined - left
    prospects.keep_away(t, (1.0 - p.open) * joined, day)
    prospects.keep_away(t, -(1.0 - p.open) * left, day)
    state.gone_over *= 1.0 - p.leave_day


@compiled()
def _compare(t, day, p):
    """Applicants who know of the rival compare; the gate finds those unwilling who went there."""
    state = t.rivals_state[0]
    seed_key = t.run_state[0].seed_key
    share = rivalry.share_there(t)
    key = day_key(seed_key, draw_ids.RIVAL_PICK, ALWAYS)
    gate = day_key(seed_key, draw_ids.GATE, ALWAYS)
    for k in range(t.prospects_state[0].n_applicants):
        applicant = t.applicants[k]
        is_free = applicant.guest == Guest.NO and applicant.seeks != Seeks.FAKE
        if not is_free or applicant.pull <= UNWILLING:
            continue
        uid = applicant.uid
        draws = agent_key(key, uid)
        if uniform(draws, U64(0)) >= p.compares * share:
            continue
        if uniform(draws, U64(1)) >= sigmoid(PICK(share, t, t.params[0])):
            continue
        interest = traits.interest_of(t, uid)
        wish = JOIN(
            interest, i8(applicant.route), f8(applicant.pull), t, t.policy[0], t.params[0]
        )  # fmt: skip
        if uniform(agent_key(gate, uid), U64(0)) < sigmoid(wish):
            t.daily[day, mt.JOINS_LOST] += 1.0
        applicant.pull = UNWILLING
        state.gone_over += 1.0


UNWILLING = -99.0
"""Log-odds of joining here of whoever has joined the rival instead."""


@compiled()
def _share_out(t, day, p):
    """A seventh of the members: some make a second home with the rival, some give it up."""
    state = t.rivals_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.RIVAL_TRIED, day)
    hazard = WEEK * rivalry.second_home_hazard(t)
    given_up = 1.0 - exp(-WEEK * p.leave_day)
    for number in range(weekly.spans(t, day) - 1):  # who joins today is not in yet
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            if t.fate[i].status == Status.LEFT:
                continue
            draws = agent_key(key, t.fate[i].uid)
            m = t.members[i]
            if m.channel & Channel.RIVAL:
                if uniform(draws, U64(0)) < given_up:
                    m.channel &= ~Channel.RIVAL
                    t.fate[i].visit_hazard /= p.attention
                    state.n_both -= 1
                continue
            share = places.friends_with(t, i, Channel.RIVAL, 0.5)
            chance = hazard * exp(SHARE(hazard, share, m, t, t.params[0]))
            if uniform(draws, U64(0)) >= 1.0 - exp(-chance):
                continue
            if uniform(draws, U64(1)) < p.keeps_home:
                _settle_in_both(t, i, p)
            else:
                people.leave(t, i, day)
                state.gone_over += 1.0
                t.daily[day, mt.RIVAL_LEAVERS] += 1.0
