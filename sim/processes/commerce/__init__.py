"""Commerce: staff and budget, dues that lapse, income from the community."""
