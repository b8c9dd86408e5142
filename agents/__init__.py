"""The acting parties: what each remembers, how each decides, and its Mesa face."""

if __name__ != "plaza_lab.agents":
    raise ImportError("agents is plaza_lab.agents: from plaza_lab.agents import member")
