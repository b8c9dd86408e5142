"""``mechanisms=+my_mechanisms.py,-gaming``: mechanisms of the user's own, and Plaza's left out.

The word is taken from the command line before anything else is read. While the command runs, the
levers of the mechanisms are settings like any other: ``birthday.is_greeting=true``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import shlex
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.outcomes import OUTCOMES, Outcome
from plaza_lab.scenarios.outcomes.own import outcomes_of_model, tell
from plaza_lab.scenarios.own.mechanism_files import (
    WORD,
    Found,
    MechanismFile,
    mechanisms_in,
    packed,
    unpacked,
)
from plaza_lab.scenarios.settings.options import nearest

if TYPE_CHECKING:
    from plaza_lab.sim.mechanism import Mechanism
    from plaza_lab.sim.model import Model

COLUMNS = frozenset(
    ("run_id", "policy", "world", "population", "seed", "point", "point_id", "weeks", "code")
) | {"world_point", "day", "wall_s"}
"""Columns of tables besides outcomes."""
OTHERS = {
    "fit": "reads records and lives no community",
    "example": "only copies files",
    "bench": "times Plaza as it is",
    "mechanism": "takes the file itself: plaza mechanism check my_mechanisms.py",
}
"""Verbs that cannot take the word, and why."""
PLEASE = f"write {WORD}=+my_mechanisms.py, or {WORD}=-gaming to leave one of Plaza's out"


@dataclass(frozen=True, eq=False)
class OwnModel:
    """A model, and what tells it from others.

    Parameters
    ----------
    model : Model
        Mechanisms in their order.
    digests : mapping of str to str
        Own mechanism or measure to a hash of the file it stands in, or of what it does.
    word : str
        What was given after ``mechanisms=``; empty when it came from Python.
    files : tuple of MechanismFile
        Where its own mechanisms stand, as far as they stand in files that can be imported.
    hooks : tuple of str
        Hashes of what the hooks do.
    """

    model: Model
    digests: Mapping[str, str]
    word: str = ""
    files: tuple[MechanismFile, ...] = ()
    hooks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.outcomes:
            if name in OUTCOMES or name in COLUMNS:
                raise UserError(f"{WORD}: Plaza has an outcome {name!r} already; rename yours")
        tell(self.outcomes)

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """What its metrics and measures give at the end of a run, by name."""
        return outcomes_of_model(self.model)

    @property
    def makeup(self) -> dict[str, Any]:
        """What makes its runs others than Plaza's, as plain values."""
        told: dict[str, Any] = {
            "added": {one.name: self.digests[one.name] for one in self.model.own},
            "left_out": [one.name for one in self.model.left_out],
        }
        if self.model.measures:
            told["measures"] = {one.name: self.digests[one.name] for one in self.model.measures}
        if self.hooks:
            told["hooks"] = list(self.hooks)
        names = [one.name for one in self.model.mechanisms]
        own = [one.name for one in self.model.own]
        if own and names[-len(own) :] != own:  # where they stand among Plaza's
            told["order"] = names
        return told

    @cached_property
    def levers(self) -> frozenset[str]:
        """Settings that one chooses; the other ones are uncertain."""
        return frozenset(
            f"{one.name}.{own.name}"
            for one in self.model.own
            if one.chosen[0] is not None
            for own in dataclasses.fields(one.chosen[0])
        )

    @cached_property
    def parcel(self) -> str:
        """All that another process needs to live by it, as one text.

        Raises UserError if a mechanism stands in no file that another process can import.
        """
        if self.hooks:
            raise UserError("hooks are called in this process; leave the launcher out")
        there = {file.digest for file in self.files}
        names = (*(one.name for one in self.model.own), *(one.name for one in self.model.measures))
        told = {name for name in names if self.digests[name] not in there}
        if told:
            raise UserError(
                f"{WORD}: {', '.join(sorted(told))} stands in no file that other processes can "
                "import; put it in one of its own, or leave the launcher out"
            )
        order = [one.name for one in self.model.mechanisms]
        return packed(order, [one.name for one in self.model.measures], self.files)

    def with_value(self, model: Model, key: str, value: Any) -> Model:
        """Give this model, set somehow, with one setting (``birthday.lift``) changed.

        Raises UserError if the value is out of bounds.
        """
        try:
            return model.with_levers({key: value})
        except ValueError as wrong:
            raise UserError(str(wrong)) from wrong

    @cached_property
    def groups(self) -> dict[str, type]:
        """Name of each mechanism to a dataclass of its levers and parameters."""
        return {one.name: _settings(one) for one in self.model.own if one.values()}

    def set_to(self, values: dict[str, Any]) -> Model:
        """Give the model with levers set, by names of mechanisms to objects that have theirs.

        Raises UserError if a value is out of bounds.
        """
        chosen = {
            f"{name}.{own.name}": _plain(getattr(values[name], own.name))
            for name, cls in self.groups.items()
            for own in dataclasses.fields(cls)
        }
        try:
            return self.model.with_levers(chosen)
        except ValueError as wrong:
            raise UserError(str(wrong)) from wrong


_in_force: list[Any] = []


def own_model() -> Any:
    """Return the model that the command lives by; None where it is Plaza's.

    An :class:`OwnModel`, or a ``StandIn`` where runs are only read.
    """
    return _in_force[-1] if _in_force else None


def command_line(*words: str) -> str:
    """Write ``plaza ...`` that does the same again, quoted, with the mechanisms in force."""
    own = own_model()
    more = [f"{WORD}={own.word}"] if own is not None and own.word else []
    return shlex.join(["plaza", *words, *more])


@contextlib.contextmanager
def own_mechanisms(verb: str, arguments: Sequence[str]) -> Iterator[list[str]]:
    """Take ``mechanisms=...`` out of a verb's arguments, hold its model in force, yield the rest.

    Raises
    ------
    UserError
        With one line, if it cannot be read or does not go with the verb.
    """
    words = [word for word in arguments if word.partition("=")[0] == WORD]
    rest = [word for word in arguments if word not in words]
    if len(words) > 1:
        raise UserError(f"{WORD} is given twice; separate them by a comma")
    if words and verb in OTHERS:
        raise UserError(f"{words[0]}: plaza {verb} {OTHERS[verb]}; leave it out")
    before = len(_in_force)
    try:
        if words:
            _in_force.append(read_model(words[0].partition("=")[2]))
        yield rest
    finally:
        del _in_force[before:]


def adopt(model: Any) -> None:
    """Live by the model of a kept study until the command ends, as if it had been asked for."""
    _in_force.append(model)


@contextlib.contextmanager
def in_force(model: Any) -> Iterator[None]:
    """Let a model's levers be settings, and its mechanisms be lived by; None changes nothing."""
    if model is None:
        yield
        return
    _in_force.append(model)
    try:
        yield
    finally:
        _in_force.remove(model)


@contextlib.contextmanager
def carried(parcel: str) -> Iterator[None]:
    """Live by the model that another process has sent, its :attr:`OwnModel.parcel`.

    An empty parcel is that of Plaza's model.

    Raises
    ------
    UserError
        If it cannot be imported here.
    """
    own = own_model()
    if not parcel or own is not None:  # in the process that asks it is in force already
        yield
        return
    with in_force(_of_parcel(parcel)):
        yield


def _of_parcel(parcel: str) -> OwnModel:
    from plaza_lab.sim.model import PLAZA, Model

    order, measures, found = unpacked(parcel)
    there = {one.name: one for one in PLAZA}
    there |= {one.name: one for made in found for one in made.mechanisms}
    taken = {one.name: one for made in found for one in made.measures}
    model = Model([there[name] for name in order], measures=[taken[name] for name in measures])
    files = tuple(made.file for made in found)
    return OwnModel(model, _digests(found), files=files)


def _digests(found: Iterable[Found]) -> dict[str, str]:
    """Own mechanism or measure to a hash of the file it stands in."""
    own = {one.name: made.file.digest for made in found for one in made.mechanisms}
    return own | {one.name: made.file.digest for made in found for one in made.measures}


def read_model(text: str) -> OwnModel:
    """Read what stands after ``mechanisms=``: files after ``+`` and names after ``-``.

    Returns Plaza's mechanisms without those left out, then those of the files.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.sim.model import PLAZA, Model

    names = {one.name for one in PLAZA}
    left_out: set[str] = set()
    found: list[Found] = []
    for part in text.strip("[]").split(","):
        word = part.strip()
        sign, name = word[:1], word[1:].strip()
        if sign not in ("+", "-") or not name:
            raise UserError(f"{WORD}={text}: {word!r} has no + or - before it; {PLEASE}")
        if sign == "-":
            if name not in names:
                near = nearest(name, names) or f"; there are {', '.join(sorted(names))}"
                raise UserError(f"{WORD}={text}: Plaza has no mechanism {name!r}{near}")
            left_out.add(name)
            continue
        found.append(mechanisms_in(Path(name)))
    kept = [one for one in PLAZA if one.name not in left_out]
    added = [one for made in found for one in made.mechanisms]
    measures = [one for made in found for one in made.measures]
    try:
        model = Model([*kept, *added], measures=measures)
    except (TypeError, ValueError) as wrong:
        raise UserError(str(wrong)) from wrong
    return OwnModel(model, _digests(found), text, tuple(made.file for made in found))


def _settings(one: Mechanism) -> type:
    fields = []
    for part in one.chosen:
        hints = typing.get_type_hints(type(part)) if part is not None else {}
        for own in dataclasses.fields(part) if part is not None else ():
            value = getattr(part, own.name)
            default: Any = dataclasses.field(default=None, metadata=own.metadata)
            if isinstance(value, list):
                default.default, default.default_factory = dataclasses.MISSING, partial(list, value)
            else:
                default.default = value
            fields.append((own.name, hints[own.name], default))
    return dataclasses.make_dataclass(one.name, fields, frozen=True)


def _plain(value: Any) -> Any:
    return value.name if isinstance(value, enum.Enum) else value
