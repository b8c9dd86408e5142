"""Members, KOCs, moderators and partner brands as Mesa agents: views that offer their rules.

A rule is computed now, from the row as it is, in plain Python. The hazards in force, which the
engine wrote when it last looked at a member, are in ``member.fate``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from plaza_lab.agents import choices, rewards
from plaza_lab.agents import koc as koc_rules
from plaza_lab.agents import member as rules
from plaza_lab.agents import moderator as moderator_rules
from plaza_lab.agents import partner as partner_rules
from plaza_lab.agents.decisions import answering, leaving, partnering, posting, visiting
from plaza_lab.agents.member import Stance, Status
from plaza_lab.agents.view import Face
from plaza_lab.engine.plain import plain


class Member(Face):
    """A member: ``member.belonging``, ``member.status``, ``member.inviter`` read and write her row.

    A change of state is followed by her hazards before the next day.
    """

    TABLES = {"fate": rules.FATE, "members": rules.MEMBER}  # noqa: RUF012
    CODE = 0

    @property
    def fate(self) -> np.record:
        """Her row of FATE: identity, the hazards in force, status, class and circles."""
        return self._tables.fate[self.row]

    @property
    def record(self) -> np.record:
        """Her row of MEMBER: traits and state."""
        return self._tables.members[self.row]

    @property
    def _params(self) -> np.record:
        return self._tables.params[0]

    @property
    def _around(self) -> tuple[Any, np.record, np.record]:
        """What surrounds a member: the community's tables, its policy and its world."""
        return self._tables, self._tables.policy[0], self._params

    def _decides(self, rule: Any, *given: Any) -> Any:
        """What a rule gives for her now, with the terms of the community's mechanisms."""
        return plain(self.model.varied(rule))(self.record, *given, *self._around)

    def visit_hazard(self) -> float:
        """Hazard of visiting per day while engaged, at her mean pace, before weekday rhythm."""
        return self._decides(visiting.visit_hazard)

    def exit_hazard(self) -> float:
        """Hazard per day of leaving the membership; 0 once she has left."""
        if self.status == Status.LEFT:
            return 0.0
        is_silent = self.status == Status.SILENT
        day = self.model.last_day
        return self._decides(leaving.exit_hazard, day, is_silent)

    def visit_terms(self) -> dict[str, float]:
        """Terms on the log-hazard of visiting, by name, as her state stands."""
        return self.model.varied(visiting.VISIT).each(self.record, *self._around)

    def exit_terms(self) -> dict[str, float]:
        """Terms on the log-hazard of leaving, by name, as her state stands."""
        is_silent = self.status == Status.SILENT
        return self.model.varied(leaving.EXIT).each(
            self.record, self.model.last_day, is_silent, *self._around
        )

    def quit_probability(self) -> float:
        """Chance of falling silent after an active day."""
        return self._decides(leaving.quit_probability)

    def answer_probability(self, reward_term: float = 0.0, effort: float = 0.0) -> float:
        """Chance of answering a request she sees and is capable of.

        Parameters
        ----------
        reward_term, effort : float
            Log-odds of a tangible reward, and of the effort the protocol asks.

        Returns
        -------
        float
            Probability.
        """
        return self._decides(answering.answer_probability, reward_term, effort)

    def post_log_odds(self) -> float:
        """Log-odds shift of posting on a visit, without a prize: the sum of its terms."""
        is_responder = bool(self.record.stance & Stance.RESPONDER)
        return self.model.varied(posting.POST)(self.record, 0.0, is_responder, *self._around)

    def goal_pull(self) -> float:
        """Log-odds that the nearness of her next points reward adds."""
        goal = self._tables.policy[0].incentive.points_reward
        return plain(rewards.goal_pull)(self.points, goal, self._params)

    def advocacy(self) -> float:
        """Willingness to recommend, 0 to 1."""
        return plain(choices.advocacy)(self.record)

    def candidate_score(self) -> float:
        """Score by which KOC candidates are chosen."""
        return plain(koc_rules.candidate_score)(self.record, self._params.kocs)

    def ties(self) -> list[tuple[Member, float]]:
        """Members she holds ties to, with their strength today (contacts), strongest first."""
        return self.model.ties_of(self.row)

    def leave(self) -> None:
        """Leave the membership, on the morning of the day to come; for good."""
        self.model.let_leave(self.row)

    def remove(self) -> None:
        """Leave the membership; Mesa's name for it."""
        self.leave()


class KOC(Face):
    """A KOC (key opinion consumer): the role; ``koc.member`` is the person."""

    TABLES = {"kocs": koc_rules.KOC}  # noqa: RUF012
    CODE = 1


class Moderator(Face):
    """A moderator: the role; ``moderator.member`` is the person, None for the founder."""

    TABLES = {"moderators": moderator_rules.MODERATOR}  # noqa: RUF012
    CODE = 2

    def items_per_day(self) -> float:
        """Items the moderator can review in a day."""
        record = self._tables.moderators[self.row]
        return plain(moderator_rules.items_per_day)(record, self._tables.params[0].review)


class Partner(Face):
    """A partner, or a candidate for one."""

    TABLES = {"partners": partner_rules.PARTNER}  # noqa: RUF012
    CODE = 3

    def conversion(self) -> float:
        """Chance that a person it reaches considers joining."""
        record = self._tables.partners[self.row]
        return plain(partner_rules.conversion)(record, 0.0, self._tables.params[0].partnership)

    def stays(self, surplus_share: float, u: float) -> bool:
        """Whether it would stay for a month, on the day of signing.

        Parameters
        ----------
        surplus_share : float
            What it gains over its other chances, relative to its stake, -1 upward.
        u : float
            Uniform in [0, 1).

        Returns
        -------
        bool
            True to stay.
        """
        p = self._tables.params[0].contract
        quiet = (0.0, 0.0, 0.0, 1.0, 0.0)
        return bool(plain(partnering.stays)(self.trust, surplus_share, self.fit, quiet, 1.0, p, u))


KINDS: tuple[type[Face], ...] = (Member, KOC, Moderator, Partner)
"""All kinds, by code."""


def in_use(tables: Any, kind: type[Face], everyone: bool = False) -> np.ndarray:
    """Rows of a kind of agent that are in use.

    Parameters
    ----------
    tables : Tables
        The community's tables.
    kind : type
        One of :data:`KINDS`.
    everyone : bool
        Also members who left, KOCs in training or lapsed, moderators off duty.

    Returns
    -------
    numpy.ndarray
        int64, ascending.
    """
    if kind is Member:
        is_on = tables.fate["status"][: tables.people_state[0].n_rows] != Status.LEFT
    elif kind is KOC:
        is_on = tables.kocs["stage"][: tables.kocs_state[0].n_kocs] == koc_rules.Stage.ACTIVE
    elif kind is Moderator:
        is_on = (
            tables.moderators["duty"][: tables.team_state[0].n_moderators]
            != moderator_rules.Duty.OFF
        )
    else:
        is_on = tables.partners["uid"] != 0
        everyone = False
    return np.arange(len(is_on)) if everyone else np.flatnonzero(is_on)
