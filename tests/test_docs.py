"""The documentation agrees with the code: generated pages are complete, written ones are true."""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import facts  # noqa: E402
import generate  # noqa: E402

from plaza_lab.scenarios.app import verb as app  # noqa: E402
from plaza_lab.scenarios.attributing import verb as attributing  # noqa: E402
from plaza_lab.scenarios.calibrate import verb as calibrating  # noqa: E402
from plaza_lab.scenarios.command_line.flags import Flags  # noqa: E402
from plaza_lab.scenarios.command_line.parser import parse  # noqa: E402
from plaza_lab.scenarios.command_line.verb_table import EVERYDAY, VERBS  # noqa: E402
from plaza_lab.scenarios.comparing.asked import (  # noqa: E402  # noqa: E402
    EXAMPLES,
    PLAIN,
    VALUED,
    start_in,
    view_in,
    wish_in,
)
from plaza_lab.scenarios.everyday import verb as everyday  # noqa: E402
from plaza_lab.scenarios.everyday.values import translated  # noqa: E402
from plaza_lab.scenarios.experiments import compare as comparing  # noqa: E402
from plaza_lab.scenarios.experiments import sweep as sweeping  # noqa: E402
from plaza_lab.scenarios.experiments.design import one_policy, policy_overrides  # noqa: E402
from plaza_lab.scenarios.experiments.plan import Plan, make_plan  # noqa: E402
from plaza_lab.scenarios.experiments.sampling import size_of  # noqa: E402
from plaza_lab.scenarios.experiments.spec import Spec, read_spec, sort_words  # noqa: E402
from plaza_lab.scenarios.experiments.varying import ensemble_in  # noqa: E402
from plaza_lab.scenarios.experiments.widths import parse_targets  # noqa: E402
from plaza_lab.scenarios.explaining import verb as explaining  # noqa: E402
from plaza_lab.scenarios.explaining.subject import other_asked, wanted  # noqa: E402
from plaza_lab.scenarios.forecast import learn, plan_test  # noqa: E402
from plaza_lab.scenarios.forecast import verb as forecasting  # noqa: E402
from plaza_lab.scenarios.library import verb as library  # noqa: E402
from plaza_lab.scenarios.library.scenario import read_scenario  # noqa: E402
from plaza_lab.scenarios.memo import verb as memo  # noqa: E402
from plaza_lab.scenarios.optimise import verb as searching  # noqa: E402
from plaza_lab.scenarios.optimise.finding import Effort  # noqa: E402
from plaza_lab.scenarios.optimise.problem import problem_of  # noqa: E402
from plaza_lab.scenarios.outcomes import OUTCOMES  # noqa: E402
from plaza_lab.scenarios.policies import verb as policies  # noqa: E402
from plaza_lab.scenarios.price_list.expected import group_list  # noqa: E402
from plaza_lab.scenarios.sanity import verb as sanity  # noqa: E402
from plaza_lab.scenarios.settings.options import meaning, option_files  # noqa: E402
from plaza_lab.scenarios.settings.overrides import check_overrides  # noqa: E402
from plaza_lab.scenarios.study import verb as studying  # noqa: E402
from plaza_lab.scenarios.trying import verb as trying  # noqa: E402
from plaza_lab.sim.recording.metrics import NAMES  # noqa: E402

SUBMODELS = DOCS / "odd" / "7_submodels"
WRITTEN = [
    page for page in sorted(DOCS.rglob("*.md"))
    if not {"_build", "generated"} & set(page.parts)
]  # fmt: skip
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *WRITTEN]
EXPLAINED = {"active_28d", "age_days", "digest_quality", "per_entrant", "remaining_weeks"}
"""Words of equations that are no name in the code, or the name of a metric or choice."""


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> dict[str, str]:
    pages = generate.write_pages(tmp_path_factory.mktemp("generated"))
    return {page.stem: page.read_text(encoding="utf-8") for page in pages}


def blocks(page: Path, *languages: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```(?:{'|'.join(languages)})\n(.*?)^```", text, re.M | re.S)


def documented_commands() -> list[str]:
    lines = [
        re.sub(r"^\S*(?=plaza )|\s+#.*$", "", line.strip())
        for page in PAGES
        for block in blocks(page, "sh", "text")
        for line in block.replace("\\\n", " ").splitlines()
    ]
    return sorted({line for line in lines if re.match(r"plaza [a-z]", line) and "..." not in line})


def test_every_process_has_its_page():
    index = (SUBMODELS / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^([a-z_]+)$", index, re.M)
    assert listed == facts.process_names()
    for name in facts.process_names():
        text = (SUBMODELS / f"{name}.md").read_text(encoding="utf-8")
        parts = re.findall(r"^## (.*)$", text, re.M)
        assert parts == ["Equation", "Rationale", "Facts"], name
        assert f"generated/process_{name}.md" in text


def test_equations_use_the_names_of_the_code():
    known = {name for path, _ in facts.every_setting() for name in path.split(".")}
    known |= {var.name for variables, _ in facts.RECORDS.values() for var in variables}
    known |= {rule for _, rule, _, _ in facts.rules()} | set(NAMES) | EXPLAINED
    for name in facts.process_names():
        for block in blocks(SUBMODELS / f"{name}.md", "text"):
            used = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", block))
            assert used <= known, f"{name}: {sorted(used - known)}"


def test_every_process_is_tested():
    untested = [name for name in facts.process_names() if not facts.tests_naming(name)]
    assert not untested


@pytest.mark.slow
def test_every_declaration_is_in_the_reference(generated):
    for group, cls in facts.groups_of(facts.Policy).items():
        for field in dataclasses.fields(cls):
            assert f"`{field.name}`" in generated["levers"], f"{group}.{field.name}"
    for group, cls in facts.groups_of(facts.World).items():
        for field in dataclasses.fields(cls):
            assert f"`{field.name}`" in generated["world"], f"world.{group}.{field.name}"
    for name, (variables, _) in facts.RECORDS.items():
        for var in variables:
            assert f"| `{var.name}` |" in generated["agents"] + generated["things"], name
    assert all(f"| `{name}` |" in generated["metrics"] for name in NAMES)
    assert all(f"`{name}`" in generated["outcomes"] for name in OUTCOMES)
    assert all(f"plaza {verb}" in generated["command_line"] for verb in VERBS)
    for name in facts.process_names():
        assert f"[{name}](" in generated["processes"]
        if not facts.world_group(name):
            continue  # it has no strength of its own
        group = facts.groups_of(facts.World)[facts.world_group(name)]
        for field in dataclasses.fields(group):
            assert f"| `{field.name}` |" in generated[f"process_{name}"]


def test_every_generated_page_is_shown(generated):
    text = "".join(page.read_text(encoding="utf-8") for page in WRITTEN)
    assert [name for name in generated if f"generated/{name}.md" not in text] == []


def test_generated_tables_have_no_empty_cell_that_matters(generated):
    for name in ("levers", "world", "population", "run"):
        for line in generated[name].splitlines():
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if line.startswith("| `") and len(cells) == len(generate.SETTING_COLUMNS):
                meaning, source, unit = cells[4], cells[5], cells[2]
                assert meaning and source and unit, line


def test_every_source_is_explained():
    said = [one.source for _, one in facts.every_setting()]
    said += [var.source for variables, _ in facts.RECORDS.values() for var in variables]
    said += [process.SOURCE for process in facts.MECHANISMS]
    text = (DOCS / "reference" / "sources.md").read_text(encoding="utf-8")
    keys = re.findall(r"^(.*\d{4})\n: ", (DOCS / "bibliography.md").read_text("utf-8"), re.M)
    for source in said:
        for name in re.findall(r"\bscience(?:\.md)? A\.\d+|\b[A-Z]\d{2,3}\b", source):
            known = name.replace(".md", "")
            is_listed = re.search(rf"\b{re.escape(known)}\b", text)
            assert is_listed or known[0] in "TP", f"{name} in {source!r}"
        for year in re.findall(r"\b(?:19|20)\d\d\b", source):
            works = [key for key in keys if key.endswith(year)]
            fits = [key for key in works if key.split()[0].strip(",") in source]
            assert fits, f"{source!r} names a work of {year} that the bibliography lacks"


def test_every_reference_named_in_sources_is_in_the_bibliography():
    text = (DOCS / "reference" / "sources.md").read_text(encoding="utf-8")
    keys = re.findall(r"^(.*\d{4})\n: ", (DOCS / "bibliography.md").read_text("utf-8"), re.M)
    rows = [line for line in text.splitlines() if line.startswith("| science")]
    named = {one.strip() for row in rows for one in row.strip("| ").split("|")[-1].split(";")}
    assert {one for one in named if re.search(r"\d{4}$", one)} <= set(keys)


def test_the_odd_description_has_its_seven_elements():
    found = [page.name[0] for page in sorted((DOCS / "odd").iterdir()) if page.name[0].isdigit()]
    assert found == list("1234567")


def test_decisions_are_numbered_and_say_what_they_cost():
    pages = sorted((DOCS / "decisions").glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for number, page in enumerate(pages, start=1):
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {number} ")
        assert "**Decision.**" in text and "**Cost.**" in text, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            start = DOCS if target.startswith("/") else page.parent
            assert (start / target.lstrip("/")).exists(), f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_tests_named_in_the_pages_exist(page):
    for named in re.findall(r"`(tests/[\w/]+\.py)`", page.read_text(encoding="utf-8")):
        assert (ROOT / named).exists(), named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_python_in_the_pages_can_be_read(page):
    for block in blocks(page, "python"):
        ast.parse(block)


@pytest.fixture(scope="module")
def made_by_users(tmp_path_factory):
    """A folder with what the guides let a user make."""
    folder = tmp_path_factory.mktemp("user")
    (scenario,) = blocks(DOCS / "how-to" / "add_a_scenario.md", "yaml")
    (question,) = blocks(DOCS / "how-to" / "ask_a_scenario.md", "yaml")
    (study,) = blocks(DOCS / "how-to" / "run_a_study.md", "yaml")
    (targets,) = blocks(DOCS / "how-to" / "calibrate.md", "yaml")
    made = {
        "plaza-conf/scenario/fee_alone.yaml": scenario,
        "plaza-conf/scenario/library/prize_posts.yaml": question,
        "plaza-conf/world/tea.yaml": "# Fitted.\n",
        "plaza-conf/study/market.yaml": study,
        "targets.yaml": targets,
    }
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def user_folder(made_by_users, monkeypatch):
    """The same as working directory; it stays as it is, so each option is composed once."""
    monkeypatch.chdir(made_by_users)


@pytest.mark.slow
@pytest.mark.parametrize("command", documented_commands())
def test_documented_commands_can_be_run(command, user_folder):
    verb, *words = shlex.split(command.partition(" > ")[0])[1:]
    assert verb in VERBS
    if verb in EVERYDAY:
        words = translated(words)
    if verb == "mechanism" or any(word.startswith("mechanisms=") for word in words):
        assert "my_mechanisms.py" in command  # the tutorial's own file; test_own_mechanisms_cli
        return
    if any("submitit" in word for word in words) and not importlib.util.find_spec("submitit"):
        pytest.skip("a launcher of the extra slurm")
    if verb in ("fit", "bench"):
        files = [word for word in words if word.endswith((".csv", ".gz")) and word != THEIR_LOG]
        assert all((ROOT / word).exists() for word in files)
        return
    if verb in PLANNED:
        PLANNED[verb](words)
        return
    if verb in READ:
        assert parse(READ[verb]._parser(), words)
        return
    _, words = start_in(words) if verb == "compare" else (None, words)
    words = view_in(words)[1] if verb in ("compare", "demo") else words
    wish, words = wish_in(words) if verb == "compare" else (None, words)
    if verb in ("wait", "remain"):
        words = [word for word in words if word != "--weeks" and not word.isdecimal()]
    flags = Flags.read(verb, words)
    if verb in ("wait", "remain"):
        verb = "compare"
    if verb == "compare":
        assert wish is None or parse_targets(wish.until or wish.best)
        names, overrides = comparing.split_policies(flags.overrides)
        asked, overrides = ensemble_in(overrides)
        overrides = [word for word in overrides if not asked or word != f"world={asked.name}"]
        assert comparing.plan(names, overrides)
    elif verb == "sweep" or flags.is_sweep:
        assert sweeping.plan(flags.overrides)
    else:
        assert one_policy(flags.overrides)


def plan_study(words: list[str]) -> None:
    part, *rest = words
    options = parse(studying._parser(part), rest)
    if part == "run":
        _, own = studying._where(options.words)
        spec, own = studying._asked(own)
        assert plan_small(spec.changed_by(own, studying._design(options)))
    elif part == "expand":
        _, changes = studying._where(options.words[1:])
        assert changes or studying._design(options)
        sort_words(changes)


def plan_small(spec: Spec) -> Plan:
    """Plan a study with a few points of its design: thousands would say nothing more."""
    small = dataclasses.replace(spec.design, n=min(spec.design.n, 16))
    axes = spec.uncertainties or spec.levers
    assert not axes or size_of(spec.design.kind, axes, spec.design.n)
    return make_plan(dataclasses.replace(spec, design=small))


def plan_search(words: list[str]) -> None:
    asked = searching._parser().parse_intermixed_args(words)
    named = searching._names(asked.maximise), searching._names(asked.minimise)
    worlds, overrides = ensemble_in(asked.overrides)
    overrides = [word for word in overrides if not worlds or word != f"world={worlds.name}"]
    assert problem_of(overrides, *named, asked.where, asked.budget)
    Effort(asked.trials, asked.pairs, asked.max_pairs, asked.sampler, level=asked.level).check()


def plan_calibration(words: list[str]) -> None:
    pytest.importorskip("pyabc")
    assert calibrating._plan(calibrating._parser().parse_intermixed_args(words))


def plan_scenario(words: list[str]) -> None:
    part, *rest = words
    options = parse(library._parser(part), rest)
    for name in getattr(options, "names", [getattr(options, "name", "")]):
        assert not name or read_scenario(name).expectations


def plan_policy(words: list[str]) -> None:
    part, *rest = words
    options = parse(policies._parser(part), rest)
    if part == "effects":
        assert not options.group or group_list(options.group).neutral
    elif part == "lint":
        check_overrides(translated(options.overrides))
    elif part == "diff":
        check_overrides(policy_overrides(options.first))
        check_overrides(policy_overrides(options.second))


def plan_explanation(words: list[str]) -> None:
    options = parse(explaining._parser(), words)
    _, number, rest = other_asked(options.words)
    if number:
        assert wanted([*rest, "member=1"], options.store)
    elif not any(word.startswith("run=") for word in options.words):
        assert wanted(options.words, options.store).member


def plan_trial(words: list[str]) -> None:
    assert trying.asked_for(parse(trying._parser(), words)).measures


def plan_attribution(words: list[str]) -> None:
    channels = attributing.channels_of(parse(attributing._parser(), words).words)
    assert channels.off


PLANNED = {
    "study": plan_study, "optimise": plan_search, "calibrate": plan_calibration,
    "scenario": plan_scenario, "policy": plan_policy, "explain": plan_explanation,
    "try": plan_trial, "attribute": plan_attribution,
}  # fmt: skip
READ = {"sanity": sanity, "forecast": forecasting, "learn": learn, "plan-test": plan_test,
        "app": app, "settings": everyday, "memo": memo}  # fmt: skip
"""Verbs whose words are read, and no more: what they live through is the user's."""

THEIR_LOG = "log.csv"
"""What guides call a reader's own log."""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(option_files("study")))
def test_studies_that_come_along_say_what_they_ask_and_can_be_planned(name):
    spec = read_spec(name)
    assert spec.question.endswith("?") and meaning(option_files("study")[name]).endswith("?")
    assert plan_small(spec).n_runs


def test_every_verb_and_flag_of_the_command_line_is_in_the_reference(generated):
    text = generated["command_line"]
    headings = re.findall(r"^#+ (plaza.*)$", text, re.M)
    with_parts = {"study": studying, "scenario": library, "policy": policies}
    parts = [f"plaza {verb} {part}" for verb, module in with_parts.items() for part in module.PARTS]
    assert {"plaza", *(f"plaza {verb}" for verb in VERBS), *parts} == set(headings)
    parsers = {part: with_parts[part.split()[1]]._parser(part.split()[2]) for part in parts}
    parsers |= {"plaza explain": explaining._parser()}
    parsers |= {"plaza optimise": searching._parser(), "plaza calibrate": calibrating._parser()}
    for heading, parser in parsers.items():
        own = text.partition(f"# {heading}\n")[2].partition("\n```\n")[0]
        for action in parser._actions:
            shown = [flag for flag in action.option_strings if flag not in ("-h", "--help")]
            assert all(flag in own for flag in shown), f"{heading}: {shown}"
    assert all(flag in text for flag in (*EXAMPLES, *PLAIN, *VALUED))


def test_every_work_cited_in_the_code_is_in_the_bibliography():
    keys = re.findall(r"^(.*\d{4})\n: ", (DOCS / "bibliography.md").read_text("utf-8"), re.M)
    cited = re.compile(r"([A-Z][\w'-]+)(?: (?:et al\.|& [A-Z]\w+))?,? \(?((?:19|20)\d\d)[),;. ]")
    for package in ("statistics", "sensitivity", "optimise", "calibrate", "experiments"):
        for file in sorted((ROOT / "scenarios" / package).glob("*.py")):
            said = " ".join((ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split())
            for name, year in cited.findall(said):
                surname = name.removesuffix("'s")
                fits = [key for key in keys if surname in key and key.endswith(year)]
                assert fits, f"{file.name} cites {name} {year}, which the bibliography lacks"


def test_the_readme_begins_with_its_two_commands():
    first, second = blocks(ROOT / "README.md", "sh")[:2]
    assert first.strip().startswith("python3 -m venv .venv && ")
    assert first.strip().endswith(".venv/bin/pip install -e . && .venv/bin/plaza demo")
    tests = ".venv/bin/pip install -e '.[test]' && .venv/bin/pytest -n auto --dist loadfile"
    assert second.strip() == tests
    for number, command in enumerate((first, second), start=1):
        said = subprocess.run(
            [sys.executable, ROOT / ".ci" / "readme", str(number)], capture_output=True, text=True
        )
        assert said.stdout.strip() == command.strip()


def test_the_checks_can_be_read_by_the_shell():
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"]).returncode == 0


@pytest.mark.slow
def test_the_documentation_builds_without_warnings_and_asks_nothing_of_the_network(tmp_path):
    pytest.importorskip("sphinx")
    pytest.importorskip("furo")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", str(DOCS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    request = re.compile(r"<(?:script|img|iframe|link)\b[^>]*(?:src|href)=\"(https?:[^\"]+)")
    for page in tmp_path.rglob("*.html"):
        fetched = request.findall(page.read_text(encoding="utf-8"))
        assert not fetched, f"{page}: {fetched}"
