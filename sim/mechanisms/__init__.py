"""The processes of a day, one module each; their order is in :mod:`plaza_lab.sim.day`."""
