"""The day book: carries held metrics over and closes a day's row of metrics."""

from __future__ import annotations

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents.member import Flag, Status
from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.prefetch import AHEAD, prefetch
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.recording import health, shape
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import fund
from plaza_lab.sim.state.people import HISTORY, LONG_AGO
from plaza_lab.sim.state.ties import SLOTS

METRICS = (
    Metric("members", "members", "members at the end of the day", "T01"),
    Metric("silent", "members", "members who have fallen silent", ""),
    Metric("activated", "members", "joiners of 14 days ago with a contribution", "T26"),
    Metric("activation_base", "members", "joiners of 14 days ago", "T26"),
    Metric("joiners_28", "members", "joiners of 28 days ago", "T21"),
    Metric("joiners_28_kept", "members", "of these, still member and active", "T21"),
    Metric("joiners_84", "members", "joiners of 84 days ago", "T21"),
    Metric("joiners_84_kept", "members", "of these, member and active in 28 days", "T21"),
    Metric("retained", "share", "day-0 members still member and active in 28 days", "T21", True),
    Metric("kept", "share", "day-0 members still members", "T22", True),
    Metric("newcomer_share", "share", "members with tenure below 28 days", "T27", True),
    Metric("dau", "members", "members with at least one active act", "T06"),
    Metric("active_7d", "members", "members active in 7 days", "T06"),
    Metric("active_28d", "members", "members active in 28 days", "T06"),
    Metric("active_share", "share", "28-day active members / members", "T07"),
    Metric("messages", "messages", "posts, filler and replies", "T13"),
    Metric("day0_visits", "members", "day-0 members who visited", "T10"),
    Metric("day0_messages", "messages", "their posts and replies", "T13"),
    Metric("day0_answers", "answers", "their answers to requests", "T18"),
    Metric("ties_per_member", "ties", "ties in use per member", "T05", True),
    Metric("strong_ties", "ties", "strong ties per member", "T55", True),
    Metric("voice_gini", "1", "Gini of exposures received by authors in 28 days", "T51", True),
    Metric(
        "voice_top", "share", "exposures of the 5 % of members with most strong ties", "T51", True
    ),
    Metric("repurchase", "share", "buyers of one half-year who bought in the next", "T40", True),
    Metric("entry_pool_yuan", "yuan", "balance of the entry-fee pool", "T58"),
    Metric("dues_pool_yuan", "yuan", "balance of the dues pool", "T58"),
    Metric("brand_pool_yuan", "yuan", "balance of the brand budget", "T58"),
    Metric("belonging", "1", "mean belonging", "T46", True),
    Metric("satisfaction", "1", "mean satisfaction, true", "T45", True),
    Metric("trust", "1", "mean trust, true", "T46", True),
    Metric("motive", "1", "mean intrinsic motive", "M53", True),
    Metric(
        "expert_active_share",
        "share",
        "28-day active share of the fifth of members with most skill",
        "T07",
        True,
    ),
    Metric("interactions", "interactions", "replies, reactions, answers and event contacts", "T11"),
    Metric("mood", "1", "mean mood", "T47", True),
    Metric("fairness", "1", "mean perceived fairness", "T52", True),
)

HALF_YEAR = 182
WHOLE = 8192
SAMPLED = 8
"""Above ``WHOLE`` rows the voices of one row in ``SAMPLED`` are compared (T51)."""
ACTIVATION_DAYS = 14
SKILL_RANKS = 100
EXPERTS = 0.20
"""Part of the members, by skill in hundredths, that counts as experts."""


@kernel()
def open_day(t, day):
    """Carry held metrics over from the day before, and count exposures anew every four weeks."""
    if day > 0:
        for k in range(mt.HELD.shape[0]):
            t.daily[day, mt.HELD[k]] = t.daily[day - 1, mt.HELD[k]]
        if day % MONTH == 0:
            for i in range(t.people_state[0].n_rows):
                t.members[i].exposures = 0


@kernel()
def close_day(t, day):
    """Write the metrics that are known at the end of the day."""
    people_state = t.people_state[0]
    row = t.daily[day]
    row[mt.MEMBERS] = people_state.n_members
    row[mt.SILENT] = people_state.n_silent
    row[mt.DAU] = t.acts[day + HISTORY]
    row[mt.ACTIVE_7D] = _active(t, day, WEEK)
    row[mt.ACTIVE_28D] = _active(t, day, MONTH)
    row[mt.ACTIVE_SHARE] = row[mt.ACTIVE_28D] / max(1, people_state.n_members)
    row[mt.INTERACTIONS] = row[mt.REPLIES] + row[mt.REACTIONS] + row[mt.ANSWERS]
    row[mt.INTERACTIONS] += row[mt.EVENT_CONTACTS]
    row[mt.MESSAGES] = row[mt.POSTS] + row[mt.FILLER_ITEMS] + row[mt.REPLIES]
    row[mt.ENTRY_POOL_YUAN] = t.balances[fund.ENTRY_POOL] / 100.0
    row[mt.DUES_POOL_YUAN] = t.balances[fund.DUES_POOL] / 100.0
    row[mt.BRAND_POOL_YUAN] = t.balances[fund.BRAND_POOL] / 100.0
    _day0_members_do(t, day)
    _cohorts(t, day)
    if day == 0 or day % WEEK == WEEK - 1:
        _take_stock(t, day)
        health.take(t, day)
    if (day + 1) % MONTH == 0:
        _voices(t, day)
        shape.take(t, day)
    if (day + 1) % HALF_YEAR == 0:
        _repurchase(t, day)


@compiled()
def _active(t, day, window):
    """Distinct members with an act in the last ``window`` days (exact, from the act history)."""
    total = 0
    for back in range(window):
        total += t.acts[day + HISTORY - back]
    return total


@compiled()
def _day0_members_do(t, day):
    """Visits, messages and answers of day-0 members: the same people under every policy."""
    n_visitors = t.people_state[0].n_visitors
    visits = 0
    messages = 0
    answers = 0
    for k in range(n_visitors):
        if k + AHEAD < n_visitors:
            prefetch(t.members.posts_today, i8(t.visitors[k + AHEAD]))
        i = i8(t.visitors[k])
        if i < t.run_state[0].n_founders:
            m = t.members[i]
            visits += 1
            messages += i8(m.posts_today) + i8(m.replies_today)
            answers += i8(m.answers_today)
    t.daily[day, mt.DAY0_VISITS] = visits
    t.daily[day, mt.DAY0_MESSAGES] = messages
    t.daily[day, mt.DAY0_ANSWERS] = answers


@compiled()
def _cohorts(t, day):
    """Activation and retention of those who joined exactly 14, 28 and 84 days ago."""
    then = day - ACTIVATION_DAYS
    if then >= 0:
        for i in range(t.first_row[then], t.first_row[then + 1]):
            t.daily[day, mt.ACTIVATION_BASE] += 1.0
            if t.members[i].last_act > LONG_AGO:
                t.daily[day, mt.ACTIVATED] += 1.0
    _kept_of(t, day, 28, mt.JOINERS_28, mt.JOINERS_28_KEPT)
    _kept_of(t, day, 84, mt.JOINERS_84, mt.JOINERS_84_KEPT)


@compiled()
def _kept_of(t, day, age, base, kept):
    then = day - age
    if then < 0:
        return
    for i in range(t.first_row[then], t.first_row[then + 1]):
        t.daily[day, base] += 1.0
        if t.fate[i].status != Status.LEFT and t.members[i].last_act > day - MONTH:
            t.daily[day, kept] += 1.0


@compiled()
def _take_stock(t, day):
    """Look at every member once: retention of the founders, mean states."""
    run_state = t.run_state[0]
    people_state = t.people_state[0]
    row = t.daily[day]
    here = 0
    retained = 0
    new = 0
    belonging = 0.0
    satisfaction = 0.0
    trust = 0.0
    motive = 0.0
    mood = 0.0
    fairness = 0.0
    n_ties = 0
    strong = 0
    heads = t.by_rank[0]
    active = t.by_rank[1]
    heads[:] = 0.0
    active[:] = 0.0
    for i in range(people_state.n_rows):
        if t.fate[i].status == Status.LEFT:
            continue
        m = t.members[i]
        rank = min(SKILL_RANKS - 1, max(0, i8(SKILL_RANKS * f8(m.skill))))
        heads[rank] += 1.0
        if m.last_act > day - MONTH:
            active[rank] += 1.0
        if i < run_state.n_founders:
            here += 1
            if m.last_act > day - MONTH:
                retained += 1
        if day - m.joined < MONTH:
            new += 1
        belonging += f8(m.belonging)
        satisfaction += f8(m.satisfaction)
        trust += f8(m.trust)
        motive += f8(m.motive)
        mood += f8(m.mood)
        fairness += f8(m.fairness)
        n_ties += i8(m.n_ties)
        strong += i8(m.n_strong)
    n = max(1, people_state.n_members)
    row[mt.RETAINED] = retained / max(1, run_state.n_founders)
    row[mt.KEPT] = here / max(1, run_state.n_founders)
    row[mt.NEWCOMER_SHARE] = new / n
    row[mt.BELONGING] = belonging / n
    row[mt.SATISFACTION] = satisfaction / n
    row[mt.TRUST] = trust / n
    row[mt.MOTIVE] = motive / n
    row[mt.MOOD] = mood / n
    row[mt.FAIRNESS] = fairness / n
    row[mt.TIES_PER_MEMBER] = n_ties / n
    row[mt.STRONG_TIES] = strong / n
    row[mt.EXPERT_ACTIVE_SHARE] = _sum_of_top(active, heads, EXPERTS) / (EXPERTS * n)


@compiled()
def _voices(t, day):
    """Concentration of exposures over authors of the last 28 days.

    The densest part of the network is taken here as the 5 % of members with most strong ties, ties
    counted next; it is searched for when a run is over (:mod:`plaza_lab.sim.recording.densest`).
    """
    people_state = t.people_state[0]
    n = 0
    total = 0.0
    whole = 0.0
    weighted = 0.0
    best = t.by_rank[0]
    heads = t.by_rank[1]
    best[:] = 0.0
    heads[:] = 0.0
    step = 1 if people_state.n_rows <= WHOLE else SAMPLED
    for i in range(people_state.n_rows):
        m = t.members[i]
        seen = f8(m.exposures)
        if t.fate[i].status != Status.LEFT:
            rank = i8(m.n_strong) * (SLOTS + 1) + i8(m.n_ties)
            best[rank] += seen
            whole += seen
            heads[rank] += 1.0
        if seen > 0.0 and i % step == 0:
            t.scratch[n] = seen
            n += 1
    _sort(t.scratch, n)
    for k in range(n):
        total += t.scratch[k]
        weighted += (k + 1) * t.scratch[k]
    if total > 0.0:
        t.daily[day, mt.VOICE_GINI] = 2.0 * weighted / (n * total) - (n + 1.0) / n
    top = _sum_of_top(best, heads, 0.05)
    t.daily[day, mt.VOICE_TOP] = top / whole if whole > 0.0 else 0.0


@compiled()
def _sort(values, n):
    """Sort the first ``n`` values in place (Shell sort: short to compile, fast enough monthly)."""
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, n):
            value = values[k]
            place = k
            while place >= gap and values[place - gap] > value:
                values[place] = values[place - gap]
                place -= gap
            values[place] = value
        gap //= 3


@compiled()
def _sum_of_top(values, heads, part):
    """Sum of values over the highest ranked ``part`` of heads; of the last rank, its part."""
    wanted = 0.0
    for rank in range(heads.shape[0]):
        wanted += part * heads[rank]
    taken = 0.0
    got = 0.0
    for rank in range(heads.shape[0] - 1, -1, -1):
        if heads[rank] <= 0.0:
            continue
        use = min(1.0, (wanted - taken) / heads[rank])
        if use <= 0.0:
            break
        taken += use * heads[rank]
        got += use * values[rank]
    return got


@compiled()
def _repurchase(t, day):
    """Share of the buyers of one half-year who bought again in the next (T40)."""
    base = 0
    again = 0
    since = day - HALF_YEAR
    for i in range(t.people_state[0].n_rows):
        bought = t.members[i].last_buy > since
        if t.fate[i].circles & Flag.BUYER:
            base += 1
            if bought:
                again += 1
        t.fate[i].circles &= 127 - Flag.BUYER
        if bought:
            t.fate[i].circles |= Flag.BUYER
    if base > 0:
        t.daily[day, mt.REPURCHASE] = again / base
