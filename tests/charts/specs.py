"""Chart specs for tests: one for each kind and case, and a strategy for any data at all."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from goalkeeper.charts import ChartSpec, Kind, Mark, Note
from goalkeeper.reports.views import Band
from goalkeeper.units import Unit

steady = settings(max_examples=100, deadline=None, derandomize=True)
GOOD = Band(0.7, 0.79, "good", "a guide")


def share_marks(count: int, gaps: tuple[int, ...] = ()) -> tuple[Mark, ...]:
    """A rising share with intervals; gaps say why they are gaps."""
    marks = []
    for index in range(count):
        value = 0.6 + 0.2 * index / max(1, count - 1)
        if index in gaps:
            marks.append(Mark(f"W{index + 1}", None, n=3, gap="needs 5 answers, has 3"))
        else:
            marks.append(Mark(f"W{index + 1}", value, value - 0.05, value + 0.05, n=100 + index))
    return tuple(marks)


def spec_of(kind: Kind, marks: tuple[Mark, ...], unit: Unit = Unit.SHARE, **facts: object) -> ChartSpec:
    """A spec with a title and a takeaway."""
    return ChartSpec(kind, "Satisfaction", "It rose to 80 %.", unit, marks, **facts)  # type: ignore[arg-type]


WAITS = tuple(
    Mark(label, value, value * 0.8, value * 1.3, n=40)
    for label, value in (("E-mail", 14_000.0), ("Chat", 95.0), ("Phone", 31.0))
)

CASES: dict[str, ChartSpec] = {
    "trend": spec_of(Kind.TREND, share_marks(6)),
    "trend_gaps": spec_of(Kind.TREND, share_marks(7, gaps=(2, 5))),
    "trend_goal_benchmark": spec_of(Kind.TREND, share_marks(6), target=0.85, benchmark=GOOD),
    "trend_notes": spec_of(Kind.TREND, share_marks(5), notes=(Note(2, "survey moved"),)),
    "trend_one": spec_of(Kind.TREND, share_marks(1)),
    "trend_none": spec_of(Kind.TREND, ()),
    "trend_fan": spec_of(
        Kind.TREND,
        (*share_marks(4), Mark("to come", None), Mark("due", None)),
        target=0.8,
        fan=(None, None, None, None, (0.6, 0.7, 0.8), (0.5, 0.72, 1e20)),
    ),
    "trend_limits": spec_of(Kind.TREND, share_marks(6), limits=((0.7, 0.71), None, *(((0.1, 0.9),) * 4))),
    "track": spec_of(
        Kind.TRACK, (*share_marks(6), Mark("W7", None, gap="to come"), Mark("W8", None)), target=0.9, pace=0.7
    ),
    "track_not_begun": spec_of(Kind.TRACK, (Mark("W1", None), Mark("W2", None)), target=0.9),
    "track_none": spec_of(Kind.TRACK, ()),
    "spark": spec_of(Kind.SPARK, share_marks(6), benchmark=GOOD),
    "spark_none": spec_of(Kind.SPARK, share_marks(2, gaps=(0, 1))),
    "strip": spec_of(Kind.STRIP, share_marks(1), benchmark=Band(0.55, None, "", "")),
    "intervals": spec_of(Kind.INTERVALS, share_marks(4, gaps=(1,)), target=0.8, benchmark=GOOD),
    "intervals_duration": spec_of(Kind.INTERVALS, WAITS, Unit.DURATION),
    "bars": spec_of(Kind.BARS, (Mark("A", 12.0, 9.0, 15.0), Mark("B", -3.0), Mark("C", 0.0)), Unit.COUNT),
}

numbers = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 1.0, 1e-300, 5e-324, -1e300, 1e18, 0.5]),
    st.floats(0, 1),
    st.floats(0, 1e6),
)
bands = st.builds(Band, numbers, numbers, st.text(max_size=8), st.text(max_size=8))
marks = st.builds(
    Mark,
    st.text(max_size=30),
    numbers,
    numbers,
    numbers,
    n=st.none() | st.integers(0, 10**9),
    gap=st.text(max_size=10),
    weak=st.booleans(),
)
any_spec = st.builds(
    ChartSpec,
    st.sampled_from(Kind),
    st.text(min_size=1).filter(str.strip),
    st.text(min_size=1).filter(str.strip),
    st.sampled_from(Unit),
    st.lists(marks, max_size=9).map(tuple),
    target=numbers,
    benchmark=st.none() | bands,
    notes=st.lists(st.builds(Note, st.integers(-2, 12), st.text(max_size=5)), max_size=2).map(tuple),
    days=st.booleans(),
    limits=st.lists(st.none() | st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True)), max_size=9).map(tuple),
    pace=numbers,
)
