"""Values as people say them: ``members=800``, ``fund.opening=50k``, ``farmers='one in twenty'``."""
