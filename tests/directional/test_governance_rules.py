"""Rules: who makes them, whom they bind, who is heard. 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, live_by_hand, lived, opened, setting
from effects import assert_falls, assert_rises, late, total

from plaza_lab.agents.member import Ballot
from plaza_lab.sim.policy import Charter, Feed
from plaza_lab.sim.recording import metrics as mt

ROUGH = {
    "population.initial_members": 250,
    "policy.stewarding.founder_hours_week": 40.0,
    "policy.moderation.strictness": 0.5,
    "world.posting.heavy_share": 0.15,
    "world.posting.violation_heavy": 0.4,
    "world.adaptation.has_heat": True,
}
ADAPTIVE = {"policy.rules.charter": Charter.ADAPTIVE}
VOTED = {"policy.rules.charter": Charter.VOTED, "policy.rules.vote_weeks": 4}
HOW = {"days": 168, "seeds": range(1, 11)}


@pytest.mark.mechanism("M67")
def test_the_engine_lowers_violations(kernels):
    """R49, F76: against rules that stay as they were."""
    assert_falls(ROUGH, ADAPTIVE, "violation_rate", **HOW)
    assert_falls(ROUGH, ADAPTIVE, total("violations"), **HOW)


@pytest.mark.mechanism("M67")
def test_the_engine_stays_within_its_bounds_and_keeps_its_gap(kernels):
    """R49: parameters stay within bounds; only a reset may come sooner than the gap."""
    which = setting(ROUGH, ADAPTIVE, {"policy.rules.speak_high": 0.3, "policy.rules.step": 0.2,
                                      "policy.rules.heat_low": 0.5})  # fmt: skip
    tables = opened(which, 3, 200, 4000)
    changes: list[int] = []

    def after(tables, day, name):
        if name == "adaptation":
            adaptation_state = tables.adaptation_state[0]
            assert 0.0 <= adaptation_state.speak_threshold <= 0.3
            assert 0.5 <= adaptation_state.heat_threshold <= 2.0
            today = tables.daily[day]
            if today[mt.RULE_CHANGES] and not today[mt.RULE_RESETS]:
                assert not changes or day - changes[-1] >= 7
            if today[mt.RULE_CHANGES]:
                changes.append(day)
                assert today[mt.RULE_LATENCY_S] == 30.0

    live_by_hand(tables, 0, 200, after)
    assert len(changes) >= 2


@pytest.mark.mechanism("M67")
@pytest.mark.parametrize("seed", range(1, 8))
def test_an_anomaly_resets_the_rules(kernels, seed):
    """R49, A16: a day on which everybody writes of one topic, and no day of two weeks before."""
    which = setting(ROUGH, ADAPTIVE, {"policy.rules.anomaly_k": 4.0})
    tables = opened(which, seed, 80, 4000)

    def after(tables, day, name):
        if name == "posting" and day == 60:
            items_state = tables.items_state[0]
            numbers = (
                np.arange(items_state.item_today, items_state.item_head) % tables.items.shape[0]
            )
            tables.items.topic[numbers] = 7

    live_by_hand(tables, 0, 61, after)
    assert tables.daily[46:60, mt.RULE_RESETS].sum() == 0
    assert tables.daily[60, mt.RULE_RESETS] == 1
    assert tables.adaptation_state[0].heat_threshold == pytest.approx(which.policy.rules.heat_low)


@pytest.mark.mechanism("M67")
def test_frequent_changes_cost_fairness(kernels):
    """M67: too frequent changes hurt predictability."""
    calm = {**ROUGH, **ADAPTIVE, "policy.rules.min_gap_days": 56, "policy.rules.anomaly_k": 20.0,
            "world.fairness.threshold_loss": 0.0, "policy.rules.step": 0.05}  # fmt: skip
    assert_falls(calm, {"policy.rules.min_gap_days": 1}, late("fairness"), **HOW)


@pytest.mark.mechanism("M64", "M67")
def test_a_high_speaking_threshold_silences(kernels):
    """M64: restricting who may speak lowers posts and fairness."""
    high = {"policy.rules.speak_threshold": 1.0}
    assert_falls(ROUGH, high, total("posts"), **HOW)
    assert_falls(ROUGH, high, late("fairness"), **HOW)


@pytest.mark.mechanism("M68")
def test_a_voted_charter_is_kept_better(kernels):
    """R50, F77: compliance above static."""
    base = {**ROUGH, "policy.moderation.capacity_day": 2000.0, "policy.moderation.strictness": 0.6}
    base["world.review.judgement_noise"] = 0.0
    assert_rises(base, VOTED, "compliance", **HOW)
    assert_falls(base, VOTED, "violation_rate", **HOW)


@pytest.mark.mechanism("M68")
def test_those_who_voted_for_it_keep_it_best(kernels):
    """R50: perceived ownership, person by person."""
    which = setting(ROUGH, VOTED, FAITHFUL, {"world.charter.owner_weight": 6.0,
                                             "world.charter.turnout_base": 1.0})  # fmt: skip
    tables = opened(which, 2, 120, 4000)
    written = {True: 0, False: 0}
    broken = {True: 0, False: 0}

    def after(tables, day, name):
        if name == "posting" and day > 60:
            items_state = tables.items_state[0]
            for number in range(items_state.item_today, items_state.item_head):
                item = tables.items[number % tables.items.shape[0]]
                if item.author >= 0:
                    owner = bool(tables.members.ballot[item.author] == Ballot.OWNER)
                    written[owner] += 1
                    broken[owner] += int(item.is_violation)

    live_by_hand(tables, 0, 120, after)
    assert written[True] > 100 and written[False] > 100
    assert broken[True] / written[True] < 0.5 * broken[False] / written[False]


@pytest.mark.mechanism("M68")
def test_a_ballot_counts_turnout_and_needs_its_quorum(kernels):
    """R50: turnout is votes over members; below the quorum nothing is adopted."""
    willing = {"world.charter.turnout_base": 2.0}
    first = lived(setting(ROUGH, VOTED, willing), 1, 40)
    again = lived(setting(ROUGH, VOTED, willing, {"policy.rules.quorum": 0.999}), 1, 40)
    assert (
        first.charter_state[0].charter_version >= 1
        and 0.0 < first.charter_state[0].charter_legitimacy <= 1.0
    )
    assert (
        again.charter_state[0].charter_version == 0
        and again.charter_state[0].charter_legitimacy == 0.0
    )
    turnout = first.daily[39, mt.TURNOUT]
    assert 0.0 < turnout < 1.0 and again.daily[39, mt.TURNOUT] == turnout
    assert_falls({**ROUGH, **VOTED}, {"world.charter.turnout_base": -4.0}, late("turnout"), **HOW)
    assert_falls({**ROUGH, **VOTED}, {"policy.rules.franchise_days": 300}, late("turnout"), **HOW)


@pytest.mark.mechanism("M68")
def test_the_outvoted_find_it_less_fair(kernels):
    """M68: a majority may suppress a minority; an algorithm's proposal leaves fewer outvoted."""
    which = {**ROUGH, **VOTED, "world.charter.turnout_base": 1.0}
    tables = lived(setting(which, CLOSED), 2, 100)
    rows = int(tables.people_state[0].n_rows)
    ballots, fair = tables.members.ballot[:rows], tables.members.fairness[:rows]
    assert (ballots == Ballot.OUTVOTED).any() and (ballots == Ballot.OWNER).any()
    assert fair[ballots == Ballot.OUTVOTED].mean() < fair[ballots == Ballot.OWNER].mean()
    without = {**which, "world.charter.outvoted_loss": 0.0}
    assert_falls(without, {"world.charter.outvoted_loss": 0.5}, late("fairness"), **HOW)


@pytest.mark.mechanism("M69")
def test_an_exempt_owner_lowers_fairness_and_posts(kernels):
    """R51: for everyone."""
    exempt = {"policy.moderation.owner_exempt": True}
    assert_falls(ROUGH, exempt, late("fairness"), **HOW)
    assert_falls(ROUGH, exempt, total("posts"), **HOW)
    assert_falls(ROUGH, exempt, total("answers"), **HOW)


@pytest.mark.mechanism("M69")
def test_openness_raises_fairness_and_contributions(kernels):
    """R51: transparency and open books."""
    money = {**ROUGH, "policy.fund.brand_week_cents": 100_000}
    for lever in ({"policy.rules.transparency": 1.0}, {"policy.rules.open_books": True}):
        assert_rises(money, lever, late("fairness"), **HOW)
        assert_rises(money, lever, total("posts"), days=168, seeds=range(1, 21))


RANKED = {
    "population.initial_members": 250,
    "population.ties": 6.0,
    "world.activity.attention_ln_mean": 1.5,
    "policy.distribution.feed": Feed.CURATED,
    "policy.distribution.explore_share": 0.0,
}


@pytest.mark.mechanism("M123")
def test_circles_monopolise_voice_in_a_ranked_feed(kernels):
    """M123, T51: the well connected are seen even more."""
    assert_rises(RANKED, {"world.voice.circle_weight": 3.0}, "voice_top_share", **HOW)


@pytest.mark.mechanism("M123")
def test_cap_and_rotation_spread_voice(kernels):
    """M123: the cap on places and the turn of the little seen."""
    circles = {**RANKED, "world.voice.circle_weight": 2.0}
    for lever in ("exposure_cap", "rotation"):
        assert_falls(circles, {f"policy.rules.{lever}": True}, "voice_gini", **HOW)


@pytest.mark.mechanism("M123")
def test_the_capped_board_holds_few_items_of_one_author(kernels):
    """M123: exactly."""
    tables = opened(setting(RANKED, {"policy.rules.exposure_cap": True}), 2, 30, 2000)

    def after(tables, day, name):
        if name == "voice":
            n = int(tables.hot_size[8])
            slots = tables.hot[8, :n] % tables.items.shape[0]
            authors = tables.items.author[slots]
            counts = np.unique(authors[authors >= 0], return_counts=True)[1]
            assert not counts.size or counts.max() <= 2

    live_by_hand(tables, 0, 30, after)
