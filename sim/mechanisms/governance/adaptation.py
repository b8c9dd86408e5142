"""Adaptation: an engine moves the thresholds of the rules within bounds, and resets them."""

from __future__ import annotations

import math

from plaza_lab.agents.decisions.posting import POST, VIOLATE
from plaza_lab.agents.member import Charter
from plaza_lab.engine.elementary import log
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.state import items
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, f8, kernel, mt

SOURCE = "M67; F76, A16; science.md A.11 (heat)"
METRICS = (
    Metric("speak_threshold", "1", "speaking threshold of the engine", "T50", True),
    Metric("topic_anomaly", "1", "deviations of the day's topics from the usual", "A16"),
    Metric("rule_changes", "changes", "changes of the rules by the engine", "T50"),
    Metric("rule_resets", "changes", "of these, resets after an anomaly", "T50"),
    Metric("rule_latency_s", "seconds", "from trigger to changed rule, on days with one", "T50"),
)
STATE: tuple[Var, ...] = (
    Var("speak_threshold", "f8", "1", "standing asked for to speak, 0 to 1", "M67"),
    Var("heat_threshold", "f8", "1", "heat from which a topic is cooled", "M67", 2),
    Var("heat", "f8", "1", "activity above the usual, as far as it is let", "M67"),
    Var("cooling", "f8", "log-odds", "posts held back because topics run hot", "M67"),
    Var("usual_posts", "f8", "items/day", "usual posts a day", "M67"),
    Var("usual_entropy", "f8", "1", "usual entropy of the day's topics", "M67"),
    Var("entropy_spread", "f8", "1", "usual squared change of that entropy", "M67"),
    Var("rules_changed", "i8", "day", "day of the last change of the rules", "M67"),
    Var("rule_unrest", "f8", "changes", "recent changes of the rules, fading", "M67"),
    Var("topic_mix", "(8,)f8", "share", "usual shares of the topics", "M67"),
)


@levers("rules")
class Levers:
    """Thresholds of the rules, and the engine that moves them."""

    speak_threshold: float = quantity(0.0, "1", (0.0, 1.0), "M64, M67")
    """Standing asked for to speak; where an engine begins."""
    heat_threshold: float = quantity(2.0, "1", (0.0, 2.0), "M67")
    """Activity above the usual from which topics are cooled; 2 never cools."""
    step: float = quantity(0.1, "1", (0.0, 1.0), "M67")
    """By how much the engine moves."""
    speak_low: float = quantity(0.0, "1", (0.0, 1.0), "M67")
    """Least speaking threshold."""
    speak_high: float = quantity(0.8, "1", (0.0, 1.0), "M67")
    """Highest speaking threshold."""
    heat_low: float = quantity(0.2, "1", (0.0, 2.0), "M67")
    """Least topic-heat threshold."""
    min_gap_days: int = quantity(
        7, "days", (1, 364), "assumption (M67: too frequent changes hurt predictability)"
    )
    """Days between two changes."""
    anomaly_k: float = quantity(3.0, "1", (0.5, 20.0), "M67 (A16)")
    """Deviations of topic entropy or topic drift that count as an anomaly."""
    violation_target: float = quantity(
        0.02, "share", (0.0, 1.0), "assumption (science A.11: 3 % removed)"
    )
    """Removed share of posts up to which the engine loosens."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.speak_low > self.speak_high,
            f"speak_low is {self.speak_low:g}, above speak_high {self.speak_high:g}; "
            "swap the two bounds",
        )
        yield (
            policy.rules.is_adaptive
            and not self.speak_low <= self.speak_threshold <= self.speak_high,
            f"speak_threshold {self.speak_threshold:g} lies outside speak_low to speak_high; "
            "begin within the engine's bounds",
        )
        yield (
            policy.rules.is_adaptive and self.heat_threshold < self.heat_low,
            f"heat_threshold {self.heat_threshold:g} lies below heat_low {self.heat_low:g}; "
            "begin within the engine's bounds",
        )


FEWEST = 8.0
"""Items of a day from which its topics can be judged; assumption."""


@params()
class Params:
    """What thresholds and heat do, and how the engine looks at the day."""

    has_heat: bool = quantity(False, "flag", source="science A.11 (heat)")
    """Days with far more posts than usual bring more violations."""
    heat_weight: float = quantity(0.6, "log-odds", (0.0, 5.0), "assumption (science A.11)")
    """Violations, per unit of activity above the usual."""
    cooling_weight: float = quantity(0.8, "log-odds", (0.0, 5.0), "assumption (M67)")
    """Posts held back, per unit of activity above the topic-heat threshold."""
    threshold_weight: float = quantity(1.5, "log-odds", (0.0, 10.0), "assumption (M67, M64)")
    """Posts held back under the highest speaking threshold, per unit of standing lacking."""
    memory_days: float = quantity(28.0, "days", (2.0, 364.0), "assumption")
    """Days over which the usual day is remembered."""
    activity_weight: float = quantity(
        0.5, "1", (0.0, 10.0), "assumption (M67: parameters move with activity)"
    )
    """How much activity above the usual tightens, beside violations above the target."""
    unrest_days: float = quantity(28.0, "days", (1.0, 364.0), "assumption (M67: predictability)")
    """Days over which a change of the rules is remembered."""
    latency_s: float = quantity(30.0, "seconds", (0.0, 86_400.0), "F78")
    """From an anomaly to the changed rule; recorded, shorter than a day's step."""


@compiled()
def shortfall(m):
    """What a member lacks in standing: much after removals, some when nobody knows her.

    Parameters
    ----------
    m : record of MEMBER
        The member.

    Returns
    -------
    float
        0 for a known member without removals, rising by 1 with each of the first three removals.
        Source: M67 (speaking threshold), assumption.
    """
    unknown = 0.5 / (1.0 + f8(m.reputation))
    return min(3.0, f8(m.violations)) + unknown


@POST.term("threshold", source="M67")
def threshold_silences(m, t, world):
    """Log-odds of posting that the standing asked for takes from those who lack it."""
    return -world.adaptation.threshold_weight * t.adaptation_state[0].speak_threshold * shortfall(m)


@POST.term("cooling", source="M67")
def cooling_silences(t):
    """Log-odds of posting that a cooling-down takes away."""
    return -t.adaptation_state[0].cooling


@VIOLATE.term("heat", source="science.md A.11; M67")
def heat_breaks_rules(t, world):
    """Log-odds of breaking the rules in a heated community."""
    return world.adaptation.heat_weight * t.adaptation_state[0].heat


@kernel()
def step(t, day):
    """Look at the day's posts, and move the thresholds for tomorrow."""
    rules = t.policy[0].rules
    p = t.params[0].adaptation
    state = t.adaptation_state[0]
    is_adaptive = rules.charter == Charter.ADAPTIVE or rules.charter == Charter.ADAPTIVE_VOTED
    if day == 0 or not is_adaptive:
        state.speak_threshold = rules.speak_threshold
        state.heat_threshold = rules.heat_threshold
    if not is_adaptive and not p.has_heat:
        return
    posts = t.daily[day, mt.POSTS]
    excess = 0.0
    if state.usual_posts > 0.0:
        excess = min(2.0, max(0.0, posts / state.usual_posts - 1.0))
    if is_adaptive:
        state.rule_unrest *= 1.0 - 1.0 / p.unrest_days
        _adapt(t, day, excess, rules, p)
        t.daily[day, mt.SPEAK_THRESHOLD] = state.speak_threshold
    part = 1.0 / min(p.memory_days, day + 1.0)
    state.usual_posts += part * (posts - state.usual_posts)
    if p.has_heat:
        state.heat = min(excess, state.heat_threshold)
        state.cooling = p.cooling_weight * max(0.0, excess - state.heat_threshold)


@compiled()
def _adapt(t, day, excess, rules, p):
    """Reset on an anomaly; else tighten or loosen, not more often than allowed."""
    state = t.adaptation_state[0]
    if _anomaly(t, day, p) > rules.anomaly_k:
        state.speak_threshold = rules.speak_threshold
        state.heat_threshold = rules.heat_low
        _note_change(t, day, p)
        t.daily[day, mt.RULE_RESETS] += 1.0
        return
    if day - state.rules_changed < rules.min_gap_days:
        return
    first = day + 1 - WEEK
    found = total(t, mt.REMOVED, first, day + 1) + total(t, mt.BLOCKED, first, day + 1)
    posts = total(t, mt.POSTS, first, day + 1)
    share = found / posts if posts > 0.0 else 0.0
    pressure = p.activity_weight * excess - 1.0
    pressure += share / rules.violation_target if rules.violation_target > 0.0 else 1.0
    move = rules.step if pressure > 0.0 else -rules.step
    speak = min(rules.speak_high, max(rules.speak_low, state.speak_threshold + move))
    heat = min(2.0, max(rules.heat_low, state.heat_threshold - 2.0 * move))
    if speak != state.speak_threshold or heat != state.heat_threshold:
        state.speak_threshold = speak
        state.heat_threshold = heat
        _note_change(t, day, p)


@compiled()
def _note_change(t, day, p):
    t.adaptation_state[0].rules_changed = day
    t.adaptation_state[0].rule_unrest += 1.0
    t.daily[day, mt.RULE_CHANGES] += 1.0
    t.daily[day, mt.RULE_LATENCY_S] = p.latency_s


@compiled()
def _anomaly(t, day, p):
    """How many usual deviations the day's topics are away: by their entropy, or by their drift."""
    state = t.adaptation_state[0]
    items_state = t.items_state[0]
    n = 0.0
    entropy = 0.0
    drift = 0.0
    mix = state.topic_mix
    part = 1.0 / min(p.memory_days, day + 1.0)
    total = f8(items_state.item_head - items_state.item_today)
    if total < FEWEST:
        return 0.0
    for topic in range(items.TOPICS):
        n = 0.0
        for number in range(items_state.item_today, items_state.item_head):
            if t.items[number & (t.items.shape[0] - 1)].topic == topic:
                n += 1.0
        share = n / total
        if share > 0.0:
            entropy -= share * log(share)
        drift += 0.5 * abs(share - mix[topic])
        mix[topic] += part * (share - mix[topic])
    away = abs(entropy - state.usual_entropy)
    spread = math.sqrt(max(state.entropy_spread, 1e-4))
    # a day of n posts differs by chance alone: drift counts in units of that noise
    noise = 0.4 * math.sqrt(items.TOPICS / total)
    score = max(away / spread, drift / noise)
    state.entropy_spread += part * (away * away - state.entropy_spread)
    state.usual_entropy += part * (entropy - state.usual_entropy)
    t.daily[day, mt.TOPIC_ANOMALY] = score
    return score if day >= p.memory_days else 0.0
