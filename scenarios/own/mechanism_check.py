"""``plaza mechanism check my_mechanisms.py``: what every mechanism must hold to, tried on a few.

A small community lives some weeks, with and without the mechanism; its step is then tried alone,
compiled and in plain Python.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.command_line.helps import spoken_help
from plaza_lab.scenarios.command_line.printing import say
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.own.mechanism_files import mechanisms_in
from plaza_lab.scenarios.settings.options import LEVERS, nearest

if TYPE_CHECKING:
    from plaza_lab.sim.mechanism import Mechanism
    from plaza_lab.sim.setting import Setting
    from plaza_lab.sim.tables import Tables

HELP = """plaza mechanism check: does a mechanism of your own hold to the rules?
  plaza mechanism check my_mechanisms.py birthday.is_greeting=true

One line for each check, and exit code 1 if one fails. Levers follow the file as name.lever=value;
without them every flag of a mechanism that is off is switched on. What it needs of Plaza's own
levers, such as money to spend, follows too: fund=brand_funded
"""
MEMBERS, DAYS, SEED, WEEK = 300, 56, 1, 7
CLOSE = {"rtol": 1e-4, "atol": 1e-6}
UNTOUCHED = ("policy", "params", "first_row")
"""Tables that no step of a day may write."""

Found = tuple[str, str]
"""What was checked, and what is wrong with it; nothing where all is well."""


def run_mechanism(arguments: Sequence[str]) -> int:
    """Carry out ``plaza mechanism``: ``check``, a file, and levers; 1 when a check fails.

    Raises
    ------
    UserError
        With one line for a mistake in the command.
    """
    words = [word for word in arguments if word not in ("--help", "-h")]
    if len(words) < len(arguments) or not words:
        sys.stdout.write(spoken_help(HELP, Language(chosen_language())))
        return 0
    part, *rest = words
    if part != "check":
        near = nearest(part, ["check"]) or "; there is check"
        raise UserError(f"plaza mechanism {part}: no such part{near}")
    if not rest or "=" in rest[0]:
        raise UserError("which file? plaza mechanism check my_mechanisms.py")
    mechanisms = mechanisms_in(Path(rest[0])).mechanisms
    if not mechanisms:
        raise UserError(f"{rest[0]} makes no Mechanism; write Name = Mechanism('name', step)")
    own = {one.name for one in mechanisms}
    plazas = [word for word in rest[1:] if _group_of(word) in LEVERS and _group_of(word) not in own]
    setting = _setting(plazas)
    n_wrong = 0
    told = _set(mechanisms, [word for word in rest[1:] if word not in plazas])
    for as_written, one in zip(mechanisms, told, strict=True):
        for what, wrong in _checks(one, as_written, setting):
            n_wrong += bool(wrong)
            verdict = "FAILS" if wrong else "holds"
            say(f"{verdict}  {one.name}: {what}{f': {wrong}' if wrong else ''}")
    return 1 if n_wrong else 0


def _group_of(word: str) -> str:
    return word.partition("=")[0].partition(".")[0]


def _setting(plazas: Sequence[str]) -> Setting:
    """Make the small community that is lived; without words it is the engine's own default."""
    from plaza_lab.scenarios.experiments.design import one_policy
    from plaza_lab.sim.setting import Population, Setting

    setting = Setting(population=Population(initial_members=MEMBERS, ties=3.0))
    if not plazas:
        return setting
    return dataclasses.replace(setting, policy=one_policy(plazas).setting.policy)


def _checks(one: Mechanism, as_written: Mechanism, setting: Setting) -> Iterator[Found]:
    """Try a mechanism that is switched on: what was checked, and what is wrong, if anything."""
    yield _off_is_plaza(one, as_written, setting)
    yield "switched on, it has something to do", "" if one.is_in_use() else "is_on says no"
    seconds = _made_ready(one, setting)
    if seconds is not None:
        yield f"its kernels are ready after {seconds:.1f} s of processor time", ""
    try:
        _stays_in_tables(one, setting)
        lived = _lived([one], setting)
    except Exception as failed:
        yield "a community lives by it", " ".join(f"{type(failed).__name__}: {failed}".split())
        return
    yield "a community lives by it", ""
    same = not _differences(lived, _lived([one], setting))
    yield "the same seed gives the same days", "" if same else "two runs differ"
    yield from _step_alone(one, setting)
    yield from _metrics(one, lived)
    wrong = [name for name, _, new in _columns(lived) if _is_broken(new)]
    yield "no state is without a number", f"{', '.join(wrong[:5])}" if wrong else ""


def _off_is_plaza(one: Mechanism, as_written: Mechanism, setting: Setting) -> Found:
    """Switch it off by its flags, or by the levers that its file gives it."""
    flags = {name: False for name, value in one.values().items() if isinstance(value, bool)}
    off = one.with_levers(**flags) if flags else one
    off = as_written if off.is_in_use() else off
    what = "switched off, it changes no byte"
    if off.is_in_use():
        return what, "nothing switches it off; give it a flag and is_on=lambda levers, params: ..."
    wrong = _differences(_lived([], setting), _lived([off], setting))
    return what, f"{', '.join(sorted(wrong)[:5])} differ" if wrong else ""


def _made_ready(one: Mechanism, setting: Setting) -> float | None:
    """Seconds of processor time to compile its step, and the decisions that it adds terms to.

    Next to nothing where the cache has them; None where that fails, which living tells of.
    """
    from plaza_lab.sim.compile import warm

    warm(settings=[setting])
    began = time.process_time()
    try:
        warm(settings=[_with([one], setting)])
    except Exception:
        return None
    return time.process_time() - began


def _stays_in_tables(one: Mechanism, setting: Setting) -> None:
    """Take the step through a week in plain Python; compiled, it would write beside its tables.

    Raises IndexError where it asks for a row that is not there. What else plain Python meets in a
    community of which no other step has run tells nothing.
    """
    from plaza_lab.engine.plain import plain

    tables, step = _lived([one], setting, days=0), plain(one.step)
    for day in range(WEEK):
        try:
            step(tables, np.int64(day))
        except IndexError:
            raise
        except Exception:
            return


def _step_alone(one: Mechanism, setting: Setting) -> Iterator[Found]:
    """Let the step run on its own, on copies of the same evening, compiled and not."""
    from plaza_lab.engine.handle import STEP
    from plaza_lab.engine.plain import plain

    before, compiled, in_python = (_lived([one], setting) for _ in range(3))
    if hasattr(one.step, "compile"):
        one.step.compile(STEP)
    day = np.int64(DAYS)  # opened, and not lived yet
    one.step(compiled, day)
    plain(one.step)(in_python, day)
    differ = [
        name for name, old, new in _columns(compiled, in_python)
        if not np.allclose(_numbers(old), _numbers(new), equal_nan=True, **CLOSE)
    ]  # fmt: skip
    yield "compiled and in plain Python it does the same", ", ".join(differ[:5])
    own = {one.name, f"{one.name}_daily"}
    written = sorted(_differences(before, compiled))
    elsewhere = [name for name in written if name.partition(".")[0] not in own]
    yield f"it writes {', '.join(written) or 'nothing on a day like this'}", ""
    refused = [n for n in elsewhere if n.partition(".")[0] in UNTOUCHED]
    refused += _settings_moved(compiled, one)
    refused += [
        n for n in elsewhere if n in ("fate.uid", "run_state.seed_key", "people_state.n_rows")
    ]
    refused += [f"{n} (another day)" for n in _other_days(before, compiled, one)]
    refused += [f"{n} (rows of nobody)" for n in _rows_of_nobody(before, compiled)]
    yield "it leaves levers, luck, other days and empty rows alone", ", ".join(refused[:5])


def _metrics(one: Mechanism, lived: Tables) -> Iterator[Found]:
    from plaza_lab.sim import own_tables

    daily = own_tables.daily(lived.own, DAYS) if lived.own is not None else {}
    for metric in one.metrics:
        moved = bool(np.any(daily[metric.name] != 0.0))
        yield f"its metric {metric.name} moves", "" if moved else f"0 on each of {DAYS} days"


def _with(own: list[Mechanism], setting: Setting) -> Setting:
    from plaza_lab.sim.model import PLAZA, Model

    return dataclasses.replace(setting, model=Model([*PLAZA, *own])) if own else setting


def _lived(own: list[Mechanism], setting: Setting, days: int = DAYS) -> Tables:
    from plaza_lab.sim.engine import live_until, open_tables

    return live_until(open_tables(_with(own, setting), SEED, days + WEEK), 0, days)


def _columns(a: Tables, b: Tables | None = None) -> Iterator[tuple[str, Any, Any]]:
    """Yield name and values of every column of two communities, those of the second's own too."""
    from plaza_lab.sim.tables import NAMES

    b = a if b is None else b
    own = [] if a.own is None or b.own is None else [*a.own.arrays]
    for table in (*NAMES, *own):
        old, new = getattr(a, table), getattr(b, table)
        if not old.dtype.names or table in ("policy", "params"):
            yield table, old, new
            continue
        for field in old.dtype.names:
            yield f"{table}.{field}", old[field], new[field]


def _differences(a: Tables, b: Tables) -> set[str]:
    return {name for name, old, new in _columns(a, b) if old.tobytes() != new.tobytes()}


def _settings_moved(t: Tables, one: Mechanism) -> list[str]:
    """Levers and parameters of its own that are not as they were set."""
    given = one.arrays(0, 0)
    return [
        f"{table}.{field}"
        for table in (f"{one.name}_levers", f"{one.name}_params") if table in given
        for field in given[table].dtype.names
        if given[table][field].tobytes() != getattr(t, table)[field].tobytes()
    ]  # fmt: skip


def _other_days(a: Tables, b: Tables, one: Mechanism) -> list[str]:
    tables = ["daily", *([f"{one.name}_daily"] if one.metrics else [])]
    return [
        name for name in tables
        if np.delete(getattr(a, name), DAYS, 0).tobytes()
        != np.delete(getattr(b, name), DAYS, 0).tobytes()
    ]  # fmt: skip


def _rows_of_nobody(a: Tables, b: Tables) -> list[str]:
    n = int(a.people_state[0].n_rows)
    tables = ["members", "fate", *([m.name for m in a.own.model.own if m.state] if a.own else [])]
    return [t for t in tables if getattr(a, t)[n:].tobytes() != getattr(b, t)[n:].tobytes()]


def _numbers(values: np.ndarray) -> np.ndarray:
    is_number = values.dtype.names is None
    return values.astype(float) if is_number else np.frombuffer(values.tobytes(), np.uint8)


def _is_broken(values: np.ndarray) -> bool:
    return values.dtype.kind == "f" and not bool(np.isfinite(values).all())


def _set(mechanisms: Sequence[Mechanism], words: Sequence[str]) -> list[Mechanism]:
    """Mechanisms with levers set as told; where nothing is told, what is off is switched on."""
    import yaml

    from plaza_lab.sim.model import PLAZA, Model

    try:
        Model([*PLAZA, *mechanisms])  # names that are taken are refused here
    except (TypeError, ValueError) as wrong:
        raise UserError(str(wrong)) from wrong
    chosen: dict[str, dict[str, Any]] = {one.name: {} for one in mechanisms}
    for word in words:
        key, equals, value = word.partition("=")
        name, _, lever = key.partition(".")
        if not equals or name not in chosen or not lever:
            known = ", ".join(chosen)
            raise UserError(f"{word}: write mechanism.lever=value; the file has {known}")
        chosen[name][lever] = yaml.safe_load(value)
    set_to: Callable[[Mechanism], Mechanism] = lambda one: one.with_levers(**chosen[one.name])  # noqa: E731
    try:
        told = [set_to(one) if chosen[one.name] else one for one in mechanisms]
    except (TypeError, ValueError) as wrong:
        raise UserError(str(wrong)) from wrong
    return [_on(one) if not chosen[one.name] else one for one in told]


def _on(one: Mechanism) -> Mechanism:
    flags = {name: True for name, value in one.values().items() if isinstance(value, bool)}
    return one if one.is_in_use() or not flags else one.with_levers(**flags)
