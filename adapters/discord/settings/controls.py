"""The menus and buttons of each page of the settings' form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.discord.replies import is_id
from adapters.discord.settings.changes import INHERIT, NO, YES, seat_at
from adapters.discord.settings.editing import CHAIRMAN, NEW, Editing
from adapters.discord.settings.view import SET, Tab, View
from adapters.discord.thread.components import (
    MOST_CHOICES,
    Choice,
    Component,
    Style,
    button,
    mentionables,
    menu,
    row,
)
from bot.domain import Mode, Shown
from bot.ports import ModelInfo
from bot.team.seats import FEWEST_MEMBERS, MOST_MEMBERS
from bot.team.settings.checks import MOST_PINS

_MODES: Mapping[str, tuple[str, str]] = {
    Mode.FAST: ("Fast", "Answers without reviews"),
    Mode.STANDARD: ("Standard", "Answers and reviews"),
    Mode.THOROUGH: ("Thorough", "Each member reviews twice"),
}
_SHOWN: Mapping[str, tuple[str, str]] = {
    Shown.EVERYTHING: ("Everything", "Answers, reviews, standings and the final answer"),
    Shown.ANSWERS: ("Answers only", "Members' answers and the final answer"),
    Shown.FINAL: ("Final answer only", "The rest is there on request"),
}
_REVISED: Mapping[str, tuple[str, str]] = {
    YES: ("Revise", "Members mend what a review shows to be wrong"),
    NO: ("Do not revise", "Answers stay as they are"),
}
_PINS = (0, 1, 3, 5, 10, 20, 50, MOST_PINS)
# A longer value would be refused, and all others with it.
_VALUE_CHARS = 100


def controls(editing: Editing, ticket: str, view: View) -> Sequence[Component]:
    """Return the menus and buttons of a page."""
    match view.tab:
        case Tab.MEMBERS:
            return _members(editing, ticket, view)
        case Tab.COURSE:
            return _course(editing, ticket)
        case Tab.PEOPLE:
            return _people(editing, ticket, view)
        case Tab.LIMITS:
            return _limits(editing, ticket)


def off(component: Component, *, if_so: bool = True) -> Component:
    """Grey a button out."""
    return {**component, "disabled": if_so}


def _members(editing: Editing, ticket: str, view: View) -> Sequence[Component]:
    fitting = [info for info in view.finds if len(info.name) <= _VALUE_CHARS]
    if fitting:
        return [_finds(editing, ticket, fitting), _beside_finds(editing, ticket)]
    shown = [_seats(editing, ticket), _of_seat(editing, ticket)]
    if not view.presets:
        return shown
    choices = [Choice(name, name) for name in view.presets]
    return [*shown, menu(f"{SET}preset", ticket, choices, placeholder="Put in a preset")]


def _seats(editing: Editing, ticket: str) -> Component:
    council = editing.draft.terms.council
    choices = [
        Choice(f"{number}. {member.name}", str(number - 1), member.model)
        for number, member in enumerate(council.members[: MOST_CHOICES - 1], 1)
    ]
    chair = Choice(f"Chairman: {council.chairman.name}", CHAIRMAN, council.chairman.model)
    placeholder = "Choose a seat to change it"
    return menu(
        f"{SET}seat", ticket, [*choices, chair], chosen=editing.seat, placeholder=placeholder
    )


def _of_seat(editing: Editing, ticket: str) -> Component:
    members = editing.draft.terms.council.members
    chosen = seat_at(editing.draft.terms.council, editing.seat)
    is_chair = editing.seat == CHAIRMAN
    is_last = not is_chair and len(members) <= FEWEST_MEMBERS
    name = "this seat" if chosen is None else "the chairman" if is_chair else chosen.name
    change = button(f"Change {name}", f"{SET}edit", ticket, Style.MAIN)
    away = button(f"Remove {name}", f"{SET}remove", ticket)
    add = button("Add a member", f"{SET}add", ticket)
    return row(
        off(change, if_so=chosen is None),
        off(away, if_so=chosen is None or is_last or is_chair),
        off(add, if_so=len(members) >= MOST_MEMBERS),
    )


def _finds(editing: Editing, ticket: str, finds: Sequence[ModelInfo]) -> Component:
    choices = [Choice(info.name, info.name, _described(info)) for info in finds]
    return menu(f"{SET}model", ticket, choices, placeholder=f"Models for “{editing.words}”")


def _beside_finds(editing: Editing, ticket: str) -> Component:
    again = f"{SET}add" if editing.seat == NEW else f"{SET}edit"
    return row(
        button("Search again", again, ticket, Style.MAIN),
        button("Leave it", f"{SET}leave", ticket),
    )


def _described(info: ModelInfo) -> str:
    parts: list[str] = []
    if info.prompt_usd is not None and info.completion_usd is not None:
        parts.append(f"${info.prompt_usd:,.2f} in, ${info.completion_usd:,.2f} out")
        parts.append("for a million tokens")
    if info.sees_images is not None:
        parts.append("sees images" if info.sees_images else "no images")
    return " · ".join([" ".join(parts[:2]), *parts[2:]] if len(parts) > 1 else parts)


def _course(editing: Editing, ticket: str) -> Sequence[Component]:
    own, usual = editing.draft.settings, editing.draft.inherited.council
    revised = None if own.is_revising is None else (YES if own.is_revising else NO)
    offered = {*_PINS} if own.pins is None else {*_PINS, own.pins}
    pins = {str(number): (_pins(number), "") for number in sorted(offered)}
    usual_pins = "as my operator says" if usual.pins is None else _pins(usual.pins)
    usual_revision = _REVISED[YES if usual.is_revising else NO][0]
    own_pins = None if own.pins is None else str(own.pins)
    return [
        _menu("mode", ticket, _MODES, own.mode, f"Mode: {_MODES[usual.mode][0]}"),
        _menu("is_revising", ticket, _REVISED, revised, f"Revision: {usual_revision}"),
        _menu("shown", ticket, _SHOWN, own.shown, f"In the thread: {_SHOWN[usual.shown][0]}"),
        _menu("pins", ticket, pins, own_pins, f"Pins: {usual_pins}"),
        row(
            button("Language, instructions, time zone …", f"{SET}texts", ticket),
            button("Deadlines …", f"{SET}deadlines", ticket),
        ),
    ]


def _menu(
    name: str,
    ticket: str,
    choices: Mapping[str, tuple[str, str]],
    own: str | None,
    usual: str,
) -> Component:
    """Offer a field's values; the first is what is inherited."""
    offered = [Choice(label, str(value), more) for value, (label, more) in choices.items()]
    inherited = Choice(usual, INHERIT, "Inherited")
    field = usual.partition(":")[0]
    chosen = str(own or INHERIT)
    return menu(f"{SET}{name}", ticket, [inherited, *offered], chosen=chosen, placeholder=field)


def _pins(number: int) -> str:
    if number == 0:
        return "Pin nothing"
    return "Keep the newest pinned" if number == 1 else f"Keep the newest {number} pinned"


def _people(editing: Editing, ticket: str, view: View) -> Sequence[Component]:
    own = editing.draft.terms
    asking = mentionables(
        f"{SET}askers", ticket, _named(own.askers, view), placeholder="Everyone may ask"
    )
    changing = mentionables(
        f"{SET}configurers",
        ticket,
        _named(own.configurers, view),
        placeholder="Only who manages the server may change settings",
    )
    return [asking, changing]


def _named(ids: Sequence[str], view: View) -> list[tuple[str, str]]:
    known = list(filter(is_id, ids))[:MOST_CHOICES]
    return [("user" if view.names.role(one) is None else "role", one) for one in known]


def _limits(editing: Editing, ticket: str) -> Sequence[Component]:
    if editing.draft.place.channel:
        return [row(button("Limits of this channel …", f"{SET}money", ticket))]
    return [
        row(
            button("Limits of the server …", f"{SET}money", ticket),
            button("Limits for each person …", f"{SET}person", ticket),
            button("Prices and keeping …", f"{SET}keeping", ticket),
        )
    ]
