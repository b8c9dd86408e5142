"""Members of day 0 are survivors: their tenure, feelings and bouts against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, fields_changed, opened, runs, setting

from plaza_lab.agents.member import Status
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.fit.bouts import burstiness
from plaza_lab.scenarios.validation.chronicle import observe
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import to_record
from plaza_lab.sim.state import lives, prospects, traits

WORLD = to_record(setting().world)[0]
UNMOVED = {
    **CLOSED,
    "population.initial_members": 2000,
    "population.ties": 0.0,
    "population.age_days": 1000.0,
    "world.churn.newcomer_days": 0,
    "world.churn.newcomer_factor": 1.0,
    "world.churn.belonging_weight": 0.0,
    "world.churn.satisfaction_weight": 0.0,
    "world.churn.trust_weight": 0.0,
    "world.churn.load_weight": 0.0,
    "world.churn.silent_weight": 0.0,
    "world.lives.surroundings": 0.0,
    "world.mood.is_felt": False,
    "world.activity.frailty_variance": 0.01,
}
"""Everybody leaves by the same constant hazard."""


def test_tenure_has_the_density_of_survival(kernels):
    """Renewal theory: density ~ exp(-h a) on [0, age]; 8,000 founders."""
    hazard, age = 0.003, 1000.0
    which = setting(UNMOVED, {"world.churn.established_hazard": hazard})
    tenure = np.concatenate([-opened(which, s, 1).members.joined[:2000] for s in range(4)])
    mean = 1 / hazard - age * np.exp(-hazard * age) / (1 - np.exp(-hazard * age))
    median = -np.log(1 - 0.5 * (1 - np.exp(-hazard * age))) / hazard
    assert tenure.min() >= 1 and tenure.max() <= age
    assert abs(tenure.mean() - mean) < 4 * tenure.std() / np.sqrt(tenure.size) + 0.5
    assert abs(np.median(tenure) - median) < 12


def test_silent_members_follow_a_chain_of_two_states(kernels):
    """Without leaving, and with a return that does not fade, silence goes to its equilibrium."""
    which = setting(UNMOVED, {
        "world.churn.established_hazard": 0.0, "population.age_days": 3000.0,
        "world.churn.return_hazard": 0.01, "world.churn.return_days": 1e6,
        "world.activity.lurker_share": 0.99, "world.activity.core_share": 0.0,
        "world.activity.lurker_posting": 0.0, "world.activity.read_ln_sd": 0.0,
        "world.activity.read_rate": 0.5, "world.activity.interest_weight": 0.0,
        "world.visiting.belonging_weight": 0.0, "world.visiting.satisfaction_weight": 0.0,
        "world.visiting.load_weight": 0.0, "world.churn.lurker_quit": 0.2,
        "world.activity.dropout_a": 30.0, "world.activity.dropout_b": 50.0,
    })  # fmt: skip
    t = opened(which, 1, 1)
    old = (t.members.joined[:2000] < -800) & (t.fate.kind[:2000] == 0)
    silent = np.mean(t.fate.status[:2000][old] == Status.SILENT)
    quit_ = np.random.default_rng(1).beta(30, 50, 100_000)
    falls = (1 - np.exp(-0.5)) * 0.2 * quit_
    expected = np.mean(falls / (falls + 0.01))
    assert silent == pytest.approx(expected, abs=4 * np.sqrt(0.25 / old.sum()))


def test_belonging_goes_to_its_fixed_point():
    """Two steps are one step of their sum where contact does not change; silence only decays."""
    after = plain(lives.belonging_after)
    nature = (0, 0.3, 0.0, 0.1)  # never posts: contact is the same whatever she feels
    once = after(90.0, 0.5, nature, 0.3, lives.ENGAGED, WORLD)
    twice = after(50.0, after(40.0, 0.5, nature, 0.3, lives.ENGAGED, WORLD), nature, 0.3,
                  lives.ENGAGED, WORLD)  # fmt: skip
    assert once == pytest.approx(twice, rel=1e-12)
    gain = (1 - np.exp(-0.3)) * WORLD.belonging.belonging_gain * WORLD.lives.contact_read
    home = gain / (gain + WORLD.belonging.belonging_decay)
    assert after(1e5, 0.5, nature, 0.3, lives.ENGAGED, WORLD) == pytest.approx(home)
    faded = after(10.0, 0.5, nature, 0.3, lives.SILENT, WORLD)
    assert faded == pytest.approx(0.5 * np.exp(-10 * WORLD.belonging.belonging_decay))


@pytest.mark.parametrize(("share", "pace"), [(0.0, 1.0), (0.5, 20.0), (0.9, 5.0), (0.73, 12.5)])
def test_bouts_leave_the_mean_gap_as_it_was(share, pace):
    law = to_record(
        setting({"world.activity.bout_share": share, "world.activity.bout_pace": pace}).world
    )[0].activity
    factor = plain(traits.bout_factor)
    within, between = factor(True, law), factor(False, law)
    assert share / within + (1 - share) / between == pytest.approx(1.0)
    assert within / between == pytest.approx(pace)
    in_bouts = share / within / (share / within + (1 - share) / between)
    assert plain(lives.part_in_bouts)(law) == pytest.approx(in_bouts)


def test_twice_the_people_in_twice_the_market_are_found_by_the_same_part():
    seen = plain(prospects.visibility_of)
    sizes = {"world.arrival.visibility": 0.6}
    worlds = [to_record(setting(sizes, {"world.arrival.market_size": size}).world)[0].arrival
              for size in (20_000.0, 40_000.0)]  # fmt: skip
    assert seen(500, worlds[0]) == pytest.approx(1.0)
    assert seen(1000, worlds[1]) == pytest.approx(seen(500, worlds[0]))
    assert seen(1000, worlds[0]) == pytest.approx(2**0.6)


def test_members_of_day_0_are_the_same_persons_under_every_policy(kernels):
    plain_one = open_tables(one_policy([]).setting, 3, 7)
    other = open_tables(one_policy(["incentive=full_stack", "fund=brand_funded"]).setting, 3, 7)
    for name in ("joined", "belonging", "last_visit", "last_act", "visit_rate", "quit", "skill"):
        assert (plain_one.members[name][:500] == other.members[name][:500]).all(), name
    for name in ("uid", "kind", "status"):
        assert (plain_one.fate[name][:500] == other.fate[name][:500]).all(), name


def test_seed_communities_are_newborn(kernels):
    for population in ("learning_52", "seed_only"):
        t = open_tables(one_policy([f"population={population}"]).setting, 1, 7)
        n = t.people_state[0].n_rows
        assert (t.members.joined[:n] == 0).all()
        assert t.people_state[0].n_silent == 0 and not t.acts.any()


def test_acts_before_day_0_are_counted_once(kernels):
    t = open_tables(one_policy([]).setting, 2, 7)
    n = t.people_state[0].n_rows
    last = t.members.last_act[:n].astype(int)
    lately = last[last >= -32]
    assert t.acts.sum() == lately.size > 50
    assert t.people_state[0].n_silent == np.count_nonzero(t.fate.status[:n] == Status.SILENT)
    assert (last >= t.members.joined[:n])[last > -32000].all()


def test_nothing_of_before_day_0_is_drawn_by_the_days(kernels):
    """The same address twice gives the same founders, and replicates give others."""
    which = one_policy([]).setting
    assert not fields_changed(open_tables(which, 5, 7), open_tables(which, 5, 7))
    assert fields_changed(open_tables(which, 5, 7), open_tables(which, 6, 7))


@pytest.fixture(scope="module")
def year(kernels):
    """Writers of the default community: 16 runs of 64 weeks."""
    return [observe(one_policy([]).setting, seed, 448) for seed in range(16)]


def writers(chronicle, first, last):
    written = chronicle.written
    return np.unique(written.member[(written.day >= first) & (written.day < last)])


def weekly(chronicle, first, last):
    return np.mean([writers(chronicle, 7 * k, 7 * k + 7).size for k in range(first, last)])


def test_the_start_is_steady(kernels):
    """Mean weekly writers of weeks 1-4 and 9-12 differ by at most 10 %; 40 seeds."""
    seen = [observe(one_policy([]).setting, seed, 84) for seed in range(40)]
    before = np.mean([weekly(one, 0, 4) for one in seen])
    after = np.mean([weekly(one, 8, 12) for one in seen])
    assert abs(after / before - 1) <= 0.10


def test_writers_are_renewed_as_in_logs(year):
    """Writers of twelve weeks a year later over now: quartiles about .75 to 1.3 in the logs."""
    ratios = [writers(one, 364, 448).size / writers(one, 0, 84).size for one in year]
    low, median, high = np.percentile(ratios, [25, 50, 75])
    assert low >= 0.75
    assert high <= 1.35
    assert 0.8 <= median <= 1.2


def test_feelings_are_at_rest_from_the_first_day(kernels):
    """The measured values of rest hold: means of the first month and of the last differ little."""
    days = [open_tables(one_policy([]).setting, seed, 364) for seed in range(6)]
    seen = np.mean([live_until(t, 0, 364).daily[:364] for t in days], axis=0)
    for name, most in (("belonging", 0.03), ("satisfaction", 0.03), ("trust", 0.03)):
        column = seen[:, mt.NAMES.index(name)]
        assert abs(column[-28:].mean() - column[:28].mean()) < most, name


def test_members_leave_as_the_law_of_lives_says(kernels):
    """After a year the mean hazard of leaving is that at rest within a tenth, for both states."""
    law, law_of = plain(lives.exit_hazard_at_rest), {state: [] for state in (1, 2)}
    seen_of = {state: [] for state in (1, 2)}
    for seed in range(6):
        t = live_until(open_tables(one_policy([]).setting, seed, 364), 0, 364)
        n = t.people_state[0].n_rows
        for state in law_of:
            for i in np.nonzero(t.fate.status[:n] == state)[0]:
                m, kind = t.members[i], int(t.fate.kind[i])
                is_new = 364 - m.joined < lives.SPAN
                law_of[state].append(law(kind, float(m.frailty), float(m.belonging), is_new,
                                         state, t.params[0]))  # fmt: skip
                seen_of[state].append(float(t.fate.exit_hazard[i]))
    for state, expected in law_of.items():
        assert np.mean(seen_of[state]) == pytest.approx(np.mean(expected), rel=0.1), state


def test_a_year_without_a_change_leaves_as_many_members(kernels):
    """Those who come make up for those who go: within 5 % of 500; 24 seeds, error 1 %."""
    members = [run.outcomes["members_end"] for run in runs(one_policy([]).setting, range(24), 364)]
    assert np.mean(members) == pytest.approx(500, rel=0.05)


def test_people_come_in_bouts(kernels, year):
    """Burstiness of active days is positive, as in five of six logs, and negative without bouts."""
    without = [observe(one_policy(["world.activity.bout_share=0"]).setting, seed, 364)
               for seed in range(6)]  # fmt: skip
    even = np.mean([burstiness(one.written.member, one.written.day) for one in without])
    clumpy = np.mean([burstiness(one.written.member, one.written.day) for one in year])
    assert even < -0.05 < 0.0 < clumpy < 0.25


def test_newcomers_return_within_a_week_as_in_logs(year):
    """Of newcomers who write, those who write again within a week: .07 to .44 in five of six."""
    shares = []
    for one in year:
        joined = one.joined[one.written.member] >= 0
        member, day = one.written.member[joined], one.written.day[joined]
        first = np.full(one.joined.size, 10**6)
        np.minimum.at(first, member, day)
        age = day - first[member]
        seen = first < one.n_days - 7
        back = np.unique(member[(age >= 1) & (age <= 7) & seen[member]]).size
        shares.append(back / np.count_nonzero(seen))
    assert 0.07 <= np.mean(shares) <= 0.44
