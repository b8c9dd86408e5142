"""Several groups: placement, streams of their own, the founder's attention, splits, capacity."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, lived, setting
from effects import assert_falls, assert_rises, effect, total

from plaza_lab.sim.policy import Kinds, Placement, Staff

VILLAGE = {"population.initial_members": 160, "population.ties": 0.0, **CLOSED}
THEMED = {"policy.groups.number": 4, "policy.groups.kinds": Kinds.THEMED}
TAGGED = {"policy.groups.placement": Placement.INTEREST}
APART = {"world.ties.triad": 0.0}
INFLOW = {"population.initial_members": 100, "world.arrival.p_external": 1e-3}


def here(tables):
    """Rows in use, and which of them are members."""
    rows = slice(0, int(tables.people_state[0].n_rows))
    return rows, tables.members.left[rows] == 32767


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.mechanism("M14", "M63")
def test_a_run_has_several_groups_that_keep_to_themselves(kernels, number):
    """R06: everybody is in a group; who talks, helps and meets, does so within it."""
    which = setting(VILLAGE, APART, {"policy.groups.number": number, "world.ties.match": 0.2,
                                     "policy.stewarding.groups": number})  # fmt: skip
    tables = lived(which, 2, 84)
    rows, is_here = here(tables)
    group = tables.members.group[rows].astype(int)
    assert sorted(set(group.tolist())) == list(range(number))
    assert tables.groups.n_members.tolist() == np.bincount(group[is_here]).tolist()
    used = np.arange(tables.ties.shape[1]) < tables.members.n_ties[rows, None]
    i, k = np.nonzero(used)
    assert len(i) > 50
    assert (group[i] == group[tables.ties.other[rows][i, k]]).all()


def test_one_group_is_what_was_before(kernels):
    """A range of topics, placement and capacity of a single group change no byte of members."""
    from communities import fields_changed

    base = {"population.initial_members": 100}
    one = lived(setting(base), 4, 60)
    two = lived(setting(base, TAGGED, {"policy.groups.tag_accuracy": 0.3}), 4, 60)
    assert {f for f in fields_changed(one, two) if not f.startswith("policy")} == set()


@pytest.mark.mechanism("M14")
def test_placement_by_interest_raises_fit_above_random(kernels):
    """R17: content fit in groups above random placement; members get more out of a minute."""
    base = (VILLAGE, THEMED)
    assert_rises(base, TAGGED, "group_fit")
    assert_rises(base, TAGGED, "value_per_minute")


@pytest.mark.mechanism("M14")
def test_wrong_tags_spoil_the_fit(kernels):
    assert_falls((VILLAGE, THEMED, TAGGED), {"policy.groups.tag_accuracy": 0.3}, "group_fit")


@pytest.mark.mechanism("M63")
@pytest.mark.parametrize("number", [1, 2, 4])
def test_attention_for_a_group_is_hours_by_groups(kernels, number):
    """R45: attention per group falls with groups; what is systematised need not be divided."""
    hours = {"policy.stewarding.founder_hours_week": 14.0}
    for share, expected in ((0.0, 2.0 / number), (1.0, 2.0), (0.5, 1.0 + 1.0 / number)):
        rules = {"policy.stewarding.systematised": share}
        inside = lived(setting(VILLAGE, hours, rules, {"policy.groups.number": number}), 1, 14)
        outside = lived(setting(VILLAGE, hours, rules, {"policy.stewarding.groups": number}), 1, 14)
        assert inside.groups.attention[:number] == pytest.approx([expected] * number)
        assert outside.groups.attention[0] == pytest.approx(expected)


PRESTIGE = {"world.groups.prestige_weight": 0.8, "policy.stewarding.staff": Staff.VOLUNTEERS}


@pytest.mark.mechanism("M63")
def test_activity_that_lives_on_the_founder_falls_with_groups_unless_systematised(kernels):
    """S01, R45: with more groups the founder is less present; a system keeps it nearly flat."""
    spread = {"policy.stewarding.groups": 4}
    assert_falls((VILLAGE, PRESTIGE), spread, total("visits"))
    assert_falls((VILLAGE, PRESTIGE), spread, total("founder_answers"))
    system = {"policy.stewarding.systematised": 0.9}
    low, _ = effect((VILLAGE, PRESTIGE, system), spread, total("visits"))
    _, high = effect((VILLAGE, PRESTIGE), spread, total("visits"))
    assert low > high


@pytest.mark.mechanism("M14")
def test_a_large_group_gives_half_to_a_sub_group(kernels):
    """R06: sub-groups know their parent, take topics over, and everybody stays counted."""
    grown = {"policy.groups.split_above": 60, "policy.groups.most": 4, **TAGGED}
    for kinds in (Kinds.ALIKE, Kinds.THEMED):
        which = setting(INFLOW, FAITHFUL, grown, {"policy.groups.kinds": kinds})
        tables = lived(which, 3, 120)
        rows, is_here = here(tables)
        n = int(tables.groups_state[0].n_groups)
        assert n == 4
        assert tables.groups.parent.tolist()[0] == -1 and (tables.groups.parent[1:n] >= 0).all()
        counted = np.bincount(tables.members.group[rows][is_here], minlength=4)
        assert tables.groups.n_members.tolist() == counted.tolist()
        if kinds == Kinds.THEMED:
            order = np.argsort(tables.groups.first_topic)
            assert (
                tables.groups.past_topic[order].tolist()[:-1]
                == (tables.groups.first_topic[order].tolist()[1:])
            )


def test_a_matrix_has_a_core_and_shows_brands_less_elsewhere(kernels):
    """R06: core, adjacent and cross-industry groups; items of the brand reach the core."""
    matrix = {"policy.groups.number": 4, "policy.groups.kinds": Kinds.MATRIX, **TAGGED}
    tables = lived(setting(VILLAGE, matrix), 2, 28)
    assert tables.groups.industry.tolist() == [0, 1, 1, 2]
    assert_falls((VILLAGE, matrix, {"policy.content.brand_posts_day": 20.0}),
                 {"world.groups.reach_adjacent": 0.0, "world.groups.reach_cross_industry": 0.0},
                 "unread_per_visit")  # fmt: skip


@pytest.mark.mechanism("M119")
def test_the_gate_closes_when_all_groups_are_full(kernels):
    """R69, T05: capacity is a limit of members; capacity use ends at one."""
    full = {"policy.groups.capacity": 60, "policy.groups.number": 2}
    tables = lived(setting(INFLOW, FAITHFUL, full), 1, 120)
    assert tables.people_state[0].n_members == 120
    assert tables.groups.n_members.tolist() == [60, 60]
    assert_falls(INFLOW, full, "members_end")
