"""Alerting: rules over the day book, a traffic light, and what is done about what they show."""

from __future__ import annotations

import math

from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.state import agreement, fund
from plaza_lab.sim.state import alert_rules as rules
from plaza_lab.sim.state.alerts import ACTIONS, GREEN, MOST_ACTS, RED, YELLOW, How, RuleSet
from plaza_lab.sim.state.dashboard import read
from plaza_lab.sim.stepping import compiled, f8, i8, kernel, mt

SOURCE = "M114, M117; T71"
METRICS = (
    Metric("alerts_yellow", "alerts", "yellow alerts", "M114"),
    Metric("alerts_red", "alerts", "red alerts", "M114"),
    Metric("alert_light", "colour", "traffic light: 0 green, 1 yellow, 2 red", "M114"),
    Metric("interventions", "acts", "interventions begun", "M114"),
    Metric("mentions", "mentions", "talk about the brand that listening found", "T48"),
)
STATE: tuple[Var, ...] = (
    Var("n_interventions", "i8", "rows", "rows of the log of interventions in use", "M114"),
)


@levers("alerts")
class Levers:
    """Thresholds, delay and smoothing of the alerts, and listening outside."""

    ruleset: RuleSet = quantity(RuleSet.DISABLED, "ruleset", source="M114")
    """Thresholds of the alerts; disabled when nobody watches."""
    delay_days: int = quantity(3, "days", (0, 364), "assumption (M114: a reaction takes time)")
    """From the first look at which an alert stands to its intervention."""
    min_n: int = quantity(
        1150, "members", (0, 50_000_000), "F91 (below it chance alone swings by 10 %)"
    )
    """Members below which the swing of activity raises no alert."""
    smoothing: float = quantity(0.0, "1", (0.0, 0.95), "assumption (M114: noise at small numbers)")
    """Weight of what was read before in what is read now."""
    listening_coverage: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M117)")
    """Talk about the brand that social listening finds."""
    listening_lag_days: int = quantity(2, "days", (0, 28), "assumption (M117)")
    """Days until what was found has been sorted."""


N_RULES = len(rules.RULES)
N_ACTS = rules.HOURS.shape[0]
N_MOVES = sum(len(action.moves) for action in ACTIONS.values())

HEALTH_YELLOW, HEALTH_RED = 60.0, 40.0
"""Health index below which the light is yellow, and red (T71)."""


@params()
class Params:
    """How long an intervention lasts, and what its hours cost."""

    least_days: int = quantity(
        28, "days", (1, 364), "assumption (M114: as long as the longest window)"
    )
    """Days an intervention is kept up at least; beyond them as long as the alert stands."""
    hour_cents: int = quantity(
        5000, "cents/hour", (0, 1_000_000), "assumption (as the wage of staff, M57)"
    )
    """Cost of a staff hour of an intervention, where the brand has a budget."""
    yellows: int = quantity(
        3, "alerts", (1, 35), "assumption (mechanisms.md 5: three yellow make red)"
    )
    """Yellow alerts that together turn the light red."""


def is_on(policy, world):
    """Whether alerts are looked at."""
    return bool(policy.alerts.ruleset != RuleSet.DISABLED)


@kernel()
def step(t, day):
    """Look at every rule that is due, set the light, begin and end interventions."""
    lever = t.policy[0].alerts
    if lever.ruleset == RuleSet.DISABLED:
        return
    p = t.params[0].alerting
    _listen(t, day, lever)
    yellow = 0
    red = 0
    for k in range(N_RULES):
        _look(t, day, k, lever)
        alert = t.alerts[k]
        if alert.colour == YELLOW:
            yellow += 1
        if alert.colour == RED:
            red += 1
        if alert.colour != GREEN and day >= alert.since + lever.delay_days:
            _answer(t, day, k, lever, p)
    for act in range(N_ACTS):
        order = t.orders[act]
        if order.until < 0:
            continue
        if day > order.until or (day >= order.due and _pay(t, day, act, p) < 0):
            _move(t, act, False)
            order.until = -1
            _log(t, day, -1, act, 0, 0)
    row = t.daily[day]
    row[mt.ALERTS_YELLOW] = yellow
    row[mt.ALERTS_RED] = red
    light = RED if red > 0 or yellow >= p.yellows else min(yellow, YELLOW)
    if 0.0 < row[mt.HEALTH] < HEALTH_YELLOW:  # of the last weekly look; 0 is none
        light = max(light, RED if row[mt.HEALTH] < HEALTH_RED else YELLOW)
    row[mt.ALERT_LIGHT] = light


@compiled()
def _listen(t, day, lever):
    """Count the talk about the brand that listening finds, sorted some days later (M117)."""
    then = day - 1 - lever.listening_lag_days
    if then < 0:
        return
    row = t.daily[then]
    made = row[mt.BRAND_ITEMS] + row[mt.KOC_ITEMS] + row[mt.PARTNER_ITEMS]
    about = made / max(1.0, row[mt.ITEMS_CREATED])
    heard = lever.listening_coverage * row[mt.MESSAGES] * min(1.0, about)
    t.daily[day, mt.MENTIONS] = heard + row[mt.COMPLAINTS]


@compiled()
def _look(t, day, k, lever):
    """Read a rule when its look is due, and set its colour."""
    whole = rules.WHOLE[lever.ruleset, k]
    alert = t.alerts[k]
    if alert.since >= 0:
        alert.weeks = (day - alert.since) / WEEK
    if day % whole[rules.EVERY] != 0:
        return
    value = read(t, day, lever.ruleset, k)
    if math.isnan(value):
        alert.known = 0.0
        _colour(alert, day, GREEN)
        alert.looks = 0
        return
    if alert.known > 0.0:
        value = lever.smoothing * alert.value + (1.0 - lever.smoothing) * value
    alert.known = 1.0
    alert.value = value
    real = rules.REAL[lever.ruleset, k]
    is_above = whole[rules.IS_ABOVE] == 1
    threshold = real[rules.THRESHOLD]
    is_broken = value > threshold if is_above else value < threshold
    alert.looks = alert.looks + 1 if is_broken else 0
    red_at = real[rules.RED_AT]
    is_red = value > red_at if is_above else value < red_at
    if is_broken and whole[rules.RED_AFTER] > 0 and alert.looks >= whole[rules.RED_AFTER]:
        is_red = True
    if is_red:
        _colour(alert, day, RED)
    elif is_broken and alert.looks >= whole[rules.YELLOW_AFTER]:
        _colour(alert, day, YELLOW)
    else:
        _colour(alert, day, GREEN)


@compiled()
def _colour(alert, day, colour):
    if colour == GREEN:
        alert.since = -1
        alert.weeks = 0.0
    elif alert.colour == GREEN:
        alert.since = day
    alert.colour = colour


@compiled()
def _answer(t, day, k, lever, p):
    """Begin the acts of an alert that has stood for long enough, or keep them up."""
    alert = t.alerts[k]
    for place in range(MOST_ACTS):
        act = rules.WHOLE[lever.ruleset, k, rules.FIRST_ACT + place]
        if act < 0:
            continue
        order = t.orders[act]
        if order.until >= 0:
            order.until = max(i8(order.until), day)
            continue
        if day < order.due:
            continue  # it was refused for lack of money or hours a short while ago
        wanted = i8(alert.since + lever.delay_days)
        if agreement.is_held_up(t, day, rules.AREAS[act], wanted, i8(act)):
            continue
        cents = _pay(t, day, act, p)
        if cents < 0:
            continue
        _move(t, act, True)
        order.until = day + p.least_days
        alert.acted = day
        t.daily[day, mt.INTERVENTIONS] += 1.0
        _log(t, day, k, act, 1, cents)


@compiled()
def _pay(t, day, act, p):
    """Pay a week's staff hours of an act; less than 0 when they cannot be had.

    A community without a brand's budget is run by its founder, whose hours cost nothing.
    """
    order = t.orders[act]
    order.due = day + WEEK
    hours = rules.HOURS[act]
    lever = t.policy[0].fund
    if hours <= 0.0 or lever.brand_week_cents + lever.opening_cents == 0:
        return i8(0)
    cents = i8(hours * p.hour_cents)
    if fund.available(t, fund.BRAND_POOL, fund.WAGE) < cents:
        fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, cents, fund.NOBODY)
        return i8(-1)
    if not fund.takes_staff(t, hours):
        return i8(-1)
    return fund.pay(t, day, fund.WAGE, fund.BRAND_POOL, fund.OUTSIDE, cents, fund.NOBODY)


@compiled()
def _move(t, act, is_start):
    """Move the levers of an act in this run's own policy, or put them back.

    While a trial runs the arm goes along where it has the same, and keeps what is tried.
    """
    aside = t.orders[act].aside
    whole_words = t.policy.view(i8)
    real_words = t.policy.view(f8)
    rows = t.policy.shape[0]
    words = whole_words.shape[0] // rows
    for k in range(N_MOVES):
        if rules.MOVES[k, rules.ACT] != act:
            continue
        word = rules.MOVES[k, rules.WORD]
        place = rules.MOVES[k, rules.PLACE]
        is_whole = rules.MOVES[k, rules.IS_WHOLE] == 1
        before = f8(whole_words[word]) if is_whole else real_words[word]
        if is_start:
            aside[place] = before
            value = _moved(before, k)
        else:
            value = aside[place]
        for row in range(rows - 1, -1, -1):
            at = word + row * words
            now = f8(whole_words[at]) if is_whole else real_words[at]
            if now != before:
                continue
            if is_whole:
                whole_words[at] = i8(value)
            else:
                real_words[at] = value


@compiled()
def _moved(value, k):
    """Value of a lever after a move, within its bounds."""
    how = rules.MOVES[k, rules.HOW]
    amount = rules.AMOUNTS[k, 0]
    if how == How.SET:
        value = amount
    elif how == How.ADD:
        value += amount
    elif how == How.SCALE:
        value *= amount
    elif how == How.AT_LEAST:
        value = max(value, amount)
    else:
        value = min(value, amount)
    return min(max(value, rules.AMOUNTS[k, 1]), rules.AMOUNTS[k, 2])


@compiled()
def _log(t, day, rule, act, is_start, cents):
    state = t.alerting_state[0]
    if state.n_interventions >= t.interventions.shape[0]:
        return
    row = t.interventions[state.n_interventions]
    row.day = day
    row.rule = rule
    row.act = act
    row.is_start = is_start
    row.cents = cents
    state.n_interventions += 1
