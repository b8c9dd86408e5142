"""Ties: what makes them strong, who is proposed to whom, what strong ties and norms bring."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import CLOSED, STILL, lived, opened, runs, setting
from effects import SEEDS, assert_rises, share, total

from plaza_lab.engine.plain import plain
from plaza_lab.sim.policy import Matching
from plaza_lab.sim.state import ties
from plaza_lab.sim.state.ties import Origin

GROUP = {"population.initial_members": 150, "population.ties": 2.0, **CLOSED}
PROPOSED = {"policy.network.proposals_week": 3.0, "world.ties.match": 0.0, "world.ties.triad": 0.0}
ALIKE = {"policy.network.matching": Matching.INTEREST_MATCH}
ABLE = {"policy.network.matching": Matching.NEED_SKILL_MATCH}
IN_PERSON = {"world.network.in_person_visit": 0.3}
FRUIT = {"world.network.opportunity_visit": 0.03}


@pytest.mark.mechanism("M100")
@pytest.mark.parametrize("needed", [3, 4])
def test_a_tie_is_strong_only_from_so_many_meetings_or_such_strength(kernels, needed):
    """R08, C26: three meetings do not do, four do (or three, as the variant has it)."""
    which = setting(STILL, {"population.initial_members": 10, "population.ties": 0.0,
                            "world.ties.strong_tie_meetings": needed})  # fmt: skip
    tables = opened(which, 1, 400)
    meet, is_strong = plain(ties.meet), plain(ties.is_strong)
    for meeting in range(1, 6):
        assert meet(tables, 2, 7, 0.1, 10 * meeting, Origin.MEETING.value) == meeting
        for i in (2, 7):
            expected = meeting >= needed
            assert bool(is_strong(tables, tables.ties[i, 0], 10 * meeting)) == expected
    plain(ties.prune)(tables, 2, 60)
    assert tables.members.n_strong[2] == 1
    # strength alone: five contacts do, less do not
    for i, amount in ((3, 4.9), (4, 5.1)):
        plain(ties.strengthen)(tables, i, 8, amount, 20)
        assert bool(is_strong(tables, tables.ties[i, 0], 20)) == (amount > 5.0)


@pytest.mark.mechanism("M100")
def test_strong_ties_fade_slowly_and_are_forgotten_at_last(kernels):
    """R08: decay; what meetings have made strong stays so until it is forgotten."""
    tables = opened(setting(STILL, {"population.initial_members": 10, "population.ties": 0.0}), 1,
                    400)  # fmt: skip
    for day in range(4):
        plain(ties.meet)(tables, 0, 1, 1.0, day, Origin.EVENT.value)
    start = plain(ties.strength)(tables, tables.ties[0, 0], 3)
    later = plain(ties.strength)(tables, tables.ties[0, 0], 103)
    assert later == pytest.approx(start * math.exp(-1.0), rel=0.01)
    plain(ties.prune)(tables, 0, 300)
    assert (tables.members.n_ties[0], tables.members.n_strong[0]) == (1, 1)
    plain(ties.prune)(tables, 0, 380)
    assert (tables.members.n_ties[0], tables.members.n_strong[0]) == (0, 0)


@pytest.mark.mechanism("M100")
def test_no_tie_of_a_living_community_is_strong_without_cause(kernels):
    """R08: recounted over all ties: marked by meetings only where the counter says so."""
    tables = lived(setting(GROUP, IN_PERSON, {"world.activity.read_rate": 0.4}), 2, 140)
    rows = int(tables.people_state[0].n_rows)
    met = dict(zip(tables.meetings.pair.tolist(), tables.meetings.meetings.tolist(), strict=True))
    assert max(met.values()) >= 5
    marked = 0
    for i in range(rows):
        for tie in tables.ties[i, : tables.members.n_ties[i]]:
            if tie.met < 0:
                pair = (min(i, int(tie.other)) << 32) | max(i, int(tie.other))
                assert met[pair] >= 4
                marked += 1
    assert marked > 10


def test_ties_remember_how_they_arose(kernels):
    """R08: origins by their causes; a community where nothing else happens has founding friends."""
    from plaza_lab.sim.state.ties import ORIGIN_BITS

    def origins(*changes):
        tables = lived(setting(GROUP, *changes), 3, 84)
        rows = int(tables.people_state[0].n_rows)
        used = np.arange(ties.SLOTS) < tables.members.n_ties[:rows, None]
        held = tables.members.origins[:rows, None] >> (ORIGIN_BITS * np.arange(ties.SLOTS)) & 7
        return np.bincount(held[used], minlength=8)

    still = origins(STILL)
    assert still[Origin.FRIEND] == still.sum() > 0
    busy = origins(PROPOSED, {"world.network.in_person_visit": 0.2})
    for origin in (Origin.TALK, Origin.HELP, Origin.FRIEND, Origin.PROFILE):
        assert busy[origin] > 0, origin.name
    assert origins({"world.ties.match": 0.0, "world.ties.triad": 0.5})[Origin.INTRODUCTION] > 0


@pytest.mark.mechanism("M99")
@pytest.mark.parametrize("matching", [ALIKE, ABLE])
def test_matched_proposals_are_taken_up_more_often(kernels, matching):
    """M99, F69: by the odds of the figure, scaled by the calibration."""
    assert_rises((GROUP, PROPOSED), matching, share("introductions_accepted", "introductions"))
    neutral = {"world.calibration.scale": 0.0}
    taken = [
        sum(
            total(name)(run) for run in runs(setting(GROUP, PROPOSED, matching, neutral), SEEDS, 84)
        )
        for name in ("introductions_accepted", "introductions")
    ]
    rate = taken[0] / taken[1]
    assert abs(rate - 0.4) < 3 * math.sqrt(0.24 / taken[1])


@pytest.mark.mechanism("M99")
def test_proposals_make_ties_and_the_skilled_are_found(kernels):
    """M99: ties increase help; a match by interest makes the network more modular."""
    assert_rises(GROUP, {**PROPOSED, **ALIKE, "world.ties.match": 0.02, "world.ties.triad": 0.05},
                 "ties_per_member")  # fmt: skip
    assert_rises((GROUP, PROPOSED), ALIKE, "mean:modularity")


@pytest.mark.mechanism("M100")
def test_opportunities_come_on_strong_ties_and_bind(kernels):
    """R08, M100: none without strong ties; with them trust rises and hazards fall."""
    weak = {"world.ties.strong_at": 1000.0}
    for run in runs(setting(GROUP, FRUIT, weak), SEEDS, 56):
        assert total("opportunities")(run) == 0
    assert_rises((GROUP, FRUIT), {"world.ties.strong_at": 2.0}, "opportunities")
    close = {"world.ties.strong_at": 2.0}
    assert_rises((GROUP, close), FRUIT, "trust_end")
    assert_rises((GROUP, close), FRUIT, "belonging_end")


@pytest.mark.mechanism("M100")
def test_a_helping_norm_feeds_on_help_and_raises_trust(kernels):
    """M100: where requests are solved, members answer more and trust more."""
    solved = {**GROUP, "policy.stewarding.founder_hours_week": 40.0}
    assert_rises(solved, {"world.network.norm_weight": 2.0}, total("answers"))
    assert_rises(solved, {"world.network.norm_trust": 0.01}, "trust_end")


@pytest.mark.mechanism("M100")
def test_meetings_in_person_make_strong_ties(kernels):
    assert_rises(GROUP, IN_PERSON, "strong_tie_share")
