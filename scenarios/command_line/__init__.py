"""What a user types: verbs, flags, what reaches the terminal, and how a command ends."""
