"""Challenge: open problems go to outside experts, and the best answer wins its author's entry.

It opens when the community has as many members as the fund has weeks, because then a week's prize
is one entry fee. The winner's prize is the fee: what leaves the pool comes back the same day. The
others are shown all answers and may come in as anybody does, for the fee.
"""

from __future__ import annotations

from plaza_lab.agents.member import Route
from plaza_lab.agents.star import Bid
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, normal, uniform
from plaza_lab.sim.state import fund, prospects, traits
from plaza_lab.sim.state import requests as board
from plaza_lab.sim.state.archive import Protocol
from plaza_lab.sim.state.items import TOPICS
from plaza_lab.sim.state.prospects import Gate
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M11; F12, F13, F14; W06, W07"
METRICS = (
    Metric("challenge_problems", "requests", "problems given to outside experts", "M11"),
    Metric("challengers", "experts", "outside experts who answered one", "M11"),
    Metric("challenge_winners", "experts", "experts who won their entry", "M11"),
)
STATE: tuple[Var, ...] = (
    Var("n_challengers", "i8", "experts", "experts of this week's challenge", "M11"),
)


@levers("entry")
class Levers:
    """Free entry for outsiders who solve this week's problems."""

    challenge_min_members: int = quantity(52, "members", (1, 1_000_000), "F12")
    """Members from which the challenge for outside experts is open."""
    challenge_problems_week: int = quantity(1, "problems/week", (1, 8), "assumption (M11)")
    """Open problems given to outside experts each week."""
    challenge_shares_answers: bool = quantity(True, "flag", source="M11")
    """Whether those who did not win see all answers and are offered paid entry."""
    challenge_separate_pool: bool = quantity(False, "flag", source="M11")
    """Whether the brand's budget pays the winner instead of the week's prize pool."""
    challenge_pays_surplus: bool = quantity(False, "flag", source="W07")
    """Whether a winner gets the whole week's prize where it exceeds the fee."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_challenge = policy.entry.gate == Gate.FEE_PLUS_CHALLENGE
        has_prize = policy.incentive.has_prize and policy.fund.has_entry_pool
        yield (
            has_challenge and not self.challenge_separate_pool and not has_prize,
            "entry=fee_plus_challenge needs a prize paid from entry fees; choose "
            "incentive=weekly_prize with fund=entry_fee, or set entry.challenge_separate_pool",
        )
        yield (
            has_challenge and self.challenge_separate_pool and not policy.fund.has_brand_money,
            "a separate pool for the challenge needs a brand budget; choose "
            "fund=brand_funded or set fund.brand_week_cents",
        )


RANKING_DAY = 6
"""The day on which the week's best are ranked."""


@params()
class Params:
    """Outside experts."""

    experts_week: float = quantity(2.0, "experts/problem/week", (0.0, 1000.0), "assumption (M11)")
    """Experts who answer a problem that is given out."""
    answered_pull: float = quantity(
        0.5, "1", (0.0, 10.0), "assumption (M05, M11: experts want peers)"
    )
    """Extra experts when every request inside is solved."""
    expertise: float = quantity(0.5, "1", (0.0, 1.0), "assumption (E08)")
    """Skill an outside expert has at least."""
    least_quality: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M11)")
    """Quality below which no answer wins."""
    answer_noise: float = quantity(0.12, "1", (0.0, 1.0), "assumption (as for answers inside)")
    """Spread of answer quality."""
    peers_weight: float = quantity(
        3.0, "log-odds", (0.0, 20.0), "assumption (M11: join odds rise with the level of peers)"
    )
    """Per unit of the mean quality of the answers seen, above 0.5."""


def is_on(policy, world):
    """Whether entry may be won."""
    return bool(policy.entry.gate == Gate.FEE_PLUS_CHALLENGE)


@kernel()
def step(t, day):
    """On the ranking day let outside experts answer, rank them, and let the winner in."""
    lever = t.policy[0].entry
    if lever.gate != Gate.FEE_PLUS_CHALLENGE or day % 7 != RANKING_DAY:
        return
    t.challenge_state[0].n_challengers = 0
    if t.people_state[0].n_members < lever.challenge_min_members:
        return
    p = t.params[0].challenge
    n_problems = min(lever.challenge_problems_week, _open_problems(t))
    if n_problems == 0:
        return
    t.daily[day, mt.CHALLENGE_PROBLEMS] += n_problems
    _answer(t, day, n_problems, p)
    winner = _best(t, p)
    if winner >= 0:
        _let_win(t, day, winner, lever)
    _part(t, winner, lever, p)


@compiled()
def _open_problems(t):
    """Problems on the boards that nobody inside has solved."""
    n = 0
    for topic in range(TOPICS):
        for place in range(t.board_size[topic]):
            n += i8(t.requests[t.board[topic, place]].ticket == board.Ticket.OPEN)
    return n


@compiled()
def _hardest(t, rank):
    """Slot of the open problem that only ``rank`` others exceed in difficulty."""
    last = 2.0
    slot = i8(-1)
    for _ in range(rank + 1):
        best = -1.0
        for topic in range(TOPICS):
            for place in range(t.board_size[topic]):
                number = i8(t.board[topic, place])
                request = t.requests[number]
                hard = f8(request.difficulty)
                if request.ticket == board.Ticket.OPEN and hard < last and hard > best:
                    best = hard
                    slot = number
        last = best
    return slot


@compiled()
def _answer(t, day, n_problems, p):
    """Experts come by in their order; each chooses a problem and answers it."""
    state = t.challenge_state[0]
    prospects_state = t.prospects_state[0]
    route = Route.CHALLENGE.value
    pull = 1.0 + p.answered_pull * t.settlement_state[0].answered_share
    prospects_state.exposure[route] += p.experts_week * n_problems * pull
    key = day_key(t.run_state[0].seed_key, draw_ids.CHALLENGE, day)
    while (
        prospects_state.exposure[route] >= prospects_state.threshold[route]
        and state.n_challengers < t.challengers.shape[0]
        and prospects.left(t, day) >= 1.0
    ):
        uid = prospects.person(t, route, 0.0, prospects.Aim.SKILLED.value)
        prospects.next_slot(t, route)
        prospects.take(t, route, day)
        expert = t.challengers[state.n_challengers]
        state.n_challengers += 1
        draws = agent_key(key, uid)
        expert.uid = uid
        expert.day = day
        expert.bid = Bid.ANSWERED
        expert.skill = p.expertise + (1.0 - p.expertise) * traits.skill_of(t, uid)
        expert.request = _hardest(t, i8(n_problems * uniform(draws, U64(0))))
        t.requests[expert.request].answers += 1
        # answers come as written documents, on the scale of answers inside
        noise = p.answer_noise * normal(uniform(draws, U64(1)))
        inside = t.params[0].help
        quality = inside.quality_base + inside.quality_skill * f8(expert.skill) + noise
        expert.quality = min(1.0, max(0.0, quality))
        t.daily[day, mt.CHALLENGERS] += 1.0


@compiled()
def _best(t, p):
    """Row of the best answer, -1 when none is good enough."""
    best = -1
    best_quality = p.least_quality
    for k in range(t.challenge_state[0].n_challengers):
        if f8(t.challengers[k].quality) >= best_quality:
            best_quality = f8(t.challengers[k].quality)
            best = k
    return best


@compiled()
def _let_win(t, day, k, lever):
    """The winner's prize cancels the fee, which the gate posts as for anybody (W07)."""
    budget_state = t.budget_state[0]
    expert = t.challengers[k]
    if not prospects.line_up(t, expert.uid, Route.CHALLENGE.value, prospects.NOBODY):
        return
    guest = t.applicants[t.prospects_state[0].n_applicants - 1]
    guest.guest = prospects.Guest.PAYS
    guest.skill = expert.skill
    expert.bid = Bid.WON
    t.daily[day, mt.CHALLENGE_WINNERS] += 1.0
    cents = i8(lever.fee_cents)
    pool = fund.BRAND_POOL
    if not lever.challenge_separate_pool:
        pool = fund.ENTRY_POOL
        week = budget_state.prize_cents - budget_state.dues_prize_cents
        cents = max(0, week) if lever.challenge_pays_surplus else min(cents, max(0, week))
    paid = fund.pay(t, day, fund.CHALLENGE_PRIZE, pool, fund.MEMBERS, cents, fund.NOBODY)
    if not lever.challenge_separate_pool:
        # one pool pays both: what the outsider gets, insiders lose this week
        budget_state.prize_cents -= paid
    _solve(t, i8(expert.request), f8(expert.quality), day)


@compiled()
def _solve(t, slot, quality, day):
    """The best answer serves whoever asked, if it is good enough."""
    request = t.requests[slot]
    if quality < f8(request.difficulty):
        return
    request.ticket = board.Ticket.SOLVED
    request.closed = day
    asker = t.members[request.asker]
    asker.solved = min(32000, asker.solved + 1)
    asker.helped_today = min(120, asker.helped_today + 1)
    t.daily[day, mt.SOLVED] += 1.0
    if t.policy[0].comms.protocol != Protocol.FREE_CHAT:
        return
    topic = i8(request.topic)
    for place in range(t.board_size[topic]):
        if t.board[topic, place] == slot:
            board.take_down(t, topic, place)
            return


@compiled()
def _part(t, winner, lever, p):
    """The others go, or see all answers and think about paying (M11)."""
    prospects_state = t.prospects_state[0]
    state = t.challenge_state[0]
    if state.n_challengers == 0:
        return
    level = 0.0
    for k in range(state.n_challengers):
        level += f8(t.challengers[k].quality)
    level /= state.n_challengers
    for k in range(state.n_challengers):
        expert = t.challengers[k]
        if k == winner and expert.bid == Bid.WON:
            continue
        expert.bid = Bid.LEFT
        if not lever.challenge_shares_answers:
            prospects_state.n_lost += 1
            continue
        if not prospects.line_up(t, expert.uid, Route.CHALLENGE.value, prospects.NOBODY):
            prospects_state.n_lost += 1
            continue
        applicant = t.applicants[prospects_state.n_applicants - 1]
        applicant.pull = p.peers_weight * (level - 0.5)
        applicant.skill = expert.skill
        expert.bid = Bid.OFFERED
