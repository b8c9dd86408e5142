"""The scenario library: questions with arms to compare and directions that are expected."""
