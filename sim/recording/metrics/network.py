"""Groups, directory and network: where members are, whom they know and find (T05, T18, T55)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("groups", "groups", "groups open", "E20", True),
    Metric("founder_attention", "hours/day", "founder time for each group", "M63", True),
    Metric("group_fit", "1", "fit of a group's items with its members' interests", "M14", True),
    Metric("capacity_use", "share", "members / capacity of the groups; 0 without one", "T05", True),
    Metric("strong_share", "share", "strong ties / ties", "T55", True),
    Metric("clustering", "share", "pairs of contacts who hold a tie", "T55", True),
    Metric("modularity", "1", "ties within one interest beyond chance", "T55", True),
    Metric("isolates", "share", "members without a tie", "T55", True),
    Metric("ties_by_help", "share", "ties that arose from help", "E31", True),
    Metric("ties_by_match", "share", "ties that arose from matching or introduction", "E31", True),
    Metric("ties_by_meeting", "share", "ties that arose at events and meetings", "E31", True),
    Metric("searches", "requests", "requests whose asker looked for a helper", "T18"),
    Metric("search_minutes", "minutes", "time spent on looking", "T18"),
    Metric("found", "requests", "of these, somebody with the needed skill was found", "T18"),
    Metric("skills_held", "requests", "of these, somebody else held the needed skill", "T28"),
    Metric("answer_quality", "1", "quality of the answers given, summed", "T28"),
    Metric("brokered", "contacts", "contacts that stewards brokered", "M12"),
    Metric("leaks", "leaks", "leaks of the directory", "M125"),
    Metric("leak_harm", "records", "records leaked, masked ones by their residual harm", "M125"),
    Metric("poached", "members", "members drawn away after a leak", "M12"),
    Metric("introductions", "proposals", "introductions proposed", "M99"),
    Metric("introductions_accepted", "proposals", "introductions taken up", "M99"),
    Metric("meetings", "meetings", "contacts who met face to face by themselves", "E31"),
    Metric("opportunities", "opportunities", "deals and jobs on strong ties", "M100"),
)
