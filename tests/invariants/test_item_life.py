"""Items: none is lost and none is counted twice between being written and leaving the feed."""

from __future__ import annotations

import numpy as np
import pytest
from communities import EVERYTHING, VOLUNTEERS, live_by_hand, opened, setting

from plaza_lab.sim.policy import Review
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state.items import Shown

STEPS = {
    (Shown.QUEUED, Shown.QUEUED),
    (Shown.QUEUED, Shown.PUBLISHED),
    (Shown.QUEUED, Shown.REMOVED),
    (Shown.QUEUED, Shown.SUPPRESSED),  # published and judged within a day
    (Shown.PUBLISHED, Shown.PUBLISHED),
    (Shown.PUBLISHED, Shown.REMOVED),
    (Shown.PUBLISHED, Shown.SUPPRESSED),
    (Shown.REMOVED, Shown.REMOVED),
    (Shown.SUPPRESSED, Shown.SUPPRESSED),
    (Shown.SUPPRESSED, Shown.REMOVED),
}
"""What an item may become from the evening of one day to that of the next."""


@pytest.mark.mechanism("M31", "M35", "M59")
@pytest.mark.parametrize("change", [{}, {"policy.moderation.review": Review.POST}])
@pytest.mark.parametrize("base", [EVERYTHING, VOLUNTEERS], ids=["paid rota", "volunteers"])
def test_item_counts_are_conserved_across_states(base, change, kernels):
    """R07: created = queued + published + removed + suppressed + left, on every day."""
    which = setting(base, change)
    known: dict[int, int] = {}

    def after(tables, day, name):
        if name != "day":
            return
        items_state = tables.items_state[0]
        total = tables.daily[: day + 1].sum(axis=0)
        numbers = np.arange(items_state.item_tail, items_state.item_head)
        rows = tables.items[numbers % tables.items.shape[0]]
        states = np.bincount(rows.shown, minlength=len(Shown))
        assert total[mt.ITEMS_CREATED] == items_state.item_head
        assert total[mt.ITEMS_CREATED] == states.sum() + total[mt.ITEMS_LEFT]
        assert tables.kinds["items"].sum() == total[mt.ITEMS_LEFT]
        seen = tables.kinds["views"].sum() + rows["views"].sum()
        read = total[mt.VIEWS] + total[mt.RECOMMENDED_CLICKS] + total[mt.SHARED_VIEWS]
        assert seen == read
        given = tables.kinds["reactions"].sum() + rows["reactions"].sum()
        assert given == total[mt.REACTIONS]
        inside = tables.kinds["shares"].sum() + rows["shares"].sum()
        assert inside <= total[mt.SHARES]
        for number, shown in zip(numbers, rows.shown, strict=True):
            before = known.get(int(number))
            assert before is None or (before, shown) in STEPS
            known[int(number)] = int(shown)

    live_by_hand(opened(which, 3, 45, 1500), 0, 45, after)
