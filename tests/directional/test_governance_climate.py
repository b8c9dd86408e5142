"""Moods and quarrels: how they arise and spread, and what answers them. 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import FAITHFUL, STILL, copied, lived, opened, runs, setting
from effects import assert_falls, assert_rises, late, total

from plaza_lab.sim.engine import live_until
from plaza_lab.sim.mechanisms.governance import mood
from plaza_lab.sim.recording import metrics as mt

FELT = {"population.initial_members": 200, "world.mood.is_felt": True}
QUARRELS = {**FELT, "world.conflict.has_quarrels": True, "world.conflict.spark": 0.02}
GRIM = {**FELT, "world.posting.violation_base": 0.2}
HOW = {"days": 112, "seeds": range(1, 11)}


@pytest.mark.mechanism("M66")
def test_sensing_lowers_the_negative_share(kernels):
    """R47: the negative share falls when sensing is on."""
    sensing = {"policy.climate.senses_mood": True}
    assert_falls(GRIM, sensing, late("negative_share"), **HOW)
    assert_falls({**GRIM, **QUARRELS}, sensing, late("negative_share"), **HOW)


@pytest.mark.mechanism("M66")
def test_the_sensed_share_is_near_the_true_one_and_not_the_same(kernels):
    """T47: sensed with noise, without bias."""
    which = setting(
        GRIM,
        {
            "policy.climate.senses_mood": True,
            "world.calibration.scale": 0.0,
            "policy.climate.mood_accuracy": 0.8,
            "world.mood.damping": 0.0,
        },
    )
    gaps = []
    for seed in range(1, 7):
        days = lived(which, seed, 112).daily[14:112]
        gaps.append(days[:, mt.SENSED_NEGATIVE] - days[:, mt.NEGATIVE_SHARE])
    gaps = np.array(gaps)
    assert gaps.std() > 0.005
    assert abs(gaps.mean()) < 0.03


@pytest.mark.mechanism("M101")
def test_bad_moods_spread_more_than_good_ones(kernels):
    """R47, M101: asymmetric contagion; the same shock up or down does not end at the same level."""
    which = setting(
        FELT,
        {
            "population.ties": 4.0,
            "world.mood.calming": 0.0,
            "world.mood.surprise": 0.0,
            "world.mood.harm": 0.0,
            **FAITHFUL,
        },
    )
    means = {}
    for sign in (-1.0, 1.0):
        tables = live_until(opened(which, 4, 60), 0, 20)
        rows = int(tables.people_state[0].n_rows)
        tables.members.mood[:rows] = 0.0
        tables.members.mood[: rows // 4] = 0.8 * sign
        mood_before = float(tables.members.mood[:rows].mean())
        live_until(tables, 20, 60)
        means[sign] = float(tables.members.mood[:rows].mean()) - mood_before
    assert means[-1.0] < 0.0
    assert abs(means[-1.0]) > means[1.0]
    off = setting(FELT, {"world.mood.contagion": 0.0, "world.mood.negative_contagion": 0.0,
                         "population.ties": 4.0, "world.mood.calming": 0.0,
                         "world.mood.surprise": 0.0, "world.mood.harm": 0.0})  # fmt: skip
    tables = live_until(opened(off, 4, 60), 0, 20)
    tables.members.mood[: rows // 4] = -0.8
    before = copied(tables).members.mood[:rows].copy()
    live_until(tables, 20, 60)
    assert np.array_equal(before, tables.members.mood[:rows])


@pytest.mark.mechanism("M101", "M66")
def test_a_visible_response_damps_contagion(kernels):
    """M101: with the response seen, less of a bad mood is caught."""
    seen = {**QUARRELS, "policy.climate.senses_mood": True, "world.mood.response": 0.0}
    undamped = {**seen, "world.mood.damping": 0.0, "world.mood.negative_contagion": 0.5}
    assert_falls(undamped, {"world.mood.damping": 1.0}, late("negative_share"), **HOW)


@pytest.mark.mechanism("M101")
def test_bad_moods_keep_members_away(kernels):
    """M66: mood is a term of visiting, posting and leaving."""
    free = {f"world.mood.{name}_weight": 0.0 for name in ("visit", "post", "exit", "violation")}
    heavy = {"world.mood.visit_weight": 2.0, "world.mood.post_weight": 2.0}
    assert_falls({**GRIM, **QUARRELS, **free}, heavy, total("posts"), **HOW)
    assert_rises({**GRIM, **QUARRELS, **free}, {"world.mood.exit_weight": 6.0},
                 total("exits"), **HOW)  # fmt: skip


@pytest.mark.mechanism("M65")
def test_quarrels_spoil_the_climate_and_drive_bystanders_away(kernels):
    """R47, M65: unresolved quarrels hurt those who see them."""
    peace = {**QUARRELS, "world.conflict.spark": 0.0, "world.mood.exit_weight": 3.0}
    war = {"world.conflict.spark": 0.05}
    assert_rises(peace, war, late("negative_share"), **HOW)
    assert_rises(peace, war, total("exits"), **HOW)
    assert_falls(peace, war, "trust_end", **HOW)


@pytest.mark.mechanism("M65")
def test_mediation_shortens_quarrels(kernels):
    """R47, M65: fewer open at a time, and a better climate."""
    assert_falls(QUARRELS, {"policy.climate.mediates": True}, total("quarrels_open"), **HOW)
    assert_falls(QUARRELS, {"policy.climate.mediates": True}, total("witnesses"), **HOW)
    calm = {"policy.climate.mediates": True, "policy.climate.mediation_day": 20.0}
    assert_falls({**QUARRELS, "world.conflict.spark": 0.05}, calm, late("negative_share"), **HOW)


def test_the_usual_mood_writes_one_negative_message_in_eight(kernels):
    """F67: 12 % negative where nobody answers the mood, in the moods of the default world."""
    moods = {"world.mood.is_felt": True, "world.mood.usual_tone": mood.Params().usual_tone}
    run = runs(setting(moods), range(1, 5), 182)
    shares = [one.outcomes["negative_share"] for one in run]
    assert 0.06 < np.mean(shares) < 0.18


def test_nobody_feels_what_is_switched_off(kernels):
    still = lived(setting(STILL), 1, 10)
    assert (
        not still.members.mood.any()
        and (still.members.fairness[: still.people_state[0].n_rows] == 0.5).all()
    )
