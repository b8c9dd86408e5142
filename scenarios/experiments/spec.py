"""A study as data: what is asked, in a YAML file or on the command line.

Levers are what one chooses, uncertainties what one does not know; a study crosses every policy
with every world, and runs each pair at the same seeds.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import (
    Axis,
    Value,
    list_axis,
    number_of,
    range_axis,
    text_of,
    value_of,
)
from plaza_lab.scenarios.experiments.compare import policies_in
from plaza_lab.scenarios.experiments.varying import ensemble_in
from plaza_lab.scenarios.files.yaml_file import yaml_content
from plaza_lab.scenarios.outcomes import SUGGESTED, known_outcomes
from plaza_lab.scenarios.settings.dated import is_dated
from plaza_lab.scenarios.settings.declared_settings import (
    declaration,
    setting_keys,
    text_for_number,
)
from plaza_lab.scenarios.settings.options import nearest, option_files, option_of
from plaza_lab.scenarios.settings.overrides import by_key, check_overrides, parsed, values_in

KEYS = (
    "question", "policies", "levers", "uncertainties", "design", "settings", "run", "outcomes",
)  # fmt: skip
DESIGN_KEYS = ("kind", "n", "seed")
KINDS = ("grid", "list", "lhs", "sobol_sequence", "sobol", "morris", "one_at_a_time")
"""Kinds of design (:func:`plaza_lab.scenarios.experiments.sampling.sample`)."""


@dataclass(frozen=True)
class Design:
    """How the axes are sampled.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    n : int
        Size: points of a Latin hypercube, base size of a Sobol plan, trajectories of Morris; 0
        for a kind that needs none.
    seed : int
        Seed of the sampling plan.
    """

    kind: str = "grid"
    n: int = 0
    seed: int = 1


@dataclass(frozen=True)
class Spec:
    """What a study asks.

    Parameters
    ----------
    name : str
        Name of the study in its store.
    question : str
        One sentence for people.
    policies : tuple of str
        Named policies, the baseline first; empty when levers make the policies.
    levers, uncertainties : tuple of Axis
        What is varied.
    design : Design
        How the uncertainties are sampled, or the levers when there is no uncertainty.
    settings : tuple of str
        Overrides that hold for every run.
    outcomes : tuple of str
        Outcomes the answer is about; empty for the headline ones.
    """

    name: str
    question: str = ""
    policies: tuple[str, ...] = ()
    levers: tuple[Axis, ...] = ()
    uncertainties: tuple[Axis, ...] = ()
    design: Design = Design()
    settings: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the spec as it stands in a YAML file."""
        whole: dict[str, Any] = {
            "question": self.question,
            "policies": list(self.policies),
            "levers": {axis.key: _plain_axis(axis) for axis in self.levers},
            "uncertainties": {axis.key: _plain_axis(axis) for axis in self.uncertainties},
            "design": dataclasses.asdict(self.design),
            "settings": list(self.settings),
            "outcomes": list(self.outcomes),
        }
        return {key: value for key, value in whole.items() if value}

    def changed_by(self, words: Sequence[str], design: Mapping[str, Any]) -> Spec:
        """Apply what stands on the command line after the study's name.

        Parameters
        ----------
        words : sequence of str
            ``policies=[...]``, overrides of one value (settings) or of several (axes).
        design : mapping
            Some of ``kind, n, seed``.

        Returns
        -------
        Spec
            What was given replaces what had the same key.

        Raises
        ------
        UserError
            With one line for the first mistake.
        """
        names, rest = policies_in(words)
        settings, axes = sort_words(rest)
        old = by_key(self.settings)
        new = by_key(settings)
        held = {axis.key: axis for axis in (*self.levers, *self.uncertainties)}
        held = {key: axis for key, axis in held.items() if key not in new}
        held |= {axis.key: axis for axis in axes}
        settings = [line for key, line in (old | new).items() if key not in held]
        return checked(
            dataclasses.replace(
                self,
                policies=tuple(names) or self.policies,
                levers=tuple(axis for axis in held.values() if axis.is_lever),
                uncertainties=tuple(axis for axis in held.values() if not axis.is_lever),
                design=_design({**dataclasses.asdict(self.design), **design}),
                settings=tuple(settings),
            )
        )


def read_spec(name: str) -> Spec:
    """Read a study from a YAML file, and name it after the file.

    Parameters
    ----------
    name : str
        A file, or the name of one in ``conf/study`` or ``plaza-conf/study``.

    Raises
    ------
    UserError
        With the file and the first mistake in it.
    """
    file = Path(name)
    if file.suffix not in (".yaml", ".yml"):
        files, name = option_files("study"), unicodedata.normalize("NFC", name)
        if name not in files:
            near = nearest(name, files) or f"; there are {', '.join(files) or 'none'}"
            raise UserError(f"{name!r} is no study file and no option of conf/study{near}")
        file = files[name]
    return spec_of(yaml_content(file), option_of(file), str(name))


def spec_of(
    content: Mapping[str, Any], name: str, where: str = "study", *, is_kept: bool = False
) -> Spec:
    """Make a spec of what stands in a YAML file, and check it.

    Parameters
    ----------
    content : mapping
        Keys as in :data:`KEYS`.
    name : str
        Name of the study.
    where : str
        Shown in errors.
    is_kept : bool
        Whether it was checked when it was kept: then options of one's own need not be there.

    Raises
    ------
    UserError
        With `where` and the first mistake.
    """
    try:
        for key in content:
            if key not in KEYS:
                near = nearest(str(key), KEYS) or f"; it may hold {', '.join(KEYS)}"
                raise UserError(f"{key!r} is no part of a study{near}")
        run = _mapping(content, "run")
        for key, value in run.items():
            _refuse_text(f"run.{key}", value)
        settings = [str(text) for text in _list(content, "settings")]
        settings += [f"run.{key}={value}" for key, value in run.items()]
        axes = {part: _axes(_mapping(content, part)) for part in ("levers", "uncertainties")}
        for axis in axes["levers"]:
            if not axis.is_lever:
                raise UserError(f"levers: {axis.key} is no lever; put it under uncertainties")
        for axis in axes["uncertainties"]:
            if axis.is_lever:
                raise UserError(f"uncertainties: {axis.key} is a lever; put it under levers")
        spec = Spec(
            name,
            str(content.get("question") or ""),
            tuple(map(_policy, _list(content, "policies"))),
            tuple(axes["levers"]),
            tuple(axes["uncertainties"]),
            _design(_mapping(content, "design")),
            tuple(settings),
            tuple(map(str, _list(content, "outcomes"))),
        )
        return spec if is_kept else checked(spec)
    except UserError as wrong:
        raise UserError(f"{where}: {wrong}") from wrong


def checked(spec: Spec) -> Spec:
    """Refuse a spec that asks nothing, or for what is unknown.

    Returns
    -------
    Spec
        The same, its settings in order: who asks the same makes the same spec.

    Raises
    ------
    UserError
        With the first mistake.
    """
    asked, settings = ensemble_in(spec.settings)
    if asked is not None:
        from plaza_lab.scenarios.calibrate.ensemble import load_ensemble

        load_ensemble(asked.name)  # said as such, before a world of this name is missed
    check_overrides(settings)
    taken = set(by_key(spec.settings))
    for axis in (*spec.levers, *spec.uncertainties):
        if axis.key in taken:
            raise UserError(f"{axis.key} is set and varied; keep one of the two")
        for value in axis.values:
            if not _is_within(axis.key, value):
                check_overrides([f"{axis.key}={text_of(value)}"])
    for outcome in spec.outcomes:
        known = known_outcomes()
        if outcome not in known:
            near = nearest(outcome, known) or f"; choose from {SUGGESTED}"
            raise UserError(f"outcomes: {outcome!r} is no outcome{near}")
    if not (spec.policies or spec.levers or spec.uncertainties):
        raise UserError("nothing to study: give policies, levers or uncertainties")
    return dataclasses.replace(spec, settings=tuple(sorted(spec.settings)))


def _is_within(key: str, value: Value) -> bool:
    """Whether a value needs no parser to be found right: one of many numbers within bounds."""
    if key not in setting_keys() or "." not in key or isinstance(value, (bool, str)):
        return False
    own = declaration(key)[1]
    is_kind = own.type is float or (own.type is int and isinstance(value, int))
    return is_kind and bool(own.metadata["low"] <= value <= own.metadata["high"])


def sort_words(words: Sequence[str]) -> tuple[list[str], list[Axis]]:
    """Tell overrides of one value from axes by Hydra's grammar; return both.

    Parameters
    ----------
    words : sequence of str
        Overrides; ``a,b``, ``range(...)``, ``interval(a,b)`` and ``tag(log,interval(a,b))`` make
        axes.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    settings, axes = [], []
    for override in parsed(words):
        if not override.is_sweep_override():
            settings.append(override.input_line)
        elif override.is_interval_sweep():
            span = override.value()
            is_log = "log" in span.tags
            axes.append(range_axis(override.key_or_group, span.start, span.end, is_log=is_log))
        else:
            values = [value_of(text) for text in values_in(override)]
            axes.append(list_axis(override.key_or_group, values))
    return settings, axes


def _axes(content: Mapping[str, Any]) -> list[Axis]:
    return [_axis(str(key), value) for key, value in content.items()]


def _axis(key: str, value: Any) -> Axis:
    if value is None:
        return range_axis(key)
    if isinstance(value, Mapping):
        for name in value:
            if name not in ("low", "high", "log"):
                raise UserError(f"{key}: {name!r} is no part of a range; write low, high, log")
        ends = [number_of(value.get("low")), number_of(value.get("high"))]
        for end in ends:
            if end is not None and (isinstance(end, bool) or not isinstance(end, (int, float))):
                raise UserError(f"{key}: {end!r} is no number")
        if not isinstance(value.get("log", False), bool):
            raise UserError(f"{key}: log: true or false is expected, not {value['log']!r}")
        return range_axis(key, *ends, is_log=value.get("log", False))
    values = [number_of(item) for item in (value if isinstance(value, list) else [value])]
    for item in values:
        if not isinstance(item, (bool, int, float, str)):
            raise UserError(f"{key}: {item!r} is no value; write numbers or names, as [a, b]")
        _refuse_text(key, item)
    return list_axis(key, values)


def _refuse_text(key: str, value: Any) -> None:
    is_for_a_time = isinstance(value, str) and is_dated(f"{key}={value}")
    wrong = "" if is_for_a_time else text_for_number(key, value)
    if wrong:
        raise UserError(f"{key}: {wrong}")


def _plain_axis(axis: Axis) -> Any:
    if axis.values:
        return list(axis.values)
    ends = {"low": axis.low, "high": axis.high}
    return {**ends, "log": True} if axis.is_log else ends


def _policy(item: Any) -> str:
    if not isinstance(item, str):
        raise UserError(f"policies: {item!r} is no name; write a scenario, an option or overrides")
    return item


def _design(content: Mapping[str, Any]) -> Design:
    for key in content:
        if key not in DESIGN_KEYS:
            near = nearest(str(key), DESIGN_KEYS) or f"; it may hold {', '.join(DESIGN_KEYS)}"
            raise UserError(f"design: {key!r} is unknown{near}")
    design = Design(**content)
    if design.kind not in KINDS:
        near = nearest(str(design.kind), KINDS) or f"; choose one of {', '.join(KINDS)}"
        raise UserError(f"design: {design.kind!r} is no kind of design{near}")
    for name in ("n", "seed"):
        number = getattr(design, name)
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise UserError(f"design: {name}={number!r} is no whole number from 0")
    return design


def _list(content: Mapping[str, Any], key: str) -> list[Any]:
    value = content.get(key) or []
    if not isinstance(value, list):
        raise UserError(f"{key}: a list is expected, such as [a, b]")
    return value


def _mapping(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = content.get(key) or {}
    if not isinstance(value, Mapping):
        raise UserError(f"{key}: lines of 'name: value' are expected")
    return value
