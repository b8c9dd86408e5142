"""The laboratory: observes each community a pattern asks for once a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.validation.chronicle import Chronicle, observe
from plaza_lab.scenarios.validation.effects import STOP_DAY
from plaza_lab.sim.setting import Setting

DAYS = 364

PARTNERS = (
    "entry=open", "fund=brand_funded", "partnership=co_marketing", "partnership.min_fit=0",
    "world.partnership.join_value_cents=100000",  # so that even one that fits badly is worth it
)  # fmt: skip
COMMUNITIES: dict[str, tuple[str, ...]] = {
    "default": (),
    "newborn": ("population.age_days=0",),
    "growing": ("population=learning_52", "entry=open", "fund=none"),
    "paid reach": ("entry=open", "fund=brand_funded", "acquisition=paid_media"),
    "no prize": ("fund=brand_funded", "entry=open"),
    "prize": ("fund=brand_funded", "entry=open", "incentive=weekly_prize"),
    "points": ("fund=brand_funded", "entry=open", "incentive=points"),
    "partner that fits": (
        *PARTNERS,
        "world.partnership.fit_a=50",
        "world.partnership.fit_b=0.1",
    ),
    "partner that does not": (
        *PARTNERS,
        "world.partnership.fit_a=0.1",
        "world.partnership.fit_b=50",
    ),
    "literal": ("calibration=literal", "world.help.answer_base=-0.7", "world.help.reader_cost=0"),
    "of 125": ("population.initial_members=125",),
    "of 2,000": ("population.initial_members=2000",),
    "strict": ("world.posting.violation_base=0.48",),
    "strict with rules": ("world.posting.violation_base=0.48", "onboarding.shows_rules=true"),
}
"""Communities that are observed, as overrides of the world that is validated.

``newborn`` is a community whose members all began on day 0, so that enough of them are observed for
long enough to tell months apart, as in logs that begin with the community.
``strict`` has the base compliance of the community in which showing rules was tried (Matias 2019:
52 %); ``literal`` believes claimed uplifts as they were measured, of people a third of whom act
without pay (Thornton 2008).
"""

CHANGES: dict[str, tuple[str, int, str]] = {
    "prize stopped": ("prize", STOP_DAY, "no prize"),
}
"""Communities whose policy changes: lived under the first, from a day on under the second."""


@dataclass
class Lab:
    """Communities of one world, observed for `n_days` when they are asked for.

    `overrides` hold for all of them, but where a community has its own: the world that is
    validated, and its policy. `communities` are overrides by name.
    """

    overrides: tuple[str, ...] = ()
    communities: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: COMMUNITIES)
    n_days: int = DAYS
    _settings: dict[str, Setting] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[str, int], Chronicle] = field(default_factory=dict, repr=False)

    def setting(self, name: str) -> Setting:
        """Return the setting of a community."""
        if name not in self._settings:
            self._settings[name] = self._composed(name)
        return self._settings[name]

    @property
    def settings(self) -> list[Setting]:
        """Settings of all communities, so that a mistake in one is told before any is lived."""
        return [self.setting(name) for name in (*self.communities, *CHANGES)]

    def _composed(self, name: str) -> Setting:
        if name in CHANGES:
            before, day, after = CHANGES[name]
            changes = ((day, self.setting(after).policy),)
            return replace(self.setting(before), changes=changes)
        own = self.communities[name]
        taken = {word.partition("=")[0] for word in own}
        rest = [word for word in self.overrides if word.partition("=")[0] not in taken]
        return one_policy([*rest, *own]).setting

    def chronicle(self, name: str, seed: int) -> Chronicle:
        """Return what was seen of a community under a seed."""
        if (name, seed) not in self._seen:
            self._seen[name, seed] = observe(self.setting(name), seed, self.n_days)
        return self._seen[name, seed]

    def measured(self, measures: Iterable[Callable[[Lab, int], float]], seed: int) -> list[float]:
        """Measure communities of a seed, and forget it: memory does not grow with the seeds.

        Each measure takes this laboratory and the seed; NaN where a community was too small to
        tell.
        """
        try:
            with np.errstate(invalid="ignore", divide="ignore"):
                return [float(measure(self, seed)) for measure in measures]
        finally:
            for key in [key for key in tuple(self._seen) if key[1] == seed]:
                del self._seen[key]
