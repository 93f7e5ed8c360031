"""The scorecard in plain characters, for a terminal or a mail; one line a metric where it is wide enough, else two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from goalkeeper.charts import Kind
from goalkeeper.charts.cells import cut, padded, plain, width_of, wrapped
from goalkeeper.charts.text import spark_text
from goalkeeper.documents import words
from goalkeeper.documents.scorecard_charts import chart_of
from goalkeeper.reports.views import Scorecard, ScorecardRow, Verdict
from goalkeeper.stats.estimate import NoEstimate

LEAST_WIDTH = 40
_ONE_LINE, _TWO_LINES = 132, 76
_SPARK, _VALUE, _CHANGE = 13, 11, 25
_BOLD, _DIM, _GREEN, _RED = "1", "2", "32", "31"
_TONES = {Verdict.BETTER: _GREEN, Verdict.WORSE: _RED, Verdict.MOVED: _BOLD}


@dataclass(frozen=True, slots=True)
class _Ink:
    """Wraps text in terminal colours, or leaves it alone."""

    color: bool

    def __call__(self, text: str, *codes: str) -> str:
        if not self.color or not codes or not text.strip():
            return text
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Layout:
    """The widths of the columns: ``name`` as wide as the longest one needs, as far as there is room."""

    width: int
    name: int

    @property
    def wide(self) -> bool:
        """Whether a metric fits one line."""
        return self.width >= _ONE_LINE

    @property
    def tight(self) -> bool:
        """Whether even the number and its interval need a line each."""
        return self.width < _TWO_LINES

    @property
    def rest(self) -> int:
        """The room of the benchmark at the end of a wide line."""
        return max(14, (self.width - self.name - _VALUE - _SPARK - _CHANGE - 10) // 4)

    @property
    def span(self) -> int:
        """The room of interval and count in a wide line."""
        return self.width - self.name - _VALUE - _SPARK - _CHANGE - 10 - self.rest


def _layout_of(card: Scorecard, width: int) -> _Layout:
    longest = max((width_of(plain(row.name)) for row in card.rows), default=10) + 2
    if width < _TWO_LINES:
        return _Layout(width, width - _VALUE - 3)
    return _Layout(width, max(_SPARK + 1, min(longest, 40, width - 55)))


class _Footnotes:
    """Numbers the notes of one section in the order they are met."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def mark(self, note: str) -> str:
        """The number of a note as small raised digits; empty for no note."""
        if not note:
            return ""
        if note not in self.notes:
            self.notes.append(note)
        return str(self.notes.index(note) + 1).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def scorecard_text(card: Scorecard, width: int = 100, color: bool = False, *, brief: bool = False) -> str:
    """The scorecard in lines of at most ``width`` columns (never under 40); colour adds ANSI codes only.

    ``brief`` takes one line a metric at any width, without the notes of what is not counted.
    """
    width, ink = max(LEAST_WIDTH, width), _Ink(color)
    layout = _layout_of(card, width)
    lines = [*_head(card, width, ink)]
    if brief:
        for section in card.sections:
            lines += [ink(cut(section.title.upper(), width), _BOLD)]
            lines += [_brief_row(row, card, width, ink) for row in section.rows]
        said = "`goalkeeper metric KEY` tells what is not counted, and by which method."
        lines += [
            "─" * width,
            *(ink(line, _DIM) for line in wrapped(f"{words.missing_words(card)} {said}".strip(), width)),
        ]
        return "\n".join(line.rstrip() for line in lines) + "\n"
    for section in card.sections:
        notes = _Footnotes()
        lines += ["", ink(cut(section.title.upper(), width), _BOLD)]
        if section.about:
            lines += [ink(line, _DIM) for line in wrapped(section.about, width)]
        for row in section.rows:
            lines += _row(row, card, layout, ink, notes)
        for number, note in enumerate(notes.notes, 1):
            mark = notes.mark(note)
            lines += [ink(line, _DIM) for line in wrapped(note, width, " " * (len(str(number)) + 3), f"  {mark} ")]
    lines += ["", *_foot(card, width, ink)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _brief_row(row: ScorecardRow, card: Scorecard, width: int, ink: _Ink) -> str:
    """Name, number, interval, recent weeks, change and benchmark, as far as the line reaches."""
    known = row.reading.estimate is not None
    name = max(16, min(30, width - 50))
    parts = [
        ink(padded(cut(row.name, name), name), _BOLD),
        ink(padded(words.value_words(row) if known else "–", _VALUE, right=True), _BOLD if known else _DIM),
        padded(cut(_interval(row) if known else plain(row.reading.value.words), 22), 22),  # type: ignore[union-attr]
    ]
    change, tones = _change(row, card)
    quiet = change.startswith(("–", "…"))
    spark = spark_text([mark.value for mark in chart_of(row, card, Kind.SPARK).series], _SPARK)
    extras = [
        padded(spark, _SPARK),
        ink(padded(cut("" if quiet else change, 20), 20), *tones),
        ink(cut(_benchmark(row, _Footnotes()).rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹"), 16), _DIM),
    ]
    room = width - 2 - name - _VALUE - 22 - 4
    for extra, wide in zip(extras, (_SPARK, 20, 16), strict=True):
        if room >= wide + 2:
            parts.append(extra)
            room -= wide + 2
    return "  " + "  ".join(parts)


def _head(card: Scorecard, width: int, ink: _Ink) -> list[str]:
    lines = [ink(cut(f"{card.company}: service scorecard, {card.period}", width), _BOLD)]
    about = words.span_words(card.since, card.until)
    if card.before_period:
        about += f", compared with {card.before_period}"
    lines += [ink(line, _DIM) for line in wrapped(f"{about}. Intervals hold {words.level_words(card.level)}.", width)]
    lines.append("─" * width)
    for sentence in card.takeaways:
        lines += wrapped(sentence, width, "  ", "• ")
    groups = words.verdict_counts(card)
    counts = [f"{len(rows)} {name}" for name, rows in _counted(groups) if rows]
    lines += wrapped(", ".join(counts) + "." if counts else "No metrics.", width)
    return lines


def _counted(groups: dict[Verdict, list[ScorecardRow]]) -> list[tuple[str, list[ScorecardRow]]]:
    return [
        ("better", groups[Verdict.BETTER]),
        ("worse", groups[Verdict.WORSE]),
        ("moved", groups[Verdict.MOVED]),
        ("without a change that can be told from chance", groups[Verdict.SAME]),
        ("with too little to compare", groups[Verdict.UNKNOWN]),
    ]


def _note(row: ScorecardRow) -> str:
    """By which clock the number was taken, what is to be known of it, and what it does not count."""
    parts = [words.statistic_words(row)] if row.clock else []
    parts += filter(None, (words.note_words(row), words.response_words(row)))
    if row.reading.pending:
        parts.append(f"{row.reading.pending:,} waiting")
    if row.reading.left_out_total:
        parts.append(f"left out {words.left_out_words(row.reading)}")
    return "; ".join(parts)


def _change(row: ScorecardRow, card: Scorecard) -> tuple[str, Sequence[str]]:
    """The change with its mark, and its colours."""
    said = words.change_words(row, card.before_period)
    short = said.short[:1].lower() + said.short[1:]
    if said.rising is None:
        mark = "…" if row.verdict is Verdict.UNKNOWN else "–"
        return f"{mark} {'no clear change' if said.short == words.NO_CHANGE else short}", (_DIM,)
    return f"{'▲' if said.rising else '▼'} {short}", (_TONES[row.verdict], _BOLD)


def _benchmark(row: ScorecardRow, notes: _Footnotes) -> str:
    """The benchmark with a mark (✓ reached, ✗ short of it, ∼ either); a footnote names whose it is."""
    said = words.benchmark_words(row)
    if said is None:
        return ""
    mark = {True: "✓ ", False: "✗ ", None: "∼ "}[said.reached] if said.standing else ""
    source = f"benchmark, {said.words}: {said.source}" if said.words else f"benchmark: {said.source}"
    return f"{mark}{said.range}{notes.mark(source)}"


def _row(row: ScorecardRow, card: Scorecard, layout: _Layout, ink: _Ink, notes: _Footnotes) -> list[str]:
    """Name, number, interval and count; then line, change and benchmark, in as many lines as the width asks for."""
    raised = notes.mark(_note(row))
    name = cut(row.name, layout.name - width_of(raised)) + raised
    known = row.reading.estimate is not None
    value = words.value_words(row) if known else words.CANNOT_SAY.lower()
    first = "  " + ink(padded(name, layout.name), _BOLD) + " "
    first += ink(padded(value, _VALUE, right=True), _BOLD if known else _DIM)
    spark = padded(spark_text([mark.value for mark in chart_of(row, card, Kind.SPARK).series], _SPARK), _SPARK)
    change, tones = _change(row, card)
    benchmark = _benchmark(row, notes)
    if layout.wide:
        moved = ink(padded(change, _CHANGE), *tones)
        return [f"{first}  {_span(row, layout.span)} {spark}  {moved}  {ink(cut(benchmark, layout.rest), _DIM)}"]
    said = f"benchmark {benchmark}" if benchmark else ""
    if layout.tight:
        room = layout.width - _SPARK - 4
        lines = [first, f"  {spark}  {_span(row, room)}", " " * (_SPARK + 4) + ink(cut(change, room), *tones)]
        return lines + ([" " * (_SPARK + 4) + ink(cut(said, room), _DIM)] if said else [])
    lead = padded("  " + spark, layout.name + 3)
    room = layout.width - width_of(lead) - 2
    wide = max(_CHANGE, min(width_of(change), room - width_of(said)))  # one longer than usual, where there is room
    second = f"{lead}{ink(padded(change, wide), *tones)}  {ink(cut(said, room - wide), _DIM)}"
    return [f"{first}  {_span(row, layout.width - 5 - layout.name - _VALUE)}", second]


def _interval(row: ScorecardRow) -> str:
    """The interval; of a rate with the time it is to."""
    return f"{words.interval_words(row)} {row.statistic if row.statistic.startswith('a ') else ''}".rstrip()


def _span(row: ScorecardRow, room: int) -> str:
    """Interval and count, or the reason for no number; the count gives up its noun, then itself, to fit the room."""
    value = row.reading.value
    if isinstance(value, NoEstimate):
        return padded(value.words, room)
    span = _interval(row)
    ways = (f"{span}, {plain(words.count_words(row))}", f"{span}, n {row.reading.n:,}")
    return padded(next((way for way in ways if width_of(way) <= room), span), room)


def _foot(card: Scorecard, width: int, ink: _Ink) -> list[str]:
    lines = ["─" * width]
    lines += wrapped(
        "Benchmark: ✓ reached, ✗ short of it, ∼ could be either side. "
        "A change is shown only where chance does not explain it.",
        width,
    )
    lines += wrapped(f"Data as of {words.moment_words(card.as_of)}.", width)
    if missing := words.missing_words(card):
        lines += wrapped(missing, width)
    for source in card.sources:
        last = f", last event {words.event_words(source.last_event, card)}" if source.last_event else ""
        held = f", {source.quarantined:,} held back" if source.quarantined else ""
        lines += wrapped(f"{source.source_id}: {source.rows:,} rows{held}{last}", width, "    ", "  ")
    return [ink(line, _DIM) for line in lines]
