"""What a decision is made of: its form, the terms it adds up, and what the engine takes it for."""

from __future__ import annotations

import enum
import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plaza_lab.engine.numba_switches import jit_is_off
from plaza_lab.engine.plain import plain

if TYPE_CHECKING:
    from plaza_lab.agents.decisions.decision import Decision

Rule = Callable[..., Any]


class Form(enum.Enum):
    """How base rate and terms make a decision."""

    RATE = "base * exp(sum of terms)"
    """A hazard; its terms are log-hazards."""
    SHIFT = "odds of base * exp(sum of terms)"
    """A chance; its terms are log-odds that move the base's."""
    SUM = "logistic function of the sum of terms, the base among them"
    """A chance; the base is the first term, in log-odds."""


@dataclass(frozen=True)
class Term:
    """A term of a decision.

    Parameters
    ----------
    name : str
        Its name within the decision.
    rule : callable
        Returns the term; takes those arguments of the decision that it names.
    source : str
        A figure or mechanism id of the catalogue, a reference, or ``"assumption"``.
    is_base : bool
        Whether it is the base rate of the decision.
    """

    name: str
    rule: Rule
    source: str
    is_base: bool = False

    @property
    def function(self) -> Any:
        """The rule as it is written, before it is compiled."""
        return getattr(self.rule, "py_func", self.rule)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the rule takes."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def place(self) -> str:
        """Module in which the rule stands."""
        return str(self.function.__module__)

    @property
    def key(self) -> str:
        """Name of the rule in the composed source."""
        return "term_" + re.sub(r"\W+", "_", self.name)


class Composed:
    """What the engine takes for the function that it composes."""

    is_composed = True
    """The engine compiles what :attr:`composed` holds."""
    composed: Any

    @property
    def py_func(self) -> Any:
        """The composed function before it is compiled; its globals are the terms' rules."""
        return getattr(self.composed, "py_func", self.composed)

    @property
    def _numba_type_(self) -> Any:
        """Numba takes a decision for the function it is composed into."""
        return self.composed._numba_type_

    def __call__(self, *arguments: Any) -> float:
        """Sum of the terms."""
        composed = self.composed
        return (composed if jit_is_off() else plain(composed))(*arguments)


class Lesser(Composed):
    """A decision without terms of which whoever calls it knows that they are 0 just now.

    Parameters
    ----------
    decision : Decision
        The whole.
    names : tuple of str
        Of terms; those that the decision has not are passed over.
    """

    def __init__(self, decision: Decision, names: tuple[str, ...]) -> None:
        self.decision, self.names = decision, names

    @functools.cached_property
    def composed(self) -> Any:
        """The compiled function that adds up the others."""
        there = (name for name in self.names if name in self.decision.names)
        return self.decision.without_terms(there).composed

    def of(self, decision: Decision) -> Lesser:
        """The same of another decision, that stands in the place of the whole."""
        return lesser_of(decision, self.names)


@functools.cache
def lesser_of(decision: Decision, names: tuple[str, ...]) -> Lesser:
    """The same one whenever it is asked for again."""
    return Lesser(decision, names)
