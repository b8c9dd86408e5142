"""An engine that answers at once, for tests of what stands around the engine."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

JOURNAL = np.dtype(
    [("day", "i4"), ("purpose", "i1"), ("payer", "i1"), ("payee", "i1"), ("amount_cents", "i8")]
)


def outcomes(setting, seed: int) -> dict[str, float]:
    """Numbers that depend on the seed, and on prizes, so that pairs differ by a known amount."""
    luck = np.random.default_rng(seed).normal()
    prize = float(setting.policy.incentive.has_prize)
    return {
        "growth": 0.2 + 0.05 * luck + 0.1 * prize,
        "retention": 0.5 + 0.02 * luck + 0.1 * prize,
        "membership_retention": 0.6 + 0.02 * luck,
        "fund_spend_yuan": 1000.0 * prize,
        "cost_per_retained_yuan": 4.0 * prize,
        "members_end": 500.0 + 10.0 * luck,
        "active_share": 0.4 + 0.01 * luck,
    }


def result(setting, seed: int, days: int):
    """One run."""
    from plaza_lab.sim.engine import RunResult
    from plaza_lab.sim.recording.metrics import N_METRICS
    from plaza_lab.sim.state.fund import BRAND_POOL, MEMBERS, PRIZE

    journal = np.zeros(2, JOURNAL)
    journal["day"], journal["purpose"] = [0, days - 1], PRIZE
    journal["payer"], journal["payee"], journal["amount_cents"] = BRAND_POOL, MEMBERS, 100
    daily = np.random.default_rng(seed).uniform(1, 2, (days, N_METRICS))
    return RunResult(
        seed=seed, days=daily, journal=journal.view(np.recarray), outcomes=outcomes(setting, seed)
    )


class FakeEngine:
    """Stands in for the engine: ``each`` for ``simulate_each``; can be told to stop or to fail.

    Parameters
    ----------
    stop_after : int, optional
        Runs after which Ctrl-C comes.
    failing : sequence of int
        Seeds that cannot be run.
    """

    def __init__(self, stop_after: int | None = None, failing: Sequence[int] = ()) -> None:
        self.stop_after, self.failing = stop_after, set(failing)
        self.calls: list[tuple[object, int]] = []

    def each(self, runs, days: int = 364, workers: int = 0):
        """Stand in for ``plaza_lab.sim.engine.simulate_each``."""
        assert threading.current_thread() is threading.main_thread()
        for setting, seed in runs:
            if self.stop_after is not None and len(self.calls) >= self.stop_after:
                raise KeyboardInterrupt
            if seed in self.failing:
                yield FloatingPointError(f"seed {seed} went wrong")
                continue
            self.calls.append((setting, seed))
            yield result(setting, seed, days)
