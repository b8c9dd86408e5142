"""From a community's own log to a world: reading, estimating, checking, writing."""
