"""Plans and histories made by hand, so that evaluations can be tested without a workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from goalkeeper.goals import Watched, read_plan
from goalkeeper.goals.agree import meaning_of
from goalkeeper.goals.agreed import Agreed, FirstForecast, FrozenCounterweight, FrozenGoal, Start
from goalkeeper.goals.evaluate import Evaluator
from goalkeeper.goals.evaluation import Evaluation, Status
from goalkeeper.goals.outlook import Weeks
from goalkeeper.measure import Cell, Period
from goalkeeper.metrics import METRICS
from goalkeeper.stats.anytime.share import anytime_share
from goalkeeper.stats.estimate import NoEstimate, Result
from goalkeeper.stats.proportion import wilson

BEGIN, DUE = date(2026, 1, 1), date(2026, 3, 31)
NOW = datetime(2026, 6, 1)
Counts = tuple[int, int]


@dataclass
class Series:
    """Hits and rows of each day, by day; what is watched is a share of them."""

    of: Callable[[date], Counts]

    def over(self, since: date, until: date) -> Counts:
        days = [self.of(since + timedelta(days=n)) for n in range((until - since).days)]
        return sum(k for k, _ in days), sum(n for _, n in days)


@dataclass
class History:
    """A history of shares by metric, as `goals.history` gives it."""

    series: dict[str, Series]
    until: date = date(2026, 12, 1)
    weeks_before: int = 52
    workspace: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(settings=SimpleNamespace(timezone="UTC"), metrics=METRICS)
    )

    def _of(self, watched: Watched, since: date, until: date) -> Counts:
        return self.series[watched.metric.key].over(since, until)

    def over(self, watched: Watched, since: date, until: date) -> Cell:
        k, n = self._of(watched, since, until)
        return Cell(Period(since, until, ""), {}, wilson(k, n), n)

    def running(self, watched: Watched, since: date, day: date, *, tuned_for: int) -> Cell:
        k, n = self._of(watched, since, day + timedelta(days=1))
        return Cell(Period(since, day + timedelta(days=1), ""), {}, anytime_share(k, n, tuned_for=tuned_for), n)

    def weeks(self, watched: Watched, until: date) -> Weeks:
        end = until - timedelta(days=until.weekday())
        weeks = int((end - BEGIN).days / 7) + self.weeks_before
        starts = [end - timedelta(weeks=weeks - number) for number in range(weeks)]
        results: list[Result] = []
        for start in starts:
            k, n = self._of(watched, start, start + timedelta(weeks=1))
            results.append(wilson(k, n) if n else NoEstimate("no_data"))
        return Weeks(tuple(results), end)


def steady(share: float, rows: int = 20) -> Series:
    """The same share on each day, with `rows` rows."""
    return Series(
        lambda day: (round(share * rows * (day.toordinal() + 1)) - round(share * rows * day.toordinal()), rows)
    )


def agreed_plan(lines: str, *, start: float | None = 0.7, bounds: Sequence[float] = (), head: str = "") -> Agreed:
    """A plan of the first quarter of 2026, as it would be agreed on its first day; ``lines`` are those of its goal."""
    text = f'[plan]\nname = "Q1"\n{head or f"period = {chr(34)}{BEGIN}..{DUE}{chr(34)}"}\n\n[[goal]]\n{lines}\n'
    plan = read_plan(text)
    base = Start(start, None, None, 90 * 20, BEGIN - timedelta(days=91), BEGIN, is_given=False)
    frozen = tuple(
        FrozenGoal(
            goal.id, meaning_of(plan, goal), goal.metric.key, goal.watched.version, base,
            tuple(
                FrozenCounterweight(each.watched.metric.key, each.watched.version, base, bound)
                for each, bound in zip(goal.must_not_get_worse, bounds, strict=True)
            ),
            FirstForecast(),
        )
        for goal in plan.goals
    )  # fmt: skip
    return Agreed("Q1", 1, datetime(2026, 1, 1, 12), text, frozen, "", "")


def evaluator(lines: str, history: History, **more: object) -> Evaluator:
    """An evaluator of such a plan."""
    return Evaluator(history, agreed_plan(lines, **more))  # type: ignore[arg-type]


def evaluate(evaluator: Evaluator, day: date, before: Status | None = None, now: datetime = NOW) -> Evaluation:
    """Its only goal on an evening."""
    return evaluator.evaluate(evaluator.plan.goals[0], evaluator.agreed.goals[0], day, before, now)
