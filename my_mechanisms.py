"""Birthdays: who is greeted on her birthday belongs more, and is less ready to leave."""

from numpy import float64 as f8

from plaza_lab import Mechanism, Metric, Term, Var, kernel, quantity
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.member import Status
from plaza_lab.sim.randomness import ALWAYS, U64, agent_key, day_key, uniform


class Levers:
    is_greeting: bool = quantity(False, "flag", source="our question")


class Params:
    lift: float = quantity(0.1, "1", (0.0, 1.0), "assumption")
    hold: float = quantity(1.0, "log-hazard", (0.0, 5.0), "assumption")


@kernel()
def step(t, day):
    key = day_key(t.run_state[0].seed_key, 1000, ALWAYS)  # draws from 1000 on are yours
    for i in range(t.people_state[0].n_rows):
        born = int(365.0 * uniform(agent_key(key, t.fate[i].uid), U64(0)))
        if born == day % 365 and t.fate[i].status != Status.LEFT:
            m = t.members[i]
            m.belonging = f8(m.belonging) + t.birthday_params[0].lift * (1.0 - f8(m.belonging))
            t.birthday[i].greeted += 1
            t.birthday_daily[day].greetings += 1.0


def greeting_holds(birthday, birthday_params):
    return -birthday_params.hold if birthday.greeted > 0 else 0.0


Birthday = Mechanism(
    "birthday", step, Levers, Params, is_on=lambda levers, params: levers.is_greeting,
    state=[Var("greeted", "i4", "greetings", "greetings she has had")],
    metrics=[Metric("greetings", "greetings", "members greeted on their birthday")],
    terms=[(EXIT, Term("greeted", greeting_holds, "assumption"))])  # fmt: skip
