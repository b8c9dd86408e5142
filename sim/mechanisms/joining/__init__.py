"""How people come in: markets, gates, guidance, word of mouth."""
