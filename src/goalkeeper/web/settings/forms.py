"""Working hours and promises changed in forms: a table of the settings file at a time, all else left as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import cast
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import DBAPIError
from starlette.responses import RedirectResponse

from goalkeeper.errors import Findings, UnknownName, UsageError
from goalkeeper.state.roles import Permission
from goalkeeper.tomlfile import TomlFile, parse_toml
from goalkeeper.web.failures import words_of
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.web.settings import tables
from goalkeeper.web.settings.fields import Draft, Field, Rows, draft_of, read_draft
from goalkeeper.web.settings.file import Part, SettingsFile, Text
from goalkeeper.web.settings.topics import Topic, view
from goalkeeper.workspace import Workspace
from goalkeeper.workspace.settings import Settings

LATE = "Somebody else saved meanwhile. Your words stand here; save again to put them over theirs."
_FIELD, _MOST_FIELDS = 10_000, 4_000


@dataclass(frozen=True, slots=True)
class TableForm:
    """A form of one table of a list in the settings, or of ``whole`` lists at once."""

    topic: Topic
    part: Part
    key: str
    name: str
    noun: str
    fields: Callable[[Settings], tuple[Field, ...]]
    mistakes: Callable[[TomlFile, int, Settings, Draft], None]
    whole: bool = False
    ordered: bool = False

    @property
    def href(self) -> str:
        """Its address."""
        return f"{self.topic.href}/{self.name}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody works on: the rows, of which table (its id, "" for a new one), since which mark, and its place."""

    draft: Draft
    was: str
    mark: str
    place: int


def declare(
    pages: Pages,
    file: SettingsFile,
    form: TableForm,
    saved: Callable[[Settings], Response],
    drawn: Callable[[Settings, str], Mapping[str, object]],
) -> None:
    """Declares a form's page and what is sent to it; ``saved`` answers with the settings of before."""
    workspace = pages.workspace

    def shown(sent: Sent, *, wrong: str = "", settings: Settings | None = None, status: int = 0) -> View:
        ids = _ids(parse_toml(file.read(form.part).text, form.part.name), form.key)
        wrongs = sent.draft.wrong
        facts: dict[str, object] = {
            "form": form, "fields": form.fields(workspace.settings), "sent": sent, "shown": [], "policies": [],
            "others": [each for each in ids if each != sent.was], "count": sum(map(len, wrongs.values())),
            "is_draft": bool(settings or wrongs),
        }  # fmt: skip
        made = view(
            pages, form.topic, facts | dict(drawn(settings, _name(sent)) if settings else {}),
            lambda: {"was": sent.was, "mark": sent.mark, "fields": sent.draft.rows, "wrong": wrongs},
            wrong=wrong,
        )  # fmt: skip
        title = sent.was or ("Which applies" if form.whole else f"A new {form.noun}")
        return replace(made, template="settings_form.html", title=f"{title}, {form.topic.title.lower()}",
                       status=status or made.status)  # fmt: skip

    def page(_: Workspace, request: Request) -> Made:
        now = file.read(form.part)
        toml, was = parse_toml(now.text, form.part.name), request.query_params.get("id", "")
        return shown(Sent(draft_of(_table(toml, form, was), form.fields(workspace.settings)), was, now.mark,
                          _place(toml, form, was)))  # fmt: skip

    def do(sent_fields: Mapping[str, str]) -> Response:
        wanted = sent_fields.get("do", "")
        draft = read_draft(sent_fields, form.fields(workspace.settings))
        place = sent_fields.get("place", "")
        sent = Sent(draft, sent_fields.get("was", ""), sent_fields.get("mark", ""),
                    int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 0)  # fmt: skip
        now = file.read(form.part)
        if wanted in ("save", "remove") and now.mark != sent.mark:
            return pages.written(shown(Sent(draft, sent.was, now.mark, sent.place), wrong=LATE, status=409))
        if wanted == "more" or wanted.startswith("drop."):
            return pages.written(shown(sent))
        toml = parse_toml(now.text, form.part.name)
        try:
            text = _removed(toml, form, sent) if wanted == "remove" else _written(toml, form, sent, workspace.settings)
            settings = file.check(form.part, text) if text is not None else None
        except (Findings, UsageError) as error:
            for words in map(str, error.findings) if isinstance(error, Findings) else [str(error)]:
                draft.tell("", 0, "", words)
            text = settings = None
        if text is None or wanted not in ("save", "remove"):
            wrong = "It is not saved: see what is found below." if wanted in ("save", "remove") else ""
            return pages.written(shown(sent, wrong=wrong, settings=settings))
        before = workspace.settings
        try:
            theirs = file.save(form.part, Text(text, sent.mark))
        except DBAPIError as error:
            status, said = words_of(error)
            return pages.written(shown(sent, wrong=f"It is not saved. {said}", status=status))
        if theirs:
            return pages.written(shown(Sent(draft, sent.was, theirs.mark, sent.place), wrong=LATE, status=409))
        return saved(before)

    async def act(request: Request) -> Response:
        return await run_in_threadpool(do, await fields_of(request, _FIELD, _MOST_FIELDS))

    pages.add(form.href, page, Permission.SETTINGS)
    pages.take(form.href, act, Permission.SETTINGS)


def redirect(topic: Topic, said: str) -> Response:
    """Back to the page of a topic, which says what was done."""
    return RedirectResponse(f"{topic.href}?{urlencode({'said': said})}", 303)


def _name(sent: Sent) -> str:
    return sent.draft.rows["id"][0][0] if "id" in sent.draft.rows else ""


def _ids(toml: TomlFile, key: str) -> list[str]:
    return [str(each.get("id", "")) for each in toml.data.get(key, ())]


def _table(toml: TomlFile, form: TableForm, was: str) -> Mapping[str, object]:
    """The table that a form is of; UnknownName where it is not there any more."""
    if form.whole:
        return toml.data
    ids = _ids(toml, form.key)
    if was and was not in ids:
        raise UnknownName(form.noun, was, ids, where=form.topic.title)
    table: Mapping[str, object] = toml.data[form.key][ids.index(was)] if was else {}
    return table


def _place(toml: TomlFile, form: TableForm, was: str) -> int:
    """Which place among its kind a table has; a new one comes last."""
    ids = _ids(toml, form.key)
    return ids.index(was) if was in ids and not form.whole else len(ids)


def _written(toml: TomlFile, form: TableForm, sent: Sent, settings: Settings) -> str | None:
    """The part's text with what was sent; None where the draft tells of mistakes."""
    fields = form.fields(settings)
    values = sent.draft.values(fields, _table(toml, form, sent.was))
    if form.whole:
        (field,) = fields
        text = _with_list(toml, field, sent.draft.rows[field.key])
        number = 0
    elif sent.was:
        number = _ids(toml, form.key).index(sent.was)
        text = tables.changed(toml.text, form.key, number, values)
    else:
        number = len(_ids(toml, form.key))
        text = tables.added(toml.text, form.key, values)
    form.mistakes(parse_toml(text, form.part.name), number, settings, sent.draft)
    if sent.draft.wrong:
        return None
    last = len(parse_toml(text, form.key).data.get(form.key, ())) - 1
    if form.ordered and number != min(sent.place, last):
        text = tables.moved(text, form.key, number, min(sent.place, last))
    return text


def _with_list(toml: TomlFile, field: Field, rows: Rows) -> str:
    """The text with the tables of a list as they were sent, row by row; what is sent as it was shown stays."""
    text, key, shown = toml.text, field.key, field.rows(toml.data)
    tables_of = cast("Callable[[Rows], list[Mapping[str, object]]]", field.raw)
    was: dict[int, int] = {}  # the table that a row was
    for _, first, last, from_row, to_row in SequenceMatcher(None, shown, rows, autojunk=False).get_opcodes():
        was |= zip(range(from_row, to_row), range(first, last), strict=False)
    for number in reversed(range(len(shown))):
        if number not in was.values():
            text = tables.without(text, key, number)
    for place, row in enumerate(rows):
        table = tables_of((row,))[0]
        if place in was:
            cells = zip(field.columns, shown[was[place]], row, strict=True)
            new = {column.name: table.get(column.name) for column, before, sent in cells if sent != before}
            text = tables.changed(text, key, place, new)
        else:
            text = tables.added(text, key, table)
            text = tables.moved(text, key, len(_ids(parse_toml(text, key), key)) - 1, place)
    return text


def _removed(toml: TomlFile, form: TableForm, sent: Sent) -> str:
    if form.whole or not sent.was:
        raise UsageError(f"no {form.noun} is named that could be removed.", hint="Open the one to remove.")
    _table(toml, form, sent.was)
    return tables.without(toml.text, form.key, _ids(toml, form.key).index(sent.was))
