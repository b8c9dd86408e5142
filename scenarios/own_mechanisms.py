"""``mechanisms=+my_mechanisms.py,-gaming``: mechanisms of the user's own, and Plaza's left out.

The word is taken from the command line before anything else is read. While the command runs, the
levers of the mechanisms are settings like any other: ``birthday.is_greeting=true``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import hashlib
import inspect
import sys
import traceback
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from plaza_lab.engine.reading import read
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.options import nearest

if TYPE_CHECKING:
    from plaza_lab.sim.mechanism import Mechanism
    from plaza_lab.sim.model import Model

WORD = "mechanisms"
VERBS = ("run", "compare", "sweep", "sanity")
"""Verbs that take the word."""
KEEPING = ("--until", "--best", "--multirun", "-m")
"""Flags with which other processes live runs, or looks at them are planned ahead."""
PLEASE = f"write {WORD}=+my_mechanisms.py, or {WORD}=-gaming to leave one of Plaza's out"


@dataclass(frozen=True, eq=False)
class OwnModel:
    """A model, and what tells it from others.

    Parameters
    ----------
    model : Model
        Mechanisms in their order.
    sources : dict of str to str
        Own mechanism to a hash of the file it stands in.
    """

    model: Model
    sources: dict[str, str]

    @property
    def makeup(self) -> dict[str, Any]:
        """What makes its runs others than Plaza's, as plain values."""
        return {"added": self.sources, "left_out": [one.name for one in self.model.left_out]}

    @cached_property
    def groups(self) -> dict[str, type]:
        """Name of each mechanism to a dataclass of its levers and parameters."""
        return {one.name: _settings(one) for one in self.model.own if one.values()}

    def set_to(self, values: dict[str, Any]) -> Model:
        """Give the model with levers set.

        Parameters
        ----------
        values : dict of str to object
            Name of a mechanism to an object that has its levers and parameters.

        Returns
        -------
        Model
            Another one.

        Raises
        ------
        UserError
            If a value is out of bounds.
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


_in_force: list[OwnModel] = []


def own_model() -> OwnModel | None:
    """Return the model that the command lives by; None where it is Plaza's."""
    return _in_force[-1] if _in_force else None


@contextlib.contextmanager
def own_mechanisms(verb: str, arguments: Sequence[str]) -> Iterator[list[str]]:
    """Take ``mechanisms=...`` out of the arguments and hold its model in force.

    Parameters
    ----------
    verb : str
        Command.
    arguments : sequence of str
        What follows it.

    Yields
    ------
    list of str
        The other arguments.

    Raises
    ------
    UserError
        With one line, if it cannot be read or does not go with the command.
    """
    words = [word for word in arguments if word.partition("=")[0] == WORD]
    rest = [word for word in arguments if word not in words]
    if not words:
        yield rest
        return
    if len(words) > 1:
        raise UserError(f"{WORD} is given twice; separate them by a comma")
    if verb not in VERBS:
        raise UserError(f"{words[0]}: plaza {verb} lives by Plaza's mechanisms alone; "
                        "plaza run, compare, sweep and sanity take others")  # fmt: skip
    keeping = [word for word in rest if word.partition("=")[0] in KEEPING]
    keeping += [word for word in rest if word.startswith(("world=ensemble:", "hydra"))]
    if keeping:
        raise UserError(f"{words[0]}: {keeping[0]} lives by Plaza's mechanisms alone; leave it out")
    with in_force(read_model(words[0].partition("=")[2])):
        yield rest


@contextlib.contextmanager
def in_force(model: OwnModel) -> Iterator[None]:
    """Let a model's levers be settings, and its mechanisms be lived by."""
    _in_force.append(model)
    try:
        yield
    finally:
        _in_force.pop()


def living_by(mechanisms: Sequence[Any] | None) -> contextlib.AbstractContextManager[None]:
    """Hold a list of mechanisms in force, as given from Python; Plaza's when none is given.

    Parameters
    ----------
    mechanisms : sequence of Mechanism, optional
        In the order in which their steps run.

    Raises
    ------
    UserError
        If they do not go together.
    """
    from plaza_lab.sim.model import Model

    if mechanisms is None:
        return contextlib.nullcontext()
    try:
        model = Model(mechanisms)
    except (TypeError, ValueError) as wrong:
        raise UserError(str(wrong)) from wrong
    if model.is_plaza:
        return contextlib.nullcontext()
    return in_force(OwnModel(model, {one.name: _source_of(one) for one in model.own}))


def _source_of(one: Mechanism) -> str:
    """Hash the file that a step stands in; where there is none, what the step does."""
    function = getattr(one.step, "py_func", one.step)
    try:
        text = Path(inspect.getsourcefile(function) or "").read_bytes()
    except (OSError, TypeError):
        text = read(function.__code__).text
    return hashlib.sha256(text).hexdigest()[:16]


def read_model(text: str) -> OwnModel:
    """Read what stands after ``mechanisms=``.

    Parameters
    ----------
    text : str
        Files after ``+`` and names after ``-``, separated by commas.

    Returns
    -------
    OwnModel
        Plaza's mechanisms without those left out, then those of the files.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from plaza_lab.sim.model import PLAZA, Model

    names = {one.name for one in PLAZA}
    left_out: set[str] = set()
    added: list[Mechanism] = []
    sources: dict[str, str] = {}
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
        found, source = mechanisms_in(Path(name))
        added += found
        sources |= {one.name: source for one in found}
    try:
        model = Model([*(one for one in PLAZA if one.name not in left_out), *added])
    except (TypeError, ValueError) as wrong:
        raise UserError(str(wrong)) from wrong
    return OwnModel(model, sources)


def mechanisms_in(file: Path) -> tuple[list[Mechanism], str]:
    """Import a user's file and find its mechanisms.

    Parameters
    ----------
    file : pathlib.Path
        A file of Python.

    Returns
    -------
    tuple
        Its mechanisms, in the order they are made, and a hash of its source (16 hex digits).

    Raises
    ------
    UserError
        If it is not there, cannot be imported, or has none.
    """
    from plaza_lab.sim.mechanism import Mechanism

    if file.suffix != ".py" or not file.is_file():
        why = "there is no such file" if file.suffix == ".py" else "it is no file of Python (.py)"
        raise UserError(f"{WORD}: {file}: {why}")
    if not file.stem.isidentifier():
        raise UserError(f"{WORD}: {file}: its name must be one that Python can import")
    text = file.read_bytes()
    module = _imported(file, text)
    found = [one for one in vars(module).values() if isinstance(one, Mechanism)]
    own = [one for one in dict.fromkeys(found) if not one.is_plazas]
    if not own:
        raise UserError(f"{WORD}: {file} makes no Mechanism; write Name = Mechanism('name', step)")
    return own, hashlib.sha256(text).hexdigest()[:16]


def _imported(file: Path, text: bytes) -> ModuleType:
    """Import a file under its own name; as it was before where it has not changed since."""
    known = sys.modules.get(file.stem)
    if known is not None and getattr(known, "__plaza_source__", None) == (
        str(file.resolve()),
        text,
    ):
        return known
    if known is not None and not hasattr(known, "__plaza_source__"):
        raise UserError(f"{WORD}: {file}: Python has a module {file.stem!r} already; rename it")
    module = ModuleType(file.stem)
    module.__dict__.update(__file__=str(file), __plaza_source__=(str(file.resolve()), text))
    sys.modules[file.stem] = module
    sys.path.insert(0, str(file.resolve().parent))  # what lies beside it can be imported
    try:
        exec(compile(text, str(file), "exec"), vars(module))
    except Exception as wrong:
        del sys.modules[file.stem]
        lines = [
            at.lineno
            for at in traceback.extract_tb(wrong.__traceback__)
            if at.filename == str(file)
        ]
        place = f", line {lines[-1]}" if lines else ""
        place = f", line {wrong.lineno}" if isinstance(wrong, SyntaxError) else place
        what = wrong.msg if isinstance(wrong, SyntaxError) else " ".join(str(wrong).split())
        raise UserError(f"{file}{place}: {type(wrong).__name__}: {what[:300]}") from wrong
    finally:
        sys.path.remove(str(file.resolve().parent))
    return module


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
