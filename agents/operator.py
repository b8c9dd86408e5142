"""The brand operator: the founder's hours and what the operator can see (sensed state)."""

from __future__ import annotations

from plaza_lab.agents.record import Var

OPERATOR: tuple[Var, ...] = (
    Var("founder_hours_day", "f8", "hours/day", "founder time left for this community", "M63"),
    Var("service_hours_day", "f8", "hours/day", "staff time left for answering", "M61"),
    Var("staff_load", "f8", "1", "hours needed / hours available", "T61"),
    Var("staff_fatigue", "f8", "1", "fatigue of the operation, 0 to 1", "M127"),
    Var("sensed_satisfaction", "f8", "1", "satisfaction as last surveyed", "M118", 0.5),
    Var("sensed_trust", "f8", "1", "trust as last surveyed", "M118", 0.5),
    Var("sensed_violation_rate", "f8", "1", "violations as found by review", "M117"),
    Var("survey_satisfaction", "f8", "1", "survey in the field, not yet read", "M118", 0.5),
    Var("survey_trust", "f8", "1", "survey in the field, not yet read", "M118", 0.5),
    Var("surveyed", "i8", "day", "day of the last survey", "M118", -1),
    Var("survey_answers", "i8", "answers", "answers to the last survey", "M118"),
)
