"""Sign-up times of the stewards' queue, drawn as the process draws them."""

from __future__ import annotations

import numpy as np

from plaza_lab.engine.compiled import kernel
from plaza_lab.sim import randomness as r


@kernel()
def _times(seed_key, decision, day, uids, out):
    key = r.day_key(seed_key, decision, day)
    for k in range(uids.shape[0]):
        out[k] = r.uniform(key, uids[k])


def sign_up_times(tables, decision: int, day: int, rows: list[int]) -> list[float]:
    """Time within the week at which each member would sign up; earlier is first in the queue."""
    uids = np.array([tables.fate[i].uid for i in rows], np.uint64)
    out = np.zeros(len(rows))
    _times(np.uint64(tables.run_state[0].seed_key), decision, day, uids, out)
    return out.tolist()
