"""Traits: what a person is like, drawn once from her lineage and the same under every policy."""

from __future__ import annotations

import math

from numpy import float64 as f8
from numpy import int64 as i8

from plaza_lab.agents import feelings
from plaza_lab.agents.member import Flag, Kind
from plaza_lab.agents.packed import as_part, part
from plaza_lab.agents.quantity import quantity
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.elementary import erfc, exp, log, power
from plaza_lab.sim import draw_ids
from plaza_lab.sim.levers import params
from plaza_lab.sim.randomness import (
    ALWAYS,
    U64,
    agent_key,
    beta,
    day_key,
    gamma,
    mix,
    normal,
    uniform,
)
from plaza_lab.sim.state.items import TOPICS

LANGUAGES = 8


@params("activity")
class Params:
    """Traits of people (world group ``activity``)."""

    rate_shape: float = quantity(0.35, "1", (0.01, 10.0), "science A.4 (r .03-.57)")
    """Shape of the gamma law of posting days."""
    rate_weeks: float = quantity(0.25, "weeks", (0.01, 50.0), "science A.4 (alpha .09-.43)")
    """Inverse scale of the gamma law of posting days."""
    dropout_a: float = quantity(0.8, "1", (0.01, 50.0), "science A.4 (a .5-2.6)")
    """First shape of the beta law of falling silent after a posting day."""
    dropout_b: float = quantity(2.0, "1", (0.01, 500.0), "science A.4 (b .6-25)")
    """Second shape of the beta law of falling silent after a posting day."""
    lurker_share: float = quantity(0.55, "share", (0.0, 0.99), "science A.4 (pi0 .5-.9)")
    """Members who practically never post."""
    lurker_posting: float = quantity(0.03, "1", (0.0, 1.0), "assumption")
    """Posting rate of a lurker relative to a poster."""
    core_share: float = quantity(
        0.005,
        "share",
        (0.0, 0.3),
        "science A.4 (.5-2 % of writers; of six logs five are told better without a core)",
    )
    """Members of the core: of writers .005 / .45, 1.1 %."""
    core_rate_factor: float = quantity(
        5.0, "1", (1.0, 50.0), "science A.4 (x5-20; six logs 1.5-25, median 2.5)"
    )
    """Posting rate of the core relative to a poster."""
    core_dropout: float = quantity(
        0.003, "1", (0.0, 1.0), "science A.4 (0-.005; six logs 0-.05, median .003)"
    )
    """Chance that a core member falls silent after a posting day."""
    interest_weight: float = quantity(0.3, "1", (0.0, 2.0), "assumption")
    """Log-rate of activity per standard deviation of interest."""
    read_rate: float = quantity(
        0.06, "1/day", (0.0, 3.0), "assumption (mechanisms.md 6.3: 28-day active share 40 %)"
    )
    """Median hazard of visiting to read."""
    visits_per_post_day: float = quantity(1.5, "1", (1.0, 20.0), "assumption")
    """Visits for every posting day, over the visits to read."""
    read_ln_sd: float = quantity(1.0, "1", (0.0, 3.0), "assumption")
    """Spread of the hazard of visiting to read."""
    bout_share: float = quantity(
        0.8,
        "share",
        (0.0, 0.99),
        "science A.4: gaps between posting days, median of six logs .73 (.29-.87), as visits",
    )
    """Visits after which the next one belongs to the same bout; 0 for no bouts."""
    bout_pace: float = quantity(
        12.5, "1", (1.0, 1000.0), "science A.4: the same gaps, median of six logs (11-33)"
    )
    """Hazard of visiting within a bout relative to that between bouts; 1 for no bouts."""
    weekday: list[float] = quantity(
        (1.05, 1.05, 1.05, 1.05, 1.0, 0.9, 0.9),
        "1",
        (0.0, 7.0),
        "science A.4 (weekend/weekday .14-1.38)",
    )
    """Rhythm of the week, Monday first, mean 1."""
    posts_activity: float = quantity(
        0.11,
        "ln items/ln rate",
        (0.0, 2.0),
        "science A.3 (who writes often writes much; Panciera et al. 2009), A.4: lowest of four "
        "logs (.11-.33), at which .12 of the variance lies between persons (logs .08-.14)",
    )
    """How the log number of messages on a posting day rises with the log rate of such days."""
    start_share: float = quantity(
        0.33, "share", (0.0, 1.0), "science A.5, A.7 (2.06 comments a post)"
    )
    """Messages that start something; the others are said to somebody."""
    posts_ln_mean: float = quantity(1.05, "ln items", (-2.0, 3.0), "science A.4 (.81-1.09)")
    """Mean of the log number of messages on a posting day."""
    posts_ln_sd: float = quantity(1.0, "ln items", (0.0, 3.0), "science A.4 (.82-1.11)")
    """Spread of the log number of messages on a posting day."""
    posts_person: float = quantity(
        0.0,
        "share",
        (0.0, 1.0),
        "science A.4: three chat logs .08-.14, which posts_activity gives already",
    )
    """Part of that variance that is the person and not the day, whatever her rate."""
    attention_ln_mean: float = quantity(2.71, "ln items", (0.0, 6.0), "science A.5 (median 15)")
    """Mean of the log reading budget of a visit."""
    attention_ln_sd: float = quantity(0.8, "ln items", (0.0, 3.0), "science A.5 (.8)")
    """Spread of the log reading budget of a visit."""
    skill_a: float = quantity(2.5, "1", (0.1, 50.0), "assumption")
    """First shape of skill."""
    skill_b: float = quantity(2.5, "1", (0.1, 50.0), "assumption")
    """Second shape of skill."""
    motive_a: float = quantity(2.0, "1", (0.1, 50.0), "assumption")
    """First shape of intrinsic motive."""
    motive_b: float = quantity(3.0, "1", (0.1, 50.0), "assumption")
    """Second shape of intrinsic motive."""
    frailty_variance: float = quantity(0.5, "1", (0.01, 5.0), "assumption (science A.14: frailty)")
    """Variance of the factor on the exit hazard."""
    responder_share: float = quantity(
        0.2, "share", (0.0, 1.0), "science A.10 (Hoernle 2022, .05-.30)"
    )
    """Members who respond to points and goals."""
    first_expectation: float = quantity(0.35, "1", (0.0, 1.0), "assumption")
    """Value a newcomer expects of a visit."""
    first_belonging: float = quantity(0.2, "1", (0.0, 1.0), "assumption")
    """Belonging of a newcomer."""
    belonging_ln_sd: float = quantity(0.3, "1", (0.0, 3.0), "assumption")
    """Spread of the log of it, with a newcomer's interest."""
    narrow: float = quantity(0.0, "1", (0.0, 10.0), "assumption (M91: an archetype's interests)")
    """How much more the people share the most common interest; 0 for the usual mix."""
    own_skill: float = quantity(0.6, "share", (0.0, 1.0), "assumption")
    """Members who are skilled in what interests them; the others in any field."""
    referred_belonging: float = quantity(0.05, "1", (0.0, 1.0), "science A.2 (Schmitt et al. 2011)")
    """Belonging an invited newcomer has in advance."""
    seeker_motive: float = quantity(0.4, "1", (0.0, 1.0), "science A.10 (reward-seekers, m0 x .4)")
    """Intrinsic motive of whoever came by bought reach or for a reward, of the usual."""
    seeker_quit: float = quantity(1.5, "1", (1.0, 10.0), "science A.10 (reward-seekers, q x 1.5)")
    """Their chance of falling silent after an active day, of the usual."""
    seeker_visits: float = quantity(
        0.5, "1", (0.0, 1.0), "fitted (science A.10: odds of return .37, .27-.50)"
    )
    """Their visits, of the usual."""
    professional_skill: float = quantity(0.4, "share", (0.0, 1.0), "assumption (E02)")
    """Part of the gap to perfect skill that professionals have closed."""
    enthusiast_visits: float = quantity(1.5, "1", (0.0, 10.0), "assumption (E02)")
    """Visits of an enthusiast relative to others."""
    enthusiast_belonging: float = quantity(0.15, "1", (0.0, 1.0), "assumption (E02)")
    """Belonging an enthusiast has in advance."""


@compiled()
def interest_of(t, uid):
    """Latent interest of a person, standard normal, known from lineage alone.

    It raises the rate of activity, the willingness to pay the entry fee and first belonging, so
    that gates select without anybody setting what they select for.
    """
    return normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.TRAITS, ALWAYS), uid))


@compiled()
def topic_of(t, uid):
    """Main interest of a person, known from lineage alone; lower topics are more common."""
    u = uniform(day_key(t.run_state[0].seed_key, draw_ids.TRAITS, 1), uid)
    return i8(TOPICS * u * math.sqrt(u) * power(u, t.params[0].activity.narrow)) % TOPICS


@compiled()
def skill_of(t, uid):
    """Skill of a person, known from lineage alone."""
    p = t.params[0].activity
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.TRAITS, 2), uid)
    return beta(mix(key + U64(5)), p.skill_a, p.skill_b)


@compiled()
def closeness_of(t, uid):
    """How close a friend is to whoever speaks to her, 0 to 1, known from lineage alone."""
    return uniform(day_key(t.run_state[0].seed_key, draw_ids.CLOSENESS, ALWAYS), uid)


@compiled()
def friends_of(t, uid):
    """Outside friends a person could bring: geometric, so that most have few; 0 for no limit."""
    mean = t.params[0].prospects.friends
    if mean <= 0.0:
        return i8(0)
    u = uniform(day_key(t.run_state[0].seed_key, draw_ids.FRIENDS, ALWAYS), uid)
    return i8(1.0 + log(1.0 - u) / log(mean / (1.0 + mean)))


@compiled()
def tolerance_of(t, uid):
    """How little a person minds a high price, 0 to 1, known from lineage alone."""
    return uniform(day_key(t.run_state[0].seed_key, draw_ids.PRICE, ALWAYS), uid)


@compiled()
def language_of(t, uid, other):
    """Language of a person, 0 for the most common, known from lineage alone."""
    u = uniform(day_key(t.run_state[0].seed_key, draw_ids.LANGUAGE, ALWAYS), uid)
    if u >= other:
        return i8(0)
    return 1 + i8((LANGUAGES - 1) * (u / other) * (u / other))


@compiled()
def activity_of(key, z, p):
    """Class, rates and dropout of a person (science.md A.4: three layers).

    Parameters
    ----------
    key : uint64
        Her key of the draws of traits.
    z : float
        Her interest.
    p : record of Params
        The law.

    Returns
    -------
    kind : int
        Member of :class:`plaza_lab.agents.member.Kind`.
    visit_rate, post_rate, leave : float
        Base hazard of visiting, share of visits with a post, dropout after a posting day.
    """
    u = uniform(key, U64(3))
    days_week = gamma(mix(key + U64(3)), p.rate_shape) / p.rate_weeks
    days_week *= exp(p.interest_weight * z - 0.5 * p.interest_weight * p.interest_weight)
    leave = beta(mix(key + U64(4)), p.dropout_a, p.dropout_b)
    read = p.read_rate * exp(p.read_ln_sd * normal(uniform(key, U64(4))))
    kind = i8(Kind.POSTER)
    if u < p.core_share:
        kind = i8(Kind.CORE)
        days_week = max(days_week, p.rate_shape / p.rate_weeks) * p.core_rate_factor
        leave = p.core_dropout
    elif u < p.core_share + p.lurker_share:
        kind = i8(Kind.LURKER)
        days_week *= p.lurker_posting
    visit_rate, post_rate = visits_of(days_week, read, p)
    return kind, visit_rate, post_rate, leave


@compiled()
def visits_of(days_week, read, p):
    """Visits a day, and the chance of posting on one, of somebody with a rate of active days.

    Parameters
    ----------
    days_week : float
        Active days a week.
    read : float
        Visits a day to read, beside those of active days; 0 for a known writer, whose visits to
        read that lead to an answer are among her active days already.
    p : record of Params
        The law, world group ``activity``.

    Returns
    -------
    visit_rate, post_rate : float
        Base hazard of visiting, share of visits with a post.
    """
    hazard = days_week / 7.0
    visit_rate = min(3.0, read + hazard * p.visits_per_post_day)
    return visit_rate, min(0.95, (1.0 - exp(-hazard)) / max(1e-300, 1.0 - exp(-visit_rate)))


@compiled()
def draw_activity(t, i, key, z, p):
    """Give a new member class, rates and dropout."""
    kind, visit_rate, post_rate, leave = activity_of(key, z, p)
    m = t.members[i]
    t.fate[i].kind = kind
    m.visit_rate = visit_rate
    m.post_rate = post_rate
    m.quit = as_part(leave)


@compiled()
def frailty_of(key, p):
    """Factor of a person on the hazard of leaving: gamma with mean 1."""
    return gamma(mix(key + U64(7)), 1.0 / p.frailty_variance) * p.frailty_variance


@compiled()
def key_of(t, uid):
    """Key of a person's draws of traits."""
    return agent_key(day_key(t.run_state[0].seed_key, draw_ids.TRAITS, 2), uid)


@compiled()
def bout_factor(is_bout, p):
    """Hazard of visiting in a bout, or between bouts, relative to the mean pace.

    Parameters
    ----------
    is_bout : bool
        Whether the next visit belongs to the same bout as the last.
    p : record of Params
        ``bout_share`` and ``bout_pace``.

    Returns
    -------
    float
        The two factors leave the mean gap as it would be without bouts:
        ``share / within + (1 - share) / between = 1``.
    """
    between = p.bout_share / p.bout_pace + 1.0 - p.bout_share
    return between * p.bout_pace if is_bout else between


@compiled()
def pace_of(t, i):
    """Hazard of visiting of member ``i`` now, relative to her mean pace: in a bout or between."""
    is_bout = t.fate[i].circles & Flag.BOUT != 0
    return bout_factor(is_bout, t.params[0].activity)


@compiled()
def wordiness_of(t, uid):
    """How much more than others a person writes on a posting day, standard normal."""
    return normal(uniform(day_key(t.run_state[0].seed_key, draw_ids.TRAITS, 5), uid))


@compiled()
def make_seeker(t, i):
    """Make a new member one who came for the sake of a reward more than for the community."""
    p = t.params[0].activity
    m = t.members[i]
    m.native_motive = f8(m.native_motive) * p.seeker_motive
    feelings.begin_motive(m)
    m.quit = as_part(min(1.0, part(m.quit) * p.seeker_quit))
    m.visit_rate = f8(m.visit_rate) * p.seeker_visits
    m.post_rate = f8(m.post_rate) * p.seeker_motive


@compiled()
def draw_involvement(t, i):
    """Set a new member apart as a professional or an enthusiast, where the population has them."""
    run_state = t.run_state[0]
    if run_state.professional_share + run_state.enthusiast_share <= 0.0:
        return
    p = t.params[0].activity
    m = t.members[i]
    u = uniform(day_key(run_state.seed_key, draw_ids.INVOLVEMENT, ALWAYS), t.fate[i].uid)
    if u < run_state.professional_share:
        m.skill = 1.0 - (1.0 - f8(m.skill)) * (1.0 - p.professional_skill)
    elif u < run_state.professional_share + run_state.enthusiast_share:
        m.visit_rate = min(3.0, f8(m.visit_rate) * p.enthusiast_visits)
        feelings.raise_belonging(m, p.enthusiast_belonging)


@compiled()
def would_pay(t, key, interest):
    """Yuan that a person would pay for entry: nothing for many, else log-normal, with interest."""
    p = t.params[0].entry
    if uniform(key, U64(2)) < p.free_only:
        return 0.0
    own = normal(uniform(key, U64(1)))
    mixed = p.fee_interest * interest + math.sqrt(1.0 - p.fee_interest * p.fee_interest) * own
    return p.fee_median_yuan * exp(p.fee_ln_sd * mixed)


@compiled()
def agrees_to(t, i):
    """Yuan that a founder would pay, given that she would pay the usual fee."""
    p = t.params[0].entry
    if p.fee_ln_sd <= 0.0:
        return max(p.agreed_yuan, p.fee_median_yuan)
    key = agent_key(day_key(t.run_state[0].seed_key, draw_ids.GATE, ALWAYS), t.fate[i].uid)
    least = log(p.agreed_yuan / p.fee_median_yuan) / p.fee_ln_sd
    above = 0.5 * erfc(least / math.sqrt(2.0))
    # the upper tail of a standard normal, cut at the usual fee
    z = -normal(above * uniform(key, U64(1)))
    return p.fee_median_yuan * exp(p.fee_ln_sd * z)
