"""What the page looks like; knows the model of the page, which does not know it."""
