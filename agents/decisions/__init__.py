"""Decisions: one file for each, or for a family; each is a base rate and registered terms.

What belongs to the person stands here, beside the decision; every other term stands in the file of
its mechanism. See :mod:`plaza_lab.agents.decisions.decision`.

In all of them ``m`` is the row of MEMBER of who decides, ``t`` the community's tables, ``policy``
the record of the levers, ``world`` that of the weights by mechanism, ``day`` today, from 0.
"""

from plaza_lab.agents.decisions import (  # noqa: F401, I001  (the order in which they are listed)
    visiting,
    leaving,
    posting,
    answering,
    reading,
    attending,
    serving,
    buying,
    joining,
    partnering,
)
