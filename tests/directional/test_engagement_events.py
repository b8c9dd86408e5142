"""Events, co-creation, charity, prompts, games. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, daily, lived, outcome, paid, setting
from effects import assert_falls, assert_rises, late, share, total

from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund
from plaza_lab.sim.state.events import Kind

SOME = {
    **CLOSED,
    "population.initial_members": 200,
    "population.tenure_days": 200.0,
    "policy.fund.brand_week_cents": 5_000_000,
}
STEADY = {**SOME, **FAITHFUL}
ONLINE = {"policy.events.online_month": 4.0, "policy.events.expert_share": 0.0}
OFFLINE = {"policy.events.offline_month": 2.0, "world.events.near_share": 0.3}
IMMERSIVE = {"policy.events.immersive_month": 4.0}
CONTEST = {"policy.events.cocreation_year": 13.0}
CHARITY = {"policy.events.charity_month": 2.0}
EVENT_OF = {
    "online": ({**ONLINE}, Kind.ONLINE),
    "expert": ({**ONLINE, "policy.events.expert_share": 1.0}, Kind.EXPERT),
    "offline": (OFFLINE, Kind.OFFLINE),
    "immersive": (IMMERSIVE, Kind.IMMERSIVE),
    "cocreation": (CONTEST, Kind.COCREATION),
    "charity": (CHARITY, Kind.CHARITY),
}


def events_of(tables, kind=None):
    rows = tables.events[: int(tables.events_state[0].n_events)]
    return rows if kind is None else rows[rows.kind == kind]


@pytest.mark.mechanism("M17", "M18", "M22", "M25", "M26")
@pytest.mark.parametrize("name", EVENT_OF)
def test_each_kind_of_event_books_its_cost(name, kernels):
    """R19: cost, staff hours and three participation ratios (T54) of each type."""
    changes, kind = EVENT_OF[name]
    tables = lived(setting(STEADY, changes), 3, 60)
    rows = events_of(tables, kind)
    assert rows.shape[0] >= 1 and events_of(tables).shape[0] == rows.shape[0]
    assert (rows.cost_cents > 0).all() and (rows.hours > 0).all()
    assert paid(tables, fund.EVENT).sum() == rows.cost_cents.sum()
    assert 100 * tables.daily[:60, mt.EVENT_YUAN].sum() == pytest.approx(rows.cost_cents.sum())
    done = rows[rows.reachable > 0]
    assert done.shape[0] >= 1 and done.attended.sum() > 0
    assert (done.attended <= done.registered).all() and (done.registered <= done.reachable).all()
    assert (done.reachable <= done.here).all()


def test_the_participation_ratios_are_those_of_the_event_table(kernels):
    """T54: attendees by those reached, by those registered, by all members."""
    which = setting(STEADY, ONLINE, OFFLINE)
    rows = events_of(lived(which, 1, 84))
    for name, base in (("reachable", rows.reachable), ("registered", rows.registered),
                       ("members", rows.here)):  # fmt: skip
        found = outcome(which, f"attended_of_{name}", [1], 84)[0]
        assert found == pytest.approx(rows.attended.sum() / base.sum())


@pytest.mark.mechanism("M17")
def test_online_events_make_weak_ties_and_belonging(kernels):
    """R19: the intended state of online events."""
    assert_rises(STEADY, ONLINE, "belonging_end")
    assert_rises(STEADY, ONLINE, "mean:ties_per_member")
    assert_rises(STEADY, ONLINE, "interactions_per_day")


@pytest.mark.mechanism("M17")
def test_expert_sessions_satisfy_by_what_is_learnt(kernels):
    """R19: the intended state of expert sessions."""
    expert = {**STEADY, **ONLINE, "policy.events.expert_share": 1.0, "world.events.knowledge": 0.0}
    assert_rises(expert, {"world.events.knowledge": 0.9}, "mean:satisfaction")


@pytest.mark.mechanism("M17")
def test_attendance_follows_fit_reminder_and_load(kernels):
    """R19: who comes depends on fit, reminder and load."""
    base = {**STEADY, **ONLINE, "policy.events.online_month": 12.0, "policy.events.topic_fit": 0.0,
            "world.events.fit_weight": 3.0}  # fmt: skip
    assert_rises(base, {"policy.events.topic_fit": 1.0}, "attended_of_reachable")
    assert_falls(base, {"policy.events.has_reminder": False}, "attended_of_registered")
    assert_falls(base, {"world.events.load_weight": 4.0}, "attended_of_registered")


@pytest.mark.slow
@pytest.mark.mechanism("M18")
def test_meetings_make_strong_ties(kernels):
    """R19, M18: meeting face to face again and again ties strongly; distance limits it."""
    often = {"policy.events.offline_month": 4.0, "world.events.near_share": 0.6}
    near = {**STEADY, **OFFLINE}
    assert_rises(STEADY, often, late("strong_ties"), seeds=range(1, 61))
    assert_rises(near, {"world.events.near_share": 0.8}, total("event_guests"))
    assert_falls(near, {"policy.events.offline_places": 5}, total("event_guests"))


@pytest.mark.mechanism("M18")
def test_the_fourth_meeting_makes_a_tie_strong(kernels):
    """F19, C26: more than three meetings, four weeks apart (days 20, 48, 76 and 104)."""
    few = {
        **STEADY,
        "population.initial_members": 6,
        "population.ties": 0.0,
        "world.ties.triad": 0.0,
        "world.ties.match": 0.0,
        "world.interaction.reply_base": 0.0,
        "world.interaction.reciprocity": 0.0,
        "world.help.answer_base": -20.0,
        "world.visiting.activity_factor": 10.0,
        "policy.events.offline_month": 1.0,
        "world.events.near_share": 1.0,
        "world.events.pull": [20.0] * 5,
        "world.events.show_base": [20.0] * 5,
        "world.events.meets": [10.0] * 5,
        "world.events.invited_days": 364,
    }
    strong = daily(setting(few), "strong_ties", [1, 2, 3], 115)
    assert (strong[:, :104] == 0.0).all()
    assert (strong[:, 104:].max(axis=1) > 0.0).all()


@pytest.mark.mechanism("M22")
def test_immersive_sessions_raise_interaction_and_wear_off(kernels):
    """R19, M22: contacts for the tech-friendly; capital once; novelty decays."""
    assert_rises(STEADY, IMMERSIVE, "interactions_per_day")
    assert_rises(STEADY, IMMERSIVE, "mean:ties_per_member")
    new = {**STEADY, **IMMERSIVE, "world.events.novelty_weight": 0.0}

    def wear_off(run):
        guests = run.days[:, mt.EVENT_GUESTS]
        return float(guests[:28].sum() - guests[-28:].sum())

    assert_rises(new, {"world.events.novelty_weight": 3.0}, wear_off)
    rows = events_of(lived(setting(STEADY, IMMERSIVE), 2, 84), Kind.IMMERSIVE)
    assert rows.cost_cents[0] - 2_000_000 == rows.cost_cents[1] == rows.cost_cents[2]


@pytest.mark.mechanism("M25")
def test_co_creation_brings_core_fans_a_better_product_and_sales(kernels):
    """R19, M25: proposals, a few prototypes, belonging of proposers, more purchases."""
    many = {
        **STEADY,
        **CONTEST,
        "world.cocreation.submit_pull": -1.0,
        "world.cocreation.proposer_gain": 0.0,
        "world.cocreation.finalist_gain": 0.0,
        "world.cocreation.product_pull": 0.0,
        "world.purchase.buyer_share": 1.0,
        "world.purchase.dropout_b": 500.0,
    }
    assert_rises(many, {"world.cocreation.proposer_gain": 0.1}, "belonging_end")
    assert_rises(many, {"world.cocreation.finalist_gain": 0.3}, "trust_end")
    assert_rises(many, {"world.cocreation.product_pull": 8.0}, total("purchases"))
    tables = lived(setting(many), 5, 120)
    contests = events_of(tables, Kind.COCREATION)
    closed = int((contests.reachable > 0).sum())
    assert 0 < tables.daily[:, mt.PROTOTYPES].sum() <= 4 * closed
    assert tables.daily[:, mt.PROPOSALS].sum() > 4 * closed
    assert 0.0 < tables.cocreation_state[0].product < 1.0


@pytest.mark.mechanism("M26")
def test_charity_raises_the_image_and_costs_income(kernels):
    """R19, M26: trust and belonging rise; the fund misses what members pay to the partner."""
    assert_rises(STEADY, CHARITY, "trust_end")
    assert_rises(STEADY, CHARITY, "belonging_end")
    kept = {**STEADY, **CHARITY, "policy.events.share_donated": 0.0}
    assert_falls(kept, {"policy.events.share_donated": 1.0}, total("fund_in_yuan"))
    tables = lived(setting(kept, {"policy.events.share_donated": 0.6}), 2, 84)
    rows = events_of(tables)
    assert paid(tables, fund.DONATION).sum() == rows.donated_cents.sum() > 0
    assert paid(tables, fund.EVENT_INCOME).sum() == rows.income_cents.sum() > 0


def test_events_without_money_do_not_happen(kernels):
    tables = lived(
        setting(STEADY, OFFLINE, {"policy.fund.brand_week_cents": 100,
                                  "policy.fund.has_entry_pool": False}), 1, 60
    )  # fmt: skip
    assert events_of(tables).shape[0] == 0
    assert tables.daily[:, mt.POLICY_STOPS].sum() >= 4


# ---- prompts -------------------------------------------------------------------------------


@pytest.mark.mechanism("M16")
def test_fitting_prompts_draw_posts_and_missing_ones_are_a_load(kernels):
    """R20, M16."""
    prompted = {**STEADY, "policy.events.topics_week": 7.0, "policy.events.topic_fit": 1.0,
                "world.topics.pull": 0.0}  # fmt: skip
    assert_rises(prompted, {"world.topics.pull": 1.0}, total("posts"))
    many = {**prompted, "policy.events.topics_week": 21.0}
    assert_falls(many, {"policy.events.topic_fit": 0.0}, "value_per_minute")


# ---- games ---------------------------------------------------------------------------------

PLAY = {"policy.game.has_checkins": True}


def first(*names):
    columns = [mt.NAMES.index(name) for name in names]
    return lambda run: float(run.days[:28][:, columns].sum())


def last(*names):
    columns = [mt.NAMES.index(name) for name in names]
    return lambda run: float(run.days[-28:][:, columns].sum())


@pytest.mark.mechanism("M19")
def test_light_interactions_rise_then_decay(kernels):
    """R20, M19: games lift visits and light interactions at once; habit takes the lift away."""
    literal = {**STEADY, "world.calibration.scale": 1.0, "world.games.pull": 1.0}
    assert_rises(literal, PLAY, first("visits"))
    assert_rises(literal, PLAY, first("check_ins", "reactions"))
    playing = {**literal, **PLAY, "world.games.habituation": 0.0}
    lasting = {"world.games.habituation": 0.2}
    assert_falls(playing, lasting, last("visits"))

    def per_visit(run):
        early = first("check_ins")(run) / first("visits")(run)
        return last("check_ins")(run) / last("visits")(run) - early

    assert_falls((playing, lasting), {"world.games.recovery": 0.0}, per_visit)
    gaps = [per_visit(run) for run in runs_of({**playing, **lasting})]
    assert np.mean(gaps) < -3 * np.std(gaps, ddof=1) / np.sqrt(len(gaps))


def runs_of(changes):
    from communities import runs
    from effects import DAYS, SEEDS

    return runs(setting(changes), SEEDS, DAYS)


@pytest.mark.mechanism("M19")
def test_a_lottery_draws_more_and_is_paid(kernels):
    drawn = {"policy.game.lottery_odds": 0.5, "policy.game.lottery_cents": 2000}
    assert_rises({**STEADY, **PLAY}, drawn, first("check_ins"))
    tables = lived(setting(STEADY, PLAY, drawn), 2, 28)
    won = paid(tables, fund.LOTTERY)
    assert won.sum() > 0 and (won % 2000 == 0).all()


@pytest.mark.mechanism("M19")
def test_missions_bridge_interests(kernels):
    """R20, M19: ties between members of different interests."""
    missions = {"policy.game.missions_month": 8.0}
    unlike = []
    for changes in ({}, missions):
        tables = lived(setting(STEADY, PLAY, changes), 4, 84)
        n = int(tables.people_state[0].n_rows)
        held = np.arange(tables.ties.shape[1]) < tables.members.n_ties[:n, None]
        topic = tables.members.topic[:n]
        other = topic[tables.ties.other[:n] % n]
        unlike.append((held & (other != topic[:, None])).sum())
        bridges = tables.daily[:, mt.BRIDGES].sum()
        assert (bridges > 0) == bool(changes)
    assert unlike[1] > unlike[0]


@pytest.mark.mechanism("M71")
def test_tools_that_come_too_early_draw_fewer(kernels):
    """M71: the same event costs the same, and fewer come while the community is not ripe."""
    early = {**STEADY, **OFFLINE, "world.programme.confusion": 0.0}
    assert_falls(early, {"world.programme.confusion": 1.5}, "attended_of_reachable")
    assert_rises(early, {"world.programme.confusion": 1.5}, share("event_yuan", "event_guests"))
