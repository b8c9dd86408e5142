"""The command line ``plaza``: finds the verb, and says mistakes in one line.

Nothing heavy is imported before a verb is chosen, so that help comes at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from plaza_lab.scenarios.command_line.printing import check_words, complain, guarded, one_line
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.options import GROUPS, USER_FOLDER, nearest, option_names

MISTAKE, FAILED, STOPPED = 2, 1, 130
OBJECTS_BETWEEN_SEARCHES = 50_000
"""New objects after which Python looks for garbage; by its own 700 a short command spends a tenth
of its time on looking through what its imports made."""


@dataclass(frozen=True)
class Verb:
    """One verb: what it does, an example, more for its own help, and the function that does it.

    The function is named by its module below ``scenarios`` and its name.
    """

    line: str
    example: str
    more: str = ""
    does: str = ""

    def carry_out(self, words: list[str]) -> int:
        """Import the function and call it with what follows the verb; return its exit code."""
        module, _, name = self.does.partition(":")
        return int(getattr(import_module(f"plaza_lab.scenarios.{module}"), name)(words))


VERBS = {
    "demo": Verb(
        "a volunteer group against a group with a fund: 30 paired seeds, 52 weeks",
        "plaza demo",
        "Takes the overrides of plaza run, such as run.replicates=10.",
        does="command_line.verbs:demo",
    ),
    "run": Verb(
        "one policy, many seeds",
        "plaza run incentive=weekly_prize run.replicates=1",
        does="command_line.verbs:run",
    ),
    "compare": Verb(
        "several policies, paired by seed; the first is the baseline",
        "plaza compare policies=[thanks_only,points] run.weeks=26",
        "A policy is a scenario, the option of exactly one lever group, 'default', or several\n"
        "overrides in quotes:\n"
        "  plaza compare 'policies=[thanks_only,\"incentive=points fund=dues\"]'\n"
        "Other overrides hold for all policies. --cfg job shows every policy's configuration.\n"
        "Pairs are added until the differences are known well enough, with intervals that stay\n"
        "valid however often one looks:\n"
        "  plaza compare policies=[weekly_prize,points] --until retention=1pp,spend=2% \\\n"
        "      --max-pairs 2000\n"
        "The best of many by one outcome, dropping the others on the way:\n"
        "  plaza compare policies=[thanks_only,points,weekly_prize] --best retention=1pp\n"
        "Values may be everyday ones, and the advice asked where it flips (plaza settings):\n"
        "  plaza compare policies=[thanks_only,weekly_prize] fund=grant fund.opening=50k \\\n"
        "      members=800 farmers='one in twenty' --flips --memo --lang zh\n"
        "--aim growth decides by another outcome, --by arrival tells outcomes by group of people,\n"
        "--equal-spend compares at equal cost, --all shows every outcome.\n"
        "On other machines, and kept for the next question (docs/how-to/run_on_a_cluster.md):\n"
        "  plaza compare policies=[thanks_only,points] hydra/launcher=dask store=my_store\n"
        "A fitted community, from the last day of its log on:\n"
        "  plaza compare world=my_community start=today policies=[thanks_only,points]",
        does="comparing.verb:compare",
    ),
    "wait": Verb(
        "what waiting with a policy costs",
        "plaza wait policies=[thanks_only,weekly_prize] --weeks 4",
        "Compares beginning at once, after --weeks weeks (4), and never. Flags and overrides of\n"
        "plaza compare.",
        does="comparing.verb:wait",
    ),
    "remain": Verb(
        "what is left of a policy after it has ended",
        "plaza remain policies=[thanks_only,weekly_prize] --weeks 26",
        "Compares never, for --weeks weeks (26), and to the end. Flags and overrides of\n"
        "plaza compare.",
        does="comparing.verb:remain",
    ),
    "try": Verb(
        "a trial inside the community: what an A/B test would say, and what is true",
        "plaza try policies=[thanks_only,points] --arm 50% --by person --weeks 8",
        does="trying.verb:run_try",
    ),
    "attribute": Verb(
        "joins credited to channels by six rules, and what each has brought",
        "plaza attribute acquisition=mixed fund=brand_funded run.weeks=26",
        does="attributing.verb:run_attribute",
    ),
    "sweep": Verb(
        "every combination of the values given, in one table",
        "plaza sweep incentive=thanks_only,weekly_prize fund=entry_fee,dues",
        does="command_line.verbs:sweep",
    ),
    "reproduce": Verb(
        "a kept result once more: is it the same to the byte?",
        "plaza reproduce plaza-out/demo-20260101-120000",
        "Takes an output folder, or the manifest.json in it: of run, compare, demo, wait, remain,\n"
        "sweep, optimise, validate, try, attribute, policy or scenario, or a study's answer. What\n"
        "its command line names (options of yours, mechanisms) must be where it was.",
        does="output.reproducing:reproduce",
    ),
    "study": Verb(
        "a large study in a store: run, status, resume, expand, report, remove, ...",
        "plaza study run policies=[thanks_only,weekly_prize] --name prize",
        does="study.verb:run_study",
    ),
    "scenario": Verb(
        "the library of questions with expected directions: list, show, run",
        "plaza scenario run learning_fund_500",
        does="library.verb:run_scenario",
    ),
    "policy": Verb(
        "what is wrong with a policy, what two differ in, what options do: lint, diff, effects",
        "plaza policy lint incentive=points fund=dues",
        does="policies.verb:run_policy",
    ),
    "explain": Verb(
        "a member's days, and the terms of her decisions",
        "plaza explain incentive=weekly_prize run.seed=3 member=7 against=incentive=points",
        does="explaining.verb:run_explain",
    ),
    "fit": Verb(
        "a world from your own community's records",
        "plaza fit log.csv --name my_community",
        does="fit.verb:run_fit",
    ),
    "forecast": Verb(
        "a fitted community lives on from the last day of its log",
        "plaza forecast my_community --weeks 26",
        does="forecast.verb:run_forecast",
    ),
    "optimise": Verb(
        "the best policies on several counts, under a budget",
        "plaza optimise incentive=points,weekly_prize --maximise retention --budget 100000",
        does="command_line.verbs:optimise",
    ),
    "calibrate": Verb(
        "uncertain settings fitted to what your community has shown",
        "plaza calibrate targets.yaml 'world.ties.decay=interval(0.001,0.05)' --name my_world",
        does="command_line.verbs:calibrate",
    ),
    "learn": Verb(
        "what a small live trial says about the worlds that fit",
        "plaza learn result.csv --from before --outcome retention",
        does="forecast.learn:run_learn",
    ),
    "plan-test": Verb(
        "how large and how long a live test of two policies must be",
        "plaza plan-test policies=[thanks_only,weekly_prize] --size 200",
        does="forecast.plan_test:run_plan_test",
    ),
    "settings": Verb(
        "the few settings one needs, by everyday name, unit, value and bounds; or those of a word",
        "plaza settings farm",
        does="everyday.verb:run_settings",
    ),
    "memo": Verb(
        "two pages for who decides, of a comparison's folder or a study: HTML and DOCX",
        "plaza memo plaza-out/compare-thanks_only-vs-weekly_prize-20260101-120000",
        does="memo.verb:run_memo",
    ),
    "mechanism": Verb(
        "does a mechanism of your own hold to the rules? check",
        "plaza mechanism check my_mechanisms.py",
        does="own.mechanism_check:run_mechanism",
    ),
    "validate": Verb(
        "does a world look like real communities? patterns, bands, verdicts",
        "plaza validate --seeds 20",
        does="validation.verb:run_validate",
    ),
    "sanity": Verb(
        "does a world answer as any practitioner would bet? statements, arms, verdicts",
        "plaza sanity entry_fee prize --pairs 20",
        does="sanity.verb:run_sanity",
    ),
    "example": Verb(
        "the example logs and the notebooks, copied here: data, notebooks",
        "plaza example data",
        "Takes a folder to copy to; files that are there are left as they are.",
        does="command_line.verbs:copy_examples",
    ),
    "app": Verb(
        "a page in the browser: policies compared while you move a slider",
        "plaza app",
        does="app.verb:run_app",
    ),
    "bench": Verb(
        "how fast it runs here (in a checkout of the source)",
        "plaza bench",
        does="command_line.verbs:bench",
    ),
}
EVERYDAY = ("study", "explain", "optimise", "plan-test", "try", "attribute")
"""Verbs that read overrides by themselves; the others take everyday values where flags are read."""
FOLDERLESS = ("fit", "forecast", "example", "bench")
TRUSTING = ("study",)  # verbs that have --trust among their own flags
TELLING = ("compare", "wait", "remain", "try", "attribute", "study", "settings", "memo", "app")
"""Verbs that have --lang among their own flags; the others speak it too."""
HYDRA_HELPS = ("run", "sweep")
OWN_HELPS = (
    "study", "scenario", "policy", "explain", "fit", "forecast", "optimise", "calibrate",
    "learn", "plan-test", "mechanism", "validate", "sanity", "app", "settings", "memo",
    "try", "attribute",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; default: those of the process.

    Returns
    -------
    int
        0; 1 when some runs failed; 2 for a user's mistake; 130 after Ctrl-C, 143 after SIGTERM.
    """
    from plaza_lab.scenarios.command_line.stopping import orderly

    if argv is None:  # the process is this command's alone
        gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    with guarded(), orderly() as ending:
        code = _answered(list(sys.argv[1:] if argv is None else argv))
    return ending.code(code)


def _answered(arguments: list[str]) -> int:
    """Exit code of a command, with every mistake said in one line."""
    from plaza_lab.scenarios.command_line.stopping import stopped_by

    try:
        check_words(arguments)
        return _dispatch(arguments)
    except UserError as mistake:
        return _stop(str(mistake), MISTAKE, arguments)
    except KeyboardInterrupt:
        return _stop(f"stopped by {stopped_by()}; nothing was kept", STOPPED, arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except MemoryError:
        line = "not enough memory; take fewer runs side by side (run.workers=1) or fewer members"
        return _stop(line, FAILED, arguments)
    except Exception as bug:
        from plaza_lab.engine.private import UnsafeFolder

        if isinstance(bug, UnsafeFolder):
            return _stop(str(bug), MISTAKE, arguments)
        line = f"{type(bug).__name__}: {bug}; this is a fault of Plaza, PLAZA_DEBUG=1 shows where"
        return _stop(line, FAILED, arguments)


def _stop(line: str, code: int, arguments: Sequence[str]) -> int:
    from plaza_lab.scenarios.language import Language
    from plaza_lab.scenarios.language.choosing import language_of_words

    if os.environ.get("PLAZA_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    try:
        say = Language(language_of_words(arguments))
    except UserError:  # the language is the mistake
        say = Language("en")
    said = say.mistake(" ".join(line.split()))
    sys.stderr.write(f"plaza: {one_line(said)}\n")
    return code


def _dispatch(arguments: list[str]) -> int:
    arguments = _verb_first(arguments)
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        return _say(help_text(), arguments)
    verb, *rest = arguments
    if verb == "--version":
        from plaza_lab.scenarios.output.provenance import version

        sys.stdout.write(f"plaza {version()}\n")
        return 0
    if verb not in VERBS:
        near = nearest(verb, VERBS) or f"; choose one of {', '.join(VERBS)}"
        raise UserError(f"{verb!r} is no verb{near}")
    if verb not in (*HYDRA_HELPS, *OWN_HELPS) and {"--help", "-h"} & set(rest):
        return _say(verb_help(verb), rest)
    from plaza_lab.scenarios.language.choosing import speaking
    from plaza_lab.scenarios.settings.ignored_files import ignored_line
    from plaza_lab.scenarios.settings.resolvers import FLAG, trusting

    ignored = ignored_line() if verb not in FOLDERLESS else ""
    with trusting(FLAG in rest), speaking(rest) as bare:
        if ignored:
            complain(ignored)
        spoken = rest if verb in TELLING else bare
        own = spoken if verb in TRUSTING else [word for word in spoken if word != FLAG]
        if verb in HYDRA_HELPS and {"--help", "-h"} & set(bare):
            from plaza_lab.scenarios.command_line.helps import said_of

            return said_of(VERBS[verb].carry_out, bare)
        return carried_out(verb, own)


def carried_out(verb: str, words: Sequence[str]) -> int:
    """Carry out a verb under the mechanisms that its words name.

    Parameters
    ----------
    verb : str
        One of `VERBS`.
    words : sequence of str
        What follows it.

    Returns
    -------
    int
        Its exit code.
    """
    from plaza_lab.scenarios.own.own_mechanisms import own_mechanisms

    with own_mechanisms(verb, list(words)) as own:
        if verb in EVERYDAY:
            from plaza_lab.scenarios.everyday.values import translated

            own = translated(own)
        return VERBS[verb].carry_out(own)


def _say(text: str, words: list[str]) -> int:
    from plaza_lab.scenarios.command_line.helps import say_help

    return say_help(text, words)


def _verb_first(arguments: list[str]) -> list[str]:
    """Put ``--lang zh`` behind the verb where it was written before it."""
    first = "".join(arguments[:1])
    n = 2 if first == "--lang" else int(first.startswith("--lang="))
    verb = arguments[n : n + 1] or (["--help"] if n else [])
    return [*verb, *arguments[:n], *arguments[n + 1 :]]


def verb_help(verb: str) -> str:
    """Return the help of one verb.

    Parameters
    ----------
    verb : str
        One of `VERBS`.

    Returns
    -------
    str
        A few lines.
    """
    entry = VERBS[verb]
    parts = [f"plaza {verb}: {entry.line}", f"  {entry.example}", entry.more]
    return "\n".join(filter(None, parts)) + "\n"


def help_text() -> str:
    """Return the help: verbs with an example each, and every group with its options.

    Returns
    -------
    str
        Lines of at most 100 columns.
    """
    lines = ["Plaza: what a policy does to a brand community", "", "plaza <verb> [overrides]", ""]
    width = max(map(len, VERBS))
    for name, verb in VERBS.items():
        lines += [f"  {name:<{width}} {verb.line}", f"  {'':<{width}} {verb.example}"]
    lines += ["", "Overrides: group=option, group.field=value", ""]
    for group in GROUPS:
        lines += _wrapped(f"  {group:<13} ", option_names(group))
    lines += [
        f"  {'run':<13} run.seed run.replicates run.weeks run.workers run.out run.overwrite",
        "",
        f"Your own options: ./{USER_FOLDER}/<group>/<option>.yaml; --trust lets files of others",
        "read your machine (${oc.env:NAME})",
        "Language: --lang en or zh with any verb, else PLAZA_LANG, else the locale",
        "More: plaza <verb> --help; plaza run --cfg job shows every setting and its value",
    ]
    return "\n".join(lines) + "\n"


def _wrapped(head: str, words: list[str]) -> list[str]:
    import textwrap

    indent = " " * len(head)
    return textwrap.wrap(
        head + " ".join(words), 98, subsequent_indent=indent, break_on_hyphens=False,
        drop_whitespace=True,
    )  # fmt: skip
