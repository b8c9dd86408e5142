"""Patterns of talk and ties: answers, reciprocity, the network (science.md part B, 11-14, 18)."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np

from plaza_lab.scenarios.validation.chronicle import Chronicle
from plaza_lab.scenarios.validation.participation import first_and_last, returned
from plaza_lab.sim.recording.outcomes import gini

REPLY_DAYS = 3
"""Days a post stays in the feed, after which it can no longer be answered."""

AGAIN_FROM, AGAIN_TO = 7, 60
CLOSURE_SAMPLES = 400


def unanswered(chronicle: Chronicle) -> float:
    """Share of posts that drew no reply while they were in the feed."""
    threads = chronicle.threads
    over = threads.day < chronicle.n_days - REPLY_DAYS
    return float(np.mean(threads.replies[over] == 0))


def reciprocity(chronicle: Chronicle) -> float:
    """Share of distinct directed ties (who spoke to whom) with one in the other direction."""
    pairs = np.unique(np.stack([chronicle.who, chronicle.whom]), axis=1)
    size = chronicle.joined.size
    there = pairs[0] * size + pairs[1]
    back = pairs[1] * size + pairs[0]
    return float(np.isin(back, there).mean()) if there.size else math.nan


def talk_network(chronicle: Chronicle) -> nx.Graph:
    """Graph of everybody who ever spoke to, or was spoken to by, somebody."""
    graph = nx.Graph()
    graph.add_edges_from(zip(chronicle.who.tolist(), chronicle.whom.tolist(), strict=True))
    graph.remove_edges_from(nx.selfloop_edges(graph))
    return graph


def degree_inequality(chronicle: Chronicle) -> float:
    """Gini coefficient of the number of partners in talk."""
    return gini(np.array([degree for _, degree in talk_network(chronicle).degree()]))


def clustering(chronicle: Chronicle) -> float:
    """Mean local clustering, members with one partner counted as zero."""
    return float(nx.average_clustering(talk_network(chronicle)))


def giant_component(chronicle: Chronicle) -> float:
    """Share of talkers in the largest connected part."""
    graph = talk_network(chronicle)
    return len(max(nx.connected_components(graph), key=len)) / graph.number_of_nodes()


def triadic_closure(chronicle: Chronicle) -> float:
    """How much more often a new tie closes a triangle than a random pair without one would.

    New ties of the second half of the observation, at most 400 of them, each beside a random pair
    of talkers of that moment who had no tie.
    """
    graph = nx.Graph()
    rng = np.random.default_rng(1)
    new, half = [], chronicle.n_days // 2
    closes, chance = [], []
    for who, whom, day in zip(chronicle.who, chronicle.whom, chronicle.said_on, strict=True):
        if who == whom or graph.has_edge(who, whom):
            continue
        if day >= half and graph.has_node(who) and graph.has_node(whom):
            new.append(day)
            closes.append(_closes(graph, who, whom))
            chance.append(_closes(graph, *_strangers(graph, rng)))
            if len(new) >= CLOSURE_SAMPLES:
                break
        graph.add_edge(who, whom)
    return float(np.mean(closes) / np.mean(chance)) if np.any(chance) else math.nan


def _closes(graph: nx.Graph, one: int, other: int) -> bool:
    return not set(graph[one]).isdisjoint(graph[other])


def _strangers(graph: nx.Graph, rng: np.random.Generator) -> tuple[int, int]:
    nodes = list(graph)
    while True:
        one, other = rng.integers(len(nodes), size=2)
        if one != other and not graph.has_edge(nodes[one], nodes[other]):
            return nodes[one], nodes[other]


def densification(chronicle: Chronicle) -> float:
    """Exponent ``a`` of ties ~ talkers ** a while the network grows, week by week."""
    seen: set[int] = set()
    ties: set[tuple[int, int]] = set()
    points, next_day = [], 7
    for who, whom, day in zip(
        chronicle.who.tolist(), chronicle.whom.tolist(), chronicle.said_on.tolist(), strict=True
    ):
        while day >= next_day:
            points.append((len(seen), len(ties)))
            next_day += 7
        seen |= {who, whom}
        ties.add((min(who, whom), max(who, whom)))
    nodes, edges = np.array([p for p in points if p[1] > 0], float).T
    slope, _ = np.polyfit(np.log(nodes), np.log(edges), 1)
    return float(slope)


def reply_effect(chronicle: Chronicle) -> float:
    """Odds ratio of writing again in days 7-60, newcomers whose first day was answered or not."""
    first, _, _ = first_and_last(chronicle.written)
    writers = np.unique(chronicle.written.member)
    again = returned(chronicle.written, AGAIN_FROM, AGAIN_TO)
    threads = chronicle.threads
    start = np.full(chronicle.joined.size, -1)
    start[writers] = first
    on_first_day = threads.day == start[threads.author]
    posted = np.zeros(chronicle.joined.size, bool)
    answered = posted.copy()
    posted[threads.author[on_first_day]] = True
    answered[threads.author[on_first_day & (threads.replies > 0)]] = True
    is_new = posted[writers] & (first + AGAIN_TO < chronicle.n_days)
    return odds_ratio(again, answered[writers], is_new)


def odds_ratio(outcome: np.ndarray, group: np.ndarray, among: np.ndarray) -> float:
    """Odds of ``outcome`` in ``group`` against the rest, with half a case added to each cell."""
    cells = [
        [np.sum(among & (group == g) & (outcome == o)) + 0.5 for o in (True, False)]
        for g in (True, False)
    ]
    return float(cells[0][0] / cells[0][1] / (cells[1][0] / cells[1][1]))
