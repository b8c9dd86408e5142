"""What a mechanism is declared with: its levers, parameters, state and metrics.

Every file of ``sim/mechanisms/`` begins with this line and that of :mod:`plaza_lab.sim.stepping`.
"""

from __future__ import annotations

from typing import Any

from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.record import Var
from plaza_lab.sim.levers import Clashes, levers, params
from plaza_lab.sim.recording.metric import Metric

Policy = Any
"""The whole policy: it is put together of what mechanisms declare, so nobody knows it here."""

__all__ = ["Clashes", "Metric", "Policy", "Var", "levers", "params", "quantity"]
