"""Erlang C: how long callers wait for how many agents, if none gives up."""

from __future__ import annotations

import math

from scipy.special import pdtr


def waiting_chance(load: float, agents: int) -> float:
    """The chance that a caller has to wait; load = calls per hour × hours per call, in agents kept busy.

    1 where agents are no more than the load: the queue grows without end. Too high where callers give up, for those
    shorten the queue. Erlang (1917); Cooper (1981), Introduction to Queueing Theory, 3.5.
    """
    if not load >= 0 or agents < 0:
        raise ValueError(f"load and agents are not below zero: {load}, {agents}")
    if agents <= load:
        return 1.0
    # Erlang's loss B = P(X = agents)/P(X ≤ agents) for X ~ Poisson(load), and C from it
    log_all_busy = agents * math.log(load) - load - math.lgamma(agents + 1) if load else -math.inf
    loss = math.exp(log_all_busy) / float(pdtr(agents, load))
    return loss / (1 - load / agents * (1 - loss))


def answered_within(load: float, agents: int, within_s: float, handle_s: float) -> float:
    """The share of callers answered in time, 1 − C·e^(−(agents−load)·within/handle); 0 if the queue only grows."""
    waiting = waiting_chance(load, agents)
    return 1 - waiting * math.exp(-max(0.0, agents - load) * within_s / handle_s)
