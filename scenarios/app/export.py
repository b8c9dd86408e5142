"""What one takes away: the question as command, YAML or Python, a memo, a capsule of it all."""

from __future__ import annotations

import io
import json
import math
import shlex
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import numpy as np

from plaza_lab.scenarios.advising.writing import shown
from plaza_lab.scenarios.app.advice import advice, between
from plaza_lab.scenarios.app.estimates import SHOWN, Band, Estimate
from plaza_lab.scenarios.app.lived import PATHS, Lived
from plaza_lab.scenarios.app.question import Question, to_link
from plaza_lab.scenarios.app.view.style import COLOURS
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.fonts import FACES_CSS
from plaza_lab.scenarios.outcomes import OUTCOMES
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.settings.composing import as_yaml, compose

PAIRS = 30
"""Pairs that a program asks for."""
WIDTH, HEIGHT, MARGIN = 640, 260, 44
STYLE = """
body{font-size:16px;line-height:1.5;color:#1c2430;max-width:44rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #c8d0da;padding:.3rem;
text-align:right}th:first-child,td:first-child{text-align:left}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f2f5f8;padding:.6rem}
svg{width:100%;height:auto}dt{font-weight:600}dd{margin:0 0 .5rem}
"""


def memo(question: Question, found: Estimate, names: list[str], say: Language) -> str:
    """Write the answer as a page of its own.

    Parameters
    ----------
    question : Question
        What was asked.
    found : Estimate
        What the runs say.
    names : list of str
        Policies as people read them.
    say : Language
        In which language.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    title = say.tr("Memo: {names}", names=say.tr(" or ").join(names))
    lines = "".join(
        f"<dt>{escape(line.head)}</dt><dd>{escape(line.text)}</dd>"
        for line in advice(question, found, names, say)
    )
    path, head = "retained", say.tr("Members of day 0 still active")
    if question.outcome == "growth":
        path, head = "members", say.tr("Members")
    return (
        f'<!doctype html><html lang="{say.tag}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{FACES_CSS}{STYLE}</style><h1>{escape(title)}</h1>"
        f"<p>{escape(_asked(question, say))}</p><dl>{lines}</dl>"
        f"<h2>{escape(head)}</h2>"
        f"{picture([own[path] for own in found.bands], names, head)}"
        f"<h2>{escape(say.tr('Numbers'))}</h2>{_table(found, names, say)}"
        f"<h2>{escape(say.tr('Where it comes from'))}</h2><p>{escape(_provenance(found, say))}</p>"
        f"<pre>{escape(command(question))}</pre></html>"
    )


def _asked(question: Question, say: Language) -> str:
    text = say.tr("{weeks} weeks. Community and world: {common}.", weeks=question.weeks,
                  common=" ".join(question.common) or "default")  # fmt: skip
    if question.fork_day:
        text += " " + say.tr("The policies part on day {day}.", day=question.fork_day + 1)
    return text


def _provenance(found: Estimate, say: Language) -> str:
    return say.tr(
        "Plaza, engine {code}, seeds 1 to {pairs}, {time}. A model's answer, not a measurement: "
        "it holds as far as its assumptions do.",
        code=code_fingerprint()[:12], pairs=found.pairs,
        time=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )  # fmt: skip


def _table(found: Estimate, names: list[str], say: Language) -> str:
    heads = [say.tr("Outcome"), *names, *(f"{name} − {names[0]}" for name in names[1:])]
    rows = ["<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"]
    for name in SHOWN:
        own = [one[name] for one in found.differences]
        outcome = OUTCOMES[name]
        cells = [say.tr(outcome.label), shown(outcome, own[0].base, say)]
        cells += [shown(outcome, one.mean, say) for one in own]
        cells += [between(one, say) for one in own]
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>"


def picture(bands: Sequence[Band], names: Sequence[str], title: str) -> str:
    """Draw a path of every policy with its spread, as SVG.

    Parameters
    ----------
    bands : sequence of Band
        One a policy.
    names : sequence of str
        Policies.
    title : str
        Read by those who cannot see it.
    """
    low = min(float(np.min(band.low)) for band in bands)
    high = max(float(np.max(band.high)) for band in bands)
    high = high if high > low else low + 1.0
    last = float(bands[0].days[-1])

    def at(days: np.ndarray, values: np.ndarray) -> str:
        x = MARGIN + days / last * (WIDTH - MARGIN - 10)
        y = HEIGHT - MARGIN - (values - low) / (high - low) * (HEIGHT - MARGIN - 34)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">']
    for k, (band, name) in enumerate(zip(bands, names, strict=True)):
        there = np.concatenate([band.days, band.days[::-1]])
        around = np.concatenate([band.high, band.low[::-1]])
        parts.append(
            f'<polygon points="{at(there, around)}" fill="{COLOURS[k]}" opacity=".15"/>'
            f'<polyline points="{at(band.days, band.mean)}" fill="none" stroke="{COLOURS[k]}" '
            f'stroke-width="2"/><text x="{MARGIN + 8 + 190 * k}" y="18" fill="{COLOURS[k]}" '
            f'font-size="14">{escape(name)}</text>'
        )
    for value in (low, high):
        y = HEIGHT - MARGIN - (value - low) / (high - low) * (HEIGHT - MARGIN - 34)
        parts.append(f'<text x="2" y="{y + 4:.0f}" font-size="12">{value:,.3g}</text>')
    parts.append(
        f'<text x="{MARGIN}" y="{HEIGHT - 20}" font-size="12">1</text>'
        f'<text x="{WIDTH - 40}" y="{HEIGHT - 20}" font-size="12">{last:,.0f}</text></svg>'
    )
    return "".join(parts)


def capsule(
    question: Question, found: Estimate, runs: Sequence[Sequence[Lived]], names: list[str],
    say: Language,
) -> bytes:  # fmt: skip
    """Pack the answer with all that makes it: settings, manifest, tables, memo.

    Parameters
    ----------
    question : Question
        What was asked.
    found : Estimate
        What the runs say.
    runs : sequence of sequence of Lived
        For each policy, its runs.
    names : list of str
        Policies as people read them.
    say : Language
        Of the memo.

    Returns
    -------
    bytes
        A zip file.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("memo.html", memo(question, found, names, say))
        packed.writestr("settings.yaml", yaml(question))
        packed.writestr("command.txt", command(question) + "\n")
        packed.writestr("question.py", python(question))
        packed.writestr("manifest.json", json.dumps(_manifest(question, found), indent=2))
        for name, table in _tables(question, runs).items():
            held = io.BytesIO()
            table.to_parquet(held, index=False)
            packed.writestr(f"{name}.parquet", held.getvalue())
    return buffer.getvalue()


def _manifest(question: Question, found: Estimate) -> dict[str, Any]:
    return {
        "engine": code_fingerprint(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "link": to_link(question),
        "common": list(question.common),
        "policies": [list(words) for words in question.policies],
        "weeks": question.weeks,
        "fork_day": question.fork_day,
        "seeds": [1, found.pairs],
        "differences": [
            {name: _plain(one) for name, one in own.items()} for own in found.differences
        ],
    }


def _plain(difference: Any) -> dict[str, Any]:
    interval = difference.interval
    numbers = {"base": difference.base, "mean": difference.mean,
               "difference": interval.mean, "low": interval.low, "high": interval.high}  # fmt: skip
    plain = {name: value if math.isfinite(value) else None for name, value in numbers.items()}
    return {**plain, "pairs": interval.n, "kind": interval.kind}


def _tables(question: Question, runs: Sequence[Sequence[Lived]]) -> dict[str, Any]:
    import pandas as pd

    outcomes = [
        {"policy": name, "seed": run.seed, **run.outcomes}
        for name, own in zip(question.names, runs, strict=True)
        for run in own
    ]
    days = [
        pd.DataFrame(run.paths, columns=list(PATHS)).assign(
            policy=name, seed=run.seed, day=np.arange(len(run.paths))
        )
        for name, own in zip(question.names, runs, strict=True)
        for run in own
    ]
    return {"runs": pd.DataFrame(outcomes), "days": pd.concat(days, ignore_index=True)}


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
    documents = []
    for place, (name, words) in enumerate(zip(question.names, names_of(question), strict=True)):
        plain = compose(question.words(place)).plain
        text = as_yaml({**plain, "run": {"weeks": question.weeks}})
        documents.append(f"# {name}: {words}\n{text}")
    return "---\n".join(documents)


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
