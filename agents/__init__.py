"""The acting parties: what each remembers, how each decides, and its Mesa face."""
