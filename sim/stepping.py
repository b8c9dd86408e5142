"""What a step is written with: how it is compiled, its numbers, its draws and its columns.

The day calls ``step(t, day)``: ``t`` are the community's tables
(:class:`plaza_lab.sim.tables.Tables`), ``day`` is the day of the run, an integer from 0.
"""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.packed import as_part, part
from plaza_lab.engine.compiled import compiled, inlined, kernel
from plaza_lab.sim import draw_ids
from plaza_lab.sim.recording import metrics as mt

__all__ = ["as_part", "compiled", "draw_ids", "f8", "i8", "inlined", "kernel", "mt", "part"]
