"""Outcomes of mechanisms and measures of a user's own: how they are called and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.outcomes.outcome import Outcome

if TYPE_CHECKING:
    from plaza_lab.sim.model import Model

TOLD: dict[str, Outcome] = {}
"""What was told of in this process, by name: tables are shown after the mechanisms have gone."""

KEPT = ("name", "label", "unit", "better", "digits", "definition")
DIGITS = 2
MOST_LETTERS = 500


def outcomes_of_model(model: Model) -> dict[str, Outcome]:
    """Declare what a model's own metrics and measures give, by name.

    A metric counts as its sum over the run; one that is held, as its last value.
    """
    found: dict[str, Outcome] = {}
    for one in model.own:
        for metric in one.metrics:
            over = "on the last day" if metric.is_held else "summed over the run"
            found[metric.name] = Outcome(
                metric.name, _label(metric.name), metric.unit, "neither", DIGITS, metric.tid,
                f"{metric.doc or metric.name}, {over}",
            )  # fmt: skip
    for own in model.measures:
        found[own.name] = Outcome(
            own.name, _label(own.name), own.unit, own.better, own.digits, "",  # type: ignore[arg-type]
            own.doc or "a measure of one's own, at the end of the run",
        )  # fmt: skip
    return found


def tell(outcomes: Mapping[str, Outcome]) -> None:
    """Let outcomes be called by their names for the rest of the process."""
    TOLD.update(outcomes)


def plain_outcomes(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Write declarations as a study keeps them."""
    return [{name: getattr(own, name) for name in KEPT} for own in outcomes]


def kept_outcomes(plain: Any) -> dict[str, Outcome]:
    """Read what :func:`plain_outcomes` gave and a study has kept, by name.

    It may have been altered since: what is no declaration is passed over.
    """
    found: dict[str, Outcome] = {}
    for own in plain if isinstance(plain, list) else ():
        if not isinstance(own, dict):
            continue
        texts = [own.get(name) for name in ("name", "label", "unit", "definition")]
        digits, better = own.get("digits"), own.get("better")
        is_known = better in ("higher", "lower", "neither") and digits in range(10)
        if is_known and all(map(_is_shown, texts)):
            fields: dict[str, Any] = {name: own[name] for name in KEPT}
            found[own["name"]] = Outcome(**fields, metric="")
    return found


def _is_shown(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= MOST_LETTERS and text.isprintable()


def _label(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
