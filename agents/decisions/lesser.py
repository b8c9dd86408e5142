"""What a decision is for the engine: the function it is composed into; and a lesser one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from plaza_lab.engine.numba_switches import jit_is_off
from plaza_lab.engine.plain import plain

if TYPE_CHECKING:
    from plaza_lab.agents.decisions.decision import Decision


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
