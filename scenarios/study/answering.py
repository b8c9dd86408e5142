"""Which answer a study gets, by what it asks."""

from __future__ import annotations

from plaza_lab.scenarios.answers import Answer, Comparison, PolicyAnswer, Sensitivity, Sweep, Worlds
from plaza_lab.scenarios.answers.sensitivity import KINDS
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.experiments.stored_study import StoredStudy


def answer_of(study: StoredStudy, command: str, view: View | None = None) -> Answer:
    """Choose the answer that fits a study's design.

    Parameters
    ----------
    study : StoredStudy
        With at least one finished run.
    command : str
        Command line that makes the same study again.
    view : View, optional
        How a comparison is answered; default: by active retention, in English.

    Returns
    -------
    Answer
        One policy, a comparison of policies, the same over worlds, a sensitivity study, or design
        points side by side.
    """
    spec = study.plan.spec
    if (spec.levers or spec.uncertainties) and spec.design.kind in KINDS:
        return Sensitivity(study, command)
    if study.plan.n_worlds > 1 and len(study.policies) > 1:
        return Worlds(study, command, view)
    if spec.levers or spec.uncertainties:
        return Sweep(study, command)
    if len(study.policies) > 1:
        return Comparison(study, command, view)
    return PolicyAnswer(study, command)
