"""What a community does together: events, games, topics, co-creation, culture, its stages."""
