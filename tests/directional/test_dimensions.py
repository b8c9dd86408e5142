"""Six dimensions of value: each is what members have received of its kind; the index of health."""

from __future__ import annotations

import numpy as np
import pytest
from communities import lived, setting
from effects import assert_rises

from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.health import FULL_VALUE
from plaza_lab.sim.state.offering import Feed

NAMES = ("economic", "informational", "social", "emotional", "cultural", "technical")
PAID = {"policy.fund.brand_week_cents": 200_000, "population.initial_members": 300}
LEVERS = {
    "economic": {"policy.incentive.has_prize": True},
    "informational": {"policy.distribution.feed": Feed.PERSONALISED},
    "social": {"policy.content.prompts_week": 7.0},
    "emotional": {"policy.content.prompts_week": 7.0},
    "cultural": {"policy.culture.ritual_week": 1.0},
    "technical": {"policy.stewarding.founder_hours_week": 14.0},
}
"""What gives more of each, at shipped strength."""


@pytest.mark.mechanism("M135")
@pytest.mark.parametrize("name", NAMES)
def test_a_lever_gives_more_of_what_it_gives(kernels, name):
    assert_rises(PAID, LEVERS[name], f"mean:value_{name}", seeds=range(1, 9), days=84)


@pytest.mark.mechanism("M135")
def test_the_six_add_up_to_what_was_booked_and_make_the_index(kernels):
    """Alone with a weight, a dimension is the index of health, up to what counts as full."""
    for place, name in enumerate(NAMES):
        weights = [float(k == place) for k in range(6)]
        run = lived(setting(PAID, {"policy.alerts.health_weights": [0.0] * 6,
                                   "policy.alerts.value_weights": weights}), 1, 63)  # fmt: skip
        day = run.daily[62]
        found = day[mt.NAMES.index(f"value_{name}")]
        assert day[mt.HEALTH] == pytest.approx(100.0 * min(1.0, found / FULL_VALUE[place]))
    month = run.daily[35:63]
    booked = month[:, mt.SOCIAL_VALUE].sum() / day[mt.MEMBERS]
    assert booked > 0.0
    assert day[mt.VALUE_SOCIAL] + day[mt.VALUE_TECHNICAL] == pytest.approx(booked)
    assert np.isclose(day[mt.VALUE_INFORMATIONAL], month[:, mt.VALUE].sum() / day[mt.MEMBERS])
