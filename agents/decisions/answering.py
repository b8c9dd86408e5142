"""Answering: whether a member who could answer a request she sees does."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.engine.compiled import compiled

ANSWER = Decision(
    "answer",
    "Answering a request that one sees and is capable of.",
    form=Form.SUM,
    arguments=("m", "reward", "effort", "t", "policy", "world"),
    order=(
        "habit", "motive", "belonging", "reward", "effort",
        "points", "grade", "reputation", "talent", "role", "fairness", "steward",
        "helping norm", "honour", "onlookers", "practice", "stake",
    ),
    source="science.md A.10, u = m_i + e_i I_t - cost",
)  # fmt: skip


@ANSWER.base("habit", source="science.md A.10; readers answer less: assumption")
def answering_habit(m, world):
    """What everybody answers by, less for those who hardly write."""
    p = world.help
    return p.answer_base - p.reader_cost * (1.0 - min(1.0, f8(m.post_rate) / p.writer_rate))


@ANSWER.term("motive", source="science.md A.10")
def motive_answers(m, world):
    """Who is moved from within answers."""
    return world.help.motive_weight * (f8(m.motive) - world.incentives.usual_motive)


@ANSWER.term("belonging", source="science.md A.10")
def belonging_answers(m, world):
    """Who belongs answers."""
    return world.help.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@compiled()
def answer_probability(m, reward, effort, t, policy, world):
    """Chance that a capable member answers a request she sees.

    Parameters
    ----------
    reward : float
        Log-odds of the expected tangible reward, from ``incentives``.
    effort : float
        Log-odds cost of the protocol's answer form.
    """
    return sigmoid(ANSWER(m, reward, effort, t, policy, world))
