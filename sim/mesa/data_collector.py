"""Mesa's data collector for a community: metrics by name, and a sample of members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from plaza_lab.agents.view import DataCollector
from plaza_lab.sim.checking import whole
from plaza_lab.sim.recording.metrics import NAMES

DEFAULT_METRICS = (
    "members", "active_28d", "active_share", "retained", "joins", "exits", "messages",
    "belonging", "satisfaction", "fund_out_yuan", "entry_pool_yuan", "dues_pool_yuan",
    "brand_pool_yuan",
)  # fmt: skip
"""Model reporters of a community for which none are named."""


class Collector(DataCollector):
    """A data collector whose agent reporters look at a sample of the members.

    A record of every member of a large community on every day would be larger than the community.

    Parameters
    ----------
    model_reporters : dict, iterable of str, optional
        As for ``mesa.DataCollector``; names of daily metrics stand for their value of the day.
    agent_reporters : dict, optional
        As for ``mesa.DataCollector``, of members.
    agenttype_reporters : dict, optional
        As for ``mesa.DataCollector``; of all agents of a type.
    sample : int
        Number of members on whom agent reporters report.
    own_metrics : tuple of str
        Daily metrics there are besides Plaza's.
    """

    def __init__(
        self,
        model_reporters: Mapping[str, Any] | Iterable[str] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[Any, Any] | None = None,
        sample: int = 100,
        own_metrics: tuple[str, ...] = (),
    ) -> None:
        named = DEFAULT_METRICS if model_reporters is None else model_reporters
        reporters = dict(named) if isinstance(named, Mapping) else {name: name for name in named}
        of_metrics = [
            name for name, reporter in reporters.items() if reporter in NAMES + own_metrics
        ]
        self.is_book = len(of_metrics) == len(reporters) and not (
            agent_reporters or agenttype_reporters
        )
        self.sample = whole("sample", sample, 0)
        for name in of_metrics:
            reporters[name] = _metric(reporters[name])
        super().__init__(reporters, agent_reporters, agenttype_reporters)

    def _record_agents(self, model: Any) -> Any:
        return super()._record_agents(SimpleNamespace(agents=model.sample(self.sample)))


def _metric(name: str) -> Any:
    return lambda community: community.metric(name)
