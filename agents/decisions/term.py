"""What a decision is made of: its form, and the terms that it adds up."""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
