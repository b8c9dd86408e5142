"""What a policy pays, against what comes in: pool by pool, over eight weeks of the engine.

A community of the expected size lives eight weeks under the policy, and once more with a brand that
is never short of money, which shows what is not even asked for where a pool is empty.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from plaza_lab.scenarios.policies.finding import ERROR, MONEY, WARNING, Asked, Finding, yuan

WEEKS, SEED = 8, 1
MOST_MEMBERS = 20_000
"""Size of the community that is lived; a larger one takes too long to be looked through."""
RICH_CENTS = 10**10
NEAR = 1.1
"""Times its income from which a pool is short (assumption: less may be one community's luck)."""
ENTRY, DUES, BRAND = "entry-fee pool", "dues pool", "brand budget"
CALLED = {
    "prize": "prizes", "stipend": "stewards", "wage": "staff", "points backing": "points",
    "referral reward": "referral rewards", "koc support": "KOC training", "koc fee": "KOC items",
    "influencer": "influencers",
}  # fmt: skip
"""Purposes of the journal, as they are told."""
SETTINGS = {
    ENTRY: ("fund.has_entry_pool", "entry.fee_cents", "fund.horizon_weeks"),
    DUES: ("fund.dues_month_cents", "fund.dues_prize_share"),
    BRAND: ("fund.brand_week_cents", "fund.opening_cents"),
}
SHORT = {
    ENTRY: "fund.has_renewal=true, a longer fund.horizon_weeks, or another source for later prizes",
    DUES: "raise fund.dues_month_cents, or lower what is paid from dues",
    BRAND: "raise fund.brand_week_cents or fund.opening_cents, or plan less",
}
IDLE = {
    ENTRY: "incentive=weekly_prize pays it out, or fund=none leaves it out",
    DUES: "stewarding=paid_rotation or fund.dues_prize_share pays it out, or drop the dues",
    BRAND: "a prize, points, KOCs or media spend it, or leave it out",
}


@dataclass
class Pool:
    """What a pool has on day 0 and takes in a week, in cents.

    ``paid`` holds purposes and the cents a week that they ask for, unpaid ones among them.
    """

    opening: float = 0.0
    weekly: float = 0.0
    paid: dict[str, float] = field(default_factory=dict)


def pools_of(asked: Asked) -> dict[str, Pool]:
    """Live eight weeks, and see what every pool takes in and is asked for.

    Name to pool; nothing where the policy contradicts itself.
    """
    real = _lived(asked, asked.policy)
    if real is None:
        return {}
    fund = dataclasses.replace(asked.policy.fund, opening_cents=RICH_CENTS)
    rich = _lived(asked, dataclasses.replace(asked.policy, fund=fund)) or {}
    elsewhere = {what for name, pool in real.items() if name != BRAND for what in pool.paid}
    own = real[BRAND].paid
    for purpose, cents in rich[BRAND].paid.items() if BRAND in rich else ():
        if purpose != "prizes" and purpose not in elsewhere:
            own[purpose] = max(cents, own.get(purpose, 0.0))
    return real


def _lived(asked: Asked, policy: Any) -> dict[str, Pool] | None:
    import numpy as np

    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.sim.compile import warm
    from plaza_lab.sim.engine import simulate
    from plaza_lab.sim.setting import Population, Setting, check_setting
    from plaza_lab.sim.state.fund import BRAND_POOL, DUES_POOL, ENTRY_POOL, POOLS, PURPOSES

    size = min(asked.members, MOST_MEMBERS)
    population = dataclasses.replace(asked.population or Population(), initial_members=size)
    setting = Setting(policy=policy, world=asked.world, population=population)
    try:
        check_setting(setting)
    except (TypeError, ValueError):
        return None
    with Progress(0) as progress:
        warm(progress.compiling, [setting])
    (run,) = simulate(setting, [SEED], 7 * WEEKS, 1)
    rows, found = run.journal, {}
    for name, account in ((ENTRY, ENTRY_POOL), (DUES, DUES_POOL), (BRAND, BRAND_POOL)):
        into = rows[(rows["payee"] == account) & ~np.isin(rows["payer"], POOLS)]
        out = rows[(rows["payer"] == account) & ~np.isin(rows["payee"], POOLS)]
        first = int(into["amount_cents"][into["day"] == 0].sum())
        opening = {ENTRY: first, DUES: 0, BRAND: min(first, policy.fund.opening_cents)}[name]
        pool = found[name] = Pool(opening, (int(into["amount_cents"].sum()) - opening) / WEEKS)
        for code in np.unique(out["purpose"]):
            own = out[out["purpose"] == code]
            cents = int(own["amount_cents"].sum() + own["short_cents"].sum())
            what = PURPOSES[code].replace("_", " ")
            pool.paid[CALLED.get(what, what)] = cents / WEEKS
        if pool.opening + pool.weekly <= 0.0:
            pool.paid.pop("policy stop", None)  # what it pays when rich tells by purpose
    return found


def money_findings(asked: Asked) -> Iterator[Finding]:
    """Yield what a policy cannot pay, and money that pays for nothing."""
    pools = pools_of(asked)
    for name, pool in pools.items():
        out = sum(pool.paid.values())
        has = f"{yuan(pool.weekly)} a week come in"
        if out <= 0.0:
            if pool.opening + pool.weekly > 0.0:
                comes = f"{yuan(pool.opening)} at the start" if pool.opening else has[:-8]
                rule = f"{comes} go into the {name}, and nothing is paid from it"
                yield Finding(WARNING, MONEY, asked.shown(*SETTINGS[name]), rule, IDLE[name])
            continue
        lacks = out - pool.weekly
        runway = math.inf if out <= NEAR * pool.weekly else pool.opening / lacks
        if runway >= asked.weeks - 0.5:
            continue
        purposes = ", ".join(f"{purpose} {yuan(cents)}" for purpose, cents in pool.paid.items())
        has = f"{yuan(pool.opening)} at the start and {has}" if pool.opening else has
        lasts = f"is empty after {runway:.0f} weeks"
        lasts = "is short from the first week" if runway < 1 else lasts
        yield Finding(
            ERROR if runway < 1 else WARNING, MONEY, asked.shown(*SETTINGS[name]),
            f"the {name} {lasts} of {asked.weeks}: {yuan(out)} a week are planned ({purposes}) "
            f"at {min(asked.members, MOST_MEMBERS):,} members, {has}",
            SHORT[name],
        )  # fmt: skip
    if pools:
        yield from _horizon(asked)
        yield from _low_stipend(asked, pools[DUES].weekly)
        yield from _capped_hours(asked)


def _horizon(asked: Asked) -> Iterator[Finding]:
    """Prizes of the entry fees are planned for some weeks, and end then."""
    get = asked.get
    weeks = get("fund.horizon_weeks", asked.weeks)
    is_paid = get("incentive.has_prize") and get("fund.has_entry_pool") and get("entry.fee_cents")
    if is_paid and weeks < asked.weeks and not get("fund.has_renewal"):
        yield Finding(
            WARNING, MONEY, asked.shown(*SETTINGS[ENTRY]),
            f"the {ENTRY} pays prizes for {weeks} weeks of {asked.weeks}, and none after them",
            SHORT[ENTRY],
        )  # fmt: skip


def _capped_hours(asked: Asked) -> Iterator[Finding]:
    """Hours that the week's budget cannot pay are not worked, and nothing is done in them."""
    get = asked.get
    wanted = get("fund.staff_hours_week") * get("fund.wage_hour_cents")
    budget = get("fund.brand_week_cents")
    if get("fund.is_allocated"):
        budget = budget * get("fund.staff_share")
    if not get("fund.needs_staff") or get("fund.opening_cents") or wanted <= budget:
        return
    hours = budget / get("fund.wage_hour_cents")
    yield Finding(
        WARNING, MONEY,
        asked.shown("fund.staff_hours_week", "fund.wage_hour_cents", "fund.brand_week_cents"),
        f"the week's budget caps the hours: {hours:.1f} of {get('fund.staff_hours_week'):g} are "
        f"paid ({yuan(budget)} of {yuan(wanted)})",
        "a larger fund.brand_week_cents or fund.staff_share, or fewer hours",
    )  # fmt: skip


def _low_stipend(asked: Asked, dues: float) -> Iterator[Finding]:
    get = asked.get
    reserve = get("world.stewarding.reserve_median_cents", None)
    if reserve is None or not asked.is_at("stewarding.staff", "paid_rotation"):
        return
    stipend = get("stewarding.stipend_week_cents") or dues * (1 - get("fund.dues_prize_share"))
    wanted = reserve * get("stewarding.steward_hours_week") / 15.0
    if stipend < wanted:
        yield Finding(
            WARNING, MONEY,
            asked.shown("stewarding.stipend_week_cents", "fund.dues_month_cents",
                        "fund.dues_prize_share", "stewarding.steward_hours_week"),
            f"the stipend, {yuan(stipend)} a week at {asked.members:,} members, is below what half "
            f"of the members ask for {get('stewarding.steward_hours_week'):g} hours "
            f"({yuan(wanted)}): posts stay vacant",
            "raise the dues or the stipend, or ask for fewer hours",
        )  # fmt: skip
