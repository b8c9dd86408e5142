"""Following: readers who hold a tie to a KOC, and what becomes of them when she leaves."""

from __future__ import annotations

from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.koc import Stage
from plaza_lab.agents.member import Status
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim import draw_ids
from plaza_lab.sim.levers import params
from plaza_lab.sim.randomness import U64, agent_key, day_key, poisson, uniform
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.metric import Metric
from plaza_lab.sim.state import people, ties

METRICS = (
    Metric("koc_followers", "ties", "members who began to follow a KOC", "T62"),
    Metric("koc_followers_lost", "members", "followers who left with their KOC", "T62"),
)


@params()
class Params:
    """How followers are won and lost (world group ``following``)."""

    follow_view: float = quantity(0.01, "1/visit", (0.0, 1.0), "assumption (M51)")
    """Visitors of the day who begin to follow a KOC by an item of hers."""
    follower_loss: float = quantity(
        0.06, "1", (0.0, 1.0), "Azoulay et al. 2010 (neighbours of a star who is gone: -5 to -8 %)"
    )
    """Belonging her followers lose when she leaves."""
    taken: float = quantity(
        0.1, "share", (0.0, 1.0), "assumption (M51; followers of a star, mechanisms.md 1.5)"
    )
    """Of followers with a strong tie to her: who leave with her."""


@compiled()
def win(t, i, day, uid, quality):
    """Some of today's visitors begin to follow whoever wrote an item: a tie of theirs to her."""
    people_state = t.people_state[0]
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.KOC_FOLLOW, day), uid)
    n = poisson(
        uniform(key, U64(0)), t.params[0].following.follow_view * quality * people_state.n_visitors
    )
    for j in range(n):
        reader = i8(t.visitors[i8(uniform(key, U64(j + 1)) * people_state.n_visitors)])
        if reader != i and t.fate[reader].status != Status.LEFT:
            talk = ties.Origin.TALK.value
            is_new = ties.strengthen_from(t, reader, i, 1.0, day, talk)
            t.daily[day, mt.KOC_FOLLOWERS] += 1.0 if is_new else 0.0


@compiled()
def take_along(t, i, day):
    """A KOC who has left the community is missed by those who followed her; some go with her."""
    p = t.params[0].following
    key = day_key(t.run_state[0].seed_key, draw_ids.KOC_TAKEN, day)
    for j in range(t.people_state[0].n_rows):
        if t.fate[j].status == Status.LEFT:
            continue
        for k in range(i8(t.members[j].n_ties)):
            if t.ties[j, k].other == i:
                feelings.lower_belonging(t.members[j], p.follower_loss)
                is_close = ties.is_strong(t, t.ties[j, k], day)
                if is_close and uniform(key, t.fate[j].uid) < p.taken:
                    people.leave(t, j, day)
                    t.daily[day, mt.KOC_FOLLOWERS_LOST] += 1.0
                break


@compiled()
def count_reach(t):
    """Credit KOCs with the views of their items, before the day book starts counting anew."""
    for k in range(t.kocs_state[0].n_kocs):
        koc = t.kocs[k]
        if koc.stage == Stage.ACTIVE or koc.stage == Stage.INCUBATING:
            koc.reach += t.members[koc.member].exposures
