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
    from plaza_lab.scenarios.api import compare, open_study, run, run_study, sweep
    from plaza_lab.sim.mesa.community import Community
    from plaza_lab.sim.policy import Policy
    from plaza_lab.sim.setting import Population, Setting, World

_HOME = {
    "Community": "sim.mesa.community",
    "Policy": "sim.policy",
    "Population": "sim.setting",
    "Setting": "sim.setting",
    "World": "sim.setting",
    "compare": "scenarios.api",
    "open_study": "scenarios.api",
    "run": "scenarios.api",
    "run_study": "scenarios.api",
    "sweep": "scenarios.api",
}

__all__ = [
    "Community",
    "Policy",
    "Population",
    "Setting",
    "World",
    "compare",
    "open_study",
    "run",
    "run_study",
    "sweep",
]

_here = Path(__file__).resolve().parent
if not (_here / "agents").is_dir():
    # a checkout without symbolic links (git on Windows): the folders lie two levels up
    __path__.append(str(_here.parents[1]))


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"plaza_lab.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
