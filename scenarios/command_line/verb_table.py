"""The verbs of ``plaza``: the one list of them, and which of them read what by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module


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
        does="command_line.verbs:compare",
    ),
    "wait": Verb(
        "what waiting with a policy costs",
        "plaza wait policies=[thanks_only,weekly_prize] --weeks 4",
        "Compares beginning at once, after --weeks weeks (4), and never. Flags and overrides of\n"
        "plaza compare.",
        does="command_line.verbs:wait",
    ),
    "remain": Verb(
        "what is left of a policy after it has ended",
        "plaza remain policies=[thanks_only,weekly_prize] --weeks 26",
        "Compares never, for --weeks weeks (26), and to the end. Flags and overrides of\n"
        "plaza compare.",
        does="command_line.verbs:remain",
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
        does="optimise.verb:run_optimise",
    ),
    "calibrate": Verb(
        "uncertain settings fitted to what your community has shown",
        "plaza calibrate targets.yaml 'world.ties.decay=interval(0.001,0.05)' --name my_world",
        does="calibrate.verb:run_calibrate",
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
TELLING = ("compare", "wait", "remain", "try", "attribute", "settings", "memo", "app")
"""Verbs that have --lang among their own flags; the others speak it too."""
HYDRA_HELPS = ("run", "sweep")
OWN_HELPS = (
    "study", "scenario", "policy", "explain", "fit", "forecast", "optimise", "calibrate",
    "learn", "plan-test", "mechanism", "validate", "sanity", "app", "settings", "memo",
    "try", "attribute",
)  # fmt: skip
