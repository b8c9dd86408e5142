"""Directory, guidance and absorption: who finds whom, who starts sooner, what too many do."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, live_by_hand, lived, opened, runs, setting
from effects import SEEDS, assert_falls, assert_rises, effect, late, share, total

from plaza_lab.agents.member import Flag
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.ties import directory
from plaza_lab.sim.policy import Directory, GrowthCap

GROUP = {"population.initial_members": 200, "world.help.request_week": 0.5, **CLOSED}
PRIVATE = {"policy.onboarding.directory": Directory.PRIVATE}
FULL = {"policy.onboarding.directory": Directory.FULL}
MASKED = {"policy.onboarding.directory": Directory.MASKED}
LEAK = {"world.leaks.leak_day": 30}


@pytest.mark.mechanism("M12")
def test_a_shared_directory_lowers_search_cost(kernels):
    """R15, T18: a look-up takes minutes where private records mean one member after the other."""
    assert_falls((GROUP, PRIVATE), FULL, "search_minutes")
    assert_rises((GROUP, PRIVATE), FULL, share("found", "searches"))
    assert_rises((GROUP, PRIVATE), FULL, "solved_rate")
    assert_rises((GROUP, PRIVATE), FULL, "mean:ties_by_match")


@pytest.mark.mechanism("M12")
def test_private_records_cost_what_introductions_cost(kernels):
    """F16, F17: of N others of whom M hold the skill, (N + 1) / (M + 1) are met on average."""
    which = setting(GROUP, PRIVATE, {"world.directory.budget_minutes": 1e5})
    tables = opened(which, 1, 7)
    n = int(tables.groups.n_members[0]) - 1
    grid = (np.arange(500) + 0.5) / 500
    p = tables.params[0].directory
    for holders in (1, 3, 20):
        talks = [plain(directory._talks)(tables, 0, holders, u, p) for u in grid]
        assert np.mean(talks) == pytest.approx((n + 1) / (holders + 1), rel=0.02)
    longest = lived(setting(GROUP, PRIVATE, {"world.directory.budget_minutes": 15.0}), 1, 28)
    minutes = longest.daily[:28].sum(axis=0)
    from plaza_lab.sim.recording import metrics as mt

    assert minutes[mt.SEARCH_MINUTES] <= 15.0 * minutes[mt.SEARCHES]


@pytest.mark.mechanism("M12")
def test_masking_slows_contact_and_needs_brokers(kernels):
    """R15: a masked look-up costs more than a full one, less than introductions."""
    assert_rises((GROUP, FULL), MASKED, "search_minutes")
    assert_falls((GROUP, PRIVATE), MASKED, "search_minutes")
    assert_rises((GROUP, FULL), MASKED, total("brokered"))
    no_hours = {"world.directory.broker_share": 0.0}
    assert_falls((GROUP, MASKED), no_hours, share("found", "searches"))


@pytest.mark.mechanism("M12", "M125")
def test_a_masked_leak_costs_less_than_a_full_leak(kernels):
    """R15, C23: a tenth of the harm, hence more trust and fewer exits; a leak costs in any case."""
    assert_falls((GROUP, FULL), LEAK, "trust_end")
    assert_rises((GROUP, FULL), {**LEAK, "world.leaks.poach": 0.2}, "exit_hazard_week")
    assert_rises((GROUP, FULL, LEAK), MASKED, "trust_end")
    assert_falls((GROUP, FULL, LEAK), MASKED, "leak_harm")
    poached = {**LEAK, "world.leaks.poach": 0.2}
    assert_falls((GROUP, FULL, poached), MASKED, total("poached"))


@pytest.mark.mechanism("M125")
def test_leaks_come_at_their_rate_and_less_often_from_private_records(kernels):
    """M125: hazard of a shared directory, and a quarter of it for records of the owner."""
    often = {"world.leaks.leak_year": 0.9, "population.initial_members": 20}
    leaks = [
        sum(total("leaks")(run) for run in runs(setting(GROUP, often, mode), SEEDS, 364))
        for mode in (FULL, PRIVATE)
    ]
    expected = -np.log(0.1) * len(SEEDS)
    assert abs(leaks[0] - expected) < 3 * np.sqrt(expected)
    assert abs(leaks[1] - expected / 4) < 3 * np.sqrt(expected / 4)


@pytest.mark.mechanism("M12")
def test_a_staged_directory_masks_above_its_size(kernels):
    """R15: full below mask_at, masked above."""
    staged = {"policy.onboarding.directory": Directory.STAGED}
    for mask_at, is_brokered in ((1000, False), (50, True)):
        which = setting(GROUP, staged, {"policy.onboarding.mask_at": mask_at})
        brokered = sum(total("brokered")(run) for run in runs(which, (1, 2), 56))
        assert (brokered > 0) == is_brokered


CROWD = {
    "population.initial_members": 60,
    "world.arrival.p_external": 2e-3,
    "world.posting.first_day": 0.0,
    "world.activity.read_rate": 0.3,
    **FAITHFUL,
}
WARM = {"world.onboarding.welcome_motive": 0.8}


SLOW_STARTERS = {"world.posting.first_day": 0.0, "world.activity.lurker_share": 0.1}
"""Newcomers who will write, but seldom on the day they join."""


@pytest.mark.slow
@pytest.mark.mechanism("M13")
def test_a_first_contribution_comes_sooner_within_capacity_only(kernels):
    """R16: the same newcomers, with and without guides; who was beyond capacity gains nothing.

    The time to the first act is counted up to 14 days.
    """
    waited = {0.0: {}, 1.0: {}}
    guided: set[tuple[int, int]] = set()
    for hours, times in waited.items():
        which = setting(CROWD, WARM, SLOW_STARTERS, {"policy.onboarding.guide_hours_day": hours})
        for seed in range(1, 41):

            def after(tables, day, name, seed=seed, times=times):
                if name != "day":
                    return
                new = slice(int(tables.run_state[0].n_founders), int(tables.people_state[0].n_rows))
                m, fate = tables.members[new], tables.fate[new]
                for uid, joined, acted in zip(
                    fate.uid.tolist(), m.joined.tolist(), m.last_act.tolist(), strict=True
                ):
                    if joined <= 42 and day - joined < 14 and acted < 0:
                        times[seed, uid] = times.get((seed, uid), 0) + 1
                    else:
                        times.setdefault((seed, uid), 0)

            tables = live_by_hand(opened(which, seed, 56, 2500), 0, 56, after)
            rows = int(tables.people_state[0].n_rows)
            welcomed = tables.fate.circles[:rows] & Flag.WELCOMED
            guided |= {(seed, uid) for uid in tables.fate.uid[:rows][welcomed > 0].tolist()}
    both = set(waited[0.0]) & set(waited[1.0])
    gain = {who: waited[0.0][who] - waited[1.0][who] for who in both}
    inside = np.array([g for who, g in gain.items() if who in guided], float)
    beyond = np.array([g for who, g in gain.items() if who not in guided], float)
    assert min(inside.size, beyond.size) > 300
    error = inside.std() / np.sqrt(inside.size)
    assert inside.mean() > 3 * error
    error = beyond.std() / np.sqrt(beyond.size)
    assert abs(beyond.mean()) < 3 * error + 0.05


BRAND = {
    "population.initial_members": 300,
    "population.tenure_days": 200.0,
    "population.ties": 4.0,
    "policy.fund.brand_week_cents": 10_000_000,
}
FAST = {"policy.acquisition.media_week_cents": 800_000}
SLOW = {"policy.acquisition.media_week_cents": 2_000, "policy.acquisition.has_referral": False}
DILUTED = {"world.crowding.dilution": 1.5}
CAP = {"policy.onboarding.growth_cap": GrowthCap.ABSORPTION}


@pytest.mark.slow
@pytest.mark.mechanism("M119")
def test_crowding_beyond_absorption_dilutes(kernels):
    """R69, S10: above capacity quality, activity and the retention of both cohorts decline.

    Members of day 0 come back once newcomers have settled in, so theirs is taken in the rush.
    """
    for outcome in ("value_per_minute", "solved_rate", "retention", "belonging_end"):
        assert_falls((BRAND, FAST), DILUTED, outcome, days=84, seeds=range(1, 41))
    assert_falls((BRAND, FAST), DILUTED, share("joiners_84_kept", "joiners_84"))
    assert_falls((BRAND, DILUTED), FAST, "value_per_minute", days=84)


@pytest.mark.mechanism("M119")
def test_growth_within_absorption_does_no_harm(kernels):
    """C10: below the limit there is nothing to dilute, to the last number."""
    assert effect((BRAND, SLOW), DILUTED, "value_per_minute") == (0.0, 0.0)


@pytest.mark.mechanism("M119")
def test_a_growth_cap_trades_joins_for_quality(kernels):
    """S10: with the cap fewer join, the newcomer share stays below it, and quality is higher."""
    base = (BRAND, FAST, DILUTED)
    assert_falls(base, CAP, "joins", days=84)
    assert_rises(base, CAP, "value_per_minute", days=84)
    assert_rises(base, CAP, "retention", days=84)
    for run in runs(setting(*base, CAP), SEEDS, 84):
        assert late("newcomer_share")(run) <= 0.27


@pytest.mark.mechanism("M119", "M13")
def test_guidance_raises_what_can_be_absorbed(kernels):
    guides = {"policy.onboarding.guide_hours_day": 8.0}
    which = [setting(BRAND, FAST, DILUTED, change) for change in ({}, guides)]
    plainly, guided = (lived(one, 3, 56).crowding_state[0].dilution for one in which)
    assert 0.0 <= guided < plainly
