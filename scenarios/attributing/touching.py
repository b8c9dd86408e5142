"""Touches: by which channels those who joined had been reached in the four weeks before.

The community itself knows of a newcomer by which route, or deal, she came. What else had reached
her is drawn afterwards from what every channel reached on each day: a person of the market is
touched by chance, so the run is the same whether anybody asks or not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Route, Stance
from plaza_lab.sim.engine import day_by_day
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.state.prospects import ROUTES
from plaza_lab.sim.tables import Tables

SOURCE = "M116; T64, T70"
TOUCH = 311
"""Number of the draws of touches, beside those of :mod:`plaza_lab.sim.draw_ids`."""
WINDOW = 28
"""Days before a join within which a touch counts (the usual window of ad platforms)."""
VIEWS_PER_VISIT = {"organic": 1.0, "word_of_mouth": 10.0, "referral": 1.0, "offline": 10.0}
USUAL_VIEWS = 50.0
"""Persons whom a channel reaches for each who comes by it: assumptions, of media and partners as of
a click rate of 2 %, of shops as of the share captured."""
PARTNER = Route.PARTNER.name.lower()
CHANNELS = tuple(route.name.lower() for route in Route if route != Route.FOUNDING)


@dataclass
class Reached:
    """Persons reached a day by each channel, and which deal each row of the deals was."""

    days: int
    persons: dict[str, np.ndarray] = field(default_factory=dict)
    deal_of: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, day: int, channel: str, persons: float) -> None:
        """Note what a channel reached on a day."""
        if persons > 0.0:
            self.persons.setdefault(channel, np.zeros(self.days))[day] += persons


@dataclass(frozen=True)
class Joined:
    """Somebody who joined: her touches, the oldest first, and what she is worth."""

    channels: tuple[str, ...]
    ages: tuple[int, ...]
    cents: int


def live_watched(setting: Setting, seed: int, days: int) -> tuple[Tables, Reached]:
    """Live a run and note day by day what the channels reach.

    Of a checked setting without changes; returns the tables after the last day as well.
    """
    reached, before = Reached(days), np.zeros(ROUTES)
    for day, tables in enumerate(day_by_day(setting, seed, days), -1):
        if day < 0:
            continue
        now = np.asarray(tables.prospects_state[0].exposure).copy()
        come, before = now - before, now
        for route in Route:
            if route not in (Route.FOUNDING, Route.PARTNER):
                name = route.name.lower()
                views = VIEWS_PER_VISIT.get(name, USUAL_VIEWS)
                reached.add(day, name, views * float(come[route]))
        _note_deals(tables, day, float(come[Route.PARTNER]), reached)
    return tables, reached


def _note_deals(tables: Tables, day: int, come: float, reached: Reached) -> None:
    """Share what partners brought out over the deals by which it came."""
    today = np.asarray(tables.deals.today, float)
    for row in np.flatnonzero(today > 0.0):
        deal = tables.deals[row]
        name = f"{Form(int(deal.form)).name.lower()} {int(deal.partner) + 1}"
        past = reached.deal_of.setdefault(int(row), [])
        if not past or past[-1][1] != name:
            past.append((day, name))
        reached.add(day, name, USUAL_VIEWS * come * float(today[row] / today.sum()))


def joined(tables: Tables, reached: Reached, market: float) -> list[Joined]:
    """Everybody who joined during the run, with her touches, in order of joining.

    `market` are the persons over whom what was reached spreads; accounts that are nobody's are left
    out.
    """
    first = int(tables.run_state[0].n_founders)
    rows = range(first, int(tables.people_state[0].n_rows))
    names = sorted(reached.persons)
    chances = np.array([1.0 - np.exp(-reached.persons[name] / market) for name in names])
    found = []
    for i in rows:
        m = tables.members[i]
        if int(m.stance) & Stance.FAKE:
            continue
        day = int(m.joined)
        touches = []
        if names:
            start = max(0, day - WINDOW)
            # numbers of her own for every channel and day of the run, so that a twin has the same
            rng = np.random.default_rng([int(tables.fate[i].uid), TOUCH])
            draws = rng.random((WINDOW, len(names))).T[:, : day - start]
            hits = np.argwhere(draws < chances[:, start:day])
            touches = [(day - start - int(ago), names[channel]) for channel, ago in hits]
        touches.append((0, _came_by(int(m.route), int(m.inviter), day, reached)))
        touches.sort(key=lambda touch: -touch[0])
        cents = round(100.0 * float(m.spent))
        found.append(Joined(tuple(c for _, c in touches), tuple(a for a, _ in touches), cents))
    return found


def _came_by(route: int, inviter: int, day: int, reached: Reached) -> str:
    """Channel of the last touch: the route, and of partners the deal."""
    name = Route(route).name.lower()
    if name == PARTNER and inviter <= -2:
        past = [deal for since, deal in reached.deal_of.get(-2 - inviter, []) if since <= day]
        return past[-1] if past else name
    return name
