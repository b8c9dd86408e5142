"""``plaza compare`` where it needs the store: until sure enough, and over an ensemble."""
