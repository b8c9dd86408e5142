"""``plaza study``: studies that are kept in a store, resumed, expanded, exported."""
