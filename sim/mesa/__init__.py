"""The community as a Mesa model: agents, collections, data, and changes by hand."""
