"""The CB-1 day with stock Mesa objects: one ``mesa.Agent`` a member, ``AgentSet.shuffle_do``.

The workload is defined in :mod:`benchmarks.cb1_setup`. The code does what a careful Mesa user would
write: agents hold references to the agents they follow, constants are bound once, nothing is done
twice. Phases A, B and D each run over the agents in random order, as Mesa's tutorial does.
"""

from __future__ import annotations

import heapq
import math

import mesa
from mesa.agent import AgentSet

from benchmarks.cb1_setup import (
    FEED,
    FROM_TIES,
    HOT,
    LEAVE,
    LEVELS,
    OFF_TOPIC,
    RHYTHM,
    START_BELONGING,
    START_SATISFACTION,
    WINDOW,
    People,
)  # fmt: skip

LEVEL_POINTS = LEVELS.tolist()


class Post:
    """A post and the reactions to it."""

    __slots__ = ("author", "day", "quality", "reactions", "topic")

    def __init__(self, author: Member, day: int, quality: float) -> None:
        self.author = author
        self.day = day
        self.quality = quality
        self.topic = author.topic
        self.reactions = 0


class Member(mesa.Agent):
    """A member with her traits, her state and the members she follows."""

    def __init__(self, model: Community, rate: float, post_chance: float, topic: int) -> None:
        super().__init__(model)
        self.rate = rate
        self.post_chance = post_chance
        self.topic = topic
        self.ties: list[Member] = []
        self.begin(0)

    def begin(self, day: int) -> None:
        """Fresh state, of day 0 or of somebody new in this place."""
        self.joined = day
        self.satisfaction = START_SATISFACTION
        self.belonging = START_BELONGING
        self.points = 0.0
        self.level = 0
        self.received = 0
        self.last_visit = day
        self.newest: Post | None = None
        self.has_posted = False
        self.set_hazards()

    def set_hazards(self) -> None:
        """Hazards of visiting and of leaving."""
        self.visit_hazard = self.rate * (0.4 + 0.8 * self.satisfaction + 0.4 * self.belonging)
        self.leave_hazard = LEAVE * math.exp(3.0 * (0.5 - self.satisfaction))

    def live(self) -> None:
        """Phase A: visit, leave or stay away."""
        model = self.model
        u = model.random.random()
        p = 1.0 - math.exp(-self.visit_hazard * model.rhythm)
        if u < p:
            model.visitors.append(self)
            return
        idle = model.day - self.last_visit
        h = 1.0 - math.exp(-self.leave_hazard * (1.0 + (idle - 0.5) / 30.0))
        if u >= 1.0 - (1.0 - p) * h:
            self.begin(model.day)
            model.exits += 1

    def post(self) -> None:
        """Phase B: perhaps write a post."""
        model = self.model
        self.has_posted = model.random.random() < self.post_chance
        if self.has_posted:
            self.newest = Post(self, model.day, 0.2 + 0.8 * model.random.random())
            model.posts[-1].append(self.newest)

    def read(self) -> None:
        """Phases D and E: read, react, learn."""
        model = self.model
        random = model.random.random
        seen = []
        for other in self.ties:
            post = other.newest
            if post is not None and post.day > model.day - WINDOW:
                seen.append(post)
                if len(seen) == FROM_TIES:
                    break
        from_ties = len(seen)
        hot = model.hot
        if hot:
            start = int(random() * len(hot))
            more = min(FEED - from_ties, len(hot))
            seen += [hot[(start + k) % len(hot)] for k in range(more)]
        total = 0.0
        reactions = 0
        mood = 0.25 * (0.5 + self.satisfaction)
        for post in seen:
            use = post.quality if post.topic == self.topic else post.quality * OFF_TOPIC
            total += use
            if random() < use * mood:
                model.reacted.append(post)
                reactions += 1
        model.reads += len(seen)
        self.learn(total, len(seen), from_ties, reactions)

    def learn(self, total: float, n: int, from_ties: int, reactions: int) -> None:
        """Phase E."""
        value = 1.6 * total / n if n else 0.0
        share = from_ties / n if n else 0.0
        posted = 1.0 if self.has_posted else 0.0
        satisfaction = self.satisfaction + 0.1 * (value - self.satisfaction)
        self.satisfaction = min(1.0, max(0.0, satisfaction))
        belonging = self.belonging + 0.05 * (share + 0.5 * posted - self.belonging)
        self.belonging = min(1.0, max(0.0, belonging))
        self.points += 1.0 + 5.0 * posted + 0.2 * reactions
        while self.level < len(LEVEL_POINTS) and self.points >= LEVEL_POINTS[self.level]:
            self.level += 1
        self.last_visit = self.model.day
        self.set_hazards()


class Community(mesa.Model):
    """A community of :class:`Member` agents."""

    def __init__(self, people: People, seed: int = 1) -> None:
        super().__init__(rng=int(seed))
        traits = zip(
            people.rate.tolist(), people.post_chance.tolist(), people.topic.tolist(), strict=True
        )
        members = [Member(self, *each) for each in traits]
        first, ties = people.first_tie.tolist(), people.ties.tolist()
        for i, member in enumerate(members):
            member.ties = [members[j] for j in ties[first[i] : first[i + 1]]]
        self.day = 0
        self.posts: list[list[Post]] = []
        self.history: list[tuple[int, int, int, int, int]] = []

    def step(self) -> None:
        """Live one day."""
        self.day += 1
        self.rhythm = float(RHYTHM[self.day % 7])
        self.visitors: list[Member] = []
        self.reacted: list[Post] = []
        self.exits = self.reads = 0
        self.agents.shuffle_do("live")
        visitors = AgentSet(self.visitors, random=self.random)
        self.posts = [*self.posts[1 - WINDOW :], []]
        visitors.shuffle_do("post")
        today = self.day
        self.hot = heapq.nlargest(
            HOT,
            (post for posts in self.posts for post in posts),
            key=lambda post: post.quality * (1 + post.reactions) * 0.7 ** (today - post.day),
        )
        visitors.shuffle_do("read")
        for post in self.reacted:
            post.reactions += 1
            post.author.received += 1
        self.history.append(
            (len(visitors), len(self.posts[-1]), self.reads, len(self.reacted), self.exits)
        )
