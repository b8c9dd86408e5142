"""Releases: what falls to a week of dues that are paid by the month."""

from __future__ import annotations

from plaza_lab.agents.record import Var
from plaza_lab.engine.compiled import compiled

STATE: tuple[Var, ...] = (
    Var("payer_weeks", "i8", "member-weeks", "dues-paying member-weeks so far", "W03"),
    Var("dues_released_cents", "i8", "cents", "dues released so far", "W04"),
)


@compiled()
def release_dues(t):
    """Release this week's dues: members x dues x 12 / 52, exact over any number of weeks (W04).

    Parameters
    ----------
    t : Tables
        The community's tables; what was released so far is written.

    Returns
    -------
    int
        Cents.
    """
    state = t.releases_state[0]
    dues = t.policy[0].fund.dues_month_cents
    state.payer_weeks += t.people_state[0].n_members - t.dues_state[0].n_arrears
    released = state.payer_weeks * dues * 12 // 52
    release = released - state.dues_released_cents
    state.dues_released_cents = released
    return release
