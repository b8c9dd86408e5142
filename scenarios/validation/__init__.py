"""Validation: the patterns of real communities that a world must show (``plaza validate``)."""
