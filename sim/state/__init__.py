"""The state that mechanisms meet in: one record, or one kind of rows, a module.

In compiled code ``t`` is always the community's tables, ``day`` today, from 0, ``i`` and ``m`` row
number and row of the member concerned, ``p`` the parameters (``Params``) of the mechanism.
"""
