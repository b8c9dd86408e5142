"""How a day goes: the processes, the world they act in, the engine, and the Mesa model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plaza_lab.sim.community import Community

__all__ = ["Community"]


def __getattr__(name: str) -> Any:
    if name == "Community":  # imported when asked for: Mesa takes a second
        from plaza_lab.sim.community import Community

        return Community
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
