"""The same setting and seed give the same bytes, however the run is carried out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from communities import (
    EVERYTHING,
    VOLUNTEERS,
    live_by_hand,
    lived,
    opened,
    raw,
    same_bytes,
    setting,
)

from plaza_lab.sim.engine import live_until, simulate
from plaza_lab.sim.tables import NAMES, STATES

BOTH = pytest.mark.parametrize("everything", [EVERYTHING, VOLUNTEERS], ids=["rota", "volunteers"])


def bytes_of(run) -> bytes:
    columns = [run.journal[field].tobytes() for field in run.journal.dtype.names]
    return b"".join([run.days.tobytes(), *columns, repr(sorted(run.outcomes.items())).encode()])


@BOTH
def test_one_and_two_workers_agree_byte_for_byte(kernels, everything):
    which = setting(everything)
    alone = simulate(which, range(5), 90, workers=1)
    shared = simulate(which, range(5), 90, workers=2)
    many = simulate(which, range(5), 90, workers=5)
    for one, two, five in zip(alone, shared, many, strict=True):
        assert bytes_of(one) == bytes_of(two) == bytes_of(five)


def test_runs_come_back_in_the_order_of_their_seeds(kernels):
    seen = []
    seeds = [9, 3, 7, 1, 8, 2]
    results = simulate(setting({"population.initial_members": 30}), seeds, 20, 2, seen.append)
    assert [run.seed for run in results] == [run.seed for run in seen] == seeds


@BOTH
def test_a_run_does_not_depend_on_the_runs_before_it(kernels, everything):
    which = setting(everything)
    first = simulate(which, [4], 60, workers=1)[0]
    simulate(setting({"population.initial_members": 77}), [1, 2], 30, workers=2)
    assert bytes_of(first) == bytes_of(simulate(which, [1, 2, 4], 60, workers=2)[2])


def test_seeds_differ(kernels):
    days = [simulate(setting(EVERYTHING), [s], 30, 1)[0].days.tobytes() for s in (0, 1, 2**40)]
    assert len(set(days)) == 3


@BOTH
def test_process_by_process_is_the_same_as_the_day(kernels, everything):
    which = setting(everything)
    by_hand = live_by_hand(opened(which, 3, 50, 1500), 0, 50)
    assert same_bytes(by_hand, live_until(opened(which, 3, 50, 1500), 0, 50))


@BOTH
def test_stopping_and_going_on_changes_nothing(kernels, everything):
    which = setting(everything)
    in_parts = opened(which, 3, 60, 1500)
    for first, last in ((0, 1), (1, 17), (17, 60)):
        in_parts = live_until(in_parts, first, last)
    assert same_bytes(in_parts, live_until(opened(which, 3, 60, 1500), 0, 60))


def test_growing_tables_change_nothing(kernels):
    """With room for few members the tables grow on the way; the community is the same."""
    crowd = setting(EVERYTHING, {"world.arrival.p_external": 2e-3, "world.entry.join_base": 3.0,
                                 "policy.entry.fee_cents": 100})  # fmt: skip
    small = live_until(opened(crowd, 3, 70, 680), 0, 70)
    large = live_until(opened(crowd, 3, 70, 12_000), 0, 70)
    assert small.members.shape[0] > 680
    assert large.members.shape[0] == 12_000
    rows = int(large.people_state[0].n_rows)
    assert np.array_equal(small.daily, large.daily)
    assert np.array_equal(small.balances, large.balances)
    for name in ("fate", "members", "ties"):
        one, two = getattr(small, name)[:rows], getattr(large, name)[:rows]
        assert all((one[field] == two[field]).all() for field in one.dtype.names)
    for name in STATES:
        assert getattr(small, name).tobytes() == getattr(large, name).tobytes(), name


def test_another_process_gets_the_same_bytes(kernels):
    """Nothing depends on hash seeds, addresses or what was imported."""
    here = Path(__file__).resolve()
    code = (
        f"import sys; sys.path[:0] = [{str(here.parents[1])!r}, {str(here.parents[2])!r}]\n"
        "import hashlib\n"
        "from communities import EVERYTHING, lived, setting\n"
        "tables = lived(setting(EVERYTHING), 11, 40)\n"
        "print(hashlib.sha256(tables.daily.tobytes() + tables.balances.tobytes()).hexdigest())\n"
    )
    import hashlib

    tables = lived(setting(EVERYTHING), 11, 40)
    mine = hashlib.sha256(tables.daily.tobytes() + tables.balances.tobytes()).hexdigest()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == mine


def test_tables_share_nothing_between_runs(kernels):
    one, two = lived(setting(), 1, 10), lived(setting(), 1, 10)
    for name in NAMES:
        a, b = raw(getattr(one, name)), raw(getattr(two, name))
        assert not np.shares_memory(a, b), name
