"""Command lines made by chance, seeded: nearly all wrong by construction, each in its own way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf

QUICK = ("run.weeks=1", "run.replicates=2", "population=learning_52", "run.report=false")
POLICIES = "policies=[thanks_only,weekly_prize]"
RUNNING = (("run",), ("compare", POLICIES), ("sweep", "comms.lead_days=1,2"))
NO_NUMBERS = ("-1", "1.5", "nan", "inf", "1" + "0" * 30, "", " ", "x", "0x1", "1e3", "²")
SEED = 20_260_301


@dataclass(frozen=True)
class Case:
    """A command line, the files it finds, and what must come of it.

    Parameters
    ----------
    arguments : tuple of str
        What follows ``plaza``.
    files : dict of str to bytes
        Path below the working folder to content.
    made : str
        What a right command leaves, a glob; empty for one that must be refused.
    is_right : bool
        Whether it must end well.
    """

    arguments: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    made: str = ""
    is_right: bool = False


def grammar(chance: random.Random) -> Iterator[Case]:
    """Overrides that the grammar, or what checks them, cannot take."""
    broken = [
        "{k}=[{v}", "{k}=({v}", "{k}={{{v}", "{k}='{v}", '{k}="{v}', "{k}={v}]", "{k}={v})",
        "{k}={v}}}", "{k}={v},", "{k}=,{v}", "{k}={v},,{v}", "{k}=={v}", "{k}={v}={v}", "={v}",
        "=", "{v}", "+{k}={v}", "++{k}={v}", "~{k}x", "~{k}={v}", "~", "{k}@x={v}", "{k}@:x={v}",
        "{k}={v}\n", "{k}={v}\x1b[31m", "{k}=nope({v})", "{k}=range({v})", "{k}=choice()",
        "{k}=${{nope.{v}}}", "{k}=${{oc.env:NO_SUCH_NAME}}", "{k}=${{nope:{v}}}", "{k}.x.y={v}",
        "/{k}={v}", "{k}/={v}", "'{k}'={v}", "[{k}]={v}", "{k}={v}\0", "{k}=\udcff", "{k}~={v}",
        "{k}=choice(1,2),choice(3)", "{k}=glob(", "{k}=interval(a,b)", "{k}=int(a)",
    ]  # fmt: skip
    keys = [("incentive", "points"), ("comms.lead_days", "3"), ("fund", "dues")]
    for form in broken:
        key, value = chance.choice(keys)
        verb = chance.choice(RUNNING[:2])
        yield Case((*verb, *QUICK, form.format(k=key, v=value)))


def bounds(chance: random.Random) -> Iterator[Case]:
    """Settings with values that are out of bounds, or of another kind."""
    from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys

    numeric = [key for key in setting_keys() if declaration(key)[1].type in (int, float)]
    for key in chance.sample([key for key in numeric if not key.startswith("run.")], 45):
        declared = declaration(key)[1]
        low, high = declared.metadata["low"], declared.metadata["high"]
        wrong = ["nan", "x", "null", "[1,2]", "{a:1}", "''", "2020-02-30"]
        wrong += [repr(high + 1)] * 3 if high < inf else []
        wrong += [repr(low - 1)] * 3 if low > -inf else []
        wrong += ["1.5", "true"] if declared.type is int else []
        yield Case((*chance.choice(RUNNING), *QUICK, f"{key}={chance.choice(wrong)}"))
    for word in ("run.seed=-1", "run.weeks=0", "run.weeks=521", "run.replicates=0", "run.report=2",
                 "run.workers=-1", "run.overwrite=maybe", "run.seed=" + "9" * 5000):  # fmt: skip
        own = [part for part in QUICK if part.split("=")[0] != word.split("=")[0]]
        yield Case(("run", *own, word))


def names(chance: random.Random) -> Iterator[Case]:
    """Verbs, groups, options, policies and studies that there are none of."""
    from plaza_lab.scenarios.settings.options import LEVERS, option_names

    for group in chance.sample(LEVERS, 12):
        option = chance.choice(option_names(group))
        yield Case(("run", *QUICK, f"{group}={option}{chance.choice('xyz_9')}q"))
        yield Case(("run", *QUICK, f"{group}{chance.choice('xq')}={option}"))
    for words in (
        ["rnu"], [""], ["\x1b[31m"], ["study", "rnu"], ["policy", "x"], ["scenario", "x"],
        ["study", "run", "no_such_study"], ["study", "status", "x"], ["study", "remove", "x"],
        ["study", "run", POLICIES, "--name", "../x"], ["study", "run", POLICIES, "--name", "a b"],
        ["scenario", "run", "no_such"], ["scenario", "show", ""], ["policy", "diff", "no", "so"],
        ["policy", "diff", "'", "points"], ["compare", "policies=[]"], ["compare", "policies="],
        ["compare", "policies=thanks_only"], ["compare", "policies=[points,points]"],
        ["compare", "policies=[no_such,points]"], ["compare", "policies={a:1}"], ["compare"],
        ["compare", POLICIES, "world=ensemble:no_such"], ["explain", "member=x"], ["explain", "x"],
        ["explain", "member=1", "against=no_such"], ["fit", "no_such.csv"], ["fit", "."],
        ["calibrate", "no_such.yaml", "world.ties.decay=interval(0.01,0.02)"],
        ["optimise", "incentive=none,points", "--maximise", "no_such"],
        ["optimise", "world.ties.decay=0.01,0.02"], ["optimise", "incentive=points"],
    ):  # fmt: skip
        yield Case(tuple(words))


def places(chance: random.Random) -> Iterator[Case]:
    """Places where nothing can be kept."""
    wrong = ["/", ".", "..", "/proc/x", "file", "file/x", "n" * 300, "a/" * 3000,
             "'~no_such_user/x'", "folder"]  # fmt: skip
    files = {"file": b"x", "folder/x": b"x"}
    for place in wrong:
        yield Case((*chance.choice(RUNNING[:2]), *QUICK, f"run.out={place}"), files)
        bare = place.strip("'")
        yield Case(("validate", "--seeds", "4", "--to", bare), files)
        yield Case(("explain", "member=1", *QUICK[:3], "--to", bare), files)
    for place in ("", "file", "folder"):
        yield Case(("scenario", "run", "learning_fund_500", "--seeds", "2", "--save", place), files)
        yield Case(("study", "export", "x", "--to", place), files)
    yield Case(("study", "run", POLICIES, *QUICK, "--store", ""), files)
    yield Case(("study", "run", POLICIES, *QUICK, "--store", "file"), files)
    yield Case(("fit", "file", "--out", "file"), files)


def flags(chance: random.Random) -> Iterator[Case]:
    """Every flag of every verb that takes a number, with what is none or too large."""
    for words, flag in numeric_flags():
        for value in chance.sample(NO_NUMBERS, 4):
            yield Case((*words, f"{flag}={value}"))
    for verb in ("run", "compare", "sweep", "demo"):
        for words in (["--nope"], ["--cfg", "x"], ["--cfg="], ["--info=x"], ["--config-dir", "x"]):
            yield Case((verb, *words))
    for value in NO_NUMBERS:
        words = ("compare", POLICIES, *QUICK[:1], "--until", "retention=1pp")
        yield Case((*words, "--max-pairs", value))
    for wish in ("x", "retention", "retention=0pp", "retention=-1pp", "retention=nanpp", "=1pp"):
        yield Case(("compare", POLICIES, *QUICK[:1], "--until", wish))


def numeric_flags() -> Iterator[tuple[tuple[str, ...], str]]:
    """Walk through the parsers: words that make a verb complete, and a flag with a kind."""
    from plaza_lab.scenarios.calibrate.verb import _parser as calibrate
    from plaza_lab.scenarios.command_line.parser import folder_name, new_folder
    from plaza_lab.scenarios.explaining.verb import _parser as explain
    from plaza_lab.scenarios.fit.verb import _parser as fit
    from plaza_lab.scenarios.library.verb import PARTS as ASKED
    from plaza_lab.scenarios.library.verb import _parser as scenario
    from plaza_lab.scenarios.optimise.verb import _parser as optimise
    from plaza_lab.scenarios.policies.verb import PARTS as SEEN
    from plaza_lab.scenarios.policies.verb import _parser as policy
    from plaza_lab.scenarios.study.verb import PARTS as KEPT
    from plaza_lab.scenarios.study.verb import _parser as study
    from plaza_lab.scenarios.validation.verb import _parser as validate

    words = {"expand": ("x", "--no-report"), "resume": ("x",), "run": (POLICIES,)}
    parsers = [
        (("calibrate", "t.yaml", "world.ties.decay=interval(0.01,0.02)"), calibrate()),
        (("explain", "member=1"), explain()), (("fit", "log.csv"), fit()),
        (("optimise", "incentive=none,points"), optimise()), (("validate",), validate()),
        *((("scenario", part, "learning_fund_500"), scenario(part)) for part in ASKED),
        *((("policy", part), policy(part)) for part in SEEN),
        *((("study", part, *words.get(part, ())), study(part)) for part in KEPT),
    ]  # fmt: skip
    for given, parser in parsers:
        for action in parser._actions:
            is_number = callable(action.type) and action.type not in (folder_name, new_folder)
            if action.option_strings and is_number and not isinstance(action.type, type):
                yield given, action.option_strings[0]


def sweeps(chance: random.Random) -> Iterator[Case]:
    """Sweeps without an end, or without anything in them."""
    large = chance.randrange(10**9, 10**12)
    for values in (
        f"range(0,{large},1)", "range(0,inf)", "range(0,nan)", "range(0,10,0)", "range(10,0)",
        "range(0,1,1e-12)", "range(-1e308,1e308)", f"shuffle(range(0,{large}))",
        f"sort(range(0,{large}),reverse=true)", "interval(0,inf)", "interval(0,10)", "glob(*)",
        "choice(1,1)", "1,-5", "1,x", "1," + "9" * 500, "1,1e400", "[1,2],[3]",
    ):  # fmt: skip
        yield Case(("sweep", *QUICK, f"fund.dues_month_cents={values}"))
    yield Case(("sweep", *QUICK, "fund.dues_month_cents=range(0,900)",
                "fund.opening_cents=range(0,900)", "comms.lead_days=range(0,14)"))  # fmt: skip
    yield Case(("study", "run", POLICIES, *QUICK, f"world.ties.decay=range(0,1,{1 / large})"))
    yield Case(("study", "run", POLICIES, *QUICK, "--design", "sobol", "--n", "16"))
    yield Case(("optimise", f"fund.dues_month_cents=range(0,{large})"))


def option_files(chance: random.Random) -> Iterator[Case]:
    """Option files of one's own that are none."""
    contents = [
        b"activity: [\n", b"- a\n- b\n", b"3\n", b"activty: {}\n", b"ties: {decay: -1}\n",
        b"ties: {decay: x}\n", b"ties: 5\n", b"\x00\x01", b"\xff\xfe\x00", b"ties:\n\tdecay: 1\n",
        b"a: &a [*a]\n", b"ties: {decay: 2020-02-30}\n", b"ties: {decay: " + b"9" * 5000 + b"}\n",
        b"{" * 3000, b"'", b"? ? ?\n", b"ties: !!python/object:os.system {}\n", b"ties: null\n",
        b"defaults: [mine]\n", b"defaults: 5\n", b"defaults: [{/world: mine}]\n",
        b"defaults: [nope]\n", b"ties: {decay: ${nope}}\n", b"ties: {decay: ${ties.decay}}\n",
        b"a: 1\nties: {decay: .inf}\n", b"ties: {decay: [0.1]}\n", b"\x1b[31m: 1\n",
    ]  # fmt: skip
    for content in contents:
        verb = chance.choice(RUNNING[:2])
        yield Case((*verb, *QUICK, "world=mine"), {"plaza-conf/world/mine.yaml": content})
    yield Case(("run", *QUICK), {"plaza-conf/wrold/mine.yaml": b"# Mine.\n"})
    yield Case(("run", *QUICK), {"plaza-conf/world/default.yaml": b"# Mine.\n"})


def study_files(chance: random.Random) -> Iterator[Case]:
    """Studies that ask nothing, or what there is none of."""
    contents = [
        b"", b"[]\n", b"3\n", b"policies: [\n", b"policies: 5\n", b"policies: [points, points]\n",
        b"policies: [points, no_such]\n", b"nope: 1\n", b"question: x\n", b"levers: [a]\n",
        b"levers: {incentive: []}\n", b"levers: {incentive: [no_such]}\n", b"\xff\n", b"\x00",
        b"uncertainties: {world.ties.decay: {low: 2, high: 1}}\n",
        b"uncertainties: {world.ties.decay: {low: a}}\n",
        b"uncertainties: {world.ties.decay: {low: .nan, high: 1}}\n",
        b"uncertainties: {incentive: [points]}\n", b"levers: {world: [default]}\n",
        b"policies: [points, none]\ndesign: {kind: nope}\n",
        b"policies: [thanks_only, points]\ndesign: {n: -1}\n",
        b"policies: [thanks_only, points]\nrun: {weeks: 0}\n",
        b"policies: [thanks_only, points]\nrun: {weeks: 2020-02-30}\n",
        b"policies: [thanks_only, points]\noutcomes: [no_such]\n",
        b"policies: [thanks_only, points]\nsettings: [a=b]\n",
    ]  # fmt: skip
    for content in contents:
        yield Case(("study", "run", "mine.yaml", "--no-report"), {"mine.yaml": content})


def logs(chance: random.Random) -> Iterator[Case]:
    """Logs that cannot be fitted."""
    import gzip

    line = b"member,time\n"
    days = b"".join(b"m%d,2024-01-%02d\n" % (day % 3, 1 + day) for day in range(5))
    ids = b"".join(b"a,2024-0%d-0%d\n" % (1 + place // 9, 1 + place % 9) for place in range(27))
    flood = gzip.compress(line + b"\n" * 60_000_000, 9)
    contents = [
        b"", b"\n\n", line, b"x\n", line + days, line + ids, b"\x00" * 100, b"PK\x03\x04zip",
        b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x1f\x8b", gzip.compress(line + days)[:-9],
        b"\x1f\x8b" + b"x" * 50, b"PAR1" + b"x" * 50, b"PAR1", flood, b"a,b\n1,2\n",
        line + b"a,yesterday\nb,tomorrow\n", line + b"a,2020-02-30\nb,2021-13-01\n",
        b"member,time,group\na,2024-01-01,x\nb,2024-02-01,y\n", b'"member,time\n' + days,
        line + b"\x1b[31ma,x\n", b"\xff\xff\n", line + b"a,99999-01-01\n" + b"b,0000-00-00\n",
    ]  # fmt: skip
    for content in contents:
        yield Case(("fit", "log.csv", "--name", "tea"), {"log.csv": content})
    right = line + b"".join(b"m%d,2024-%02d-%02d\n" % (n % 9, 1 + n // 25, 1 + n % 25)
                            for n in range(100))  # fmt: skip
    for words in (
        ["--max-size", "10"], ["--max-size", "no"], ["--name", "a b"], ["--name", "../x"],
        ["--where", "x"], ["--where", "member=nobody"], ["--member", "no"], ["--time", "member"],
        ["--amount", "x"], ["--purchases"], ["--bootstrap", "-1"], ["--members-total", "0"],
    ):  # fmt: skip
        yield Case(("fit", "log.csv", *words), {"log.csv": right})


def launchers(chance: random.Random) -> Iterator[Case]:
    """What goes to Hydra itself and must not."""
    for word in (
        "hydra/launcher=nope", "hydra/nope=x", "hydra.nope=1", "hydra.launcher.nope=1",
        "hydra.searchpath=[x]", "hydra/launcher=", "+hydra/launcher=basic", "hydra=x", "hydra/=x",
        "hydra.job.name='", "hydra/sweeper=nope",
    ):  # fmt: skip
        yield Case(("sweep", *QUICK, "comms.lead_days=1,2", word))
        yield Case(("study", "run", POLICIES, *QUICK, word))
        yield Case(("run", *QUICK, word))
        yield Case(("compare", POLICIES, *QUICK, word))
    yield Case(("study", "run", POLICIES, *QUICK, "--jobs", "0"))


def right(chance: random.Random) -> Iterator[Case]:
    """Commands that must end well."""
    from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys
    from plaza_lab.scenarios.settings.options import LEVERS, option_names

    drawn = [key for key in setting_keys() if declaration(key)[1].type in (int, float)]
    for place in range(12):
        key = chance.choice([key for key in drawn if not key.startswith("run.")])
        default = declaration(key)[1].default
        words = (f"{key}={default}", f"run.seed={place}", f"run.out=out/{'n' * (1 + 15 * place)}")
        yield Case(("run", *QUICK, *words), made="out/*/manifest.json", is_right=True)
    launched = ("run", *QUICK, "hydra/launcher=basic", "run.out=out/launched")
    yield Case(launched, made="out/*/manifest.json", is_right=True)
    for group in chance.sample(LEVERS, 20):
        option = chance.choice(option_names(group))
        yield Case(("run", f"{group}={option}", "--cfg", "job"), is_right=True)
        yield Case(("policy", "diff", "default", f"{group}={option}"), is_right=True)
    for word in ("comms.lead_days=1,2", "incentive=none,thanks_only"):
        yield Case(("sweep", *QUICK, word), made="plaza-out/*/runs.parquet", is_right=True)
    yield Case(("compare", POLICIES, *QUICK), made="plaza-out/*/runs.parquet", is_right=True)
    yield Case(("study", "run", POLICIES, *QUICK, "--name", "s", "--no-report"),
               made="plaza-store/studies/s", is_right=True)  # fmt: skip
    yield Case(("run", *QUICK, "world=mine", "run.out=out"),
               {"plaza-conf/world/mine.yaml": b"# Mine.\n"}, "out/runs.parquet", True)  # fmt: skip
    for words in (["--help"], ["--version"], ["scenario", "list"], ["study", "run", "--help"],
                  ["scenario", "show", "learning_fund_500"], ["fit", "--help"]):  # fmt: skip
        yield Case(tuple(words), is_right=True)


KINDS: dict[str, Callable[[random.Random], Iterator[Case]]] = {
    kind.__name__: kind
    for kind in (
        grammar, bounds, names, places, flags, sweeps, option_files, study_files, logs, launchers,
        right,
    )
}  # fmt: skip


def cases_of(kind: str) -> list[Case]:
    """Return the cases of a kind, the same at every call."""
    return list(KINDS[kind](random.Random(f"{SEED} {kind}")))
