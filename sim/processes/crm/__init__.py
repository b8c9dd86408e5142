"""Customer relations: the stages of a customer, segments, win-back, channels."""
