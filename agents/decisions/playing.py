"""Playing: whether a member who is here checks in."""

from __future__ import annotations

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Form

CHECK_IN = Decision(
    "check in",
    "Checking in on a visit, where there are games.",
    form=Form.SUM,
    arguments=("m", "policy", "world"),
    order=("base", "game"),
    source="M19",
)
