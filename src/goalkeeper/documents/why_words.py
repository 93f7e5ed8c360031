"""Why a number moved, in sentences that blame nobody for a change of mix."""

from __future__ import annotations

from goalkeeper.documents.words import span_words, tied
from goalkeeper.insights.why import Cause, Segment, Why
from goalkeeper.stats.difference import changed
from goalkeeper.stats.estimate import Estimate
from goalkeeper.units import Unit, format_change, format_value


def why_sentences(why: Why) -> tuple[str, ...]:
    """What moved, what of it happened within the segments, what by their mix, and what to make of it."""
    return (_whole(why), _within(why), _by_mix(why), _conclusion(why))


def _whole(why: Why) -> str:
    then = span_words(why.before_period.since, why.before_period.until)
    now = span_words(why.now_period.since, why.now_period.until)
    length = f" (brought to {why.brought_to} days)" if why.brought_to else ""
    values = f"{value(why, why.before)} in {then}{length}, {value(why, why.now)} in {now}"
    if not changed(why.change):
        return f"{why.metric.name}: {values}; no change that can be told from chance ({change(why, why.change)})."
    verb = "rose" if why.change.value > 0 else "fell"
    return f"{why.metric.name} {verb}: {values} ({change(why, why.change)})."


def _within(why: Why) -> str:
    told = change(why, why.within)
    if not changed(why.within):
        return f"Within the same {why.split} there is no change that can be told from chance: {told}."
    return f"Within the same {why.split} it {'rose' if why.within.value > 0 else 'fell'}: {told}."


def _by_mix(why: Why) -> str:
    """The effect of the mix, with the segment that did most of it."""
    told = change(why, why.mix)
    if not changed(why.mix):
        return f"The mix by {why.split} did nothing that can be told from chance: {told}."
    most = _most(why)
    grew = "grew" if most.share_now > most.share_before else "shrank"
    lies = "above" if (most.mix > 0) == (most.share_now > most.share_before) else "below"
    shares = f"{_percent(most.share_before)} to {_percent(most.share_now)}"
    return (
        f"The mix alone {'raised' if why.mix.value > 0 else 'lowered'} it: {told}; most by {most.name}, which {grew} "
        f"from {shares} of the {why.weighed} and lies {lies} the rest."
    )


def _most(why: Why) -> Segment:
    return max(why.segments, key=lambda each: each.mix * why.mix.value)


def _conclusion(why: Why) -> str:
    who = f"Compare {why.split} by {why.split}"
    match why.cause:
        case Cause.CHANCE:
            return "So there is nothing to explain: chance is enough."
        case Cause.UNCLEAR:
            return f"So there is a change, and too little data to tell one within {why.split} from one of the mix."
        case Cause.WITHIN:
            return f"So what changed, changed within {why.split}, and not by the mix."
        case Cause.MIX if one_sided := _one_sided(why):
            came = "is new" if one_sided.now else "is gone"
            return f"So what moved it is {one_sided.name}, which {came}: look at that by itself."
        case Cause.MIX:
            return f"So what changed is who is counted; that says nothing of how well they were served. {who}."
        case Cause.BOTH:
            return f"So both pulled it the same way: a change within {why.split}, and the mix on top of it."
        case Cause.OPPOSED:
            moved = ("rose", "lowered") if why.within.value > 0 else ("fell", "raised")
            return f"So for comparable {why.counted} it {moved[0]}; who is counted {moved[1]} the whole. {who}."


def _one_sided(why: Why) -> Segment | None:
    """The segment that did most of what the mix did, where it is of one time only: its move is no change of mix."""
    most = _most(why)
    return most if (most.before is None) != (most.now is None) else None


def value(why: Why, found: Estimate | None) -> str:
    """A value in the metric's unit; a dash where there is none."""
    days = why.clock != "working"
    return tied(format_value(found.value if found else None, why.metric.unit, days=days, currency=why.currency))


def amount(why: Why, number: float) -> str:
    """A difference with its sign: "+4.2 points"."""
    unit = why.metric.unit
    said = format_change(number, unit, days=why.clock != "working", currency=why.currency)
    return tied(f"{said} points" if unit is Unit.INDEX else said)


def change(why: Why, found: Estimate) -> str:
    """A difference with its interval: "+4.2 points, −0.6 to +9.0"."""
    if found.low is None or found.high is None:
        return amount(why, found.value)
    ends = [amount(why, end).removesuffix("\N{NO-BREAK SPACE}points") for end in (found.low, found.high)]
    return f"{amount(why, found.value)}, {ends[0]} to {ends[1]}"


def segment_cells(why: Why, each: Segment) -> list[str]:
    """A segment's line: its name, shares, values, change, and its parts of the change of the whole."""
    real = "really " if each.is_real else ""
    moved = "" if each.change is None else f"{real}{change(why, each.change)}"
    return [
        each.name, f"{_percent(each.share_before)} → {_percent(each.share_now)}",
        f"{value(why, each.before)} → {value(why, each.now)}", moved, amount(why, each.within), amount(why, each.mix),
    ]  # fmt: skip


def _percent(share: float) -> str:
    return tied(format_value(share, Unit.SHARE, digits=0))
