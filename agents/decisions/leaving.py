"""Leaving: falling silent after an active day, and leaving the membership."""

from __future__ import annotations

from numpy import float64 as f8

from plaza_lab.agents.choices import expertise, sigmoid
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form
from plaza_lab.agents.packed import part
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import exp, log

EXIT = Decision(
    "exit",
    "Leaving the membership.",
    form=Form.RATE,
    arguments=("m", "day", "is_silent", "t", "policy", "world"),
    order=(
        "newcomer", "belonging", "satisfaction", "trust", "strong ties", "load", "dues", "silent",
        "star", "grade", "privileges", "talent", "role", "mood", "channels", "relationship",
        "expert time", "returns", "referred", "referring", "place", "second home", "honour",
        "company", "hurt", "stake",
    ),
    source="science.md A.14; mechanisms.md 2.0 item 2",
)  # fmt: skip


@EXIT.base("own rate", source="science.md A.14 (frailty)")
def exit_rate(m, world):
    """What everybody leaves by, times her frailty."""
    return f8(m.frailty) * world.churn.established_hazard


@EXIT.term("newcomer", source="science.md A.14")
def newcomers_leave(m, day, world):
    """Newcomers leave more easily."""
    p = world.churn
    is_new = day - m.joined < p.newcomer_days
    return log(p.newcomer_factor) if is_new else 0.0


@EXIT.term("belonging", source="science.md A.14")
def belonging_holds(m, world):
    """Belonging holds."""
    return -world.churn.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@EXIT.term("satisfaction", source="science.md A.14")
def satisfaction_holds(m, world):
    """Satisfaction holds."""
    p = world.churn
    return -p.satisfaction_weight * (f8(m.satisfaction) - world.belonging.usual_satisfaction)


@EXIT.term("trust", source="science.md A.14")
def trust_holds(m, world):
    """Trust holds."""
    return -world.churn.trust_weight * (f8(m.trust) - world.belonging.usual_trust)


@EXIT.term("strong ties", source="science.md A.14")
def strong_ties_hold(m, world):
    """Friends hold, up to a number."""
    p = world.churn
    return -p.strong_tie_weight * min(f8(m.n_strong), p.strong_tie_cap)


@EXIT.term("load", source="mechanisms.md 2.0 item 2")
def load_drives_out(m, world):
    """Overload drives out."""
    return world.churn.load_weight * f8(m.load)


@EXIT.term("silent", source="science.md A.14")
def silence_loosens(is_silent, world):
    """Who has fallen silent leaves more easily."""
    return world.churn.silent_weight if is_silent else 0.0


@EXIT.term("expert time", source="M120")
def load_drives_experts_out(m, world):
    """Experts, whose time is dear, are driven out by overload twice."""
    return world.churn.expert_weight * f8(m.load) * expertise(m)


@compiled()
def exit_hazard(m, day, is_silent, t, policy, world):
    """Hazard of leaving the membership a day: frailty times base times the exponential of terms."""
    return exit_rate(m, world) * exp(EXIT(m, day, is_silent, t, policy, world))


QUIT = Decision(
    "fall silent",
    "Falling silent after an active day.",
    form=Form.SUM,
    arguments=("m", "t", "policy", "world"),
    order=(
        "own rate",
        "belonging",
        "satisfaction",
        "returns",
        "referred",
        "referring",
        "honour",
        "hurt",
    ),
    source="science.md A.4 (BG/NBD) with the terms of A.14",
)


@QUIT.base("own rate", source="science.md A.4 (BG/NBD)")
def quit_log_odds(m):
    """Log-odds of her own dropout after an active day."""
    base = min(max(part(m.quit), 1e-6), 1.0 - 1e-6)
    return log(base / (1.0 - base))


@QUIT.term("belonging", source="science.md A.14")
def belonging_keeps_active(m, world):
    """Who belongs goes on."""
    return -world.churn.belonging_weight * (f8(m.belonging) - world.belonging.usual_belonging)


@QUIT.term("satisfaction", source="science.md A.14")
def satisfaction_keeps_active(m, world):
    """Who is satisfied goes on."""
    p = world.churn
    return -p.satisfaction_weight * (f8(m.satisfaction) - world.belonging.usual_satisfaction)


@compiled()
def quit_probability(m, t, policy, world):
    """Chance of falling silent after an active day: BG/NBD dropout moved on the logit scale."""
    return sigmoid(QUIT(m, t, policy, world))
