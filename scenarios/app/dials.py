"""What can be moved on the page: choices and sliders, each with its words and a sensible span.

The span of a slider is what a brand community plausibly has (assumption); the bounds of the
setting itself are wider, and hold when one is written as an override.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.settings.config import Config
from plaza_lab.sim.policy import Policy


@dataclass(frozen=True)
class Dial:
    """A slider.

    Parameters
    ----------
    path : str
        Setting it moves.
    label : str
        What people read.
    unit : str
        Shown beside the value.
    low, high, step : float
        Span, in the unit shown.
    scale : float
        The setting's value for one unit shown, such as 100 cents for a yuan.
    is_shown : callable, optional
        Whether it matters under a policy.
    name : str
        What it is called in everyday overrides: ``members=800``.
    """

    path: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    scale: float = 1.0
    is_shown: Callable[[Policy], bool] = lambda policy: True
    name: str = ""

    @property
    def is_lever(self) -> bool:
        """Whether the brand chooses it; else it belongs to the world."""
        return self.path.partition(".")[0] not in ("world", "population", "run")

    def read(self, config: Config) -> float:
        """Value in a configuration, in the unit shown."""
        record: Any = config
        names = self.path.split(".")
        if names[0] not in ("world", "population", "run"):
            record = config.policy
        for name in names:
            record = getattr(record, name)
        return round(float(record) / self.scale, 6)

    def write(self, value: float) -> str:
        """Value of the setting as an override writes it."""
        number = round(value * self.scale, 9)
        return str(int(number)) if number == int(number) else f"{number:.6g}"


CHOICES = {
    "incentive": marked("Reward for contributions"),
    "stewarding": marked("Who runs it"),
    "onboarding": marked("Welcome of newcomers"),
    "moderation": marked("Review of posts"),
    "koc": marked("Key opinion consumers"),
    "partnership": marked("Partner brands"),
    "acquisition": marked("Ways in"),
    "events": marked("Events"),
    "comms": marked("Order of talk"),
    "fund": marked("Fund"),
}
"""Lever groups whose option is chosen, and what people read: of a policy, the one most asked about
first; the fund is the same for all."""

MEMBERS = Dial("population.initial_members", marked("Members at the start"), marked("members"),
               50, 5000, 50, name="members")  # fmt: skip
OPENING = Dial("fund.opening_cents", marked("Money at the start"), marked("yuan"),
               0, 200_000, 1000, 100, name="money")  # fmt: skip

LEVERS = (
    Dial("incentive.prize_winners", marked("Winners a week"), marked("members"), 1, 20, 1, 1,
         lambda p: p.incentive.has_prize),
    Dial("incentive.prize_first_share", marked("Share of the first winner"), "%", 10, 100, 5, 0.01,
         lambda p: p.incentive.has_prize),
    Dial("incentive.prize_gap_weeks", marked("Weeks until one may win again"), marked("weeks"),
         0, 26, 1, 1, lambda p: p.incentive.has_prize),
    Dial("incentive.points_post", marked("Points for a post"), marked("points"), 0, 60, 1, 1,
         lambda p: p.incentive.has_points),
    Dial("incentive.points_answer", marked("Points for an answer"), marked("points"), 0, 100, 1, 1,
         lambda p: p.incentive.has_points),
    Dial("incentive.points_cap_day", marked("Most points a day"), marked("points"), 0, 300, 10, 1,
         lambda p: p.incentive.has_points),
    Dial("incentive.point_value_cents", marked("Worth of a point"), marked("cents"), 0, 20, 1, 1,
         lambda p: p.incentive.has_points),
    Dial("acquisition.referral_reward_cents", marked("Reward for an invitation"), marked("yuan"),
         0, 100, 5, 100, lambda p: p.acquisition.has_referral),
    Dial("acquisition.media_week_cents", marked("Advertising a week"), marked("yuan"),
         0, 5000, 100, 100),
    Dial("partnership.budget_week_cents", marked("Campaigns with partners a week"), marked("yuan"),
         0, 10_000, 100, 100, lambda p: p.partnership.form.value != 0),
    Dial("koc.slots", marked("Key opinion consumers in training"), marked("members"), 0, 60, 1, 1,
         lambda p: p.koc.programme.value != 0),
    Dial("stewarding.founder_hours_week", marked("Hours of the founder a week"), marked("hours"),
         0, 60, 1),
)  # fmt: skip
"""Levers: what the brand chooses."""

WORLD = (
    Dial("world.gaming.farmer_share", marked("Farmers of rewards"), "%", 0, 20, 1, 0.01,
         name="farmers"),
    Dial("world.activity.lurker_share", marked("Members who only read"), "%", 10, 95, 1, 0.01,
         name="readers"),
    Dial("world.help.request_week", marked("Requests a member a week"), marked("requests"),
         0, 1, 0.02, name="requests"),
    Dial("world.churn.established_hazard", marked("Daily chance that a settled member leaves"),
         "%", 0, 0.5, 0.005, 0.01, name="leavers"),
    Dial("world.arrival.market_size", marked("People who might join"), marked("thousand people"),
         1, 200, 1, 1000, name="market"),
    Dial("world.calibration.scale", marked("Strength of published effects"), "%", 0, 100, 5, 0.01,
         name="evidence"),
)  # fmt: skip
"""The world: what nobody chooses, and one is unsure of."""

FLIPPABLE = (*WORLD, MEMBERS, OPENING)
"""Dials along which the page looks for where the advice flips."""
