# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A first community
#
# In this notebook you make a community, watch it live, look at its people and its money, predict
# what a policy will do to it, and see whether you were right. It runs top to bottom in under two
# minutes. The first start on a machine compiles the engine, which takes some seconds more.
#
# Where it says `...  # your answer`, put your answer and run the cell again: it says whether that
# is right. `lesson.solution("...")` tells what is right, and why.
#
# You need to know a little Python. Words in *italics* are in the glossary of the documentation.

# %%
import warnings

warnings.filterwarnings("ignore", "IProgress")  # no progress bars are needed here

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from IPython.display import HTML
from matplotlib.animation import FuncAnimation

from plaza_lab import Community, compare
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.lessons import Lesson
from plaza_lab.sim.state.fund import share_of

lesson = Lesson()

# %% [markdown]
# ## 1 Make a community and live a week
#
# A community is made from three things: a *policy* (what somebody chooses), a *world* (what nobody
# chooses) and a *seed* (luck). We take the scenario `learning_fund_500`: 500 members pay an entry
# fee of 200 yuan, the money is paid out as weekly prizes, and dues of 10 yuan a month pay a
# steward.

# %%
fund_group = one_policy(["scenario=learning_fund_500"]).setting
community = Community(fund_group, seed=2)
community.run(7)
visits, posts = community.metric("visits"), community.metric("posts")
print(
    f"day {community.day}: {len(community.members)} members, {visits:.0f} visits, {posts:.0f} posts"
)

# %% [markdown]
# The day is a list of processes: people arrive, pass the gate, visit, post, read, reply, ask and
# answer, feel, leave, and money is settled. Day by day, every metric is kept:

# %%
days = community.days_frame()
days[["members", "visits", "dau", "posts", "replies", "requests", "solved", "exits"]]

# %% [markdown]
# ## 2 Look at the people
#
# Each member is a row of numbers: *traits* that were drawn once (how often she comes by, how
# skilled she is) and *state* that changes (how much she belongs). A collection of members can be
# counted, grouped and turned into a table.

# %%
people = community.members.frame()
people[["kind", "visit_rate", "skill", "belonging", "satisfaction", "posts", "answers"]].head()

# %% [markdown]
# Most members read and never write; a few write most. This is so in nearly every community that
# was ever counted.

# %%
posts = np.sort(people["posts"].to_numpy())[::-1]
share = posts.cumsum() / posts.sum()
top = len(posts) // 10
print(f"{(posts == 0).mean():.0%} have not posted; the busiest 10 % wrote {share[top - 1]:.0%}")
people.groupby("kind", observed=True)[["visit_rate", "posts", "belonging"]].mean().round(2)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
left.plot(np.arange(1, len(posts) + 1), posts, color="#0072B2")
left.set(xlabel="members, busiest first", ylabel="posts in the first week")
right.hist(people["belonging"], bins=30, color="#0072B2")
right.set(xlabel="belonging", ylabel="members")
plt.show()

# %% [markdown]
# **Exercise.** Who is most likely to leave? Each member has a hazard of leaving a day,
# `member.exit_hazard()`. First guess: whose is larger on average, that of a `"lurker"` or of the
# `"core"`?

# %%
leaver = ...  # your answer
hazards = {
    kind: np.mean([m.exit_hazard() for m in community.members if m.kind.name == kind])
    for kind in ("LURKER", "CORE")
}
lesson.exercise(
    "leaver",
    leaver,
    max(hazards, key=hazards.get).lower(),
    because=f"In a hundred days {100 * hazards['LURKER']:.1f} of 100 lurkers leave, and "
    f"{100 * hazards['CORE']:.1f} of the core.",
)

# %% [markdown]
# Whom does one know? Here are the 60 who wrote most, and the ties among them. Whoever is dark
# belongs more. The film follows them for twelve weeks: one who has left is gone from the picture.

# %%
busiest = [m for m in community.members if m.unique_id in set(people["posts"].nlargest(60).index)]
rows = [m.unique_id - 1 for m in busiest]  # unique_id counts rows from 1
film = Community(fund_group, seed=2)
film.run(7)
start = nx.Graph()
start.add_nodes_from(rows)
start.add_edges_from(
    (row, other.unique_id - 1)
    for row in rows
    for other, strength in film.ties_of(row)
    if other.unique_id - 1 in set(rows)
)
places = nx.spring_layout(start, seed=1, k=0.4)
print(f"{start.number_of_edges()} ties among {len(rows)} members")


def draw(week):
    if week:
        film.run(7)
    ax.clear()
    here = [row for row in rows if film.member_at(row).status.name != "LEFT"]
    feelings = [film.member_at(row).belonging for row in here]
    spots = {row: places[row] for row in here}
    nx.draw_networkx_edges(start.subgraph(here), spots, ax=ax, edge_color="#cccccc")
    nx.draw_networkx_nodes(
        here, spots, nodelist=here, node_color=feelings, cmap="Blues", vmin=0, vmax=1,
        node_size=60, edgecolors="#555555", linewidths=0.5, ax=ax,
    )  # fmt: skip
    ax.set(title=f"week {week + 1}: {len(here)} of {len(rows)}", xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
    ax.axis("off")


fig, ax = plt.subplots(figsize=(5, 5))
moving = FuncAnimation(fig, draw, frames=12, init_func=lambda: None)
shown = HTML(moving.to_jshtml(fps=2))
plt.close(fig)
shown

# %% [markdown]
# ## 3 The money, by hand
#
# Before simulating money, do the sums. 500 members pay 200 yuan each, and the pool is paid out
# over 52 weeks:

# %%
pool_cents = 500 * 200 * 100
weekly = [plain(share_of)(pool_cents, week, 52) for week in range(52)]
least, most = min(weekly) / 100, max(weekly) / 100
print(f"a pool of {pool_cents / 100:,.2f} yuan pays {least:,.2f} or {most:,.2f} a week")
assert sum(weekly) == pool_cents  # not a cent is lost to rounding

# %% [markdown]
# 100,000 yuan, 1,923.08 a week. Payments differ by at most a cent so that they sum to the whole:
# money in Plaza is counted in whole cents.
#
# With how many members is the weekly prize as large as the fee? With *N* members and a fee *f* the
# prize is *f N / 52*, so it equals the fee at **52 members, whatever the fee**: from then on, a
# winner has got the fee back.

# %%
members = np.arange(10, 101)
fig, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
for fee, colour in ((100, "#56B4E9"), (200, "#0072B2"), (400, "#D55E00")):
    ax.plot(members, fee * members / 52, color=colour, label=f"fee {fee} yuan")
    ax.plot(52, fee, "o", color=colour)
ax.axvline(52, color="black", lw=0.8)
ax.set(xlabel="members who pay", ylabel="weekly prize, yuan", title="Dots: the prize is the fee")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# Does the simulated pool agree? On day 0 the fees came in:

# %%
journal = community.journal_frame()
journal[journal["day"] == 0]

# %% [markdown]
# **Exercise.** Dues are 10 yuan a member and month. What can a steward be paid a week, in yuan, if
# 500 members stay? And if a fifth of them have left?

# %%
stipend = ...  # your answer
lesson.exercise("stipend", stipend, 60_000 / 52, within=0.01, because="500 x 10 x 12 / 52.")
later = ...  # your answer
lesson.exercise("later", later, 48_000 / 52, within=0.01, because="400 x 10 x 12 / 52.")

# %% [markdown]
# ## 4 Predict, then run
#
# The other scenario, `volunteer_group_baseline`, has no money at all: anybody may join, volunteers
# help, contributions are thanked.
#
# **Write down before you go on**, for the fund group against the volunteer group, after a year:
# does the community grow more or less? Are more or fewer of the first members still active? Do more
# or fewer different people answer others? Write `"more"`, `"less"` or `"cannot tell"`.

# %%
growth = ...  # your prediction
staying = ...  # your prediction
answering = ...  # your prediction

# %%
result = compare(["volunteer_group_baseline", "learning_fund_500"], replicates=8)
outcomes = ["growth", "retention", "fund_spend_yuan", "distinct_answerers_week"]
columns = ["mean_baseline", "mean_alternative", "difference", "low", "high", "verdict"]
result.frame().set_index("outcome").loc[outcomes, columns].round(3)

# %%
result.plot()

# %% [markdown]
# Each of the 8 seeds was lived twice, once under each policy, by the same people with the same
# luck. The dot is the mean difference, the bar its 95 % interval. Which of your predictions held?

# %%
for name, guess, outcome in (
    ("growth", growth, "growth"),
    ("staying", staying, "retention"),
    ("answering", answering, "distinct_answerers_week"),
):
    found = result.frame().set_index("outcome").loc[outcome]
    lesson.prediction(name, guess, found["low"], found["high"])

# %% [markdown]
# Why could a fee lower growth so much and hardly touch retention?
#
# The interval is about luck only. It does not know whether the assumptions in the model are right.

# %% [markdown]
# ## 5 One person, two lives
#
# The same person exists under both policies. Let us follow one of the core. Members of the first
# day have the same row in both communities.

# %%
volunteer_group = one_policy(["scenario=volunteer_group_baseline"]).setting
lives = {"fund": Community(fund_group, seed=2), "volunteers": Community(volunteer_group, seed=2)}
core = people[people["kind"] == "CORE"]
someone = int(core["posts"].idxmax()) - 1  # unique_id counts rows from 1
path = {name: [] for name in lives}
for _ in range(26):
    for name, life in lives.items():
        life.run(7)
        member = life.member_at(someone)
        path[name].append((member.belonging, member.satisfaction, int(member.posts)))
paths = {
    name: pd.DataFrame(rows, columns=["belonging", "satisfaction", "posts"])
    for name, rows in path.items()
}

# %%
weeks = range(1, 27)
fig, axes = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
for ax, column in zip(axes, ["belonging", "satisfaction", "posts"], strict=True):
    ax.plot(weeks, paths["fund"][column], color="#D55E00", label="fund group")
    ax.plot(weeks, paths["volunteers"][column], color="#0072B2", ls="--", label="volunteer group")
    ax.set(title=column, xlabel="week")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# Where a line is flat she has fallen silent or left. Her hazard of leaving (0 once she has left)
# is a product of named terms, so one can ask why it differs:

# %%
for name, life in lives.items():
    member = life.member_at(someone)
    print(
        f"{name:10}  {member.status.name.lower():8} hazard {member.exit_hazard():.5f} a day;"
        f"  belonging {member.belonging:.2f}, satisfaction {member.satisfaction:.2f},"
        f" trust {member.trust:.2f}, strong ties {member.n_strong}"
    )

# %% [markdown]
# ## 6 Change one lever
#
# Now change one thing only: in the fund group, take the prize away and leave the rest. Everything
# you can change is listed by `plaza run --cfg job`.

# %%
without_prize = "scenario=learning_fund_500 incentive=thanks_only"
prize = compare([without_prize, "learning_fund_500"], replicates=8)
prize.frame().set_index("outcome").loc[outcomes, columns].round(3)

# %% [markdown]
# **Exercises.**
#
# 1. Halve the fee with `entry.fee_cents=10000`. Do more people come in? Does the prize still work?
# 2. Money can crowd out the wish to help. Sweep `world.incentives.crowding` over `0.005, 0.015,
#    0.05`: does the answer above hang on it?
# 3. Give newcomers more help: `onboarding.guide_hours_day=3`.
# 4. Write down a question of your own as a file `plaza-conf/scenario/my_question.yaml` and compare
#    it.

# %%
lesson.score()
