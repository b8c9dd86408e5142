"""Reading and writing files whole, in one way, without overwriting what is not ours."""
