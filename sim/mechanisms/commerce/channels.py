"""Channels: members move between platforms, with or without what they hold."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.member import Channel, Status
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, uniform
from plaza_lab.sim.state import places, weekly
from plaza_lab.sim.stepping import compiled, draw_ids, f8, kernel, mt

SOURCE = "M98"
METRICS = (
    Metric("channel_moves", "members", "members who moved to another channel", "M98"),
    Metric("second_channel", "members", "members at home on the second channel", "M98", True),
)


@levers("crm")
class Levers:
    """Rights across channels."""

    channels: int = quantity(1, "channels", (1, 2), "M98")
    """Channels the community is on; with two, members move."""
    cross_platform: bool = quantity(False, "flag", source="M98")
    """Check-ins, points and rights are valid on every channel."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.cross_platform and self.channels < 2,
            "rights across channels need two channels; set crm.channels=2",
        )


@params()
class Params:
    """Moving, and using several channels."""

    several_share: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M98)")
    """Members who use both channels where there are two."""
    several_weight: float = quantity(
        0.3,
        "log-hazard",
        (0.0, 10.0),
        "assumption (M98: active on several channels are retained better)",
    )
    """On leaving, for those, while rights hold everywhere."""
    move_week: float = quantity(0.005, "1/week", (0.0, 1.0), "assumption (M98)")
    """Chance that a member makes the other channel her home."""
    lost_part: float = quantity(0.3, "share", (0.0, 1.0), "assumption (M98: migration cost)")
    """Belonging lost by moving where points and history stay behind."""


@EXIT.term("channels", source="M98")
def several_channels_hold(m, policy, world):
    """Log-hazard of leaving that being met on several channels takes away."""
    return (
        -world.channels.several_weight
        if policy.crm.cross_platform and m.channel & Channel.SEVERAL
        else 0.0
    )


def is_on(policy, world):
    """Whether there is a second channel."""
    return bool(policy.crm.channels >= 2)


@kernel()
def step(t, day):
    """Look at a seventh of the members: who moves, and with what she holds."""
    if t.policy[0].crm.channels < 2:
        return
    run_state = t.run_state[0]
    p = t.params[0].channels
    key = day_key(run_state.seed_key, draw_ids.MOVE_CHANNEL, day)
    trait = day_key(run_state.seed_key, draw_ids.SEVERAL_CHANNELS, ALWAYS)
    for number in range(weekly.spans(t, day)):
        start, stop = weekly.span(t, number, day)
        for i in range(start, stop):
            if t.fate[i].status == Status.LEFT:
                continue
            uid = t.fate[i].uid
            if uniform(trait, uid) < p.several_share:
                t.members[i].channel |= Channel.SEVERAL
            if uniform(key, uid) < p.move_week:
                _move(t, i, day, p)
    if day % WEEK == WEEK - 1:
        n = 0
        acting, there = 0.0, 0.0
        for i in range(t.people_state[0].n_rows):
            if t.fate[i].status == Status.LEFT:
                continue
            m = t.members[i]
            is_second = 1 if m.channel & Channel.SECOND else 0
            n += is_second
            if m.last_act > day - WEEK:
                acting += 1.0
                there += 0.5 if m.channel & Channel.SEVERAL else f8(is_second)
        t.daily[day, mt.SECOND_CHANNEL] = n
        if t.policy[0].hosting.first == 0:
            t.daily[day, mt.CHANNEL_HERFINDAHL] = places.herfindahl(acting - there, there)


@compiled()
def _move(t, i, day, p):
    """Make the other channel home; without common rights, points and standing stay behind."""
    m = t.members[i]
    m.channel ^= Channel.SECOND
    t.daily[day, mt.CHANNEL_MOVES] += 1.0
    if t.policy[0].crm.cross_platform:
        return
    t.points_state[0].points_held -= m.points
    t.daily[day, mt.POINTS_EXPIRED] += m.points
    m.points = 0
    m.reputation = 0.0
    feelings.lower_belonging(m, p.lost_part)
