"""``plaza study run | status | resume | expand | why | report | export | list | remove | gc``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from plaza_lab.scenarios.command_line.parser import Parser, by_part, whole
from plaza_lab.scenarios.command_line.printing import say
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.launching import nothing_left_behind
from plaza_lab.scenarios.experiments.placing import HYDRA, Where, placed_in
from plaza_lab.scenarios.experiments.plan import Plan, make_plan
from plaza_lab.scenarios.experiments.plan_files import (
    StudyFolder,
    load_facts,
    load_plan,
    save_plan,
    study_named,
    study_names,
)
from plaza_lab.scenarios.experiments.spec import KINDS, Spec, read_spec
from plaza_lab.scenarios.own.own_mechanisms import adopt
from plaza_lab.scenarios.own.stand_in import model_of
from plaza_lab.scenarios.settings.names import check_name
from plaza_lab.scenarios.settings.overrides import check_overrides, parsed
from plaza_lab.scenarios.store import Store, open_store
from plaza_lab.scenarios.study import status
from plaza_lab.scenarios.study.execution import carry_out_study, finish_study

PARTS = {
    "run": "plan a study and run it: a file of conf/study or plaza-conf/study, or overrides",
    "status": "how far a study is: planned, running, done, failed",
    "resume": "run what is not done yet, failed runs among it",
    "expand": "add seeds, values or points to a study, and run them",
    "why": "why runs failed; or everything about one run",
    "report": "answer a study again from what is done",
    "export": "the tables of a study as Parquet or CSV files",
    "list": "the studies of the store",
    "remove": "remove a study and its answer; its runs stay in the store",
    "gc": "remove what killed processes left behind",
}
LARGEST_SEED, MOST_JOBS = 2**32 - 1, 10_000
MOST_N = 10**9  # what a plan of it holds is counted before it is drawn
WORDS = {
    "run": "a study file, or policies=[...] and what is varied",
    "expand": "a study's name; run.replicates=..., new lists of values",
}
MORE = {
    "run": """

  plaza study run slow_market
  plaza study run policies=[thanks_only,weekly_prize] run.replicates=100 --name prize
  plaza study run --design sobol_sequence --n 64 policies=[thanks_only,weekly_prize] \\
      'world.churn.established_hazard=interval(0.0003,0.003)' --name market

Levers (incentive, fund.dues_month_cents, ...) are what you choose, uncertainties (world.*,
population.*) what you do not know; every policy is run in every world at every seed.
Files are looked for in conf/study and plaza-conf/study; a path ends with .yaml.
Where it runs: run.workers=4, hydra/launcher=dask; docs/how-to/run_on_a_cluster.md.
Exit code: 0; 1 when a run failed; 2 for a mistake; 130 after Ctrl-C. Finished runs are kept.""",
    "resume": """

  plaza study resume prize
  plaza study resume prize hydra/launcher=dask""",
    "expand": """

  plaza study expand prize run.replicates=200
  plaza study expand prize world.ties.decay=0.01,0.02,0.03
  plaza study expand market --n 128

A list or range given here takes the place of the old one. Runs that stay are not run again; grids
and designs of a seed keep their points when they grow; lhs draws new ones.""",
    "export": """

  plaza study export prize --to prize-tables
  plaza study export prize --to prize-csv --format csv --parameters""",
    "why": """

  plaza study why prize
  plaza study why prize 3f9c01d2aa104e77""",
}


def _parser(name: str) -> Parser:
    parser = Parser(prog=f"plaza study {name}", description=PARTS[name], more=MORE.get(name, ""),
                    allow_abbrev=False)  # fmt: skip
    add = parser.add_argument
    if name in ("run", "expand"):
        what = "STUDY CHANGES" if name == "expand" else "[FILE] OVERRIDES"
        add("words", nargs="*", metavar=what, help=WORDS[name])
        add("--design", metavar="KIND", help=f"{', '.join(KINDS)}; default grid")
        add("--n", metavar="N", type=whole(1, MOST_N),
            help="size of the design, where it is not a list")  # fmt: skip
        add("--design-seed", metavar="N", type=whole(0, LARGEST_SEED),
            help="seed of the design, not of the runs")  # fmt: skip
    if name == "run":
        add("--name", metavar="NAME", help="name of the study; default: the file's, or the time")
    if name == "report":
        add("--to", metavar="DIR", type=Path, help="a new folder; default: in the store")
        add("--lang", metavar="CODE", default="", help="en or zh; default: PLAZA_LANG")
    if name in ("status", "resume", "why", "report", "export", "remove"):
        count = "?" if name == "status" else None
        every = "; none: all of the store" if name == "status" else ""
        add("study", nargs=count, metavar="STUDY", help=f"its name{every}")
    if name == "resume":
        add("words", nargs="*", metavar="WHERE", help="hydra/launcher=..., run.workers=...")
    if name == "why":
        add("run_id", nargs="?", metavar="RUN", help="key of a run; none: what failed")
    if name in ("run", "expand", "resume"):
        add("--jobs", metavar="N", type=whole(1, MOST_JOBS), default=0,
            help="jobs a launcher spreads the runs over; default: at most 200")  # fmt: skip
        add("--no-report", action="store_true", help="run only, answer later (report)")
    if name == "export":
        add("--to", metavar="DIR", type=Path, required=True, help="a new folder")
        add("--format", choices=("parquet", "csv"), default="parquet",
            help="default parquet")  # fmt: skip
        add("--parameters", action="store_true", help="join what varies to days and journal too")
    if name == "gc":
        add("--dry-run", action="store_true", help="tell, remove nothing")
        add("--unasked", action="store_true", help="also runs that no study here asks for, "
            "as those of another engine or a search")  # fmt: skip
    parser.also("store")
    if name != "remove":
        add("--trust", action="store_true", help="let resolvers in it read this machine")
    return parser


def _run(options: Namespace) -> int:
    where, words = _where(options.words)
    spec, words = _asked(words)
    if options.name is not None:
        check_name(options.name)
    name = options.name or spec.name or datetime.now().strftime("study-%Y%m%d-%H%M%S")
    spec = replace(spec.changed_by(words, _design(options)), name=check_name(name))
    if spec.design.kind != "grid" and not (spec.levers or spec.uncertainties):
        raise UserError(
            f"design {spec.design.kind}: nothing is varied; give what one does not know, as in "
            "'world.ties.decay=interval(0.01,0.02)'"
        )
    plan = make_plan(spec)
    study = StudyFolder(_store(options), name)
    if study.exists and load_plan(study).spec != spec:
        raise UserError(
            f"{name} is a study of {study.store.folder} already, and asks something else: "
            f"plaza study expand {name} changes it, --name gives the new one another name"
        )
    return _carry(study, plan, options, where, options.asked)


def _resume(options: Namespace) -> int:
    where, words = _where(options.words)
    if words:
        raise UserError(
            f"{words[0]}: plaza study resume changes nothing but where it runs; plaza study expand "
            "adds to a study"
        )
    study = _found(options, is_written=True, is_lived=True)
    command = load_facts(study)["command"]
    return _carry(study, load_plan(study), options, where, command, save=False)


def _expand(options: Namespace) -> int:
    if not options.words:
        raise UserError("plaza study expand: name the study, and what to add")
    name, *rest = options.words
    options.study = name
    study = _found(options, is_written=True, is_lived=True)
    where, words = _where(rest)
    old = load_plan(study)
    if not words and not _design(options):
        raise UserError(
            f"plaza study expand {name}: name what to add, such as run.replicates=200 or --n 128"
        )
    plan = make_plan(old.spec.changed_by(words, _design(options)))
    command = f"{load_facts(study)['command']} && {options.asked}"
    say(status.change_line(set(old.keys), set(plan.keys)))
    return _carry(study, plan, options, where, command)


def _status(options: Namespace) -> int:
    if options.study is None:
        return _list(options)
    study = _found(options)
    status.print_status(study, load_plan(study))
    return 0


def _list(options: Namespace) -> int:
    store = _store(options, may_make=False)
    status.print_list([StudyFolder(store, name) for name in study_names(store)])
    return 0


def _why(options: Namespace) -> int:
    study = _found(options)
    status.print_why(study, load_plan(study), options.run_id)
    return 0


def _report(options: Namespace) -> int:
    study = _found(options)
    command = load_facts(study)["command"]
    return finish_study(study, load_plan(study), command, place=options.to, language=options.lang)


def _export(options: Namespace) -> int:
    from plaza_lab.scenarios.study.exporting import export_study

    study = _found(options)
    export_study(study, load_plan(study), options.to, options.format, options.parameters)
    return 0


def _remove(options: Namespace) -> int:
    from plaza_lab.scenarios.study.exporting import remove_study

    remove_study(_found(options, is_written=True))
    return 0


def _gc(options: Namespace) -> int:
    from plaza_lab.scenarios.study.exporting import collect_garbage

    store = _store(options, may_make=not options.dry_run)
    collect_garbage(store, is_dry=options.dry_run, has_unasked=options.unasked)
    return 0


def _found(options: Namespace, *, is_written: bool = False, is_lived: bool = False) -> StudyFolder:
    """Find the study that is named; nothing is made where there is none."""
    check_name(options.study)
    study = study_named(_store(options, may_make=False), options.study)
    if is_written:
        _store(options)
    if (own := model_of(study, options.asked, is_lived=is_lived)) is not None:
        adopt(own)
    return study


def _store(options: Namespace, *, may_make: bool = True) -> Store:
    is_trusted = getattr(options, "trust", False)
    return open_store(options.store, may_make=may_make, is_trusted=is_trusted)


def _carry(
    study: StudyFolder, plan: Plan, options: Namespace, where: Where, command: str, *,
    save: bool = True,
) -> int:  # fmt: skip
    where = replace(where, jobs=options.jobs)
    with nothing_left_behind(study, where, is_new=not study.exists):
        if save:
            save_plan(study, plan, command)
        return carry_out_study(study, plan, command, where, has_answer=not options.no_report)


def _asked(words: Sequence[str]) -> tuple[Spec, list[str]]:
    """Read the study file, if the first word is one."""
    if words and "=" not in words[0]:
        return read_spec(words[0]), list(words[1:])
    return Spec(""), list(words)


def _design(options: Namespace) -> dict[str, object]:
    given = {"kind": options.design, "n": options.n, "seed": options.design_seed}
    return {key: value for key, value in given.items() if value is not None}


def _where(words: Sequence[str]) -> tuple[Where, list[str]]:
    """Take out of the words what says where it runs, and changes no result."""
    numbers = [word for word in words if word.startswith("run.workers=")]
    check_overrides(numbers)
    launched = [word for word in words if word.startswith(HYDRA)]
    where, _ = placed_in(launched, may_sweep=True)
    workers = int(parsed(numbers)[0].value()) if numbers else 0
    rest = [word for word in words if word not in numbers and not word.startswith(HYDRA)]
    return where.where(workers), rest


run_study = by_part(
    "study", "many runs, one question, kept in a store", PARTS, _parser,
    {
        "run": _run, "resume": _resume, "expand": _expand, "status": _status, "list": _list,
        "why": _why, "report": _report, "export": _export, "remove": _remove, "gc": _gc,
    },
)  # fmt: skip
