"""Directory: askers look for somebody who holds the skill they need.

A request needs a speciality of its field. Where profiles can be searched, the asker looks the
holders up; where they cannot, she gets to know one member after the other until one of them holds
it or her time is over. Whoever is found is asked directly and answers on another day.
"""

from __future__ import annotations

from plaza_lab.agents.member import Flag, Status
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import U64, day_key, uniform
from plaza_lab.sim.state import directory, ties
from plaza_lab.sim.state.appointments import hours_on_duty
from plaza_lab.sim.state.directory import Directory
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "M12; F16, F17"
METRICS = (
    Metric("searches", "requests", "requests whose asker looked for a helper", "T18"),
    Metric("search_minutes", "minutes", "time spent on looking", "T18"),
    Metric("found", "requests", "of these, somebody with the needed skill was found", "T18"),
    Metric("skills_held", "requests", "of these, somebody else held the needed skill", "T28"),
    Metric("brokered", "contacts", "contacts that stewards brokered", "M12"),
)


@levers("onboarding")
class Levers:
    """Who can look up the profiles of members."""

    directory: Directory = quantity(Directory.NONE, "directory", source="M12, C23")
    """No profiles, profiles that only the owner sees, that all can search in full, or with name and
    employer hidden; staged hides them once the community has mask_at members."""
    mask_at: int = quantity(
        500, "members", (1, 50_000_000), "assumption (M12: above a size threshold)"
    )
    """Size from which a staged directory hides name and employer."""

    @property
    def is_shared(self) -> bool:
        """Whether members can search the directory."""
        return self.directory > Directory.PRIVATE

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.directory in (Directory.MASKED, Directory.STAGED)
            and policy.stewarding.founder_hours_week <= 0.0
            and policy.stewarding.staff == 0,
            "a masked directory needs somebody who brokers contacts; "
            "choose directory=full, or stewarding=volunteers",
        )


NOBODY = i8(-1)
NONE_YET = i8(0)


@params()
class Params:
    """What a search takes."""

    intro_minutes: float = quantity(1.0, "minutes/member", (0.1, 60.0), "F16 (0.5-3)")
    """Time to get to know one member by talk."""
    lookup_minutes: float = quantity(2.0, "minutes", (0.0, 600.0), "assumption (M12: a look-up)")
    """Time of a look-up in a shared directory."""
    broker_minutes: float = quantity(
        10.0, "minutes", (0.1, 600.0), "assumption (M12: stewards broker)"
    )
    """Time that asker and steward each spend on a contact whose name is hidden."""
    broker_share: float = quantity(0.2, "share", (0.0, 1.0), "assumption (M12)")
    """Part of founder's and helpers' hours that is there for brokering."""
    broker_days: int = quantity(2, "days", (0, 60), "assumption (M12)")
    """Delay of a brokered contact."""
    budget_minutes: float = quantity(60.0, "minutes", (0.0, 100_000.0), "assumption")
    """Time an asker spends at most on getting to know people."""
    contact: float = quantity(
        1.0, "contacts", (0.0, 100.0), "mechanisms.md 1.5 (weak tie by profile)"
    )
    """Strength of the tie of an asker with the one she found."""


def is_on(policy, world):
    """Whether there is a directory."""
    return bool(policy.onboarding.directory != Directory.NONE)


@kernel()
def step(t, day):
    """Count holders once a week, and let today's askers search."""
    lever = t.policy[0].onboarding
    if lever.directory == Directory.NONE:
        return
    if day % WEEK == 0:
        _count_holders(t, day)
    help_state = t.help_state[0]
    p = t.params[0].directory
    brokered = 0
    most_brokered = hours_on_duty(t) * p.broker_share * 60.0 / p.broker_minutes
    n_slots = t.requests.shape[0]
    number = help_state.n_requests - 1
    while number >= max(0, help_state.n_requests - n_slots):
        request = t.requests[number % n_slots]
        if request.opened != day:
            break
        can_broker = brokered < most_brokered
        brokered += _search(t, request, day, can_broker, p)
        number -= 1
    t.daily[day, mt.BROKERED] += brokered


@compiled()
def _count_holders(t, day):
    t.n_holders[:] = 0
    key = day_key(t.run_state[0].seed_key, draw_ids.HOLDER, day)
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status == Status.ENGAGED:
            directory.enter(t, i, key)


@compiled()
def _search(t, request, day, can_broker, p):
    """Look for a holder of the needed skill; returns 1 when a steward had to broker."""
    asker = i8(request.asker)
    group = i8(t.members[asker].group)
    row = directory.row_of(t, group, i8(request.topic), request.uid)
    draws = directory.search_key(t, day, request.uid)
    holders = _others_held(t, row, asker)
    t.daily[day, mt.SEARCHES] += 1.0
    if holders > 0:
        t.daily[day, mt.SKILLS_HELD] += 1.0
    helper = NOBODY
    minutes = 0.0
    brokered = NONE_YET
    is_masked = directory.is_masked(t)
    if directory.is_shared(t):
        minutes = p.lookup_minutes
        helper = _pick(t, row, asker, True, uniform(draws, U64(1)))
        if helper >= 0 and is_masked:
            brokered += 1
            minutes += p.broker_minutes
            if not can_broker:
                helper = NOBODY
                brokered = NONE_YET
        elif helper >= 0:
            minutes += p.intro_minutes
    if helper < 0:
        talks = _talks(t, group, holders, uniform(draws, U64(0)), p)
        minutes += p.intro_minutes * abs(talks)
        if talks > 0:
            helper = _pick(t, row, asker, False, uniform(draws, U64(1)))
    m = t.members[asker]
    m.worth = as_part(part(m.worth) - t.params[0].interaction.minute_cost * minutes)
    t.daily[day, mt.SEARCH_MINUTES] += minutes
    if helper >= 0:
        t.daily[day, mt.FOUND] += 1.0
        request.helper = helper
        request.called = day + 1 + (p.broker_days if brokered > 0 else 0)
        ties.strengthen_from(t, asker, helper, p.contact, day, ties.Origin.PROFILE.value)
    return brokered


@compiled()
def _others_held(t, row, asker):
    """Holders of a skill besides the asker."""
    n = i8(t.n_holders[row])
    for k in range(min(n, directory.HELD)):
        if t.holders[row, k] == asker:
            return n - 1
    return n


@compiled()
def _pick(t, row, asker, is_listed, u):
    """One of the holders at hand who is still there, listed if that is asked for; -1 for none."""
    n = min(i8(t.n_holders[row]), directory.HELD)
    first = i8(n * u)
    for step_on in range(n):
        i = i8(t.holders[row, (first + step_on) % n])
        is_there = i != asker and t.fate[i].status == Status.ENGAGED
        if is_there and (not is_listed or t.fate[i].circles & Flag.PROFILE):
            return i
    return NOBODY


@compiled()
def _talks(t, group, holders, u, p):
    """Members she gets to know until one holds the skill; negative when time is over before."""
    others = i8(t.groups[group].n_members) - 1
    most = min(others, i8(p.budget_minutes / p.intro_minutes))
    unfound = 1.0
    for k in range(most):
        # of those she does not know yet, the next one holds the skill or not
        unfound *= max(0.0, 1.0 - f8(holders) / f8(others - k))
        if u >= unfound:
            return k + 1
    return -most
