"""The same question elsewhere: the command, the YAML, the Python."""

from __future__ import annotations

import shlex
from dataclasses import asdict

from plaza_lab.scenarios.app.question import Question
from plaza_lab.scenarios.app.settings import config_of

PAIRS = 30


def names_of(question: Question) -> list[str]:
    """Policies as the command line names them: their own overrides, or ``default``."""
    return [" ".join(words) or "default" for words in question.policies]


def command(question: Question) -> str:
    """Return the command that asks this question.

    Parameters
    ----------
    question : Question
        What is asked; a fork on a date has no command, :func:`python` shows it.
    """
    listed = ",".join(f'"{name}"' for name in names_of(question))
    width = f"{question.outcome}={100 * question.width:g}pp"
    return shlex.join(
        [
            "plaza", "compare", f"policies=[{listed}]", *question.common,
            f"run.weeks={question.weeks}", "--until", width,
        ]
    )  # fmt: skip


def yaml(question: Question) -> str:
    """Return every setting of every policy as YAML, one document a policy."""
    from omegaconf import OmegaConf

    documents = []
    for place, name in enumerate(question.names):
        config = config_of(question.words(place))
        plain = {
            **_plain(asdict(config.policy)),
            "world": _plain(asdict(config.world)),
            "population": _plain(asdict(config.population)),
            "run": {"weeks": question.weeks},
        }
        text = OmegaConf.to_yaml(OmegaConf.create(plain))
        documents.append(f"# {name}: {' '.join(question.policies[place]) or 'default'}\n{text}")
    return "---\n".join(documents)


def _plain(values: dict[str, object]) -> dict[str, object]:
    import enum

    found: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found[name] = _plain(value)
        elif isinstance(value, enum.Enum):
            found[name] = value.name.lower()
        else:
            found[name] = value
    return found


def python(question: Question) -> str:
    """Return a program that asks this question."""
    if question.fork_day:
        return _python_of_fork(question)
    policies = ",\n    ".join(repr(name) for name in names_of(question))
    return (
        "from plaza_lab import compare\n\n"
        f"result = compare(\n    [{policies}],\n    {list(question.common)!r},\n"
        f"    replicates={PAIRS},\n    weeks={question.weeks},\n)\n"
        "print(result.frame())\n"
    )


def _python_of_fork(question: Question) -> str:
    return (
        "from plaza_lab.scenarios.app.lived import live\n"
        "from plaza_lab.scenarios.app.question import Question\n"
        "from plaza_lab.scenarios.app.watching import courses_of\n\n"
        f"question = {question!r}\n"
        f"for seed in range(1, {PAIRS + 1}):\n"
        "    for name, course in zip(question.names, courses_of(question)):\n"
        f"        lived = live(course, seed, question.days)\n"
        f"        print(seed, name, lived.outcomes[{question.outcome!r}])\n"
    )
