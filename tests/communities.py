"""Small communities for the engine's tests: settings by path, paired runs, days one by one."""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

from plaza_lab.sim import compile as kernels
from plaza_lab.sim.engine import RunResult, live_until, open_tables, simulate
from plaza_lab.sim.policy import (
    Channel,
    Charter,
    Directory,
    Feed,
    Form,
    Gate,
    GrowthCap,
    Judge,
    Kinds,
    LapseRule,
    Matching,
    Place,
    Placement,
    Proceeds,
    Programme,
    Protocol,
    Review,
    RuleSet,
    Schedule,
    Scheme,
    Scope,
    Select,
    Staff,
    Tactic,
    Tier,
)
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Setting, check_setting, to_record
from plaza_lab.sim.tables import NAMES, Tables, allocate

Changes = dict[str, Any]

CLOSED: Changes = {
    "world.arrival.market_size": 0.0,
    "policy.acquisition.has_referral": False,
}
"""Nobody comes."""

UNMOVED: Changes = {
    "world.returns.visit_weight": 0.0,
    "world.returns.exit_weight": 0.0,
    "world.company.audience": 0.0,
    "world.company.toxic_weight": 0.0,
    "world.roles.visit": 0.0,
    "world.roles.exit": 0.0,
    "world.roles.act": 0.0,
}
"""What visits bring, company and roles move nobody, so that a law stands alone."""

FAITHFUL: Changes = {"world.churn.established_hazard": 0.0}
"""Nobody leaves."""

STILL: Changes = {
    **CLOSED,
    **UNMOVED,
    **FAITHFUL,
    "world.visiting.activity_factor": 0.0,
    "policy.content.brand_posts_day": 0.0,
    "policy.stewarding.founder_hours_week": 0.0,
}
"""Nobody comes, leaves, visits or publishes."""

OUTSIDE: Changes = {
    "world.rivals.relative_size": 2.0,
    "world.rivals.base_week_cents": 100_000.0,
    "world.rivals.matches": 0.5,
    "world.rivals.answer_weeks": 1.0,
    "policy.feedback.watches_rivals": True,
    "policy.feedback.rival_answer": 0.2,
    "world.localising.abroad": 0.3,
    "policy.content.localised": 0.5,
    "policy.content.has_culture_work": True,
    "policy.programme.review_weeks": 2,
    "policy.programme.growth_goal": 1000.0,
    "policy.insiders.staff": 6,
    "policy.insiders.partner_staff": 2,
    "policy.insiders.suppliers": 8,
    "world.insiders.turnover_year": 5.0,
    "world.insiders.supply_ends_year": 2.0,
    "policy.trading.is_open": True,
    "policy.trading.certifies": True,
    "policy.trading.mediates": True,
    "policy.trading.fee_share": 0.05,
    "world.trading.offer_week": 1.0,
    "policy.assembly.orders_month": 28.0,
    "policy.assembly.proceeds": Proceeds.EQUAL,
    "policy.assembly.due_days": 2,
    "world.assembly.join_base": 0.0,
    "world.assembly.order_hours": 6.0,
}
"""A rival, other cultures, a review of goals, insiders, trades and orders, beside all else."""

EVERYTHING: Changes = {
    "population.initial_members": 150,
    "population.ties": 3.0,
    "policy.incentive.has_points": True,
    "policy.incentive.has_prize": True,
    "policy.incentive.points_reward": 100,
    "policy.incentive.points_expiry_weeks": 1,
    "policy.incentive.prize_judge": Judge.MIXED,
    "policy.incentive.prize_gap_weeks": 1,
    "policy.incentive.has_levels": True,
    "policy.incentive.level_first": 20.0,
    "policy.incentive.level_idle_weeks": 1,
    "policy.incentive.has_badges": True,
    "policy.incentive.has_newcomer_award": True,
    "policy.incentive.has_reputation": True,
    "policy.incentive.reputation_voice": 0.5,
    "policy.incentive.reputation_perk": 2.0,
    "policy.incentive.reputation_cap": 20.0,
    "policy.incentive.is_certified": True,
    "policy.incentive.has_tips": True,
    "policy.incentive.tip_norm0": 0.4,
    "policy.incentive.oneoff_cents": 100,
    "policy.incentive.oneoff_weeks": 60,
    "policy.incentive.survey_reward_cents": 100,
    "policy.incentive.has_privileges": True,
    "policy.incentive.tier": Tier.AT_RISK,
    "policy.incentive.tier_bonus": 0.5,
    "policy.incentive.care_cents_week": 20,
    "policy.incentive.has_talent": True,
    "policy.incentive.has_token": True,
    "policy.incentive.has_detection": True,
    "policy.incentive.has_identity_check": True,
    "policy.roles.feeds_star": False,
    "world.gaming.farmer_share": 0.1,
    "world.incentives.repeat_discount": 0.6,
    "world.talent.record": 2.0,
    "world.tokens.sale": 0.2,
    "policy.fund.has_entry_pool": True,
    "policy.fund.dues_month_cents": 1000,
    "policy.fund.dues_prize_share": 0.2,
    "policy.fund.has_renewal": True,
    "policy.fund.brand_week_cents": 3_000_000,
    "policy.entry.gate": Gate.FEE_PLUS_CHALLENGE,
    "policy.entry.fee_cents": 5000,
    "policy.entry.least_interest": -1.5,
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
    "policy.content.brand_posts_day": 3.0,
    "policy.content.imported_share": 0.3,
    "policy.content.format_mix": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    "policy.content.prompts_week": 2.0,
    "policy.content.has_testing": True,
    "policy.content.cycle_weeks": 2,
    "policy.content.has_archive": True,
    "policy.content.book_at_items": 3,
    "policy.selling.tactic": Tactic.NURTURE,
    "policy.distribution.top_share": 0.1,
    "policy.distribution.suppress_below": 0.25,
    "policy.distribution.curation_error": 0.3,
    "policy.distribution.recommended": 2,
    "policy.distribution.channels": 2,
    "policy.distribution.adapt_cost_cents": 500,
    "policy.distribution.feed": Feed.PERSONALISED,
    "policy.moderation.review": Review.PRE,
    "policy.moderation.strictness": 0.3,
    "policy.stewarding.staff": Staff.PAID_ROTATION,
    "policy.stewarding.stipend_week_cents": 150_000,
    "policy.acquisition.referral_reward_cents": 1000,
    "policy.acquisition.referral_vest_days": 7,
    "policy.acquisition.media_week_cents": 50_000,
    "policy.acquisition.targeting_accuracy": 0.7,
    "policy.acquisition.peer_vs_ad_weight": 0.5,
    "policy.acquisition.referral_least_acts": 1,
    "policy.acquisition.tell_week": 0.5,
    "policy.acquisition.tell_negative": 3.0,
    "policy.acquisition.content_share": 0.5,
    "policy.acquisition.offline_traffic_week": 40.0,
    "policy.acquisition.influencer_posts_week": 1.0,
    "policy.acquisition.influencer_fee_cents": 1000,
    "policy.acquisition.star_attempts": 10,
    "policy.koc.programme": Programme.INCUBATE,
    "policy.koc.weeks": 1,
    "policy.koc.slots": 2,
    "policy.koc.sponsored_week": 3.0,
    "policy.koc.graduation_rate": 0.9,
    "policy.koc.distribution_share": 0.5,
    "policy.koc.has_disclosure": False,
    "policy.partnership.form": Form.CO_MARKETING,
    "policy.partnership.min_fit": 0.2,
    "policy.partnership.review_weeks": 1,
    "policy.partnership.term_weeks": 10,
    "policy.partnership.deals": 3,
    "policy.partnership.data_scope": Scope.AGGREGATE,
    "world.partnership.join_value_cents": 1_000_000,
    "world.prospects.replenish_day": 10.0,
    "world.prospects.friends": 20.0,
    "world.referral.obliging": 0.5,
    "world.telling.glad_above": 0.4,
    "world.telling.unhappy_below": 0.38,
    "world.outreach.influencer_conversion": 0.0002,
    "world.outreach.share_to_register": 0.02,
    "world.star.accept_base": 1.0,
    "world.star.going_week": 0.1,
    "world.star.follow_share": 0.002,
    "world.amplification.example": 1.0,
    "policy.fund.lapse_rule": LapseRule.LEAVE,
    "policy.fund.needs_staff": True,
    "policy.fund.staff_hours_week": 30.0,
    "policy.fund.is_allocated": True,
    "policy.crm.scheme": Scheme.CLUSTER,
    "policy.crm.refresh_weeks": 1,
    "policy.crm.offer_week_cents": 20_000,
    "policy.crm.retarget_trigger": 0.9,
    "policy.crm.retarget_step": 0.5,
    "policy.crm.has_stage_messages": True,
    "policy.crm.has_winback": True,
    "policy.crm.winback_cut": 0.0,
    "policy.crm.winback_month_cents": 200_000,
    "policy.crm.channels": 2,
    "policy.monetisation.has_paid_content": True,
    "policy.monetisation.has_ecommerce": True,
    "policy.monetisation.has_licensing": True,
    "policy.monetisation.share_to_fund": 0.5,
    "policy.monetisation.cross_sell": 1.0,
    "policy.monetisation.dynamic_price": 0.2,
    "policy.monetisation.has_preorder": True,
    "world.purchase.social_strength": 1.0,
    "world.purchase.stock_share": 0.1,
    "world.monetising.content_base": 0.2,
    "world.monetising.order_base": 0.2,
    "world.channels.move_week": 0.1,
    "world.dues.unpaid_base": -3.0,
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
    "policy.events.online_month": 8.0,
    "policy.events.offline_month": 4.0,
    "policy.events.immersive_month": 3.0,
    "policy.events.charity_month": 2.0,
    "policy.events.cocreation_year": 13.0,
    "policy.events.share_donated": 0.5,
    "policy.events.topics_week": 3.0,
    "policy.game.has_checkins": True,
    "policy.game.lottery_odds": 0.1,
    "policy.game.missions_month": 8.0,
    "policy.service.has_service": True,
    "policy.service.has_bot": True,
    "policy.service.languages": 2,
    "policy.culture.ritual_week": 2.0,
    "policy.programme.schedule": Schedule.STAGED_BY_TIME,
    "policy.programme.incubation_weeks": 1,
    "policy.programme.growth_weeks": 1,
    "policy.comms.rigidity": 0.1,
    "world.help.learning": 0.1,
    "world.needs.drift": 0.02,
    "world.relationship.strength": 1.0,
    "world.opening.is_on": True,
    "world.spreading.is_on": True,
    "world.spreading.share_base": 0.05,
    "world.interaction.digest_compression": 0.5,
    "world.interaction.novelty_weight": 0.3,
    "world.interaction.authenticity": 0.2,
    "world.visiting.expert_weight": 0.5,
    "world.churn.expert_weight": 1.0,
    "world.archiving.readers": 0.2,
    "world.referral.invite_visit": 0.2,
    "world.referral.accept_base": 0.0,
    "world.kocs.least_score": 0.4,
    "world.stewarding.sign_up": 1.0,
    "policy.moderation.levels": 2,
    "policy.moderation.owner_exempt": True,
    "policy.stewarding.service_staff": 1,
    "policy.stewarding.kpi_pay_share": 0.5,
    "policy.rules.charter": Charter.ADAPTIVE_VOTED,
    "policy.rules.vote_weeks": 3,
    "policy.rules.quorum": 0.0,
    "policy.rules.min_gap_days": 2,
    "policy.rules.exposure_cap": True,
    "policy.rules.rotation": True,
    "policy.rules.anomaly_k": 1.0,
    "policy.climate.senses_mood": True,
    "policy.climate.mediates": True,
    "policy.feedback.channel": Channel.OPEN_FORUM,
    "policy.feedback.implement_rate": 0.8,
    "world.review.is_felt": True,
    "world.adaptation.has_heat": True,
    "world.adaptation.memory_days": 7.0,
    "world.voice.circle_weight": 1.0,
    "world.mood.is_felt": True,
    "world.conflict.has_quarrels": True,
    "world.conflict.spark": 0.1,
    "world.feedback.complain": 0.3,
    "world.fatigue.is_felt": True,
    "world.incidents.happen": True,
    "world.incidents.yearly": 0.999,
    "world.incidents.scandal": 0.5,
    "world.team.hire_week": 1.0,
    "policy.hosting.first": Place.OPEN_GROUP,
    "policy.hosting.second": Place.OWN_APP,
    "policy.hosting.second_share": 0.3,
    "policy.hosting.push": 5.0,
    "world.hosting.add_day": 0.1,
    "world.hosting.rules_scale": 30.0,
    "world.hosting.rule_cut": 0.1,
    "policy.steering.is_steered": True,
    "policy.steering.items_week": 100.0,
    "policy.alerts.ruleset": RuleSet.STRICT,
    "policy.alerts.delay_days": 364,
    "policy.alerts.smoothing": 0.1,
}
"""Every lever in use; paid stewards."""

VOLUNTEERS: Changes = {
    **EVERYTHING,
    "policy.fund.lapse_rule": LapseRule.LAPSE,
    "policy.crm.scheme": Scheme.QUANTILE,
    "policy.crm.cross_platform": True,
    "policy.stewarding.staff": Staff.LAYERED,
    "policy.stewarding.volunteers_per_100": 10.0,
    "policy.moderation.review": Review.FILTER_QUEUE,
    "policy.moderation.strictness": 0.8,
    "policy.moderation.filter_false_positive": 0.1,
    "policy.moderation.owner_exempt": False,
    "policy.rules.open_books": True,
    "policy.rules.transparency": 1.0,
    "policy.feedback.channel": Channel.FORUM_LISTENING,
    "policy.distribution.feed": Feed.CURATED,
    "policy.entry.challenge_separate_pool": True,
    "policy.koc.is_cohort": True,
    "policy.koc.select": Select.CENTRALITY,
    "policy.distribution.recommended": 0,
    "policy.selling.tactic": Tactic.HARD_SELL,
    "world.stewarding.volunteer_base": 2.0,
    "policy.steering.is_steered": False,
    "policy.steering.member_hosted": 0.5,
}
"""Every lever in use; layered team, a filter and review after publishing."""


LIVELY: Changes = {
    "world.activity.rate_weeks": 0.30,
    "world.activity.dropout_a": 0.6,
    "world.activity.dropout_b": 12.0,
    "world.activity.core_share": 0.02,
    "world.activity.start_share": 0.7,
    "world.churn.return_hazard": 0.006,
    "world.spreading.is_on": False,
    "world.mood.is_felt": False,
    "world.funnel.is_tracked": False,
    "world.needs.drift": 0.0,
    "world.arrival.visibility": 0.0,
}
"""A community in which few fall silent, so that a few short runs tell a direction from luck.
Sharing, moods, stages and rising needs are off (tests turn them on where they live), and it is
found as easily whatever its size."""


OPEN: Changes = {
    "policy.entry.gate": Gate.OPEN,
    "policy.entry.fee_cents": 0,
    "policy.fund.has_entry_pool": False,
    "policy.content.brand_centricity": 0.5,
    "policy.content.promo_share": 0.1,
    "population.age_days": 0.0,
}
"""A newborn community that asks for no fee, where the default is a grown one that does."""


def setting(*changes: Changes) -> Setting:
    """A checked setting: open, in a lively world, with values changed by path; the last wins."""
    merged: Changes = {**OPEN, **LIVELY}
    for part in changes:
        merged.update(part)
    tree: dict[str, Any] = {}
    for path, value in merged.items():
        node = tree
        *parents, name = path.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
        node[name] = value
    built = _with(Setting(), tree)
    check_setting(built)
    return built


def _with(record: Any, tree: dict[str, Any]) -> Any:
    """A copy with other values, each record made anew once."""
    for name in tree:
        if not hasattr(record, name):
            raise AttributeError(f"{type(record).__name__} has no field {name}")
    made = {
        name: _with(getattr(record, name), value) if isinstance(value, dict) else value
        for name, value in tree.items()
    }
    return dataclasses.replace(record, **made)


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


TALK_ROOM = 4_000
"""Rows of the talk log of communities with given room."""


def opened(which: Setting, seed: int, days: int, rows: int = 0) -> Tables:
    """A founded community, with room for ``rows`` members when given."""
    if not rows:
        return open_tables(which, seed, days)
    kernels.load()
    from plaza_lab.sim.founding import found

    people = which.population
    tables = allocate(
        to_record(which.policy), to_record(which.world), rows, 64, days, talk=TALK_ROOM
    )
    tables.run_state[0].spend_ln_sd = people.spend_ln_sd
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
    from plaza_lab.sim.day import MECHANISMS
    from plaza_lab.sim.recording import daybook

    for day in range(first, last):
        if tables.people_state[0].n_rows + tables.applicants.shape[0] > tables.members.shape[0]:
            raise ValueError("too little room was asked for")
        daybook.open_day(tables, day)
        for process in MECHANISMS:
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


_differ = ctypes.CDLL(None).memcmp  # copies nothing: megabytes are compared for every step
_differ.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


@cache
def _field_of_byte(record: np.dtype) -> np.ndarray:
    """Name of the field that each byte of a record belongs to; empty between fields."""
    owners = np.full(record.itemsize, "", object)
    for field in record.names:
        kind, first = record.fields[field][:2]
        owners[first : first + kind.itemsize] = field
    return owners


def changes_of(name: str, old: np.ndarray, new: np.ndarray) -> set[str] | None:
    """What differs between two states of one table; None: nothing."""
    if old.shape != new.shape:
        return {f"{name} (its shape)"}
    if _differ(old.ctypes.data, new.ctypes.data, old.nbytes) == 0:
        return None
    if name == "daily":
        columns = np.nonzero((old != new).any(axis=0))[0]
        return {f"daily.{mt.NAMES[k]}" for k in columns}
    if not old.dtype.names:
        return {name}
    differs = (raw(old) != raw(new)).reshape(-1, old.dtype.itemsize).any(axis=0)
    return {f"{name}.{field}" for field in set(_field_of_byte(old.dtype)[differs]) if field}


class Watcher:
    """Sees what each process writes, keeping one copy of the tables up to date."""

    def __init__(self, tables: Tables) -> None:
        self.shadow = copied(tables)
        self.seen: dict[str, set[str]] = {}
        self.watched: Tables | None = None
        self.places: list[tuple[str, int, int, int]] = []
        self.elsewhere = False

    def opening(self, tables: Tables, day: int, name: str) -> None:
        """Leave out what the day book writes before the first process."""
        from plaza_lab.sim.day import MECHANISMS

        if name == MECHANISMS[0].__name__.rsplit(".", 1)[1]:
            self(tables, day, "the day book")

    def __call__(self, tables: Tables, day: int, name: str) -> None:
        """Note what differs from the copy, and bring the copy up to date."""
        seen = self.seen.setdefault(name, set())
        if name == "day":  # the day book of other days is long, and nobody writes there
            others = np.arange(tables.daily.shape[0]) != day
            one, two = (book.view(np.uint64)[others] for book in (tables.daily, self.shadow.daily))
            self.elsewhere |= not np.array_equal(one, two)
        for table, *places in self._places_in(tables, day):
            if _differ(*places):
                old, new = getattr(self.shadow, table), getattr(tables, table)
                seen |= changes_of(table, old, new) or set()
                raw(old)[:] = raw(new)

    def _places_in(self, tables: Tables, day: int) -> list[tuple[str, int, int, int]]:
        """Addresses and bytes of each table and its copy, looked up once for thousands of looks.

        Of the day book only the day.
        """
        if self.watched is not tables:
            self.watched, self.places = tables, []
            for name in NAMES:
                old, new = getattr(self.shadow, name), getattr(tables, name)
                assert old.shape == new.shape
                self.places.append((name, old.ctypes.data, new.ctypes.data, old.nbytes))
        book = NAMES.index("daily")
        width = tables.daily.strides[0]
        old, new = (one.daily.ctypes.data + day * width for one in (self.shadow, tables))
        self.places[book] = ("daily", old, new, width)
        return self.places


def account_balances(journal: np.recarray, n_accounts: int) -> np.ndarray:
    """Balances that follow from the journal alone."""
    balances = np.zeros(n_accounts, np.int64)
    np.subtract.at(balances, journal.payer.astype(int), journal.amount_cents)
    np.add.at(balances, journal.payee.astype(int), journal.amount_cents)
    return balances


def posted(tables: Tables) -> np.recarray:
    """The journal rows in use."""
    return tables.journal[: tables.fund_state[0].n_journal]


def paid(tables: Tables, purpose: int) -> np.ndarray:
    """Cents of every posting of one purpose, in order."""
    journal = posted(tables)
    return journal.amount_cents[journal.purpose == purpose].copy()
