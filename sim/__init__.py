"""How a day goes: the processes, the world they act in, the engine, and the Mesa model."""

if __name__ != "plaza_lab.sim":
    raise ImportError("sim is plaza_lab.sim: from plaza_lab import Community")
