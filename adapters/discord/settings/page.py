"""The message in which settings are edited: what holds, and menus and buttons to change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.discord.replies import named
from adapters.discord.rich.untrusted import safe, size
from adapters.discord.settings.controls import controls, off
from adapters.discord.settings.editing import Editing
from adapters.discord.settings.view import LABELS, SET, Tab, View, fields_of
from adapters.discord.thread.accents import COUNCIL
from adapters.discord.thread.components import (
    Component,
    Style,
    button,
    row,
    separator,
    shown_chars,
    small,
    text,
)
from adapters.discord.thread.messages import MOST_CHARS, Message, single
from bot.domain import Council, PlaceSettings, Seat
from bot.marks import mark
from bot.team.settings.parts import PARTS, as_settings, said

_TITLE = "Settings"
_UNCHANGED = "Nothing changes until you choose **Save**."
_UNSAVED = "**Not saved yet.** What runs already keeps what it began with."
_SEAT_CHARS = 200
_LINE_CHARS = 400
_MOST_NAMES = 15  # a menu beside them shows 25
_MOST_NOTES = 8
_MORE_CHARS = 60
_HERE, _INHERITED = "set here", "inherited"
_UNSET = {"pins": "as my operator says"}
_NOBODY = {"askers": "everyone", "configurers": "who manages the server"}


def page(editing: Editing, ticket: str, view: View) -> Message:
    """Return the message of a page; `ticket` is for its draft."""
    channel = editing.draft.place.channel
    # What is shared with other platforms calls a server a workspace.
    whose = f"<#{channel}>" if channel else "this server, the whole workspace"
    title = text(f"## Settings of {whose}")
    body = [
        _tabs(view.tab, ticket),
        *_body(editing, ticket, view),
        separator(),
        small(_state(editing, view.cost)),
        _end(view.tab, ticket),
    ]
    notes = _notes(view.notes, MOST_CHARS - shown_chars([title, *body]))
    return single(_TITLE, [title, *notes, *body], COUNCIL)


def _body(editing: Editing, ticket: str, view: View) -> list[Component]:
    """Return what holds with what can be done about it; of people, each beside its menu."""
    told, offered = list(_told(editing, view)), controls(editing, ticket, view)
    if view.tab is Tab.PEOPLE:
        pairs = zip(told, offered, strict=True)
        return [part for line, menu in pairs for part in (text(line), menu)]
    return [text("\n".join(told)), *offered]


def _state(editing: Editing, cost: str | None) -> str:
    costs = f"{safe(cost)} " if cost else ""
    return f"{costs}{_UNSAVED if editing.is_changed else _UNCHANGED}"


def _notes(notes: Sequence[str], room: int) -> list[Component]:
    """Tell as many notes as there is room for."""
    shown = list(notes[:_MOST_NOTES])
    while shown and size("\n".join(shown)) > room - _MORE_CHARS:
        shown.pop()
    if more := len(notes) - len(shown):
        shown.append(f"- … and {more} more, see `/council config changes`")
    return [text("\n".join(shown))] if shown else []


def _tabs(here: Tab, ticket: str) -> Component:
    return row(
        *(
            off(button(LABELS[tab], f"{SET}{tab}", ticket, Style.MAIN))
            if tab is here
            else button(LABELS[tab], f"{SET}{tab}", ticket)
            for tab in Tab
        )
    )


def _end(tab: Tab, ticket: str) -> Component:
    return row(
        button("Save", f"{SET}save-{tab}", ticket, Style.GOOD),
        button("Inherit all of this page", f"{SET}inherit-{tab}", ticket),
        button("Start over", f"{SET}over-{tab}", ticket),
    )


def _told(editing: Editing, view: View) -> Iterator[str]:
    """Say what would hold, and where it is set."""
    draft = editing.draft
    if view.tab is Tab.MEMBERS:
        yield from _seats(draft.terms.council, editing)
        return
    own, all_that_holds = draft.settings, as_settings(draft.terms)
    for name in fields_of(draft.place, view.tab):
        where = _where(name, own)
        if name in {"askers", "configurers"}:
            told = _people(getattr(all_that_holds, name), view) or _NOBODY[name]
        else:
            value = said(name, own) or said(name, all_that_holds) or _UNSET.get(name, "none")
            told = safe(value, _LINE_CHARS)
        yield f"**{PARTS[name].label}** · {told}{where}"


def _where(name: str, own: PlaceSettings) -> str:
    """Say where a field is set; limits are not inherited, they hold beside each other."""
    if getattr(own, name) is not None:
        return f" · _{_HERE}_"
    return "" if name in {"limits", "per_person"} else f" · _{_INHERITED}_"


def _seats(council: Council, editing: Editing) -> Iterator[str]:
    own = editing.draft.settings
    yield f"**Members** · _{_INHERITED if own.members is None else _HERE}_"
    for number, member in enumerate(council.members, 1):
        yield f"{number}\\. {_seat(member)}"
    yield f"**Chairman** · _{_INHERITED if own.chairman is None else _HERE}_"
    yield _seat(council.chairman)


def _seat(seat: Seat) -> str:
    more = ""
    if seat.fallbacks:
        more += f" · else {', '.join(seat.fallbacks)}"
    if seat.persona:
        more += f" · {seat.persona}"
    return f"{mark(seat.model)} **{safe(seat.name, 60)}** · {safe(seat.model + more, _SEAT_CHARS)}"


def _people(ids: Sequence[str], view: View) -> str:
    shown = ", ".join(named(one, view.names) for one in ids[:_MOST_NAMES])
    more = len(ids) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
