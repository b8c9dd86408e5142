"""What we ask: policies, experiments, statistics, reports, and the command line."""

if __name__ != "plaza_lab.scenarios":
    raise ImportError("scenarios is plaza_lab.scenarios: from plaza_lab import compare, open_study")
