"""Calibration: unknown settings of the world, fitted to what a community has shown.

``targets`` declares what was seen, ``summaries`` asks runs for it, ``smc`` searches, ``adjustment``
sharpens, ``learned`` says what the data taught, ``ensemble`` keeps the worlds that fit.
"""
