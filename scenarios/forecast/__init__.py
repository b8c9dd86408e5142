"""Forecasts of a real community: from the last day of its log on, with what they are worth."""
