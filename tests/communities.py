"""Small communities for the engine's tests: settings by path, paired runs, days one by one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Iterable
from typing import Any

import numpy as np

from sim import compile as kernels
from sim.engine import RunResult, live_until, open_tables, simulate
from sim.policy.comms import Protocol
from sim.policy.distribution import Feed
from sim.policy.entry import Gate
from sim.policy.groups import Kinds, Placement
from sim.policy.koc import Programme
from sim.policy.moderation import Review
from sim.policy.network import Matching
from sim.policy.onboarding import Directory, GrowthCap
from sim.policy.partnership import Form
from sim.policy.stewarding import Staff
from sim.recording import metrics as mt
from sim.setting import Setting, check_setting, to_record
from sim.tables import NAMES, Tables, allocate

Changes = dict[str, Any]

CLOSED: Changes = {
    "world.arrival.market_size": 0.0,
    "policy.acquisition.has_referral": False,
}
"""Nobody comes."""

FAITHFUL: Changes = {"world.churn.established_hazard": 0.0}
"""Nobody leaves."""

STILL: Changes = {
    **CLOSED,
    **FAITHFUL,
    "world.visiting.activity_factor": 0.0,
    "policy.content.brand_posts_day": 0.0,
    "policy.stewarding.founder_hours_week": 0.0,
}
"""Nobody comes, leaves, visits or publishes."""

EVERYTHING: Changes = {
    "population.initial_members": 150,
    "population.ties": 3.0,
    "policy.incentive.has_points": True,
    "policy.incentive.has_prize": True,
    "policy.incentive.points_reward": 100,
    "policy.fund.has_entry_pool": True,
    "policy.fund.dues_month_cents": 1000,
    "policy.fund.dues_prize_share": 0.2,
    "policy.fund.has_renewal": True,
    "policy.fund.brand_week_cents": 3_000_000,
    "policy.entry.gate": Gate.FEE,
    "policy.entry.fee_cents": 5000,
    "policy.onboarding.guide_hours_day": 1.0,
    "policy.onboarding.directory": Directory.STAGED,
    "policy.onboarding.mask_at": 160,
    "policy.onboarding.growth_cap": GrowthCap.ABSORPTION,
    "policy.onboarding.absorption_capacity": 0.6,
    "policy.groups.number": 3,
    "policy.groups.kinds": Kinds.MATRIX,
    "policy.groups.placement": Placement.INTEREST,
    "policy.groups.capacity": 400,
    "policy.groups.split_above": 60,
    "policy.network.matching": Matching.INTEREST_MATCH,
    "policy.network.proposals_week": 2.0,
    "policy.onboarding.shows_rules": True,
    "policy.comms.protocol": Protocol.STRUCTURED_DIGEST,
    "policy.comms.lead_days": 1,
    "policy.content.item_cost_cents": 2000,
    "policy.distribution.feed": Feed.PERSONALISED,
    "policy.moderation.review": Review.PRE,
    "policy.stewarding.staff": Staff.PAID_ROTATION,
    "policy.stewarding.stipend_week_cents": 150_000,
    "policy.acquisition.referral_reward_cents": 1000,
    "policy.acquisition.referral_vest_days": 7,
    "policy.acquisition.media_week_cents": 50_000,
    "policy.koc.programme": Programme.INCUBATE,
    "policy.koc.weeks": 1,
    "policy.koc.slots": 2,
    "policy.koc.sponsored_week": 3.0,
    "policy.partnership.form": Form.CO_MARKETING,
    "policy.partnership.min_fit": 0.2,
    "policy.partnership.review_weeks": 1,
    "policy.partnership.term_weeks": 10,
    "world.crowding.absorption_limit": 0.02,
    "world.crowding.dilution": 1.0,
    "world.leaks.leak_day": 20,
    "world.leaks.poach": 0.3,
    "world.leaks.residual_harm": 0.5,
    "world.groups.prestige_weight": 0.3,
    "world.network.in_person_visit": 0.1,
    "world.network.norm_trust": 0.01,
    "world.network.norm_weight": 1.0,
    "world.network.opportunity_visit": 0.05,
    "world.ties.strong_at": 2.0,
    "world.partnership.negotiation_days": 3,
    "world.referral.invite_visit": 0.2,
    "world.referral.accept_base": 0.0,
    "world.kocs.least_score": 0.4,
    "world.stewarding.sign_up": 1.0,
}
"""Every lever in use; paid stewards."""

VOLUNTEERS: Changes = {
    **EVERYTHING,
    "policy.stewarding.staff": Staff.VOLUNTEERS,
    "policy.stewarding.volunteers_per_100": 10.0,
    "policy.moderation.review": Review.POST,
    "policy.moderation.strictness": 0.8,
    "policy.distribution.feed": Feed.CURATED,
    "world.stewarding.volunteer_base": 2.0,
}
"""Every lever in use; volunteers, review after publishing."""


def setting(*changes: Changes) -> Setting:
    """A checked setting: the defaults with values changed by path, later changes winning."""
    merged: Changes = {}
    for part in changes:
        merged.update(part)
    built = Setting()
    for path, value in merged.items():
        built = _with(built, path.split("."), value)
    check_setting(built)
    return built


def _with(record: Any, path: list[str], value: Any) -> Any:
    if len(path) > 1:
        value = _with(getattr(record, path[0]), path[1:], value)
    elif not hasattr(record, path[0]):
        raise AttributeError(f"{type(record).__name__} has no field {path[0]}")
    return dataclasses.replace(record, **{path[0]: value})


_runs: dict[tuple, list[RunResult]] = {}


def runs(which: Setting, seeds: Iterable[int], days: int) -> list[RunResult]:
    """Runs of a setting, one per seed, kept for the next test that asks for the same."""
    key = (repr(which), tuple(seeds), days)
    if key not in _runs:
        _runs[key] = simulate(which, key[1], days, workers=2)
    return _runs[key]


def outcome(which: Setting, name: str, seeds: Iterable[int], days: int) -> np.ndarray:
    """One outcome of every run."""
    return np.array([run.outcomes[name] for run in runs(which, seeds, days)])


def daily(which: Setting, name: str, seeds: Iterable[int], days: int) -> np.ndarray:
    """One daily metric, shape ``(n_seeds, n_days)``."""
    return np.array([run.days[:, mt.NAMES.index(name)] for run in runs(which, seeds, days)])


def opened(which: Setting, seed: int, days: int, rows: int = 0) -> Tables:
    """A founded community, with room for ``rows`` members when given."""
    if not rows:
        return open_tables(which, seed, days)
    kernels.load()
    from sim.founding import found

    people = which.population
    tables = allocate(to_record(which.policy), to_record(which.world), rows, 64, days)
    found(tables, seed, 0, people.initial_members, people.tenure_days, people.ties)
    return tables


def lived(which: Setting, seed: int, days: int) -> Tables:
    """A community after ``days`` days."""
    return live_until(opened(which, seed, days), 0, days)


def copied(tables: Tables) -> Tables:
    """An independent copy of the tables."""
    return dataclasses.replace(tables, **{name: _copy(getattr(tables, name)) for name in NAMES})


def _copy(array: np.ndarray) -> np.ndarray:
    """A copy that includes the bytes between fields."""
    buffer = raw(array).copy()
    return np.ndarray(array.shape, array.dtype, buffer=buffer.data).view(type(array))


def raw(array: np.ndarray) -> np.ndarray:
    """The bytes of a contiguous table."""
    return np.frombuffer(array.data, np.uint8)


def same_bytes(a: Tables, b: Tables) -> bool:
    """Whether two communities agree to the last byte of every field."""
    return not fields_changed(a, b)


def live_by_hand(
    tables: Tables,
    first: int,
    last: int,
    after: Callable[[Tables, int, str], None] | None = None,
    before: Callable[[Tables, int, str], None] | None = None,
) -> Tables:
    """Live days process by process; ``before`` and ``after`` see the tables around each of them.

    After the last process of a day ``after`` is called once more, with ``"day"``.
    """
    from sim.day import PROCESSES
    from sim.recording import daybook

    for day in range(first, last):
        if tables.clock[0].n_rows + tables.applicants.shape[0] > tables.members.shape[0]:
            raise ValueError("too little room was asked for")
        daybook.open_day(tables, day)
        for process in PROCESSES:
            name = process.__name__.rsplit(".", 1)[1]
            if before is not None:
                before(tables, day, name)
            process.step(tables, day)
            if after is not None:
                after(tables, day, name)
        daybook.close_day(tables, day)
        if after is not None:
            after(tables, day, "day")
    return tables


def fields_changed(before: Tables, now: Tables) -> set[str]:
    """Names ``table.field`` (or ``table``, or ``daily.metric``) that differ."""
    changed: set[str] = set()
    for name in NAMES:
        changed |= changes_of(name, getattr(before, name), getattr(now, name)) or set()
    return changed


def changes_of(
    name: str, old: np.ndarray, new: np.ndarray, known: Container[str] = ()
) -> set[str] | None:
    """What differs between two states of one table, leaving out what is known; None: nothing."""
    if old.shape != new.shape:
        return {f"{name} (its shape)"}
    if raw(old).tobytes() == raw(new).tobytes():
        return None
    if name == "daily":
        columns = np.nonzero((old != new).any(axis=0))[0]
        return {f"daily.{mt.NAMES[k]}" for k in columns}
    if not old.dtype.names:
        return {name}
    old, new = old.view(np.ndarray), new.view(np.ndarray)
    fields = [f for f in old.dtype.names if f"{name}.{f}" not in known]
    return {f"{name}.{f}" for f in fields if (old[f] != new[f]).any()}


class Watcher:
    """Sees what each process writes, keeping one copy of the tables up to date."""

    def __init__(self, tables: Tables) -> None:
        self.shadow = copied(tables)
        self.seen: dict[str, set[str]] = {}

    def opening(self, tables: Tables, day: int, name: str) -> None:
        """Leave out what the day book writes before the first process."""
        if name == "arrival":
            self(tables, day, "the day book")

    def __call__(self, tables: Tables, day: int, name: str) -> None:
        """Note what differs from the copy, and bring the copy up to date."""
        seen = self.seen.setdefault(name, set())
        for table in NAMES:
            old, new = getattr(self.shadow, table), getattr(tables, table)
            changes = changes_of(table, old, new, seen)
            if changes is not None:
                seen |= changes
                raw(old)[:] = raw(new)


def account_balances(journal: np.recarray, n_accounts: int) -> np.ndarray:
    """Balances that follow from the journal alone."""
    balances = np.zeros(n_accounts, np.int64)
    np.subtract.at(balances, journal.payer.astype(int), journal.amount_cents)
    np.add.at(balances, journal.payee.astype(int), journal.amount_cents)
    return balances


def posted(tables: Tables) -> np.recarray:
    """The journal rows in use."""
    return tables.journal[: tables.clock[0].n_journal]


def paid(tables: Tables, purpose: int) -> np.ndarray:
    """Cents of every posting of one purpose, in order."""
    journal = posted(tables)
    return journal.amount_cents[journal.purpose == purpose].copy()
