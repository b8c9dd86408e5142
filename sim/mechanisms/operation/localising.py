"""Localising: members of other cultures, and what the brand says to them in which language.

What is not said in one's own language draws less. What was made for another culture may offend, the
more the farther the two are apart; so may a bad translation. Localised items cost money for every
item and language.
"""

from __future__ import annotations

import enum

from plaza_lab.agents import feelings
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Channel, Status
from plaza_lab.engine.elementary import exp, log, power
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.state import fund, traits
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, f8, i8, kernel, mt, part

SOURCE = "partners.md 3 (culture); M78, M124"
METRICS = (
    Metric("abroad_share", "share", "members of other cultures", "M78", True),
    Metric("abroad_visits", "members", "of those who came by: of other cultures", "M78"),
    Metric("offences", "members", "members whom an item of the brand offended", "M124"),
    Metric("localised_share", "share", "brand items told in members' own languages", "M78", True),
    Metric("localising_yuan", "yuan", "paid for it", "M78"),
)
STATE: tuple[Var, ...] = (
    Var("n_placed", "i8", "rows", "member rows whose culture is recorded", "M78"),
    Var("share", "f8", "share", "brand items told in members' own languages", "M78"),
)


class Translation(enum.IntEnum):
    """Who translates."""

    MACHINE = 0
    HUMAN = 1


@levers("content")
class Levers:
    """Content for other cultures."""

    localised: float = quantity(0.0, "share", (0.0, 1.0), "M78; partners.md 3 (global: .8)")
    """Brand items that are told in the language, and for the culture, of every member."""
    translation: Translation = quantity(Translation.MACHINE, "who", source="M78")
    """Who translates them: machines are cheap and err more."""
    has_culture_work: bool = quantity(False, "flag", source="M124; partners.md 3")
    """Items are looked through by somebody of the culture before they are shown."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            (self.localised > 0.0 or self.has_culture_work) and not policy.fund.has_brand_money,
            "localised content needs a brand budget; choose fund=brand_funded",
        )


@params()
class Params:
    """Cultures among the people of the market, and what words do across them."""

    abroad: float = quantity(0.0, "share", (0.0, 1.0), "assumption (M78)")
    """People of the market who are of another culture, and speak another language; 0 for none."""
    spread: float = quantity(1.5, "1", (0.0, 10.0), "assumption (Kogut & Singh 1988)")
    """Distance of the fourth of seven other cultures from the brand's; the first are nearer."""
    offence_view: float = quantity(5e-4, "1/view", (0.0, 1.0), "assumption (partners.md 3)")
    """Chance that an item made for another culture offends, per unit of distance."""
    offence_loss: float = quantity(0.2, "share", (0.0, 1.0), "assumption (partners.md 4)")
    """Trust that an offence costs."""
    work_relief: float = quantity(0.6, "share", (0.0, 1.0), "assumption (partners.md 3)")
    """Offences that work on culture prevents."""
    machine_error: float = quantity(0.05, "share", (0.0, 1.0), "assumption (.02-.10)")
    """Items that machines translate wrongly: worth nothing."""
    human_error: float = quantity(0.005, "share", (0.0, 1.0), "assumption (partners.md 3)")
    """The same of human translators."""
    error_offends: float = quantity(5.0, "1", (0.0, 100.0), "assumption (partners.md 3)")
    """Offence of a wrong translation, relative to an item that is not localised."""
    own_language: float = quantity(
        0.6, "1", (0.01, 1.0), "CSA Research 2020 (40 % never buy in other languages, 8,709 asked)"
    )
    """Visits where nothing is said in one's own language."""
    machine_cents: float = quantity(500.0, "cents/item", (0.0, 1e7), "assumption")
    """Cost of an item in another language, by machine."""
    human_cents: float = quantity(10_000.0, "cents/item", (0.0, 1e7), "assumption")
    """The same by people."""
    work_cents: float = quantity(5_000.0, "cents/item", (0.0, 1e7), "assumption")
    """Cost of looking an item through for another culture."""


@VISIT.term("language", source="CSA Research 2020; M78")
def own_language_draws(m, t, world):
    """Log-hazard of coming by where little is said in her language."""
    if not m.channel & Channel.ABROAD:
        return 0.0
    return (1.0 - t.localising_state[0].share) * log(world.localising.own_language)


def is_on(policy, world):
    """Whether anybody is of another culture."""
    return bool(world.localising.abroad > 0.0)


@kernel()
def step(t, day):
    """Record whose culture is another, pay for translations, and see what items do today."""
    p = t.params[0].localising
    if p.abroad <= 0.0:
        return
    state = t.localising_state[0]
    if day % WEEK == 0:
        _pay(t, day, p)
    while state.n_placed < t.people_state[0].n_rows:
        i = i8(state.n_placed)
        state.n_placed += 1
        if traits.language_of(t, t.fate[i].uid, p.abroad) > 0:
            t.members[i].channel |= Channel.ABROAD
            t.fate[i].visit_hazard *= power(p.own_language, 1.0 - state.share)
    _show(t, day, p)
    t.daily[day, mt.LOCALISED_SHARE] = state.share


@compiled()
def _pay(t, day, p):
    """Pay for the items of the week before in every language; what is not paid is not localised."""
    lever = t.policy[0].content
    state = t.localising_state[0]
    items = total(t, mt.BRAND_ITEMS, day - WEEK, day)
    each = p.human_cents if lever.translation == Translation.HUMAN else p.machine_cents
    each = lever.localised * each + lever.has_culture_work * p.work_cents
    bill = i8(items * OTHERS * each + 0.5)
    state.share = lever.localised
    if bill <= 0:
        return
    paid = fund.pay(t, day, fund.CONTENT, fund.BRAND_POOL, fund.OUTSIDE, bill, fund.NOBODY)
    state.share = lever.localised * paid / bill
    t.daily[day, mt.LOCALISING_YUAN] = paid / 100.0


OTHERS = traits.LANGUAGES - 1
"""Languages beside the brand's own."""


@compiled()
def offence_chance(distance, views, localised, error, works, p):
    """Chance that one of some items of the brand offends somebody of another culture.

    Parameters
    ----------
    distance : float
        Of her culture, 0 to 3.
    views : float
        Items she sees.
    localised, error : float
        Part of the items in her language, and of these the part that is wrong.
    works : float
        1 where items are looked through.
    p : record of Params
        Strengths.

    Returns
    -------
    float
        Probability. Source: partners.md 3.
    """
    foreign = 1.0 - localised + localised * error * p.error_offends
    relief = 1.0 - p.work_relief * works
    return 1.0 - exp(-p.offence_view * distance * foreign * relief * views)


@compiled()
def distance_of(language, spread):
    """Distance of a culture from the brand's, 0 to 3; the more common are nearer."""
    return min(3.0, spread * language / 4.0)


@compiled()
def _seen(t, day):
    """Items that a visit of the last week opened, and the brand's part of the items made."""
    visits, views = total(t, mt.VISITS, day - WEEK, day), total(t, mt.VIEWS, day - WEEK, day)
    made = total(t, mt.ITEMS_CREATED, day - WEEK, day)
    brand = total(t, mt.BRAND_ITEMS, day - WEEK, day)
    return views / max(1.0, visits), min(1.0, brand / max(1.0, made))


@compiled()
def _show(t, day, p):
    """What the brand's items of the day do to those of other cultures who come by."""
    lever = t.policy[0].content
    state = t.localising_state[0]
    is_human = lever.translation == Translation.HUMAN
    error = p.human_error if is_human else p.machine_error
    works = f8(lever.has_culture_work)
    views, brand = _seen(t, day)
    key = day_key(t.run_state[0].seed_key, draw_ids.OFFENDED_BY_ITEM, day)
    abroad = 0.0
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        if not m.channel & Channel.ABROAD:
            continue
        abroad += 1.0
        seen = views * brand
        m.worth = as_part(part(m.worth) * (1.0 - brand * state.share * error))
        distance = distance_of(traits.language_of(t, t.fate[i].uid, p.abroad), p.spread)
        chance = offence_chance(distance, seen, state.share, error, works, p)
        if uniform(key, t.fate[i].uid) < chance:
            feelings.lower_trust(m, p.offence_loss)
            t.daily[day, mt.OFFENCES] += 1.0
    t.daily[day, mt.ABROAD_VISITS] = abroad
    if day % WEEK == 0:
        n = 0
        for row in range(t.people_state[0].n_rows):
            if t.fate[row].status != Status.LEFT and t.members[row].channel & Channel.ABROAD:
                n += 1
        t.daily[day, mt.ABROAD_SHARE] = n / max(1.0, f8(t.people_state[0].n_members))
