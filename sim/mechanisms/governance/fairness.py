"""Fairness: what members make of how they are governed."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.posting import POST
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.declaring import Clashes, Policy, levers, params, quantity
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, f8, i8, kernel, mt

SOURCE = "M69, M64, M67, M68, M129"


@levers("rules")
class Levers:
    """Openness about rules and money."""

    transparency: float = quantity(0.0, "1", (0.0, 1.0), "M69")
    """How openly rules and decisions are shown; 0 as usual."""
    open_books: bool = quantity(False, "flag", source="M69")
    """The fund's accounts are open to members."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.open_books and not policy.fund.has_any_money,
            "open_books needs a fund to show; choose another fund than none",
        )


USUAL = 0.5


@params()
class Params:
    """What is held to be fair, and how strongly that moves contributions."""

    speed: float = quantity(0.08, "1/visit", (0.0, 1.0), "assumption (M69)")
    """Speed at which the perceived fairness follows what a visitor sees."""
    exempt_loss: float = quantity(0.25, "1", (0.0, 1.0), "assumption (M69)")
    """Fairness lost while the owner is exempt from the rules."""
    transparency_gain: float = quantity(0.15, "1", (0.0, 1.0), "assumption (M69)")
    """Fairness gained by full openness of rules and decisions."""
    books_gain: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M69)")
    """Fairness gained by open books, where money has moved."""
    charter_gain: float = quantity(0.15, "1", (0.0, 1.0), "assumption (M68)")
    """Fairness gained by a fully legitimate charter."""
    unrest_loss: float = quantity(0.03, "1/change", (0.0, 1.0), "assumption (M67: predictability)")
    """Fairness lost per recent change of the rules."""
    threshold_loss: float = quantity(0.2, "1", (0.0, 1.0), "assumption (M64)")
    """Fairness lost under the highest speaking threshold."""
    removal_loss: float = quantity(0.5, "1", (0.0, 5.0), "assumption (M64)")
    """Fairness lost per share of posts removed, where review is felt."""
    gaming_loss: float = quantity(0.5, "1", (0.0, 1.0), "assumption (M129: unfair awards)")
    """Fairness lost when all rewards of the last four weeks went to farmers."""
    post_weight: float = quantity(
        1.5, "log-odds", (0.0, 10.0), "assumption (M69: willingness to contribute)"
    )
    """Per unit of fairness, on posting."""
    answer_weight: float = quantity(
        1.5, "log-odds", (0.0, 10.0), "assumption (M69: willingness to contribute)"
    )
    """Per unit of fairness, on answering."""
    usual: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """Sense of fair treatment at which it moves no decision."""


@ANSWER.term("fairness", source="M69")
def fairness_answers(m, world):
    """Log-odds of answering of those who are treated fairly."""
    return world.fairness.answer_weight * (f8(m.fairness) - world.fairness.usual)


@POST.term("fairness", source="M69")
def fairness_posts(m, world):
    """Log-odds of posting of those who are treated fairly."""
    return world.fairness.post_weight * (f8(m.fairness) - world.fairness.usual)


@kernel()
def step(t, day):
    """Let visitors' sense of fairness follow what they see."""
    level = _deserved(t, day)
    world = t.params[0]
    can_differ = world.review.is_felt or t.policy[0].rules.charter > 1
    if level == USUAL and not can_differ:
        return
    p = world.fairness
    for k in range(t.people_state[0].n_visitors):
        if k + AHEAD < t.people_state[0].n_visitors:
            prefetch(t.members, i8(t.visitors[k + AHEAD]))
        m = t.members[t.visitors[k]]
        feelings.settle_fairness(m, level, p.speed)


@compiled()
def _deserved(t, day):
    """The fairness that the rules of the day deserve, 0 to 1."""
    p = t.params[0].fairness
    rules = t.policy[0].rules
    adaptation_state = t.adaptation_state[0]
    level = USUAL + p.transparency_gain * rules.transparency
    level += p.charter_gain * t.charter_state[0].charter_legitimacy
    level -= p.unrest_loss * adaptation_state.rule_unrest
    level -= p.threshold_loss * adaptation_state.speak_threshold
    if t.policy[0].moderation.owner_exempt:
        level -= p.exempt_loss
    if rules.open_books and t.fund_state[0].n_journal > 0:
        level += p.books_gain
    if t.params[0].gaming.farmer_share > 0.0:
        level -= p.gaming_loss * _farmed_share(t, day)
    if t.params[0].review.is_felt and day > 0:
        posts = t.daily[day - 1, mt.POSTS]
        if posts > 0.0:
            level -= p.removal_loss * min(1.0, t.daily[day - 1, mt.REMOVED] / posts)
    return min(1.0, max(0.0, level))


@compiled()
def _farmed_share(t, day):
    """Part of the rewards of the last four weeks that went to farmers; members see who wins."""
    farmed = total(t, mt.FARMED_YUAN, day - MONTH, day)
    rewards = total(t, mt.REWARDS_YUAN, day - MONTH, day)
    return farmed / rewards if rewards > 0.0 else 0.0
