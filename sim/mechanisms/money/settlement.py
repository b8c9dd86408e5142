"""Settlement: dues are charged, weeks are closed, prizes and stipends are paid.

A week is closed on its last day: the best of the week are ranked and paid, and the steward gets
the stipend. What is paid was announced on its first day (the process "budget").
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Contact, Stance, Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.sim.calendar import WEEK, YEAR, is_dues_day
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import fund, ranking, rewards, trial
from plaza_lab.sim.state.appointments import Staff
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.state.fund import LapseRule
from plaza_lab.sim.state.rewards import Judge
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "M43, M54, M55, M56; F01-F14, W01-W07"
METRICS = (
    Metric("answerers_week", "members", "distinct answerers in the week", "T60", True),
    Metric("prizes", "prizes", "prizes paid", "T57"),
)
STATE: tuple[Var, ...] = (
    Var("last_answerers", "i8", "members", "answerers of last week", "M43"),
    Var("answered_share", "f8", "share", "requests of last week that were solved", "M05"),
    Var("repeat_share", "f8", "share", "prizes that went to earlier winners, lately", "M43"),
)


@levers("incentive")
class IncentiveLevers:
    """The weekly prize, and the end of all cash."""

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

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.has_prize and not policy.fund.has_prize_money,
            "a weekly prize needs a fund that pays it; "
            "choose fund=entry_fee, dues, entry_and_dues, brand_funded or grant, or give "
            "prizes a share (fund.dues_prize_share, fund.brand_prize_share)",
        )


@levers("fund")
class FundLevers:
    """The entry pool and the dues, and what of them prizes get."""

    has_entry_pool: bool = quantity(True, "flag", source="M54; F01")
    """Entry fees form a pool for weekly prizes."""
    has_renewal: bool = quantity(False, "flag", source="W10, C11")
    """Members pay the entry fee again every year."""
    dues_month_cents: int = quantity(
        0, "cents/member/month", (0, 1_000_000), "F07 (1,000 where dues run)"
    )
    """Dues, charged 12 times a year; 0 for none."""
    dues_prize_share: float = quantity(0.0, "share", (0.0, 1.0), "assumption")
    """Share of released dues that goes to prizes; the rest to stewards."""

    @property
    def has_any_money(self) -> bool:
        """Whether anybody puts money in."""
        has_brand_money: bool = self.has_brand_money  # type: ignore[attr-defined]  # state.fund
        return has_brand_money or self.has_entry_pool or self.dues_month_cents > 0

    @property
    def has_prize_money(self) -> bool:
        """Whether a pool pays weekly prizes."""
        return (
            self.has_entry_pool
            or (self.dues_month_cents > 0 and self.dues_prize_share > 0)
            or (self.has_brand_money and self.brand_prize_share > 0)  # type: ignore[attr-defined]
        )

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_fee = policy.entry.fee_cents > 0
        yield (
            self.has_entry_pool and not has_fee,
            "an entry-fee pool stays empty unless applicants pay a fee; choose entry=fee, or "
            "set fund.has_entry_pool=false",
        )
        yield (
            self.has_renewal and not self.has_entry_pool,
            "renewal asks for an entry-fee pool; choose fund=entry_fee or entry_and_dues",
        )


FRIENDS = 4.0
"""Strong ties that make a circle of friends; assumption."""


@params()
class Params:
    """Judging and joy."""

    judge_noise: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M43: vote, steward or mixed)")
    """Spread of judged scores."""
    win_satisfaction: float = quantity(0.1, "1", (0.0, 1.0), "assumption")
    """Satisfaction of winning."""
    win_reputation: float = quantity(3.0, "points", (0.0, 1000.0), "assumption (M42)")
    """Reputation of winning."""
    friend_votes: float = quantity(0.3, "1", (0.0, 5.0), "assumption (M43: ranking by vote)")
    """Score that a circle of friends adds where members vote."""
    traded_votes: float = quantity(0.6, "1", (0.0, 5.0), "assumption (M129: vote trading)")
    """Score that traded votes add to a farmer where members vote."""
    repeat_memory: float = quantity(0.1, "1/prize", (0.0, 1.0), "assumption (M43)")
    """Speed at which members notice that the same win again."""


@kernel()
def step(t, day):
    """Charge dues on their dates, close the week on its last day."""
    charge_dues(t, day)
    if (day + 1) % YEAR == 0 and t.policy[0].fund.has_renewal:
        # paid on the last day of a year, so that the first week of the next has its prize
        cents = t.people_state[0].n_members * t.policy[0].entry.fee_cents
        fund.transfer(t, day, fund.ENTRY_FEE, fund.MEMBERS, fund.ENTRY_POOL, cents, fund.NOBODY)
        t.fee_weeks[(day + 1) // 7] += cents
    if day % 7 == 6:
        _pay_prizes(t, day)
        _pay_steward(t, day)
        _remember_week(t, day)


@compiled()
def charge_dues(t, day):
    """Charge every member's dues when ``day`` is one of the 12 dues days of a year (C29)."""
    cents = t.people_state[0].n_members * t.policy[0].fund.dues_month_cents
    # where dues may lapse, the process "dues" asks one by one
    everybody_pays = t.policy[0].fund.lapse_rule == LapseRule.NONE
    if cents > 0 and everybody_pays and is_dues_day(day):
        fund.transfer(t, day, fund.DUES, fund.MEMBERS, fund.DUES_POOL, cents, fund.NOBODY)


@compiled()
def _pay_prizes(t, day):
    """Rank the week's best and pay them; what finds no winner stays in its pool."""
    state = t.budget_state[0]
    row = rewards.prize_row(t)
    if row < 0 or state.prize_cents <= 0:
        return
    lever = t.policy[row].incentive
    n = _rank(t, day, lever)
    winners = t.winners
    if n == 0:
        return
    from_dues = min(state.dues_prize_cents, state.prize_cents)
    rest = state.prize_cents - from_dues
    source = fund.ENTRY_POOL if t.policy[0].fund.has_entry_pool else fund.BRAND_POOL
    first_dues = from_dues
    first_rest = rest
    for place in range(n - 1, -1, -1):
        share = _winner_share(place, n, lever.prize_first_share)
        dues_part = first_dues if place == 0 else i8(from_dues * share)
        rest_part = first_rest if place == 0 else i8(rest * share)
        # the first gets what rounding leaves of the others' parts
        first_dues -= dues_part
        first_rest -= rest_part
        paid_dues = fund.pay(
            t, day, fund.PRIZE, fund.DUES_POOL, fund.MEMBERS, dues_part, winners[place]
        )
        paid = fund.pay(t, day, fund.PRIZE, source, fund.MEMBERS, rest_part, winners[place])
        rewards.note_reward(t, day, winners[place], (paid + paid_dues) / 100.0)
        rewards.feel_reward(t, winners[place], (paid + paid_dues) / 100.0)
        state.dues_prize_cents -= paid_dues
        _celebrate(t, winners[place], day)
        t.daily[day, mt.PRIZES] += 1.0


@compiled()
def _winner_share(place, n, first):
    """Share of the winner at ``place`` of ``n``, of the whole pool: 50 / 30 / 20 for three."""
    if n == 1:
        return 1.0
    if place == 0:
        return first
    weights = 0.0
    for k in range(1, n):
        weights += n + 1 - k
    return (1.0 - first) * (n + 1 - place) / weights


@compiled()
def _rank(t, day, lever):
    """Put the rows of the week's best who may win into ``winners``, best first; return how many."""
    noise = t.params[0].settlement.judge_noise
    key = day_key(t.run_state[0].seed_key, draw_ids.JUDGE, day)
    n = i8(0)
    most = i8(min(lever.prize_winners, t.winners.shape[0]))
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        if m.week_score == 0 or t.fate[i].status == Status.LEFT:
            continue
        if not t.policy[trial.arm(t, i)].incentive.has_prize:
            continue
        if m.stance & Stance.CAUGHT or m.contact & Contact.ARREARS:
            continue
        if day - m.last_win < 7 * lever.prize_gap_weeks:
            continue
        score = part(m.week_score) + noise * normal(uniform(key, t.fate[i].uid))
        if lever.prize_judge != Judge.STEWARD:
            vote = _votes(t, i, key, t.params[0].settlement)
            score = vote if lever.prize_judge == Judge.VOTE else 0.5 * (score + vote)
        n = ranking.put(t.winners, t.scores, n, most, i, score)
    return n


@compiled()
def _votes(t, i, key, p):
    """Score by vote: many judges err less, but friends vote for friends, and farmers trade."""
    m = t.members[i]
    own = agent_key(key, t.fate[i].uid)
    vote = part(m.week_score) + 0.5 * p.judge_noise * normal(uniform(own, U64(0)))
    vote += p.friend_votes * min(1.0, f8(m.n_strong) / FRIENDS)
    if m.stance & Stance.FARMER:
        vote += p.traded_votes
    return vote


@compiled()
def _celebrate(t, i, day):
    p = t.params[0].settlement
    m = t.members[i]
    is_repeat = 1.0 if m.wins > 0 else 0.0
    state = t.settlement_state[0]
    state.repeat_share += p.repeat_memory * (is_repeat - state.repeat_share)
    m.wins = min(120, m.wins + 1)
    m.last_win = day
    feelings.raise_satisfaction(m, p.win_satisfaction)
    m.reputation = f8(m.reputation) + p.win_reputation


@compiled()
def _pay_steward(t, day):
    """The steward's stipend, from the dues pool or, without dues, from the brand's budget."""
    if t.policy[0].stewarding.staff != Staff.PAID_ROTATION:
        return
    pool = fund.DUES_POOL if t.policy[0].fund.dues_month_cents > 0 else fund.BRAND_POOL
    for k in range(t.team_state[0].n_moderators):
        moderator = t.moderators[k]
        if moderator.duty == Duty.STEWARD and t.fate[moderator.member].status != Status.LEFT:
            cents = t.budget_state[0].stipend_cents
            fund.pay(t, day, fund.STIPEND, pool, fund.MEMBERS, cents, i8(moderator.member))


@compiled()
def _remember_week(t, day):
    """Note what members can know of the week: how many answered, how many were helped."""
    state = t.settlement_state[0]
    help_state = t.help_state[0]
    state.last_answerers = help_state.n_answerers
    t.daily[day, mt.ANSWERERS_WEEK] = help_state.n_answerers
    opened = total(t, mt.REQUESTS, day + 1 - WEEK, day + 1)
    solved = total(t, mt.SOLVED, day + 1 - WEEK, day + 1)
    state.answered_share = min(1.0, solved / opened) if opened > 0.0 else 0.0
    for i in range(t.people_state[0].n_rows):
        t.members[i].week_score = 0
