"""People, items and requests: counts add up, states stay in their ranges, nothing is reused."""

from __future__ import annotations

import numpy as np
import pytest
from communities import EVERYTHING, VOLUNTEERS, live_by_hand, lived, opened, setting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_money import any_setting

from plaza_lab.agents.koc import Stage
from plaza_lab.agents.member import MEMBER, Flag, Route, Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.engine.plain import plain
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import prospects
from plaza_lab.sim.state.items import WINDOW, Shown, Source
from plaza_lab.sim.state.people import HISTORY
from plaza_lab.sim.state.prospects import Seeks
from plaza_lab.sim.state.requests import Ticket

SHARES = tuple(var.name for var in MEMBER if "0 to 1" in var.doc)
COUNTS = ("posts", "answers", "buys", "wins", "reputation", "week_score", "exposures", "points",
          "unread_replies", "unread_reactions", "invited", "violations")  # fmt: skip
JOINS = ("organic", "word_of_mouth", "referral", "partner", "paid", "content", "offline",
         "influencer", "star", "challenge", "reward")  # fmt: skip


class Census:
    """Recounts by brute force, every day, what the day book says."""

    def __init__(self):
        self.acts: dict[int, dict[int, int]] = {}
        self.identity: list[int] = []
        self.opened = 0

    def __call__(self, tables, day, name):
        if name != "day":
            return
        rows = int(tables.people_state[0].n_rows)
        fate, members, today = tables.fate[:rows], tables.members[:rows], tables.daily[day]
        here = fate.status != Status.LEFT
        self.check_counts(tables, here, fate, today)
        self.check_market(tables, day, rows)
        self.check_acts(tables, day, here, members, today)
        self.check_rows(tables, day, rows, fate, members, here)
        self.check_states(members, fate)
        self.check_ties(tables, rows, members)
        self.check_items(tables, day)
        self.check_requests(tables)

    def check_counts(self, tables, here, fate, today):
        assert here.sum() == tables.people_state[0].n_members == today[mt.MEMBERS]
        assert (
            (fate.status == Status.SILENT).sum()
            == tables.people_state[0].n_silent
            == today[mt.SILENT]
        )
        by_route = sum(today[mt.NAMES.index(f"joins_{route}")] for route in JOINS)
        assert by_route == today[mt.JOINS]
        assert today[mt.JOINS_REFERRAL] == today[mt.INVITED_JOINS]

    def check_market(self, tables, day, rows):
        """R05: prospects + waiting + lost + members + left = market, whichever way they came."""
        prospects_state = tables.prospects_state[0]
        run_state = tables.run_state[0]
        waiting = tables.applicants[: prospects_state.n_applicants]
        persons = (waiting.seeks != Seeks.FAKE).sum()
        came = (
            persons + prospects_state.n_lost + rows - run_state.n_founders - prospects_state.n_fakes
        )
        assert prospects_state.n_come == came
        market = plain(prospects.market)(tables, day)
        outside = plain(prospects.left)(tables, day)
        away = prospects_state.n_rivals
        assert outside == max(0.0, market - run_state.n_founders - came - away)
        assert came == 0 or run_state.n_founders + came <= market
        assert (prospects_state.audience >= 0).all() and (
            prospects_state.audience <= outside + 1e-6
        ).all()

    def check_acts(self, tables, day, here, members, today):
        """Distinct active members of 1, 7 and 28 days, from everybody's last act."""
        for column, window in ((mt.DAU, 1), (mt.ACTIVE_7D, 7), (mt.ACTIVE_28D, 28)):
            assert today[column] == (here & (members.last_act > day - window)).sum()
        history = np.bincount(
            members.last_act[here & (members.last_act >= 0)] + HISTORY, minlength=tables.acts.size
        )
        assert (tables.acts[: history.size] == history).all()

    def check_rows(self, tables, day, rows, fate, members, here):
        """Rows are given in order of joining and keep their person."""
        uid = fate.uid.tolist()
        assert uid[: len(self.identity)] == self.identity
        assert len(set(uid)) == rows
        self.identity = uid
        newest = slice(int(tables.first_row[day]), int(tables.first_row[day + 1]))
        assert (members.joined[newest] == day).all()
        assert (np.diff(members.joined[int(tables.run_state[0].n_founders) :]) >= 0).all()
        assert ((members.left == 32767) == here).all()
        left = members.left[~here]
        assert (left <= day).all() and (members.joined[~here] <= left).all()
        gone = fate[~here]
        for hazard in ("visit_hazard", "exit_hazard", "buy_hazard"):
            assert (gone[hazard] == 0).all()
        assert (members.points[~here] == 0).all()

    def check_states(self, members, fate):
        for share in SHARES:
            values = members[share]
            assert ((values >= 0) & (values <= 1)).all(), share
        for table in (members, fate):
            for field in table.dtype.names:
                assert np.isfinite(np.asarray(table[field], float)).all(), field
        for hazard in ("visit_hazard", "exit_hazard", "buy_hazard"):
            assert (fate[hazard] >= 0).all()
        for field in COUNTS:
            assert (members[field] >= 0).all(), field

    def check_ties(self, tables, rows, members):
        n = members.n_ties.astype(int)
        assert ((n >= 0) & (n <= tables.ties.shape[1])).all()
        used = np.arange(tables.ties.shape[1]) < n[:, None]
        other = tables.ties.other[:rows]
        assert (other[used] < rows).all() and (other[used] >= 0).all()
        assert (other != np.arange(rows)[:, None])[used].all()
        filled = np.where(used, other, -1 - np.arange(other.shape[1]))
        filled.sort(axis=1)
        assert (np.diff(filled, axis=1) != 0).all(), "two ties to the same contact"
        assert (members.n_strong <= n).all()

    def check_items(self, tables, day):
        items_state = tables.items_state[0]
        alive = np.arange(items_state.item_tail, items_state.item_head) % tables.items.shape[0]
        items = tables.items[alive]
        assert items.size <= tables.items.shape[0]
        assert (items.day > day - WINDOW - 1).all() and (items.day <= day).all()
        written = tables.daily[: day + 1]
        everything = written[:, [mt.POSTS, mt.BRAND_ITEMS, mt.PARTNER_ITEMS, mt.FILLER_ITEMS]].sum()
        assert 0 <= items_state.item_head - everything <= written[:, mt.KOC_ITEMS].sum()
        assert np.isin(items.shown, list(Shown)).all()
        assert ((items.quality >= 0) & (items.quality <= 1)).all()
        makers = items.source[items.author >= 0]
        assert np.isin(makers, [Source.MEMBER, Source.KOC, Source.FILLER]).all()
        assert items_state.item_tail <= tables.review_state[0].review_next <= items_state.item_head

    def check_requests(self, tables):
        """Every open request is on a board, on one place only."""
        help_state = tables.help_state[0]
        asked = tables.daily[:, mt.REQUESTS].sum()
        served = tables.daily[:, mt.ARCHIVE_SERVED].sum()
        assert asked == help_state.n_requests + served
        known = tables.requests[: min(help_state.n_requests, tables.requests.shape[0])]
        assert (tables.board_size <= tables.board.shape[1]).all()
        places = np.arange(tables.board.shape[1]) < tables.board_size[:, None]
        on_board = tables.board[places].tolist()
        assert len(set(on_board)) == len(on_board)
        assert set(np.nonzero(known.ticket == Ticket.OPEN)[0].tolist()) <= set(on_board)
        if help_state.n_requests <= tables.requests.shape[0]:
            served = tables.daily[:, mt.ARCHIVE_SERVED].sum()
        solved = tables.daily[:, mt.SOLVED].sum() - served
        assert (known.ticket == Ticket.SOLVED).sum() == solved


@settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(which=any_setting(), seed=st.integers(0, 10_000), days=st.integers(15, 60))
def test_counts_add_up_under_any_policy(which, seed, days):
    live_by_hand(opened(which, seed, days, 1200), 0, days, Census())


@pytest.mark.parametrize("everything", [EVERYTHING, VOLUNTEERS])
def test_counts_add_up_in_a_full_life(kernels, everything):
    which = setting(everything, {"world.churn.established_hazard": 0.01})
    live_by_hand(opened(which, 7, 120, 2500), 0, 120, Census())


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(which=any_setting(), seed=st.integers(0, 2**40), days=st.integers(15, 120))
def test_counts_add_up_under_many_policies(which, seed, days):
    live_by_hand(opened(which, seed, days, 2500), 0, days, Census())


def test_all_counted_joins_are_rows(kernels):
    tables = lived(setting(EVERYTHING), 3, 150)
    rows, founders = int(tables.people_state[0].n_rows), int(tables.run_state[0].n_founders)
    joined = tables.daily[:150, mt.JOINS].sum()
    assert rows == founders + joined
    assert rows - tables.daily[:150, mt.EXITS].sum() == tables.people_state[0].n_members
    route = tables.members.route[:rows]
    for name in JOINS:
        counted = tables.daily[:150, mt.NAMES.index(f"joins_{name}")].sum()
        assert counted == (route == Route[name.upper()]).sum()
    invited = tables.members.inviter[:rows] >= 0
    assert invited[route == Route.REFERRAL].all()
    assert np.isin(route[invited], (Route.REFERRAL, Route.WORD_OF_MOUTH)).all()


def test_retention_and_kept_are_those_of_the_founders(kernels):
    """T21, T22, recounted on the last day of a week."""
    tables = lived(setting({"population.initial_members": 200}), 4, 91)
    founders = slice(0, 200)
    here = tables.fate.status[founders] != Status.LEFT
    active = tables.members.last_act[founders] > 90 - 28
    assert tables.daily[90, mt.KEPT] == here.mean()
    assert tables.daily[90, mt.RETAINED] == (here & active).mean()


def test_cohorts_are_looked_at_on_their_day(kernels):
    """T21, T26: joiners of 28 days ago, and how many of them are still active."""
    which = setting({"world.arrival.p_external": 1e-3, "world.entry.join_base": 5.0})
    box = {}

    def after(tables, day, name):
        if name == "day" and day == 60:
            joined = tables.members.joined[: tables.people_state[0].n_rows] == day - 28
            here = tables.fate.status[: tables.people_state[0].n_rows] != Status.LEFT
            active = tables.members.last_act[: tables.people_state[0].n_rows] > day - 28
            box["base"], box["kept"] = joined.sum(), (joined & here & active).sum()
            joined = tables.members.joined[: tables.people_state[0].n_rows] == day - 14
            acted = tables.members.last_act[: tables.people_state[0].n_rows] >= 0
            box["started"], box["activated"] = joined.sum(), (joined & acted).sum()

    tables = live_by_hand(opened(which, 4, 61, 4000), 0, 61, after)
    today = tables.daily[60]
    assert box["base"] > 5
    assert (today[mt.JOINERS_28], today[mt.JOINERS_28_KEPT]) == (box["base"], box["kept"])
    assert (today[mt.ACTIVATION_BASE], today[mt.ACTIVATED]) == (box["started"], box["activated"])


def test_roles_and_flags_agree(kernels):
    """Whoever serves or is a KOC carries the flag, and nobody else does."""
    tables = lived(setting(VOLUNTEERS), 6, 120)
    rows = int(tables.people_state[0].n_rows)
    circles = tables.fate.circles[:rows]
    staff = tables.moderators[1 : tables.team_state[0].n_moderators]
    serving = set(staff.member[(staff.duty != Duty.OFF) & (staff.member >= 0)].tolist())
    assert serving == set(np.nonzero(circles & Flag.MODERATOR)[0].tolist())
    kocs = tables.kocs[: tables.kocs_state[0].n_kocs]
    active = set(kocs.member[kocs.stage == Stage.ACTIVE].tolist())
    assert active == set(np.nonzero(circles & Flag.KOC)[0].tolist())
    assert len(serving) > 2 and len(active) > 2
