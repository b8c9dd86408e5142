"""Verbs that plan runs, make and answer them, and small ones (see ``verb_table``).

Each takes what follows the verb, flags and overrides, and returns the exit code.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from plaza_lab.scenarios.answers import PolicyAnswer, Sweep
from plaza_lab.scenarios.command_line.execution import carry_out, first_result
from plaza_lab.scenarios.command_line.flags import Flags
from plaza_lab.scenarios.command_line.printing import say
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.command_line.stopping import wait_for
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments import sweep as sweeping
from plaza_lab.scenarios.experiments.design import one_policy, seeds_of
from plaza_lab.scenarios.experiments.placing import live_placed, moment_spec, placed_in
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.files.places import check_parent, place_of
from plaza_lab.scenarios.output.output_folder import disk_errors
from plaza_lab.scenarios.own.own_mechanisms import command_line
from plaza_lab.scenarios.settings.options import meaning, nearest, option_files
from plaza_lab.scenarios.store import usual_store


def run(arguments: Sequence[str]) -> int:
    """``plaza run``: one policy, many seeds."""
    flags = Flags.read("run", arguments)
    if flags.is_sweep:
        return sweep(arguments)
    if flags.is_for_hydra:
        return flags.hand_over()
    placed, words = placed_in(flags.overrides)
    point, command = one_policy(words), command_line("run", *arguments)
    study = Study("run", seeds_of(point.run), point.run.weeks)
    spec = moment_spec("run", point.policy, (), words)

    def act(progress: Progress) -> None:
        live_placed(study, [point], placed, progress, spec, command, first_result(study))

    answer = PolicyAnswer(study, command)
    return carry_out(answer, act, point.run, point.policy, len(study.seeds))


def compare(arguments: Sequence[str]) -> int:
    """``plaza compare``: several policies, paired by seed."""
    from plaza_lab.scenarios.comparing import ways
    from plaza_lab.scenarios.comparing.asked import start_in, view_in, wish_in
    from plaza_lab.scenarios.experiments.varying import ensemble_in

    view, rest = view_in(arguments)
    wish, rest = wish_in(rest)
    flags = Flags.read("compare", rest)
    placed, words = placed_in(flags.overrides)
    start, words = start_in(words)
    asked = ways.Asked(*comparing.split_policies(words), arguments, view, placed)
    if start is not None:
        if wish is not None or flags.is_for_hydra:
            raise UserError("start=today goes with plain comparisons; leave out the flags")
        view.refuse_moves("start=today")
        return ways.compare_from_today(asked)
    if flags.is_for_hydra:
        return ways.compare_plainly(asked, flags)
    if wish is not None:
        view.refuse_moves("--best or --until")
        if not wish.best:
            return ways.compare_until(asked, wish)
        from plaza_lab.scenarios.comparing.ways import select_policy

        return select_policy(wish, asked)
    if ensemble_in(asked.overrides)[0] is not None:
        view.refuse_moves("world=ensemble, which moves the world already")
        return ways.compare_over_worlds(asked)
    return ways.compare_plainly(asked, flags)


def wait(arguments: Sequence[str]) -> int:
    """``plaza wait``: what waiting with a policy costs."""
    from plaza_lab.scenarios.comparing.timing import WAIT, ask

    return ask(WAIT, arguments)


def remain(arguments: Sequence[str]) -> int:
    """``plaza remain``: what is left of a policy after it has ended."""
    from plaza_lab.scenarios.comparing.timing import REMAIN, ask

    return ask(REMAIN, arguments)


def demo(arguments: Sequence[str]) -> int:
    """``plaza demo``: a group run by volunteers against a group with a fund."""
    from plaza_lab.scenarios.comparing.asked import view_in
    from plaza_lab.scenarios.comparing.ways import Asked, compare_plainly

    view, rest = view_in(arguments)
    flags = Flags.read("demo", rest)
    if not flags.is_for_hydra:
        for name in comparing.DEMO:
            say(f"{name}: {meaning(option_files('scenario')[name])}")
    placed, words = placed_in(flags.overrides)
    asked = Asked(comparing.DEMO, words, arguments, view, placed, "demo")
    return compare_plainly(asked, flags)


def sweep(arguments: Sequence[str]) -> int:
    """``plaza sweep``: every combination of the values given."""
    flags = Flags.read("sweep", arguments)
    if flags.is_for_hydra:
        return flags.hand_over()
    plan, placed = sweeping.plan(flags.overrides)
    settings = sweeping.settings_of(plan)
    command = command_line("sweep", *arguments)
    study = sweeping.keep_plan(plan, placed.store or usual_store(), command)

    def act(progress: Progress) -> None:
        sweeping.live_sweep(study, placed.where(settings.workers), progress)

    title = "-".join(axis.key for axis in plan.axes)
    return carry_out(Sweep(study, command), act, settings, title, plan.n_runs)


def bench(arguments: Sequence[str]) -> int:
    """``plaza bench``: the benchmarks of the checkout."""
    import subprocess

    root = Path(__file__).resolve().parents[2]
    for start in (root / "benchmarks" / "__main__.py", root / "benchmarks" / "run.py"):
        if start.exists():
            target = start.parent if start.name == "__main__.py" else start
            places = [str(root), *filter(None, sys.path)]  # an empty one is where one stands
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
            command = [sys.executable, str(target), *arguments]
            return wait_for(subprocess.Popen(command, env=environment))
    raise UserError(
        "the benchmarks are no part of the installed package; run plaza bench in a checkout of "
        f"the source, where benchmarks/ is ({root} has none)"
    )


KINDS = {"data": ("*.csv", "README.md"), "notebooks": ("*.ipynb", "*.py")}
"""What there is, and which of its files are meant for users."""


def copy_examples(arguments: Sequence[str]) -> int:
    """``plaza example``: copy logs (``data``) or ``notebooks`` to a folder of that name or another.

    Files that are there are left as they are.

    Raises
    ------
    UserError
        If there are no such examples, or the folder cannot be written to.
    """
    if not 1 <= len(arguments) <= 2 or arguments[0] not in KINDS:
        asked = arguments[0] if arguments else ""
        near = nearest(asked, KINDS) or f"; write plaza example {' or plaza example '.join(KINDS)}"
        raise UserError(
            f"example {' '.join(arguments)}".strip() + f": there is no such example{near}"
        )
    kind = arguments[0]
    place = place_of(arguments[-1], "example")
    source = Path(__file__).resolve().parents[2] / kind
    with disk_errors(place, option="example"):
        if not place.is_dir():
            check_parent(place, "example")
            place.mkdir(parents=True)
        for file in sorted(file for form in KINDS[kind] for file in source.glob(form)):
            copy = place / file.name
            if copy.exists():
                say(f"{copy} is there already and was left as it is")
            else:
                shutil.copyfile(file, copy)
                sys.stdout.write(f"{copy}\n")
    return 0
