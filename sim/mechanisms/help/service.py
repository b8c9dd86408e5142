"""Service: questions about the product, and how long they wait for an answer.

Who asks helps herself if there are tools and the question is routine, else asks the assistant,
else waits for people: until they are on duty, behind those who asked before, and in a language
that they speak. A fast answer satisfies and makes confident; a slow one disappoints.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Channel
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, uniform
from plaza_lab.sim.state import fund, traits
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M23"
METRICS = (
    Metric("service_questions", "questions", "questions about the product", "M23"),
    Metric("service_answered", "questions", "of these, answered", "M23"),
    Metric("service_hours", "hours", "hours that these answers took, summed", "M23"),
    Metric("service_by_people", "questions", "of these, answered by people", "M23"),
)
STATE: tuple[Var, ...] = (
    Var("service_funded", "f8", "share", "part of this week's service that is paid for", "M23", 1),
    Var("service_queue", "f8", "questions", "questions waiting for people", "M23"),
)


@levers("service")
class Levers:
    """Coverage hours, assistant, self-service, languages."""

    has_service: bool = quantity(False, "flag", source="M23")
    """Whether questions are answered in the community."""
    coverage_hours: float = quantity(
        8.0, "hours/day", (0.0, 24.0), "mechanisms.md 6.3 (8 h, else 24: F53)"
    )
    """Hours of the day on which people answer."""
    languages: int = quantity(1, "languages", (1, 8), "M23, M78")
    """Languages the team speaks, most common first."""
    has_bot: bool = quantity(False, "flag", source="F106")
    """Whether an assistant takes questions at all hours."""
    bot_solve_rate: float = quantity(0.7, "1", (0.0, 1.0), "assumption (M23)")
    """Routine questions that the assistant solves."""
    has_self_service: bool = quantity(False, "flag", source="M23")
    """Whether there are tools to help oneself."""
    answers_hour: float = quantity(6.0, "answers/hour", (0.1, 1000.0), "assumption")
    """Questions that the team answers in an hour of coverage."""
    hour_cents: int = quantity(5000, "cents/hour", (0, 1_000_000), "assumption")
    """Pay of an hour of coverage."""
    tool_week_cents: int = quantity(
        10_000, "cents/week", (0, 100_000_000), "assumption (M23: low cost)"
    )
    """Running cost of the assistant, and of the tools, each."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        has_money = policy.fund.has_any_money
        yield (
            self.has_service and self.hour_cents > 0 and not has_money,
            "service staff must be paid; choose a fund other than none, "
            "or set service.hour_cents=0",
        )
        yield (
            not self.has_service and (self.has_bot or self.has_self_service),
            "an assistant or tools without service; set service.has_service=true",
        )


SHIFT_HOURS = 8.0
"""Hours of one team's day."""


@params()
class Params:
    """Questions and what their answers do."""

    question_week: float = quantity(0.1, "1/week", (0.0, 7.0), "assumption (M23)")
    """Questions about the product that an active member asks a week."""
    routine_share: float = quantity(0.6, "share", (0.0, 1.0), "assumption (M23: routine cases)")
    """Questions that are routine."""
    autonomy: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M23: autonomy)")
    """Routine questions whose askers would rather help themselves."""
    other_languages: float = quantity(0.1, "share", (0.0, 1.0), "assumption (M78)")
    """Members who ask in another language than the first."""
    patience_hours: float = quantity(8.0, "hours", (0.1, 1000.0), "assumption (M23)")
    """Hours in which the good of an answer falls to 37 %."""
    gain: float = quantity(0.06, "1/answer", (0.0, 1.0), "assumption (M23, science A.9 k_s)")
    """Satisfaction at stake in a question."""
    trust_gain: float = quantity(
        0.03, "1/answer", (0.0, 1.0), "assumption (M23: purchase confidence)"
    )
    """Trust an answer at once gains."""
    expected: float = quantity(0.4, "1", (0.0, 1.0), "assumption")
    """Good of an answer that members take for granted."""


def is_on(policy, world):
    """Whether there is a service desk."""
    return bool(policy.service.has_service)


@kernel()
def step(t, day):
    """Take today's questions."""
    if not t.policy[0].service.has_service:
        return
    state = t.service_state[0]
    p = t.params[0].service
    if day % 7 == 0:
        _pay(t, day)
    capacity = t.policy[0].service.coverage_hours * state.service_funded
    capacity *= t.policy[0].service.answers_hour
    state.service_queue = max(0.0, state.service_queue - capacity)
    key = day_key(t.run_state[0].seed_key, draw_ids.QUESTION, day)
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        hazard = max(0.02, f8(t.fate[i].visit_hazard))
        chance = min(0.5, p.question_week / 7.0 * (1.0 + 0.5 * hazard) / hazard)
        draws = agent_key(key, t.fate[i].uid)
        if uniform(draws, U64(0)) < chance:
            _ask(t, i, day, draws, p)


@compiled()
def _pay(t, day):
    """Pay the week; people work the part of their hours that is paid for."""
    lever = t.policy[0].service
    cost = i8(7.0 * lever.coverage_hours * lever.hour_cents)
    cost += lever.tool_week_cents * (i8(lever.has_bot) + i8(lever.has_self_service))
    if cost <= 0:
        return
    pool = fund.richest_pool(t)
    paid = fund.pay(t, day, fund.SERVICE, pool, fund.OUTSIDE, cost, fund.NOBODY)
    t.service_state[0].service_funded = paid / cost


@compiled()
def _ask(t, i, day, draws, p):
    """One question: find who answers, after how many hours, and what that does."""
    hours = _hours_to_answer(t, i, day, draws, p)
    m = t.members[i]
    good = 0.0
    t.daily[day, mt.SERVICE_QUESTIONS] += 1.0
    if hours >= 0.0:
        good = exp(-hours / p.patience_hours)
        t.daily[day, mt.SERVICE_ANSWERED] += 1.0
        t.daily[day, mt.SERVICE_HOURS] += hours
    feelings.shift_satisfaction(m, p.gain * (good - p.expected))
    feelings.raise_trust(m, p.trust_gain * good)


@compiled()
def _hours_to_answer(t, i, day, draws, p):
    """Hours until the answer, -1 for none."""
    lever = t.policy[0].service
    is_routine = uniform(draws, U64(1)) < p.routine_share
    if is_routine and lever.has_self_service and uniform(draws, U64(2)) < p.autonomy:
        return 0.0
    if is_routine and lever.has_bot and uniform(draws, U64(3)) < lever.bot_solve_rate:
        return 0.0
    abroad = t.params[0].localising.abroad
    other = max(p.other_languages, abroad)
    if traits.language_of(t, t.fate[i].uid, other) >= lever.languages:
        return -1.0
    covered = lever.coverage_hours * t.service_state[0].service_funded
    if covered <= 0.0:
        return -1.0
    state = t.service_state[0]
    waiting = state.service_queue / lever.answers_hour
    state.service_queue += 1.0
    t.daily[day, mt.SERVICE_BY_PEOPLE] += 1.0
    # those ahead are served in hours of duty, of which a day has only some
    asked = 24.0 * uniform(draws, U64(4))
    shifts = max(1, i8(lever.coverage_hours / SHIFT_HOURS + 0.5))
    away = 0.0
    if t.members[i].channel & Channel.ABROAD:  # it is night there while they are on duty
        away = SHIFT_HOURS * max(0, 3 - shifts)
    return hours_to_opening(asked, covered, shifts) + waiting * 24.0 / covered + away


@compiled()
def hours_to_opening(asked, covered, shifts):
    """Hours from asking until somebody is on duty; duty starts at hour 0 of the day.

    Who covers more of the day than one shift works in several time zones: what hours are paid for
    are spread evenly around the clock.

    Parameters
    ----------
    asked : float
        Hour of the day, 0 to 24.
    covered : float
        Hours of duty a day.
    shifts : int
        Times a day at which duty begins.

    Returns
    -------
    float
        0 while covered; its mean over the day is ``(24 - covered) ** 2 / (48 * shifts)``.
    """
    period = 24.0 / shifts
    since = asked % period
    return 0.0 if since < covered / shifts else period - since
