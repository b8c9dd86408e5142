"""Starting from a community as it is: known members take the places of drawn founders.

Founding draws as many members as are known, and some who never act; then every known member is
given what her history tells (presence, tenure, ties), and all of them their rates and what such a
life leaves (:func:`plaza_lab.sim.founding.rest_known`). Whatever a history does not tell stays as
it was drawn.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from plaza_lab.agents.member import Kind, Status
from plaza_lab.sim.founding import rest_known
from plaza_lab.sim.state.people import HISTORY, LONG_AGO
from plaza_lab.sim.state.ties import FIXED_POINT, LARGEST, SLOTS

MOST_DAYS = 30_000
PART = 65535.0


@dataclass(frozen=True, eq=False)
class Start:
    """Known members, one value each, in the order of their rows.

    Attributes
    ----------
    here : numpy.ndarray
        float64[n], chance of not having stopped for good.
    rate, rate_sd : numpy.ndarray
        float64[n], active days a week, mean, and spread of its logarithm.
    dropout : numpy.ndarray
        float64[n], chance of stopping after an active day.
    tenure, silence : numpy.ndarray
        int64[n], days since the first and since the last active day.
    posts : numpy.ndarray
        int64[n], written so far.
    buy_rate : numpy.ndarray
        float64[n], purchases a day; NaN where nothing is known of her buying.
    tie_of, tie_to, contacts : numpy.ndarray
        int64[m], int64[m], float64[m], ties between rows.
    n_quiet : int
        Members who never act, beside the known.
    """

    here: np.ndarray
    rate: np.ndarray
    rate_sd: np.ndarray
    dropout: np.ndarray
    tenure: np.ndarray
    silence: np.ndarray
    posts: np.ndarray
    buy_rate: np.ndarray
    tie_of: np.ndarray
    tie_to: np.ndarray
    contacts: np.ndarray
    n_quiet: int

    @property
    def n_known(self) -> int:
        """Members with a history."""
        return len(self.here)

    @property
    def n_members(self) -> int:
        """Members of day 0, those who never act too."""
        return self.n_known + self.n_quiet

    @property
    def digest(self) -> str:
        """Hash of all of it, for fingerprints of runs."""
        found = hashlib.sha256(str(self.n_quiet).encode())
        for own in fields(self):
            value = getattr(self, own.name)
            if isinstance(value, np.ndarray):
                found.update(np.ascontiguousarray(value).tobytes())
        return found.hexdigest()[:16]


def seat(t: Any, start: Start, seed: int) -> None:
    """Give the founders of freshly founded tables the histories of known members.

    Parameters
    ----------
    t : Tables
        Founded with ``start.n_members`` members.
    start : Start
        Who is there.
    seed : int
        Of the run: the same draws under every policy.
    """
    rng = np.random.default_rng((seed, 0x57A27))
    n = start.n_known
    rows, fate = t.members[:n], t.fate[:n]
    rows["joined"] = -np.minimum(start.tenure, MOST_DAYS)
    is_here = rng.random(n) < start.here
    # handed on in fields that are filled when her rates are known
    fate["visit_hazard"], fate["exit_hazard"] = start.rate, start.rate_sd
    rows["quit"] = np.rint(np.clip(start.dropout, 0, 1) * PART)
    rows["posts"] = np.minimum(start.posts, 32_000)
    is_core = start.dropout <= 1.5 * t.params[0].activity.core_dropout
    fate["kind"] = np.where(is_core, Kind.CORE, Kind.POSTER)
    _seat_silence(t, start, is_here)
    known = np.isfinite(start.buy_rate)
    rows["buy_rate"][known] = start.buy_rate[known]
    t.fate["kind"][n : start.n_members] = Kind.LURKER
    _seat_ties(t, start)
    rest_known(t, n, start.n_members)


def _seat_silence(t: Any, start: Start, is_here: np.ndarray) -> None:
    """Who has stopped, and when everybody was last seen."""
    n = start.n_known
    rows, fate = t.members[:n], t.fate[:n]
    silence = np.minimum(start.silence, MOST_DAYS)
    fate["status"] = np.where(is_here, Status.ENGAGED, Status.SILENT)
    t.people_state[0].n_silent += int((~is_here).sum())
    rows["last_visit"] = -silence - 1
    recent = silence + 1 <= HISTORY
    rows["last_act"] = np.where(recent, -silence - 1, LONG_AGO)
    np.add.at(t.acts, HISTORY - silence[recent] - 1, 1)


def _seat_ties(t: Any, start: Start) -> None:
    """The strongest ties of each, at most as many as a member can hold."""
    n = start.n_members
    t.members["n_ties"][:n] = 0
    t.members["n_strong"][:n] = 0
    t.members["origins"][:n] = 0
    order = np.lexsort((-start.contacts, start.tie_of))
    who, to, contacts = start.tie_of[order], start.tie_to[order], start.contacts[order]
    place = np.arange(len(who)) - np.searchsorted(who, who)
    held = place < SLOTS
    who, to, contacts, place = who[held], to[held], contacts[held], place[held]
    t.ties["other"][who, place] = to
    t.ties["strength"][who, place] = np.minimum(np.rint(contacts * FIXED_POINT), LARGEST)
    t.ties["met"][who, place] = 0
    t.members["n_ties"][:n] = np.bincount(who, minlength=n)
