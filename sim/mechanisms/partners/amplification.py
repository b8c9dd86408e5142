"""Amplification: what trusted KOCs do to everybody else, and how doubt turns it round (M51).

KOCs set an example of quality and give confidence in buying; their word carries invitations and
items further. All of it is worth as much as they are trusted: who is seen as paid loses it, and
beyond that it works against the brand.
"""

from __future__ import annotations

from plaza_lab.agents.koc import Programme, Stage, credit
from plaza_lab.engine.elementary import exp, power
from plaza_lab.sim.declaring import Metric, Var, levers, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M51; science.md A.12"
METRICS = (
    Metric("koc_credit", "1", "what KOCs' words are worth, 1 trusted to -1 bought", "M51", True),
)
STATE: tuple[Var, ...] = (
    Var("koc_credit", "f8", "1", "what KOCs' words are worth: 1 trusted, -1 bought", "M51", 1),
    Var("koc_pull", "f8", "log-hazard", "purchase confidence that KOCs give", "M51"),
    Var("koc_norm", "f8", "1", "quality of posts that KOCs' example adds", "M51"),
)


@levers("koc")
class Levers:
    """Whether paid words are marked."""

    has_disclosure: bool = quantity(True, "flag", source="M51")
    """Whether sponsored items say that they are paid for."""


LOOKING_DAY = 1
MEMORY_DAYS = 28.0
"""Days over which followers remember what was written (assumption)."""


@params()
class Params:
    """Followers of KOCs."""

    example: float = quantity(1.0, "1", (0.0, 10.0), "M51; 0 leaves it out")
    """Strength of what KOCs do to others, and of doubt about them."""
    norm: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M51)")
    """Quality of posts that the example of enough trusted KOCs adds."""
    confidence: float = quantity(0.2, "log-hazard", (0.0, 5.0), "assumption (M51)")
    """Purchases that the word of enough trusted KOCs adds."""
    enough: float = quantity(0.02, "share", (0.0001, 1.0), "science A.12 (1-5 %)")
    """Active KOCs among members whose example reaches most."""
    bought_share: float = quantity(
        0.3, "share", (0.0, 1.0), "science A.12 (authenticity falls above 30 % sponsored)"
    )
    """Part of sponsored items from which a KOC is seen as paid."""
    exposure: float = quantity(
        0.1, "1/item", (0.0, 1.0), "assumption (M51: undisclosed payment reverses the gain)"
    )
    """Chance that an undisclosed sponsored item is found out."""
    doubt_gain: float = quantity(0.25, "1/week", (0.0, 1.0), "assumption")
    """Speed at which doubt follows what is seen; it fades at a quarter of that."""


def is_on(policy, world):
    """Whether KOCs set an example."""
    return bool(world.amplification.example > 0.0 and policy.koc.programme != Programme.DISABLED)


@kernel()
def step(t, day):
    """Once a week, let followers judge KOCs, and set what their example and word are worth."""
    p = t.params[0].amplification
    lever = t.policy[0].koc
    if p.example <= 0.0 or lever.programme == Programme.DISABLED or day % 7 != LOOKING_DAY:
        return
    state = t.amplification_state[0]
    active = 0.0
    trusted = 0.0
    key = day_key(t.run_state[0].seed_key, draw_ids.KOC_EXPOSED, day)
    for k in range(t.kocs_state[0].n_kocs):
        if t.kocs[k].stage == Stage.ACTIVE:
            _judge(t, t.kocs[k], key, lever.has_disclosure, p)
            active += 1.0
            trusted += credit(f8(t.kocs[k].doubt))
    state.koc_credit = 1.0
    if active > 0.0:
        state.koc_credit = 1.0 - p.example * (1.0 - trusted / active)
    reach = 1.0 - exp(-active / max(1, t.people_state[0].n_members) / p.enough)
    state.koc_norm = p.example * p.norm * reach * state.koc_credit
    state.koc_pull = p.example * p.confidence * reach * state.koc_credit
    t.daily[day, mt.KOC_CREDIT] = state.koc_credit


@compiled()
def _judge(t, koc, key, is_disclosed, p):
    """Doubt follows the share of sponsored items; an undisclosed one found out is worse."""
    fade = exp(-7.0 / MEMORY_DAYS)
    news = i8(koc.sponsored) - i8(koc.counted)
    koc.counted = koc.sponsored
    koc.bought = f8(koc.bought) * fade + news
    own = max(0.0, f8(t.members[koc.member].posts) - f8(koc.written))
    # own items count as long as sponsored ones are remembered
    koc.written = f8(koc.written) + (1.0 - fade) * own
    share = f8(koc.bought) / max(1.0, f8(koc.bought) + own)
    seen = max(0.0, share - p.bought_share) / max(0.01, 1.0 - p.bought_share)
    gap = seen - f8(koc.doubt)
    speed = p.doubt_gain if gap > 0.0 else 0.25 * p.doubt_gain
    koc.doubt = min(1.0, max(0.0, f8(koc.doubt) + speed * gap))
    if not is_disclosed and news > 0:
        found_out = 1.0 - power(1.0 - p.exposure, news)
        if uniform(key, t.fate[koc.member].uid) < found_out:
            koc.doubt = 1.0
