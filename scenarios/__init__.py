"""What we ask: policies, experiments, statistics, reports, and the command line.

``from scenarios import run, compare, sweep`` gives the same studies as the command line; they are
imported when first asked for, so that the command line's help stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plaza_lab.scenarios.api import compare, open_study, run, run_study, sweep

__all__ = ["compare", "open_study", "run", "run_study", "sweep"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from plaza_lab.scenarios import api

        return getattr(api, name)
    raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
