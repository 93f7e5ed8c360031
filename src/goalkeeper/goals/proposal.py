"""What to do with a goal after its time: keep, change or stop it, proposed from what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from goalkeeper.goals.agreed import FrozenGoal
from goalkeeper.goals.evaluation import Evaluation, Status
from goalkeeper.goals.plan import Goal, Shape
from goalkeeper.stats.difference import changed
from goalkeeper.stats.estimate import Estimate, Result


class Choice(StrEnum):
    """What may be done with a goal."""

    KEEP = "keep"
    CHANGE = "change"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A choice and its reason; people decide."""

    choice: Choice
    because: str


def propose(
    goal: Goal, frozen: FrozenGoal, found: Evaluation | None, refused: str, effects: Sequence[Result | None]
) -> Proposal:
    """Proposes by the result alone: whether it was reached, at whose expense, whether it moved, what was tried.

    ``effects`` are the changes after each thing that was tried.
    """
    if refused:
        return Proposal(Choice.CHANGE, "it can no longer be evaluated as it was agreed: agree it again")
    if found is None:
        return Proposal(Choice.KEEP, "it has not begun")
    if found.expense:
        return Proposal(Choice.CHANGE, f"it is {found.words[:1].lower()}{found.words[1:]}: mend that first")
    if not found.is_closed:
        return _on_the_way(found)
    if found.status is Status.NO_DATA:
        return Proposal(Choice.CHANGE, "its result cannot be told: measure it in another way, or longer")
    if found.is_met:
        if goal.shape is Shape.REACH:
            return Proposal(Choice.CHANGE, "it is reached: hold the line now, and put the work elsewhere")
        return Proposal(Choice.KEEP, "it did what it asks: go on")
    return _missed(goal, moved(goal, frozen.start.value, found.value), effects)


def moved(goal: Goal, start: float | None, value: Result) -> int:
    """1 where the whole interval lies on the good side of the start, -1 on the bad one, 0 where neither is sure."""
    if start is None or not isinstance(value, Estimate) or value.low is None or value.high is None:
        return 0
    higher = 1 if goal.upwards else -1
    return higher if value.low > start else -higher if value.high < start else 0


def _on_the_way(found: Evaluation) -> Proposal:
    match found.status:
        case Status.BEHIND:
            return Proposal(Choice.CHANGE, "it is behind: less than 1 chance in 3 that it is reached in time")
        case Status.NO_DATA:
            return Proposal(Choice.CHANGE, "there is not enough data to tell: measure it in another way, or longer")
        case _:
            return Proposal(Choice.KEEP, f"it still runs: {found.status.lower()}")


def _missed(goal: Goal, direction: int, effects: Sequence[Result | None]) -> Proposal:
    if goal.shape is Shape.RANGE:
        return Proposal(Choice.CHANGE, "it left its range: find out why, and try something else")
    if direction > 0:
        return Proposal(Choice.KEEP, "it was missed, but it moved the right way by more than chance explains")
    sure = [effect.value for effect in effects if isinstance(effect, Estimate) and changed(effect)]
    helped = [(effect > 0) is goal.upwards for effect in sure]
    if any(helped):
        rest = "go on with that" if all(helped) else "go on with what helped, and drop the rest"
        return Proposal(Choice.KEEP, f"it was missed, but got better after what was tried, which may be why: {rest}")
    if direction < 0:
        return Proposal(Choice.CHANGE, "it moved the wrong way by more than chance explains: try something else")
    if helped:
        return Proposal(
            Choice.CHANGE, "it got worse after what was tried: find out whether by that, and try something else"
        )
    if effects:
        return Proposal(
            Choice.CHANGE, "what was tried shows no effect that can be told from chance: try something else"
        )
    return Proposal(Choice.STOP, "it did not move, and nothing was noted as tried: put work behind it, or drop it")
