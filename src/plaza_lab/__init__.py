"""Plaza: a policy lab for brand communities.

``from plaza_lab import Community, Policy, compare, open_study`` is all that most scripts need; each
name is imported when it is first asked for, so that ``plaza --help`` stays quick. The three parts
lie at the top of the repository and are ``plaza_lab.agents``, ``plaza_lab.sim`` and
``plaza_lab.scenarios``; nothing else of Plaza can be imported.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plaza_lab.agents.decisions.term import Term
    from plaza_lab.agents.quantity import quantity
    from plaza_lab.agents.record import Var
    from plaza_lab.engine.compiled import kernel
    from plaza_lab.scenarios.api import compare, open_study, run, run_study, sweep
    from plaza_lab.scenarios.attributing.verb import attribute
    from plaza_lab.scenarios.trying.verb import trial
    from plaza_lab.sim.mechanism import Mechanism
    from plaza_lab.sim.mesa.community import Community
    from plaza_lab.sim.model import PLAZA
    from plaza_lab.sim.policy import Policy
    from plaza_lab.sim.recording.measure import Measure
    from plaza_lab.sim.recording.metric import Metric
    from plaza_lab.sim.setting import Population, Setting, World

_HOME = {
    "PLAZA": "sim.model",
    "Community": "sim.mesa.community",
    "Measure": "sim.recording.measure",
    "Mechanism": "sim.mechanism",
    "Metric": "sim.recording.metric",
    "Policy": "sim.policy",
    "Population": "sim.setting",
    "Setting": "sim.setting",
    "Term": "agents.decisions.term",
    "Var": "agents.record",
    "World": "sim.setting",
    "attribute": "scenarios.attributing.verb",
    "compare": "scenarios.api",
    "kernel": "engine.compiled",
    "open_study": "scenarios.api",
    "quantity": "agents.quantity",
    "run": "scenarios.api",
    "run_study": "scenarios.api",
    "sweep": "scenarios.api",
    "trial": "scenarios.trying.verb",
}

__all__ = [
    "PLAZA",
    "Community",
    "Measure",
    "Mechanism",
    "Metric",
    "Policy",
    "Population",
    "Setting",
    "Term",
    "Var",
    "World",
    "attribute",
    "compare",
    "kernel",
    "open_study",
    "quantity",
    "run",
    "run_study",
    "sweep",
    "trial",
]

_here = Path(__file__).resolve().parent
if not (_here / "agents").is_dir():
    # a checkout without symbolic links (git on Windows): the folders lie two levels up
    __path__.append(str(_here.parents[1]))


def _names_of_options(names: Any) -> Any:
    """Read the options when the first one is named, and not before."""
    return import_module("plaza_lab.scenarios.experiments.design").parts_named(names)


def __getattr__(name: str) -> Any:
    if name == "Community":
        import_module("plaza_lab.sim.keywords").resolve_names_by(_names_of_options)
    if name in _HOME:
        return getattr(import_module(f"plaza_lab.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
