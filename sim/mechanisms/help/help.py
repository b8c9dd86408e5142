"""Help: members ask, capable members and the founder answer, the best answers are noted."""

from __future__ import annotations

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.member import Flag, Stance, Status
from plaza_lab.agents.rewards import ASKER, role_act
from plaza_lab.engine.elementary import exp, power
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, mix, uniform
from plaza_lab.sim.state import (
    answering,
    archive,
    directory,
    fetching,
    items,
    people,
    rewards,
    trial,
)
from plaza_lab.sim.state import requests as board
from plaza_lab.sim.state.archive import Protocol
from plaza_lab.sim.state.directory import Directory
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M20, M21, M43, M53; science.md A.10"
METRICS = (Metric("requests", "requests", "help requests opened", "T17"),)
STATE: tuple[Var, ...] = (
    Var("n_requests", "i8", "requests", "requests ever opened", "T17"),
    Var("n_answerers", "i8", "members", "answerers of this week", "T60"),
    Var("hope", "f8", "share", "requests that members expect to be solved", "M21"),
    Var("n_collected", "i8", "entries", "answers ever collected for the archive", "M38"),
)


@levers("comms")
class Levers:
    """How problems are discussed."""

    protocol: Protocol = quantity(Protocol.FREE_CHAT, "protocol", source="M20 M37")
    """free_chat, structured (written problems and answers), or with a digest."""
    lead_days: int = quantity(3, "days", (0, 14), "F15")
    """Days a written problem circulates before answers are taken."""
    rigidity: float = quantity(0.0, "1", (0.0, 1.0), "M20")
    """How strictly the written form is insisted on; only with a written protocol."""
    has_matching: bool = quantity(False, "flag", source="M21")
    """Whether requests are pointed out to members who have the skill."""


@params()
class Params:
    """Asking and answering."""

    request_week: float = quantity(0.12, "1/week", (0.0, 7.0), "assumption (M21)")
    """Requests an active member opens a week."""
    answer_base: float = quantity(-2.6, "log-odds", (-20.0, 20.0), "assumption")
    """Willingness to answer, at motive 0.5 without reward."""
    motive_weight: float = quantity(3.0, "log-odds", (0.0, 20.0), "assumption (science A.10)")
    """Per unit of intrinsic motive."""
    belonging_weight: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M15)")
    """Per unit of belonging."""
    written_cost: float = quantity(0.5, "log-odds", (0.0, 10.0), "assumption (M20: rigidity)")
    """Extra effort of a written answer."""
    bureaucracy: float = quantity(
        2.0, "log-odds", (0.0, 10.0), "assumption (M20: rigid use becomes bureaucracy)"
    )
    """Effort of asking and answering at full rigidity of the form."""
    bury_items: float = quantity(
        0.0,
        "items",
        (0.0, 1e6),
        "assumption (mechanisms.md 6.3: 60 messages a visit); 0: nothing is buried; "
        "conf/world/full.yaml turns it on",
    )
    """Items after which free chat has carried off two thirds of what was asked."""
    learning: float = quantity(0.1, "value", (0.0, 1.0), "assumption (M21: bystanders learn)")
    """Value of many solved requests of one's main interest to a visitor who only looks on; one is
    worth half of it."""
    written_depth: float = quantity(0.15, "1", (0.0, 1.0), "assumption (M20: deeper answers)")
    """Quality a written answer gains."""
    asked_directly: float = quantity(
        1.5, "log-odds", (0.0, 10.0), "assumption (M12: direct contact)"
    )
    """Effort spared when one is asked directly instead of having to look."""
    right_person: float = quantity(0.15, "1", (0.0, 1.0), "assumption (M12: the right helper)")
    """Quality gained when the one asked directly holds the very skill."""
    other_topic: float = quantity(0.3, "share", (0.0, 1.0), "assumption")
    """Requests that are on any topic rather than on the asker's main interest."""
    quality_base: float = quantity(0.15, "1", (0.0, 1.0), "assumption")
    """Mean quality of an answer from somebody without skill."""
    quality_skill: float = quantity(0.75, "1", (0.0, 1.0), "assumption")
    """What full skill adds to it."""
    answer_noise: float = quantity(0.12, "1", (0.0, 1.0), "assumption")
    """Spread of answer quality."""
    off_skill: float = quantity(0.45, "1", (0.0, 1.0), "assumption")
    """What is left of skill outside one's field."""
    difficulty_mean: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Mean difficulty of a request."""
    difficulty_spread: float = quantity(0.3, "1", (0.0, 1.0), "assumption")
    """Half width of the difficulty of requests."""
    others_count: float = quantity(3.0, "requests", (0.01, 1000.0), "assumption")
    """Requests of one's own as which the solved share of the community counts."""
    usual_solved: float = quantity(
        0.85, "share", (0.01, 1.0), "mean of the default community; Mamykina et al. 2011: 92 %"
    )
    """Solved share one expects, at which it does not move asking."""
    least_hope: float = quantity(0.05, "share", (0.001, 1.0), "assumption")
    """Hope of an answer where none has ever come."""
    asking_weight: float = quantity(
        0.8, "1", (0.0, 5.0), "Baum 1979 (sensitivity of matching about .8)"
    )
    """Exponent of asking in the share that one expects to be solved."""
    patience_days: int = quantity(14, "days", (1, 364), "assumption")
    """Days an asker waits."""
    session_days: int = quantity(7, "days", (1, 56), "F06 (one ranking a week)")
    """Days a written problem takes answers, from the end of its lead time."""
    reader_cost: float = quantity(
        2.5,
        "log-odds",
        (0.0, 20.0),
        "assumption (science A.4: those who only read hardly ever write)",
    )
    """Cost of answering for somebody who never writes."""
    writer_rate: float = quantity(0.1, "1/visit", (0.001, 1.0), "assumption")
    """Base chance of writing on a visit from which on that cost is gone."""
    looks: int = quantity(2, "requests/visit", (0, 32), "assumption")
    """Open requests a visitor looks at."""
    founder_skill: float = quantity(0.75, "1", (0.0, 1.0), "assumption (E09)")
    """Quality of the founder."""
    founder_per_hour: float = quantity(2.0, "answers/hour", (0.0, 60.0), "assumption")
    """Requests the founder answers in an hour."""
    tie_weight: float = quantity(2.0, "contacts", (0.0, 100.0), "mechanisms.md 1.5 (help tie)")
    """Contact an answer makes between asker and answerer."""


@kernel()
def step(t, day):
    """Open requests, answer them, give up on the old."""
    people_state = t.people_state[0]
    run_state = t.run_state[0]
    state = t.help_state[0]
    p = t.params[0].help
    for topic in range(items.TOPICS):
        t.solved_lately[topic] *= 1.0 - 1.0 / WEEK
    if day % 7 == 0:
        state.n_answerers = 0
        state.hope = _solved_of_late(t, day, p)
    patience = p.patience_days
    if t.policy[0].comms.protocol != Protocol.FREE_CHAT:
        patience = t.policy[0].comms.lead_days + p.session_days
    board.give_up_old(t, patience, day)
    ask_key = day_key(run_state.seed_key, draw_ids.REQUEST, day)
    answer_key = day_key(run_state.seed_key, draw_ids.ANSWER, day)
    prize, sure = rewards.answer_stakes(t, day, t.policy[0])
    _, sure_in_arm = rewards.answer_stakes(t, day, t.policy[trial.last(t)])
    # askers who get nothing out of it ask less
    asking = exp(role_act(t, t.params[0], ASKER))
    hopes = _trust_in_answers(t, 0.0, 0.0, p)
    for k in range(people_state.n_visitors):
        fetching.whole_visitor(t, k)
        i = i8(t.visitors[k])
        _ask(t, i, day, ask_key, asking, hopes, p)
        own = sure_in_arm if trial.arm(t, i) > 0 else sure
        _look_and_answer(t, i, day, answer_key, prize, own, p)
    if t.policy[0].onboarding.directory > Directory.NONE:
        _called_answer(t, day, prize, sure, sure_in_arm, p)
    answering.founder_answers(t, day)
    if p.learning > 0.0:
        board.look_on(t, p)


@compiled()
def _ask(t, i, day, ask_key, asking, hopes, p):
    """Open a request with a chance per visit that makes up the weekly rate of the member."""
    hazard = max(0.02, f8(t.members[i].visit_rate))
    per_visit = min(0.5, 0.5 * p.request_week / 7.0 * (1.0 + 0.5 * hazard) / hazard)
    if t.policy[0].comms.rigidity > 0.0 and t.policy[0].comms.protocol != Protocol.FREE_CHAT:
        per_visit = shift_probability(per_visit, -p.bureaucracy * t.policy[0].comms.rigidity)
    draws = agent_key(ask_key, t.fate[i].uid)
    m = t.members[i]
    trust = hopes  # of who has never asked, as most have not
    if m.solved + m.unsolved > 0:
        trust = _trust_in_answers(t, f8(m.solved), f8(m.unsolved), p)
    if uniform(draws, U64(0)) >= per_visit * asking * trust:
        return
    topic = i8(t.members[i].topic)
    if topic == t.members[i].skill_topic or uniform(draws, U64(1)) < p.other_topic:
        topic = i8(items.TOPICS * uniform(draws, U64(2)))
    difficulty = p.difficulty_mean
    difficulty += p.difficulty_spread * (2.0 * uniform(draws, U64(3)) - 1.0)
    if i >= t.run_state[0].n_founders and day - t.members[i].joined < MONTH:
        difficulty += t.params[0].crowding.unclear * t.crowding_state[0].dilution
    difficulty = min(1.0, max(0.0, difficulty))
    if t.policy[0].content.has_archive and archive.serves(
        t, day, topic, difficulty, agent_key(draws, U64(4))
    ):
        answering.note_solved(t, i, day)
    else:
        board.open_request(t, draws, i, topic, difficulty, day)
    people.mark_act(t, i, day)
    t.daily[day, mt.REQUESTS] += 1.0


@compiled()
def _solved_of_late(t, day, p):
    """Share of the month's requests that were solved, as far as there were enough to tell."""
    opened = p.others_count
    solved = p.others_count * p.usual_solved
    for back in range(1, min(MONTH, day) + 1):
        opened += t.daily[day - back, mt.REQUESTS]
        solved += t.daily[day - back, mt.SOLVED]
    return min(1.0, solved / opened)


@compiled()
def _trust_in_answers(t, solved, unsolved, p):
    """By how much a member asks more, or less, from what came of asking: hers and others' (M21).

    What she expects is the mean of what she has seen of others, counted as some requests of her
    own, and of those.
    """
    seen = p.others_count * t.help_state[0].hope + solved
    believed = seen / (p.others_count + solved + unsolved)
    return power((believed + p.least_hope) / (p.usual_solved + p.least_hope), p.asking_weight)


@compiled()
def _look_and_answer(t, i, day, answer_key, prize, sure, p):
    """Who is willing looks for a request: with a directory first in her own field."""
    own = agent_key(answer_key, t.fate[i].uid)
    # somebody who knows who can do what brings request and skill together (M21)
    is_listed = directory.is_shared(t) and t.fate[i].circles & Flag.PROFILE
    is_listed = is_listed or t.policy[0].comms.has_matching
    has_stake = t.members[i].stance & Stance.INSIDER
    is_listed = is_listed or has_stake
    is_written = t.policy[0].comms.protocol != Protocol.FREE_CHAT
    effort = answering.effort(t)
    # who answers for her firm cannot win
    chance = answering.willingness(t, i, 0.0 if has_stake else f8(prize), sure, effort)
    for look in range(p.looks):
        if uniform(own, U64(3 * look)) >= chance:
            continue
        first = i8(t.members[i].skill_topic)
        if not is_listed:
            first = i8(items.TOPICS * uniform(own, U64(3 * look + 1)))
        row = board.with_requests(t, i8(t.members[i].group), first)
        if row < 0:
            continue
        place = i8(t.board_size[row] * uniform(own, U64(3 * look + 2)))
        request = t.requests[t.board[row, place]]
        is_early = is_written and day - request.opened < t.policy[0].comms.lead_days
        if request.asker != i and not is_early and not _is_buried(t, request, own, look, p):
            answering.answer(t, i, row, place, day, is_written)
            chance = -1.0  # an answer given moves what she does next


@compiled()
def _is_buried(t, request, own, look, p):
    """Whether free chat has carried the request out of sight."""
    if p.bury_items <= 0.0 or t.policy[0].comms.protocol != Protocol.FREE_CHAT:
        return False
    since = f8(t.items_state[0].item_head - request.asked_at)
    return uniform(mix(own + U64(draw_ids.BURIED)), U64(look)) >= exp(-since / p.bury_items)


@compiled()
def _called_answer(t, day, prize, sure, sure_in_arm, p):
    """Whoever was found and asked directly decides once, here or not (M12)."""
    key = day_key(t.run_state[0].seed_key, draw_ids.CALLED, ALWAYS)
    is_written = t.policy[0].comms.protocol != Protocol.FREE_CHAT
    effort = answering.effort(t) - p.asked_directly
    for row in range(t.board.shape[0]):
        place = t.board_size[row] - 1
        while place >= 0:
            request = t.requests[t.board[row, place]]
            helper = i8(request.helper)
            if helper >= 0 and request.called <= day and request.ticket == board.Ticket.OPEN:
                u = uniform(key, request.uid)
                is_there = t.fate[helper].status == Status.ENGAGED
                own = sure_in_arm if trial.arm(t, helper) > 0 else sure
                if is_there and u < answering.willingness(t, helper, prize, own, effort):
                    answering.answer(t, helper, i8(row), i8(place), day, is_written)
                request.helper = -1
            place -= 1
