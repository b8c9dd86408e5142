"""How a day goes: processes, the tables they act on, policies, and the engine."""
