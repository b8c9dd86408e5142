"""``plaza app``: a page on this machine that answers while one moves a slider.

The model of the page (what is asked, what is run, what has come of it) knows no web library; the
view in ``view/`` shows it.
"""
