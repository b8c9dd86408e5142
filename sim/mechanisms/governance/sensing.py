"""Sensing: what the operator gets to know, late and with error. Nothing here changes members."""

from __future__ import annotations

import math

from plaza_lab.agents.choices import advocacy
from plaza_lab.agents.member import Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Metric, params, quantity
from plaza_lab.sim.randomness import U64, day_key, normal, uniform
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M117, M118; T44, T45"
METRICS = (
    Metric(
        "sensed_satisfaction", "1", "satisfaction as surveyed, with error and delay", "T45", True
    ),
    Metric(
        "recommend_share",
        "share",
        "answers of 7 and above to the weekly survey, 0 to 10",
        "T44",
        True,
    ),
    Metric("promoter_score", "points", "answers of 9 and 10 less those of 0 to 6", "T44", True),
)


WILLING, PROMOTER, DETRACTOR = 7, 9, 6
"""Answers, of 0 to 10, that count as such (T44)."""


@params()
class Params:
    """The weekly survey."""

    sample: int = quantity(60, "members", (1, 100_000), "assumption")
    """Members asked."""
    answer_noise: float = quantity(0.12, "1", (0.0, 1.0), "assumption")
    """Spread of an answer."""
    bias: float = quantity(0.03, "1", (-1.0, 1.0), "assumption")
    """By how much the satisfied answer more."""


@kernel()
def step(t, day):
    """Publish last week's survey and take a new one."""
    operator = t.operator[0]
    if day % 7 == 6:
        p = t.params[0].sensing
        operator.sensed_satisfaction = operator.survey_satisfaction
        operator.sensed_trust = operator.survey_trust
        _survey(t, day, p)
        _count_violations(t, day)
    t.daily[day, mt.SENSED_SATISFACTION] = operator.sensed_satisfaction


@compiled()
def _survey(t, day, p):
    key = day_key(t.run_state[0].seed_key, draw_ids.SURVEY, day)
    satisfaction = 0.0
    trust = 0.0
    n = 0
    willing = 0
    promoters = 0
    detractors = 0
    asked = day_key(t.run_state[0].seed_key, draw_ids.WOULD_RECOMMEND, day)
    for k in range(_asked(t, p)):
        i = i8(t.people_state[0].n_rows * uniform(key, U64(3 * k)))
        if i >= t.people_state[0].n_rows or t.fate[i].status == Status.LEFT:
            continue
        m = t.members[i]
        satisfaction += f8(m.satisfaction) + p.answer_noise * normal(uniform(key, U64(3 * k + 1)))
        trust += f8(m.trust) + p.answer_noise * normal(uniform(key, U64(3 * k + 2)))
        n += 1
        # T44: would you recommend us, 0 to 10
        spread = p.answer_noise * normal(uniform(asked, U64(k)))
        score = math.floor(10.0 * (advocacy(m) + p.bias + spread) + 0.5)
        willing += 1 if score >= WILLING else 0
        promoters += 1 if score >= PROMOTER else 0
        detractors += 1 if score <= DETRACTOR else 0
    if n > 0:
        t.daily[day, mt.RECOMMEND_SHARE] = willing / n
        t.daily[day, mt.PROMOTER_SCORE] = 100.0 * (promoters - detractors) / n
        t.operator[0].survey_satisfaction = min(1.0, max(0.0, satisfaction / n + p.bias))
        t.operator[0].survey_trust = min(1.0, max(0.0, trust / n + p.bias))
        t.operator[0].surveyed = day
    t.operator[0].survey_answers = n


@compiled()
def _asked(t, p):
    """How many answer: more where it is rewarded (M45)."""
    yuan = t.policy[0].incentive.survey_reward_cents / 100.0
    if yuan <= 0.0:
        return p.sample
    gift = t.params[0].oneoff
    gain = gift.survey_gain * (1.0 - exp(-yuan / gift.survey_pull_yuan))
    return i8(p.sample * (1.0 + t.params[0].calibration.scale * gain))


@compiled()
def _count_violations(t, day):
    removed = total(t, mt.REMOVED, day + 1 - WEEK, day + 1)
    posts = total(t, mt.POSTS, day + 1 - WEEK, day + 1)
    t.operator[0].sensed_violation_rate = removed / posts if posts > 0.0 else 0.0
