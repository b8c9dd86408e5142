"""Where days are counted: what is measured, and how it is read out."""
