"""The patterns: what is measured, between which bounds, where the bounds come from.

Bounds are ranges across real communities, widened by about a fifth, or 95 % intervals
(science.md part B; the data sets are listed there). A pattern holds when the median over the seeds
of each of its statistics lies within its band.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plaza_lab.scenarios.validation import conversation as talk
from plaza_lab.scenarios.validation import effects
from plaza_lab.scenarios.validation import participation as part
from plaza_lab.scenarios.validation.lab import Lab

Measure = Callable[[Lab, int], float]


@dataclass(frozen=True)
class Statistic:
    """One number, for a laboratory and a seed, and the band of real communities, inclusive."""

    name: str
    low: float
    high: float
    measure: Measure


@dataclass(frozen=True)
class Pattern:
    """A pattern of real communities.

    Attributes
    ----------
    number : int
        As in science.md part B.
    name : str
        In plain words.
    statistics : tuple of Statistic
        All must lie within their bands.
    source : str
        Where the bands come from.
    use : str
        ``"fitted"`` where default values were chosen with it in view, or are what it measures (5,
        15, 16, 20, 24 and 25), else ``"held out"``.
    """

    number: int
    name: str
    statistics: tuple[Statistic, ...]
    source: str
    use: str


def of(function: Callable[..., float], *communities: str) -> Measure:
    """Measure a function of the chronicles of some communities, ``default`` if none is named."""
    names = communities or ("default",)
    return lambda lab, seed: function(*(lab.chronicle(name, seed) for name in names))


def directly(function: Callable[..., float], community: str) -> Measure:
    """Measure a function of a community's setting and a seed."""
    return lambda lab, seed: function(lab.setting(community), seed)


def _one(number, name, low, high, measure, source, use) -> Pattern:
    return Pattern(number, name, (Statistic(name, low, high, measure),), source, use)


DATA = "16 posting communities"
LARGE = "of 2,000"
"""Community in which statistics are measured that depend on how many people there are, and come
from logs of as many and more: networks of talk (CollegeMsg has 1,899 people) and buying (CDNOW has
23,570 customers; of 50 repeat buyers drawn from it the top 20 % spend a median of .600, of 500
.625)."""
PATTERNS: tuple[Pattern, ...] = (
    _one(1, "Gini of messages", 0.65, 0.88, of(part.posting_inequality), DATA, "fitted"),
    _one(2, "messages of the top 1 %", 0.08, 0.55, of(part.top_1_share), DATA, "held out"),
    _one(3, "messages of the top 10 %", 0.50, 0.88, of(part.top_10_share), DATA, "fitted"),
    _one(4, "writers with one message", 0.12, 0.35, of(part.one_timers), DATA, "fitted"),
    _one(
        5, "members who never wrote", 0.29, 0.90, of(part.silent_members),
        "CollegeMsg; Nonnecke & Preece 2000; Nielsen 2006", "fitted",
    ),
    _one(
        6, "decay of weekly writing (b)", 0.45, 1.05, of(part.weekly_decay), "15 series", "fitted"
    ),
    Pattern(
        7, "hazard of falling silent",
        (
            Statistic("in month 1", 0.50, 0.92, of(part.first_month_hazard, "newborn")),
            Statistic("month 1 / month 2", 1.4, 18.0, of(part.hazard_ratio, "newborn")),
            Statistic("in month 6", 0.0, 0.12, of(part.sixth_month_hazard, "newborn")),
        ),
        "12 git and chat series; CollegeMsg", "held out",
    ),
    _one(
        8, "return after 4+ / 1 first messages", 1.2, 5.0, of(part.first_day_intensity),
        "CollegeMsg, appium, tldr", "held out",
    ),
    Pattern(
        9, "messages on an active day",
        (
            Statistic("ln-mean", 0.7, 1.2, of(part.day_ln_mean)),
            Statistic("ln-sd", 0.75, 1.2, of(part.day_ln_sd)),
        ),
        "6 communities", "fitted",
    ),
    _one(10, "burstiness", 0.40, 0.62, of(part.burstiness), DATA, "held out"),
    _one(
        11, "posts without a reply", 0.35, 0.62, of(talk.unanswered, LARGE),
        "Burke et al. 2007; Joyce & Kraut 2006; r/ireland; DISCO", "fitted",
    ),
    _one(12, "reciprocity", 0.50, 0.85, of(talk.reciprocity), "CollegeMsg; Bitcoin OTC", "fitted"),
    Pattern(
        13, "shape of the talk network",
        (
            Statistic("Gini of degree", 0.55, 0.75, of(talk.degree_inequality, LARGE)),
            Statistic("local clustering", 0.08, 0.22, of(talk.clustering, LARGE)),
            Statistic("giant component", 0.90, 1.0, of(talk.giant_component, LARGE)),
        ),
        "4 networks", "held out",
    ),
    Pattern(
        14, "ties close and thicken",
        (
            Statistic("triadic closure / random", 2.0, 8.0, of(talk.triadic_closure, LARGE)),
            Statistic("densification (growing)", 1.1, 1.7, of(talk.densification, "growing")),
        ),
        "CollegeMsg, OTC; Leskovec et al. 2005", "held out",
    ),
    _one(
        15, "growth slows with size (growing)", -0.6, -0.2, of(part.growth_on_size, "growing"),
        "reddit panel", "fitted",
    ),
    Pattern(
        16, "repeat buying",
        (
            Statistic(
                "never again in 39 weeks", 0.55, 0.65, directly(part.never_again, LARGE)
            ),
            Statistic(
                "spending of the top 20 %", 0.60, 0.75, directly(part.top_spenders, LARGE)
            ),
        ),
        "CDNOW", "fitted",
    ),
    Pattern(
        17, "short chains of invitation",
        (
            Statistic("inviter herself invited", 0.0, 0.35, of(part.deep_chains)),
            Statistic("invited per member (K)", 0.0, 0.6, of(part.invited_per_member)),
        ),
        "Goel et al. 2012; band ours", "held out",
    ),
    _one(
        18, "return if answered (odds ratio)", 1.0, 1.8, of(talk.reply_effect),
        "Joyce & Kraut 2006; CollegeMsg, Gitter", "held out",
    ),
    _one(
        19, "first unit of cash / two units", 0.70, 0.90,
        directly(effects.cash_saturation, "literal"), "Thornton 2008", "fitted",
    ),
    _one(
        20, "return of paid arrivals (odds ratio)", 0.25, 0.60,
        of(effects.paid_return, "paid reach"), "October surges, three repositories", "fitted",
    ),
    _one(
        21, "effect kept 90 days after pay", 0.0, 0.6,
        of(effects.kept_after_pay, "no prize", "prize", "prize stopped"), "Volpp et al. 2008",
        "held out",
    ),
    _one(
        22, "moved by points among achievers", 0.05, 0.30, of(effects.responders, "points"),
        "Hoernle et al. 2022", "fitted",
    ),
    _one(
        23, "newcomers through a partner, fit 1 / fit 0", 1.1, 7.0,
        of(part.fit_lift, "partner that fits", "partner that does not"),
        "Hillstrom 2008 (lift ratios 1.15 and 6.6)", "held out",
    ),
    _one(
        24, "newcomers' compliance, rules shown (points)", 3.0, 12.0,
        of(effects.compliance_change, "strict", "strict with rules"), "Matias 2019", "fitted",
    ),
    Pattern(
        25, "bad actors and the load of moderators",
        (
            Statistic("Gini of rule-breaking posts", 0.80, 0.95, of(part.bad_actors)),
            Statistic(
                "members a moderator ~ members^x", 0.6, 0.9,
                of(part.load_on_size, "of 125", "default", LARGE),
            ),
        ),
        "Bitcoin OTC; reddit moderators", "fitted",
    ),
)  # fmt: skip
"""All patterns that are checked, by number."""


@dataclass(frozen=True)
class Falsification:
    """A world with one cause taken out, in which a statistic must lie outside its band."""

    name: str
    overrides: tuple[str, ...]
    statistic: Statistic


def _without(name, overrides, statistic, low, high, function) -> Falsification:
    return Falsification(name, overrides, Statistic(statistic, low, high, of(function, name)))


FALSIFICATIONS: tuple[Falsification, ...] = (
    _without(
        "everybody alike in activity",
        (
            "world.activity.rate_shape=10", "world.activity.rate_weeks=10",
            "world.activity.lurker_share=0", "world.activity.core_share=0",
            "world.activity.read_ln_sd=0", "world.activity.interest_weight=0",
            "world.activity.posts_ln_sd=0.3", "world.activity.dropout_a=0.01",
            "world.activity.dropout_b=50",
        ),
        "Gini of messages", 0.65, 0.88, part.posting_inequality,
    ),
    _without(
        "everybody alike in falling silent",
        ("world.activity.dropout_a=0.5", "world.activity.dropout_b=50"),
        "hazard in month 1", 0.50, 0.92, part.first_month_hazard,
    ),
    _without(
        "no ties",
        (
            "world.interaction.reciprocity=0", "world.interaction.reply_back=0",
            "distribution.tie_share=0", "population.ties=0",
        ),
        "reciprocity", 0.50, 0.85, talk.reciprocity,
    ),
    _without(
        "no limit to attention",
        (
            "world.activity.attention_ln_mean=6", "world.activity.attention_ln_sd=0",
            "population.initial_members=2000",  # in a small one everything can be read anyway
        ),
        "posts without a reply", 0.35, 0.62, talk.unanswered,
    ),
)  # fmt: skip
"""Worlds that must not look real."""
