"""What a benchmark hands back, the machine it ran on, and the table of all."""

from __future__ import annotations

import dataclasses
import datetime
import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figure:
    """One measured item.

    Parameters
    ----------
    item : str
        What was measured, with its size.
    unit : str
        Unit of the values.
    values : list of float
        One value a round.
    target : float, optional
        What the project promises.
    is_more_better : bool
        Whether the target is a least value rather than a most.
    note : str
        Days, threads, or what the figure is compared with.
    """

    item: str
    unit: str
    values: list[float] = field(default_factory=list)
    target: float | None = None
    is_more_better: bool = True
    note: str = ""
    part: str = ""
    """Part of the benchmarks it comes from."""

    @property
    def best(self) -> float:
        """Best round."""
        return max(self.values) if self.is_more_better else min(self.values)

    @property
    def median(self) -> float:
        """Median of the rounds."""
        return statistics.median(self.values)

    def verdict(self) -> str:
        """Whether the best round reaches the target, and by what factor."""
        if self.target is None:
            return ""
        factor = self.best / self.target if self.is_more_better else self.target / self.best
        return f"reached, x{factor:.2f}" if factor >= 1.0 else f"missed, x{factor:.2f}"


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor seconds that ``work`` takes in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def machine() -> dict[str, str]:
    """Processor, cores, load and versions; nothing that names the host."""
    load = " ".join(f"{value:.1f}" for value in getattr(os, "getloadavg", tuple)())
    names = ("numba", "numpy", "mesa", "llvmlite")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    return {
        "date": datetime.date.today().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load average": load,
        "versions": f"Python {platform.python_version()}, {versions}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    known = dict(line.replace("\t", "").split(":", 1) for line in lines if ":" in line)
    return known.get("model name", platform.machine()).strip()


def resident_bytes() -> int:
    """Memory of this process that is in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak_bytes() -> int:
    """Most memory of this process that was in use at a time."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def table(figures: list[Figure]) -> str:
    """Readable table of figures."""
    rows = [("item", "best", "median", "unit", "target", "verdict", "note")]
    for figure in figures:
        target = "" if figure.target is None else number(figure.target)
        rows.append((
            figure.item, number(figure.best), number(figure.median), figure.unit, target,
            figure.verdict(), figure.note,
        ))  # fmt: skip
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def number(value: float) -> str:
    """Write a value with three digits, or as a whole number."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def as_data(figures: list[Figure], facts: dict[str, str]) -> dict[str, object]:
    """Everything measured, ready for JSON."""
    rows = [
        {
            **dataclasses.asdict(figure),
            "best": figure.best,
            "median": figure.median,
            "verdict": figure.verdict(),
        }
        for figure in figures
    ]
    return {"machine": facts, "figures": rows}
