"""Reading a study of a user's mechanisms without her file: nothing of it is run.

What a plan keeps of her levers is enough to show a study and to answer it. To go on with it, her
file must be named.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan_files import load_facts
from plaza_lab.scenarios.outcomes import OUTCOMES, Outcome
from plaza_lab.scenarios.outcomes.own import kept_outcomes, tell
from plaza_lab.scenarios.own.own_mechanisms import OwnModel, own_model, read_model
from plaza_lab.scenarios.settings.config import MECHANISMS
from plaza_lab.scenarios.settings.options import LEVERS

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.plan_files import StudyFolder

NOT_HERS = (*LEVERS, "world", "population", MECHANISMS)


@dataclass(frozen=True, eq=False)
class StandIn:
    """What is kept of a model whose file is not there.

    Its makeup, as of :class:`plaza_lab.scenarios.own.own_mechanisms.OwnModel`; a dataclass of the
    settings of each mechanism, of the kinds that were kept; the settings that the study varied as
    levers; and what its metrics and measures gave.
    """

    makeup: dict[str, Any]
    groups: dict[str, type]
    levers: frozenset[str]
    outcomes: dict[str, Outcome]
    word: str = ""

    def __post_init__(self) -> None:
        tell(self.outcomes)

    def set_to(self, values: Mapping[str, Any]) -> None:
        """Nothing can be lived by."""

    def with_value(self, model: None, key: str, value: Any) -> None:
        """Nothing can be lived by."""


def model_of(study: StudyFolder, command: str, *, is_lived: bool) -> OwnModel | StandIn | None:
    """Find what a kept study lives by, where no mechanisms are in force.

    Parameters
    ----------
    study : StudyFolder
        One that exists.
    command : str
        What is asked, for the message.
    is_lived : bool
        Whether runs are to be made.

    Returns
    -------
    OwnModel or StandIn or None
        None for Plaza's mechanisms, and where some are in force (they are compared when the plan is
        read).

    Raises
    ------
    UserError
        If runs are to be made and a file of the user must be named for it.
    """
    facts = load_facts(study)
    plain = facts["bases"][0]["plain"] if facts["bases"] else {}
    told = plain.get(MECHANISMS)
    if told is None or own_model() is not None:
        return None
    try:
        if not is_lived:
            hers = kept_outcomes(facts.get("own_outcomes"))
            return _stand_in(told, plain, facts["spec"], hers)
        if not told["added"] and "measures" not in told and "hooks" not in told:
            return read_model(",".join(f"-{name}" for name in told["left_out"]))
        names = ", ".join(sorted({**told["added"], **told.get("measures", {})})) or "hooks"
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise UserError(f"{study.folder} holds no readable plan: {MECHANISMS}: {wrong}") from wrong
    word = facts.get(MECHANISMS) if isinstance(facts.get(MECHANISMS), str) else ""
    how = f"{command} {MECHANISMS}={word}" if word else "run_study(..., mechanisms=[...])"
    raise UserError(f"{study.name} lives by {names} of a file of yours; name it: {how}")


def _stand_in(
    told: dict[str, Any], plain: dict[str, Any], spec: dict[str, Any], hers: dict[str, Outcome]
) -> StandIn:
    groups = {
        name: dataclasses.make_dataclass(
            name, [(key, _kind(value), _field(value)) for key, value in own.items()], frozen=True
        )
        for name, own in plain.items()
        if name not in NOT_HERS
    }
    names = {name for name in hers if name not in OUTCOMES}
    known = {name: hers[name] for name in names}
    return StandIn(told, groups, frozenset(spec.get("levers") or ()), known)


def _kind(value: Any) -> Any:
    return list[float] if isinstance(value, list) else type(value)


def _field(value: Any) -> Any:
    told: dict[str, Any] = {"metadata": {"unit": "", "low": -inf, "high": inf, "source": ""}}
    if isinstance(value, list):
        return dataclasses.field(default_factory=partial(list, value), **told)
    return dataclasses.field(default=value, **told)
