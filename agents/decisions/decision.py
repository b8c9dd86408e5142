"""A decision: a base rate and registered terms, composed into one function when it is first needed.

A term is a small function that reads like its equation and stands in the file of its mechanism:
``@EXIT.term("grade", source="M40")`` above it makes it part of leaving. It takes those arguments
of the decision that it names. The decision adds up its terms in the order it lists; those it does
not list come after, as they were registered.

A decision is called like a function, from compiled code and from Python, and gives the sum of its
terms. It composes itself when the first kernel that calls it is compiled, or at the first call:
all mechanisms are imported by then (``plaza_lab.sim.day``), and no term can be added any more.
:meth:`Decision.with_terms` makes another decision that has a user's terms as well.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import inspect
import linecache
import re
from collections.abc import Callable, Iterable
from typing import Any

from plaza_lab.agents.decisions.term import Composed, Form, Lesser, Rule, Term, lesser_of
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.intrinsics import total
from plaza_lab.engine.numba_switches import jit_is_off
from plaza_lab.engine.plain import plain


class Decision(Composed):
    """A decision as a base rate and a sum of named terms.

    Parameters
    ----------
    name : str
        Such as ``exit``.
    doc : str
        What is decided, in a few words.
    form : Form
        How base rate and terms make it.
    arguments : tuple of str
        What it is called with; every term takes some of them.
    order : tuple of str
        Names of all of Plaza's terms in the order they are added up: sums of floating-point
        numbers depend on it. Terms it does not list, which are a user's, are added after these.
    source : str
        Where the decision as a whole comes from.
    decider : str
        Who decides.
    per : str
        What a rate is measured by.

    Raises
    ------
    ValueError
        If there is a decision of that name.
    """

    def __init__(
        self, name: str, doc: str, *, form: Form, arguments: tuple[str, ...],
        order: tuple[str, ...], source: str, decider: str = "member", per: str = "day",
    ) -> None:  # fmt: skip
        if name in _decisions:
            raise ValueError(f"decision {name!r} is there already")
        self.name, self.doc, self.form, self.arguments = name, doc, form, arguments
        self.order, self.source, self.decider, self.per = order, source, decider, per
        self._registered: dict[str, Term] = {}
        self._outside: Term | None = None
        self._is_closed = False
        self.lesser: tuple[Lesser, ...] = ()
        _decisions[name] = self

    def __repr__(self) -> str:
        return f"Decision({self.name!r})"

    # ---- registering

    def term(self, name: str, *, source: str) -> Callable[[Rule], Any]:
        """Make the function below a term of this decision.

        Parameters
        ----------
        name : str
            Name of the term; new in this decision.
        source : str
            A figure or mechanism id, a reference, or ``"assumption"``.

        Returns
        -------
        callable
            Decorator; gives the compiled rule, which may be a term of other decisions too.

        Raises
        ------
        ValueError
            If the name is taken, the rule takes what the decision has not, or the decision has
            been composed.
        """

        def register(rule: Rule) -> Any:
            return self._take(Term(name, rule, source))

        return register

    def base(self, name: str, *, source: str) -> Callable[[Rule], Any]:
        """Make the function below the base rate of this decision, as :meth:`term`.

        Parameters
        ----------
        name, source : str
            As for a term.

        Returns
        -------
        callable
            Decorator; gives the compiled rule: a rate, a chance or, where the base is among the
            terms, log-odds.
        """

        def register(rule: Rule) -> Any:
            return self._take(Term(name, rule, source, is_base=True))

        return register

    def with_terms(self, terms: Iterable[Term]) -> Decision:
        """Give another decision: this one, and terms after all of Plaza's.

        Parameters
        ----------
        terms : iterable of Term
            Their rules may be plain functions.

        Returns
        -------
        Decision
            Of the same name. This one stays as it is.

        Raises
        ------
        ValueError
            With one line, as :meth:`term`.
        """
        self._check_whole()
        self._is_closed = True  # what came later would be in this one and not in the other
        other: Decision = object.__new__(Decision)
        vars(other).update(
            {name: value for name, value in vars(self).items() if name != "composed"},
            _registered=dict(self._registered),
            _is_closed=False,
        )
        for term in terms:
            if term.is_base:
                raise ValueError(f"{self.name}: {term.name!r} cannot be another base")
            other._take(term)
        other._is_closed = True
        return other

    def without_terms(self, names: Iterable[str]) -> Decision:
        """Give another decision: this one without some of its terms.

        Parameters
        ----------
        names : iterable of str
            Of terms; the base cannot be among them.

        Returns
        -------
        Decision
            Of the same name. This one stays as it is.

        Raises
        ------
        ValueError
            With one line, if there is no such term, it is the base, or none would be left.
        """
        other, gone = self.with_terms(()), set(names)
        there = {term.name: term for term in self.terms}
        for name in gone:
            if name not in there:
                raise ValueError(f"{self.name}: there is no term {name!r}")
            if there[name].is_base:
                raise ValueError(f"{self.name}: {name!r} is the base and cannot be left out")
        if gone >= there.keys():
            raise ValueError(f"{self.name}: no term would be left")
        other.order = tuple(name for name in self.order if name not in gone)
        other._registered = {
            name: term for name, term in self._registered.items() if name not in gone
        }
        return other

    def less(self, *names: str) -> Lesser:
        """Give this decision without some terms, composed when it is first needed.

        Parameters
        ----------
        *names : str
            Of terms.

        Returns
        -------
        Lesser
            Has a model's own terms where this decision has them in that model.
        """
        lesser = lesser_of(self, names)
        self.lesser = (*self.lesser, lesser)
        return lesser

    def _take(self, term: Term) -> Any:
        """Check a term and make it part of this decision; gives its compiled rule."""
        where = f"{self.name}: term {term.name!r}"
        if not inspect.isfunction(term.function) or not term.key.removeprefix("term_"):
            raise ValueError(f"{where} needs a name and a function")
        taken = (*self._registered.values(), *([self._outside] if self._outside else []))
        if any(one.name == term.name or one.key == term.key for one in taken):
            raise ValueError(f"{where} is there already; give another name")
        if self._is_closed:
            raise ValueError(f"{where} comes too late: the decision is composed already; "
                             "with_terms gives another decision that has it")  # fmt: skip
        strange = [name for name in term.arguments if name not in self.arguments]
        if strange:
            raise ValueError(f"{where} takes {strange[0]!r}; known here are "
                             f"{', '.join(self.arguments)}")  # fmt: skip
        if not term.source:
            raise ValueError(f"{where} has no source; say where it comes from, or 'assumption'")
        if term.is_base and self._base is not None:
            raise ValueError(f"{where}: the base is {self._base.name!r} already")
        term = dataclasses.replace(term, rule=_compiled(term.rule))
        if term.is_base and self.form is not Form.SUM:
            self._outside = term
        else:
            self._registered[term.name] = term
        return term.rule

    # ---- what is registered

    @property
    def _base(self) -> Term | None:
        if self.form is not Form.SUM:
            return self._outside
        return next((term for term in self._registered.values() if term.is_base), None)

    @property
    def base_term(self) -> Term:
        """The base rate; among :attr:`terms` where it is part of the sum."""
        self._check_whole()
        assert self._base is not None
        return self._base

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms, in the order in which they are added up.

        Raises
        ------
        RuntimeError
            If mechanisms that have terms here are not imported.
        """
        self._check_whole()
        late = [term for name, term in self._registered.items() if name not in self.order]
        return (*(self._registered[name] for name in self.order), *late)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the terms, in their order."""
        return tuple(term.name for term in self.terms)

    @property
    def unit(self) -> str:
        """What the terms are measured in."""
        return f"log-hazard a {self.per}" if self.form is Form.RATE else "log-odds"

    def _check_whole(self) -> None:
        """Refuse to go on without the base, or without a term that the order names."""
        missing = [name for name in self.order if name not in self._registered]
        if missing or self._base is None:
            raise RuntimeError(
                f"decision {self.name!r} lacks {', '.join(missing) or 'its base'}: "
                "import plaza_lab.sim.day, with all mechanisms, before it is called or compiled"
            )

    # ---- composing

    @functools.cached_property
    def composed(self) -> Any:
        """The compiled function that adds up the terms."""
        terms = self.terms
        self._is_closed = True
        name = re.sub(r"\W+", "_", self.name)
        given = ", ".join(self.arguments)
        calls = "".join(f"        {one.key}({', '.join(one.arguments)}),\n" for one in terms)
        text = (
            f"def terms_of_{name}({given}):\n    return (\n{calls}    )\n\n\n"
            f"def sum_of_{name}({given}):\n    return total(terms_of_{name}({given}))\n"
        )
        # debuggers and tracebacks find the source under this name
        file = f"<terms of {' and '.join((self.name, *self.names[len(self.order) :]))}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        scope: dict[str, Any] = {term.key: term.rule for term in terms}
        scope |= {"__name__": __name__, "total": total}
        exec(compile(text, file, "exec"), scope)
        scope[f"terms_of_{name}"] = compiled()(scope[f"terms_of_{name}"])
        return compiled()(scope[f"sum_of_{name}"])

    # ---- looking into it

    def each(self, *arguments: Any) -> dict[str, float]:
        """Return every term.

        Parameters
        ----------
        *arguments
            As listed in ``arguments``.

        Returns
        -------
        dict of str to float
            Term to log-odds or log-hazard, in the order of the sum.
        """
        given = dict(zip(self.arguments, arguments, strict=True))
        return {term.name: _value(term, given) for term in self.terms}

    def base_rate(self, *arguments: Any) -> float:
        """Return the base: a rate, a chance or, where it is among the terms, log-odds."""
        return _value(self.base_term, dict(zip(self.arguments, arguments, strict=True)))


def _value(term: Term, given: dict[str, Any]) -> float:
    return float(plain(term.rule)(*(given[name] for name in term.arguments)))


def _compiled(rule: Rule) -> Any:
    """Compile a rule, unless it has been: one may be a term of several decisions."""
    return rule if jit_is_off() or hasattr(rule, "py_func") else compiled()(rule)


_decisions: dict[str, Decision] = {}


def decisions() -> tuple[Decision, ...]:
    """Return all decisions, in the order in which they were declared."""
    return tuple(_decisions.values())


def decision(name: str) -> Decision:
    """Return a decision by its name.

    Parameters
    ----------
    name : str
        Such as ``exit``.

    Returns
    -------
    Decision
        The decision.

    Raises
    ------
    ValueError
        With one line, if there is none.
    """
    if name not in _decisions:
        near = difflib.get_close_matches(name, _decisions, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_decisions)}"
        raise ValueError(f"there is no decision {name!r}; {hint}")
    return _decisions[name]
