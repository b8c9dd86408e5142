"""What is given for contributing, one module for each instrument (M39-M49, M52, M53, M129).

The prize is announced and paid with the week, in ``settlement``; how rewards move a choice is in
``agents/rewards.py``; what two of these modules share is in ``sim/state/rewards.py``.
"""
