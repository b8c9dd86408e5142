"""Generated pages of the decisions: base rate, terms, their equations and sources."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from plaza_lab.agents.decisions.decision import Decision, decisions
from plaza_lab.agents.decisions.term import Form, Term
from plaza_lab.sim import day  # noqa: F401  (every mechanism has registered its terms)

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]
SUBMODELS = Path(__file__).resolve().parent / "odd" / "7_submodels"
COLUMNS = ("term", "what it does", "equation", "stands in", "source")


def page_name(decision: Decision) -> str:
    """Name of the generated page of a decision."""
    return "decision_" + decision.name.replace(" ", "_").lower()


def decision_page(decision: Decision, table: Table) -> str:
    """Write the page of a decision.

    Parameters
    ----------
    decision : Decision
        The decision.
    table : callable
        Writes a Markdown table from headings and rows.

    Returns
    -------
    str
        What is decided, how base and terms make it, a row for each, and the rules that are longer
        than a line.
    """
    terms = decision.terms
    if decision.form is not Form.SUM:
        terms = (decision.base_term, *terms)
    long = [term for term in terms if len(_statements(term)) > 1]
    lines = [
        f"{decision.doc} Decides: the {decision.decider}. Source: {decision.source}.\n",
        f"`{decision.form.value}`; terms in {decision.unit}, in the order they are added:\n",
        table(COLUMNS, [_row(term, term in long) for term in terms]),
    ]
    lines += [f"```python\n{_source(term)}\n```\n" for term in long]
    return "\n".join(lines)


def overview(table: Table) -> str:
    """Write the table of all decisions.

    Parameters
    ----------
    table : callable
        As for :func:`decision_page`.

    Returns
    -------
    str
        Name, what is decided and by whom, how it is made, and the names of its terms.
    """
    rows = [
        (_link(one), one.doc, one.decider, f"`{one.form.value}`", ", ".join(one.names))
        for one in decisions()
    ]
    return table(("decision", "what is decided", "by", "how it is made", "terms"), rows)


def terms_of(process: str, table: Table) -> str:
    """Write the terms that a mechanism's file registers, with the decisions they are part of.

    Parameters
    ----------
    process : str
        Short name of a mechanism.
    table : callable
        As for :func:`decision_page`.

    Returns
    -------
    str
        Empty where there are none.
    """
    rows = [
        (_link(decision), *_row(term, is_long)[:3],
         term.source)
        for decision in decisions()
        for term in _all(decision)
        if term.place.rsplit(".", 1)[-1] == process and "mechanisms" in term.place
        for is_long in (len(_statements(term)) > 1,)
    ]  # fmt: skip
    if not rows:
        return ""
    heads = ("decision", "term", "what it does", "equation", "source")
    return f"Terms of decisions that stand in this file:\n\n{table(heads, rows)}"


def _all(decision: Decision) -> tuple[Term, ...]:
    outside = () if decision.form is Form.SUM else (decision.base_term,)
    return (*outside, *decision.terms)


def _link(decision: Decision) -> str:
    """Link to the written page that shows a decision."""
    shown = f"generated/{page_name(decision)}.md"
    pages = [page for page in SUBMODELS.glob("*.md") if shown in page.read_text(encoding="utf-8")]
    return f"[{decision.name}](/odd/7_submodels/{pages[0].name})" if pages else decision.name


def _row(term: Term, is_long: bool) -> tuple[str, str, str, str, str]:
    name = f"`{term.name}`" + (" (base)" if term.is_base else "")
    said = " ".join((inspect.getdoc(term.function) or "").split("\n\n")[0].split())
    place = term.place.removeprefix("plaza_lab.").replace(".", "/")
    equation = f"`{term.function.__name__}`, below" if is_long else f"`{_statements(term)[0]}`"
    return name, said, equation, f"`{place}.py`", term.source


def _statements(term: Term) -> list[str]:
    """Statements of a rule; a name given to a group of parameters is put back in its place."""
    tree = ast.parse(_source(term)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    found, known = [], {}
    for statement in body:
        text = ast.unparse(statement)
        for name, meant in known.items():
            text = re.sub(rf"(?<![\w.]){name}\b", meant, text)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            once = len(re.findall(rf"(?<![\w.]){name}\b", "\n".join(map(ast.unparse, body)))) == 2
            if isinstance(statement.value, ast.Attribute):
                known[name] = ast.unparse(statement.value)
                continue
            if once:
                known[name] = f"({text.partition(' = ')[2]})"
                continue
        found.append(text)
    return [re.sub(r"\bf8\(([\w.]+)\)", r"\1", text.removeprefix("return ")) for text in found]


def _source(term: Term) -> str:
    """Source of a rule, without its decorators."""
    text = textwrap.dedent(inspect.getsource(term.function))
    return text[re.search(r"^def ", text, re.M).start() :].rstrip()  # type: ignore[union-attr]
