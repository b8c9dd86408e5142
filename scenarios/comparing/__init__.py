"""Ways of comparing: at so many pairs, until sure, over worlds, at equal spend, from when on."""
