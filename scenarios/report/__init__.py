"""What a study says: figures, pages and tables for the terminal."""
