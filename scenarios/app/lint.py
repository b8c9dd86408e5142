"""What is wrong with a policy, told while a slider moves: the rules of ``plaza policy lint``."""

from __future__ import annotations

from plaza_lab.scenarios.app.settings import config_of
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.policies.finding import (
    CONTRADICTION,
    ERROR,
    Asked,
    Finding,
    by_severity,
)
from plaza_lab.scenarios.policies.lint import contradictions
from plaza_lab.scenarios.policies.loopholes import RULES
from plaza_lab.scenarios.policies.money import money_findings


def findings(words: tuple[str, ...]) -> list[Finding]:
    """Look through a policy without composing it anew.

    Parameters
    ----------
    words : tuple of str
        Its overrides.

    Returns
    -------
    list of Finding
        Errors first; an override that cannot be read is one of them.
    """
    try:
        config = config_of(words, is_checked=False)
    except UserError as wrong:
        return [Finding(ERROR, CONTRADICTION, (), str(wrong), "")]
    asked = Asked(config.policy, config.world, config.population.initial_members, config.run.weeks)
    found = [*contradictions(config.policy), *money_findings(asked)]
    found += [finding for rule in RULES for finding in rule(asked)]
    return by_severity(found)
