"""The state that mechanisms meet in: one record, or one kind of rows, a module.

In compiled code ``t`` is always the community's tables, ``day`` today, from 0, ``i`` and ``m`` row
number and row of the member concerned, ``uid`` an identity by lineage, ``key`` that of some draws,
``route`` a :class:`plaza_lab.agents.member.Route`, ``p`` parameters (``Params``) of the mechanism.
"""
