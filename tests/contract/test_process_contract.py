"""One battery for every process: it writes what it declares, reads what it declares, repeats."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
import reads_and_writes
from communities import (
    CLOSED,
    EVERYTHING,
    FAITHFUL,
    OUTSIDE,
    STILL,
    VOLUNTEERS,
    Watcher,
    copied,
    fields_changed,
    live_by_hand,
    opened,
    same_bytes,
    setting,
)
from reads_and_writes import ALWAYS_READABLE, COMMAND

from plaza_lab.agents import rewards
from plaza_lab.sim.day import MECHANISMS
from plaza_lab.sim.engine import live_until
from plaza_lab.sim.policy import Form, Gate, PayoutRule, Protocol, Review, Split
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import World
from plaza_lab.sim.state import items, people
from plaza_lab.sim.state.places import Place
from plaza_lab.sim.tables import NAMES, Tables, schema

NAMED = {process.__name__.rsplit(".", 1)[1]: process for process in MECHANISMS}
EVERY = pytest.mark.parametrize("name", NAMED)
LOCK = reads_and_writes.locked()
KEPT_BY_THE_FUND = {
    "envelopes", "balances", "daily.fund_in_yuan", "daily.fund_out_yuan", "daily.policy_stops",
}  # fmt: skip
"""Written by ``plaza_lab.sim.state.fund``, by the pools there are and what they hold, for whoever
moves money."""
FILLED_ANEW = {
    "applicants", "journal", "kocs", "moderators", "partners", "deals", "partnership_state", "arms",
    "talk",
}  # fmt: skip
"""Where a whole row is written at a time; that a field is set to what it was cannot be seen."""
ROWS = 1200
"""Room for members: more than ever come (else living by hand complains), as every byte of it is
copied and compared thousands of times."""
LAST_DAY = 41
LOOKED_AT = (34, 35, 36, LAST_DAY)
SHOCKS = (
    "surge", "privacy_leak", "platform_rule", "public_event", "culture_offence", "budget_cut",
    "steward_strike", "demand_swing",
)  # fmt: skip

WATCHED = {
    "paid rota": (
        setting(
            EVERYTHING,
            {
                "world.gaming.farmer_share": 0.3,
                "world.gaming.fake_visit": 0.5,
                "policy.acquisition.referral_least_acts": 0,
                "world.sponsoring.patience_weeks": 1,
                "world.sponsoring.tired_weight": 20.0,
                "world.following.taken": 1.0,
            },
        ),
        (0, 60),
    ),
    "volunteers": (
        setting(
            VOLUNTEERS,
            {
                "policy.partnership.split": Split.EQUAL,
                "policy.partnership.host_share": 0.9,
                "world.contract.dispute_month": 1.0,
                "policy.fund.payout_rule": PayoutRule.PER_ENTRANT,
                "policy.stewarding.stipend_week_cents": 0,
                "policy.entry.admits_day": 1,
                "policy.entry.challenge_shares_answers": False,
                "world.interaction.reply_base": 0.5,
            },
        ),
        (0, 45),
    ),
    "short of money": (
        setting(
            EVERYTHING,
            {
                "policy.fund.brand_week_cents": 20_000,
                "world.partnership.join_value_cents": 0,
                "policy.fund.dues_prize_share": 0.0,
                "policy.fund.has_entry_pool": False,
                "policy.fund.has_renewal": False,
                "policy.entry.gate": Gate.OWNER_ONLY,
                "policy.entry.fee_cents": 0,
                "policy.fund.is_allocated": False,
                "policy.koc.cost_week_cents": 100,
                "policy.content.item_cost_cents": 500,
                "policy.acquisition.media_week_cents": 10_000,
                "policy.events.share_donated": 1.0,
                "policy.service.hour_cents": 50,
                "policy.service.tool_week_cents": 0,
            },
        ),
        (0, 30),
    ),
    "short of money for service": (
        setting(
            EVERYTHING,
            {
                "policy.fund.brand_week_cents": 20_000,
                "policy.incentive.care_cents_week": 100_000,
            },
        ),
        (0, 15),
    ),
    "a crowd with a full feed": (
        setting(EVERYTHING, {"policy.content.brand_posts_day": 1000.0,
                             "policy.steering.items_week": 0.0,
                             "policy.entry.gate": Gate.EXCLUSIVE,
                             "policy.entry.fee_cents": 0,
                             "policy.fund.has_entry_pool": False,
                             "policy.fund.has_renewal": False,
                             "policy.content.item_cost_cents": 0,
                             "population.initial_members": 500,
                             "world.activity.posts_ln_mean": 3.0,
                             "world.posting.most_posts": 60,
                             "world.activity.start_share": 1.0,
                             "world.activity.dropout_b": 20.0,
                             "world.activity.rate_weeks": 0.05}),
        (0, 13),
    ),
    "stars come and go, experts are paid by a poor brand": (
        setting(EVERYTHING, {"policy.comms.protocol": Protocol.FREE_CHAT,
                             "policy.content.has_archive": False,
                             "policy.content.book_at_items": 0,
                             "policy.entry.challenge_separate_pool": True,
                             "policy.fund.brand_week_cents": 1000,
                             "policy.acquisition.star_attempts": 60,
                             "world.help.request_week": 2.0,
                             "world.star.accept_base": 5.0,
                             "world.star.going_week": 0.3,
                             "world.visiting.activity_factor": 3.0,
                             "world.activity.core_dropout": 1.0,
                             "world.purchase.buyer_share": 1.0}),
        (0, 60),
    ),
    "many silent, and hours to win them back": (
        setting(EVERYTHING, {"policy.fund.needs_staff": False,
                             "policy.fund.is_allocated": False,
                             "world.winback.come_back": 5.0,
                             "world.activity.dropout_b": 1.0}),
        (0, 28),
    ),
    "friends who drift apart": (
        setting(EVERYTHING, FAITHFUL, {"population.ties": 10.0, "world.ties.decay": 0.03,
                                       "world.ties.strong_at": 1.0}),
        (49, 56),  # a whole week, so that everybody's weekly look is seen
    ),
    "alarmed, on little money": (
        setting(EVERYTHING, {"policy.alerts.delay_days": 0,
                             "policy.fund.brand_week_cents": 20_000,
                             "policy.fund.is_allocated": False,
                             "policy.entry.gate": Gate.FEE,
                             "world.alerting.least_days": 1}),
        (0, 45),
    ),
    "a rich brand": (
        setting(EVERYTHING, {"policy.alerts.delay_days": 0,
                             "policy.fund.is_allocated": False,
                             "policy.fund.staff_hours_week": 5000.0,
                             "policy.fund.brand_week_cents": 500_000_000}),
        (0, 98),
    ),
    "a brand whose departments have a say": (
        setting(EVERYTHING, OUTSIDE, {"policy.steering.departments": 6,
                                      "policy.steering.has_coordinator": True,
                                      "policy.alerts.delay_days": 0,
                                      "policy.programme.review_weeks": 2,
                                      "policy.fund.brand_week_cents": 500_000_000,
                                      "world.departments.agrees": 0.5,
                                      "world.departments.days": 2.0}),
        (0, 60),
    ),
    "a rival whom everybody joins": (
        setting(EVERYTHING, OUTSIDE, {
                             "world.rivals.alike": 1.0,
                             "world.rivals.alike_weight": 5.0,
                             "world.rivals.keeps_home": 0.0,
                             "world.rivals.join_share": 1.0,
                             "world.arrival.p_external": 0.01,
        }),
        (0, 45),
    ),
    "partners with another offer, more and more": (
        setting(EVERYTHING, {"world.rivals.relative_size": 0.5,
                             "world.rivals.quality": 2.0,
                             "world.rivals.partner_weight": 5.0,
                             "world.partnership.join_value_cents": 150_000,
                             "policy.partnership.deals": 12,
                             "policy.partnership.pool": 32,
                             "policy.partnership.min_fit": 0.0,
                             "world.contract.exit_hazard_month": 0.3}),
        (0, 70),
    ),
    "the turn of the year": (setting(EVERYTHING), (360, 366)),
    "struck from outside, and KOCs who bring friends": (
        setting(EVERYTHING, OUTSIDE, {**{f"world.shocks.{kind}_day": 3 + 2 * k
                                for k, kind in enumerate(SHOCKS)},
                             "policy.koc.slots": 40,
                             "world.kocs.least_score": 0.0,
                             "world.referral.invite_visit": 0.3,
                             "world.referral.accept_base": 3.0,
                             "policy.hosting.second": Place.SHORT_VIDEO,
                             "world.hosting.rules_scale": 100.0,
                             "world.localising.spread": 10.0,
                             "world.localising.offence_view": 1.0}),
        (0, 45),
    ),
    **{
        form.name.lower(): (
            setting(EVERYTHING, {"policy.partnership.form": form,
                                 "policy.partnership.cobrand_units": 100,
                                 "policy.partnership.swap_views_month": 1_000_000,
                                 "policy.partnership.swap_reciprocity": 1.0,
                                 "policy.partnership.joint_month": 14.0,
                                 "policy.partnership.platform_access": 1.0,
                                 "policy.partnership.alliance_settle_weeks": 1,
                                 "policy.fund.brand_week_cents": 10_000_000,
                                 "world.points_alliance.use_base": 2.0,
                                 "world.traffic_swap.click": 0.02,
                    "policy.partnership.split": Split.EQUAL,
                    "policy.partnership.content_item_fee_cents": 1000,
                    "world.traffic_swap.keeps_home": 0.5,
                                 "world.co_brand.member_rate": 0.1,
                                 "world.contract.offence_view": 1.0,
                                 "world.joint_event.register_base": 3.0}),
            (0, 40),
        )
        for form in Form
        if form not in (Form.NONE, Form.CO_MARKETING, Form.PORTFOLIO)
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def observed(kernels) -> dict[str, set[str]]:
    """What every process was seen to write, over all watched communities."""
    seen: dict[str, set[str]] = {name: set() for name in NAMED}
    for label, (which, (first, last)) in WATCHED.items():
        tables = live_until(opened(which, 3, last, ROWS), 0, first)
        # every table is compared after every step: short ones, and a feed that fills in one place
        n_items = 1024 if label == "a crowd with a full feed" else 2048
        tables = dataclasses.replace(
            tables,
            items=tables.items[:n_items].copy(),
            streams=tables.streams[:, :n_items].copy(),
            requests=tables.requests[:2048].copy(),
        )
        tables.operator.founder_hours_day = 0.0  # so that setting it anew can be seen
        tables.outreach_state.outside_visits = 5.0  # so that counting them can be seen
        watcher = Watcher(tables)
        live_by_hand(tables, first, last, watcher, watcher.opening)
        assert not watcher.elsewhere, "a step wrote into the day book of another day"
        for name in NAMED:
            seen[name] |= watcher.seen[name]
    return seen


def covers(declared: Collection[str], field: str) -> bool:
    return field in declared or field.split(".")[0] in declared


def exists(entry: str) -> bool:
    table, _, field = entry.partition(".")
    if table == "daily" and field:
        return field in mt.NAMES
    if table not in NAMES:
        return False
    fields = schema()[table][0].names
    return not field or (fields is not None and field in fields)


@EVERY
def test_it_says_where_it_comes_from_and_fits_on_a_page(name):
    process = NAMED[name]
    assert process.__doc__ and process.SOURCE and process.step.__doc__
    assert len(Path(process.__file__).read_text(encoding="utf-8").splitlines()) <= 400
    if not hasattr(process, "Params"):
        return
    assert dataclasses.is_dataclass(process.Params) and process.Params.__doc__
    groups = [getattr(World(), group.name) for group in dataclasses.fields(World)]
    assert any(type(group) is process.Params for group in groups)


def test_the_lock_says_what_the_source_says():
    """Who changed a mechanism renews the lock, so that the change is seen where it is read."""
    now, before = reads_and_writes.found(), reads_and_writes.locked()
    assert list(now) == list(before) == list(NAMED), f"run: {reads_and_writes.COMMAND}"
    for name, lists in now.items():
        assert lists == before[name], f"{name} reads or writes other fields; run: {COMMAND}"


def test_the_lock_names_only_what_exists():
    for lists in LOCK.values():
        for entry in (*lists["reads"], *lists["writes"]):
            assert exists(entry), entry


@EVERY
def test_it_writes_only_what_it_declares(name, observed):
    undeclared = {f for f in observed[name] if not covers(LOCK[name]["writes"], f)}
    assert undeclared == set()


@EVERY
def test_it_writes_all_it_declares(name, observed):
    seen = observed[name] | {field.split(".")[0] for field in observed[name]}
    # stays 0 by design; written only when the list is full, or the feed when an item is added
    # or by whoever has what she leaves; recommending takes longer than is watched
    ignored = {"fund_state.journal_lost", "daily.shares_lost", "daily.stage_recommendation"}
    for rule in (items.add, people.leave):
        ignored |= reads_and_writes.Finding(rule).writes
    ignored |= KEPT_BY_THE_FUND
    if name == "channels":
        ignored |= {"daily.channel_herfindahl"}  # where there are places, they tell
    filled = FILLED_ANEW | ({"members"} if name == "entry" else set())
    unseen = {w for w in LOCK[name]["writes"] if w not in seen} - ignored
    assert {w for w in unseen if w.split(".")[0] not in filled & seen} == set()


@pytest.fixture(scope="module")
def busy(kernels) -> dict[tuple[str, int], Tables]:
    """The tables as each process found them, on a few days of two busy communities."""
    found: dict[tuple[str, int, int], Tables] = {}
    for number, which in enumerate((setting(EVERYTHING), setting(VOLUNTEERS))):

        def before(tables: Tables, day: int, name: str, number=number) -> None:
            if day in LOOKED_AT:
                found[name, day, number] = copied(tables)

        live_by_hand(opened(which, 5, LAST_DAY + 1, ROWS), 0, LAST_DAY + 1, None, before)
    return found


@EVERY
def test_it_repeats_to_the_last_byte(name, busy):
    for (who, day, _), tables in busy.items():
        if who == name:
            one, two = copied(tables), copied(tables)
            NAMED[name].step(one, day)
            NAMED[name].step(two, day)
            assert same_bytes(one, two)


@EVERY
def test_it_reads_only_what_it_declares(name, busy):
    """Blanking whatever it does not declare changes nothing of what it writes."""
    process = NAMED[name]
    known = (*LOCK[name]["reads"], *LOCK[name]["writes"], *ALWAYS_READABLE)
    missed = set()
    for (who, day, _), tables in busy.items():
        if who != name:
            continue
        truth = copied(tables)
        process.step(truth, day)
        blind = blanked(tables, known)
        process.step(blind, day)
        for entry in LOCK[name]["writes"]:
            if not np.array_equal(column(truth, entry), column(blind, entry)):
                missed.add(entry)
    assert missed == set(), "these outputs depend on something it does not declare to read"


def blanked(tables: Tables, known: tuple[str, ...]) -> Tables:
    """A copy in which every field that is not known reads zero."""
    blind = copied(tables)
    for table in NAMES:
        array = getattr(blind, table)
        if table in known:
            continue
        if table == "daily":
            for k, metric in enumerate(mt.NAMES):
                if f"daily.{metric}" not in known:
                    array[:, k] = 0.0
        elif array.dtype.names:
            for field in array.dtype.names:
                if f"{table}.{field}" not in known:
                    array[field] = 0
        else:
            array[...] = 0
    return blind


def column(tables: Tables, entry: str) -> np.ndarray:
    table, _, field = entry.partition(".")
    array = getattr(tables, table)
    if table == "daily":
        return array[:, mt.NAMES.index(field)]
    return array[field] if field else array


NOTHING_TO_DO = {
    "arrival": ({**CLOSED}, {"arrival_state.word"}),
    "outreach": ({}, set()),
    "star": ({}, set()),
    "challenge": ({}, set()),
    "entry": ({**CLOSED}, {"first_row", "daily.applicants"}),
    "word_of_mouth": ({}, set()),
    "amplification": ({}, set()),
    "onboarding": ({}, set()),
    "visiting": ({**STILL}, {"leaving"}),  # who may leave is marked before her hazard is final
    "stewarding": ({**STILL, "policy.stewarding.volunteers_per_100": 0.0}, set()),
    "archiving": ({}, set()),
    "publishing": (
        {**STILL, "policy.stewarding.volunteers_per_100": 0.0},
        {"publishing_state.promo_share", "publishing_state.variety"},
    ),
    "posting": ({**STILL, "policy.stewarding.volunteers_per_100": 0.0}, set()),
    "kocs": ({}, set()),
    "partnership": ({}, set()),
    "talks": ({}, set()),
    "contract": ({}, set()),
    "co_marketing": ({}, set()),
    "co_brand": ({}, set()),
    "co_content": ({}, set()),
    "co_promotion": ({}, set()),
    "points_alliance": ({}, set()),
    "traffic_swap": ({}, set()),
    "joint_event": ({}, set()),
    "open_platform": ({}, set()),
    "review": ({"policy.moderation.review": Review.NONE}, {"review_state.review_next"}),
    "curation": ({}, set()),
    "testing": ({}, set()),
    "reading": ({**STILL}, set()),
    "recommending": ({}, set()),
    "spreading": ({}, set()),
    "reposting": ({}, set()),
    "help": ({**STILL}, set()),
    "team": ({}, set()),
    "screening": ({}, set()),
    "adaptation": ({}, set()),
    "incidents": ({}, set()),
    "voice": ({}, set()),
    "mood": ({}, set()),
    "conflict": ({}, set()),
    "fairness": ({}, set()),
    "charter": ({}, set()),
    "feedback": ({}, set()),
    "fatigue": ({}, set()),
    "ties": ({"world.ties.triad": 0.0, "world.ties.match": 0.0}, set()),
    "motive": (
        {
            "policy.incentive.has_thanks": False,
            "world.incentives.recovery": 0.0,
            "world.incentives.feedback": 0.0,
        },
        set(),
    ),
    "points": ({}, set()),
    "levels": ({}, set()),
    "badges": ({}, set()),
    "reputation": ({}, set()),
    "privileges": ({}, set()),
    "tips": ({}, set()),
    "oneoff": ({}, set()),
    "talent": ({}, set()),
    "tokens": ({}, set()),
    "gaming": ({}, set()),
    "roles": (
        {"world.roles.speed": 0.0},
        {"roles_state.received", "scratch", *(f"daily.loop_{role}" for role in rewards.LOOPS)},
    ),
    "referral": ({"policy.acquisition.has_referral": False}, set()),
    "purchase": ({"world.purchase.buyer_share": 0.0}, set()),
    "events": ({}, set()),
    "cocreation": ({}, set()),
    "games": ({}, set()),
    "service": ({}, set()),
    "culture": ({}, set()),
    "needs": ({}, set()),
    "relationship": ({}, set()),
    "alerting": ({}, set()),
    "churn": ({**FAITHFUL, "world.visiting.activity_factor": 0.0}, set()),
}


@pytest.mark.parametrize("name", NOTHING_TO_DO)
def test_without_a_cause_it_does_nothing(name, kernels):
    changes, allowed = NOTHING_TO_DO[name]
    which = setting({"population.initial_members": 80}, changes)
    tables = live_until(opened(which, 2, 44), 0, 30)
    before = copied(tables)
    tables.first_row[30] = before.first_row[30] = tables.people_state[0].n_rows
    NAMED[name].step(tables, 30)
    assert fields_changed(before, tables) <= allowed


def test_without_gains_and_decays_feelings_stand_still(kernels):
    gains = (
        "belonging_gain",
        "belonging_decay",
        "satisfaction_gain",
        "satisfaction_rest",
        "harm_weight",
        "expectation_gain",
        "trust_gain",
        "trust_loss",
        "reputation_decay",
    )
    still = setting({f"world.belonging.{gain}": 0.0 for gain in gains})
    feelings = {"belonging", "satisfaction", "expectation", "trust", "reputation"}
    changed: set[str] = set()
    box = {}

    def before(tables, day, name):
        if name == "belonging":
            box["before"] = copied(tables)

    def after(tables, day, name):
        if name == "belonging":
            changed.update(fields_changed(box["before"], tables))

    live_by_hand(opened(still, 4, 30, ROWS), 0, 30, after, before)
    assert not changed & {f"members.{feeling}" for feeling in feelings}
