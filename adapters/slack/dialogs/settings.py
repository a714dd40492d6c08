"""Changing what is set for a channel or its workspace, window by window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.dialogs.sheets import Sheet, Window, kept_sheet, opened_sheet, ticket_of
from adapters.slack.dialogs.windows import opened, pushed, shown
from adapters.slack.forms.details import detail, entered_detail
from adapters.slack.forms.overview import (
    CHAIRMAN,
    EDIT,
    MEMBER,
    NEW_MEMBER,
    PARTS,
    TITLES,
    UP,
    entered_above,
    overview,
)
from adapters.slack.forms.parts import Entered, Option, Outcome, told
from adapters.slack.forms.seat import entered_seat, seat_form
from adapters.slack.groups import is_group
from adapters.slack.thread.blocks import Block
from adapters.slack.wire.http import Json
from bot.domain import Seat
from bot.errors import BadConfig, ChatError, WrongUse
from bot.team.seats import Fault, seat_faults, tidy_seat
from bot.team.settings.checks import faults, tidied
from bot.team.settings.configuring import Draft, cost_line, save
from bot.team.settings.presets import presets
from bot.team.terms import over

_TITLE = "Council"
_COMMAND = "/council config"
_STALE = "The window behind this one changed in the meantime; close both and open them again."
_GONE = "This seat is not there any more; close this window."
_NO_PRESET = "This preset is not there any more; open the form again."
_SAVED = "Saved"


async def open_settings(desk: SlackDesk, caller: Caller, *, is_workspace: bool) -> None:
    """Open the overview of what is set. Raises `WrongUse`, `ChatError`."""

    async def view() -> Block:
        sheet = await opened_sheet(desk, caller, is_workspace=is_workspace)
        return await _overview(desk, caller, sheet)

    await opened(desk, caller, _TITLE, view, command=_COMMAND)


async def open_part(desk: SlackDesk, caller: Caller, view: Json, part: str) -> None:
    """Open the window for one part. Raises `ChatError`."""

    async def part_view() -> Block:
        sheet = await _looked_at(desk, caller, view)
        window = Window(str(view["id"]), str(view["hash"]))
        return await _part(desk, caller, replace(sheet, part=part, overview=window))

    await pushed(desk, caller, TITLES.get(part, TITLES[MEMBER]), part_view)


async def change_seat(desk: SlackDesk, caller: Caller, view: Json, chosen: str) -> None:
    """Do what was chosen in a member's menu. Raises `WrongUse`, `ChatError`."""
    what, _, number = chosen.partition(":")
    if what == EDIT:
        await open_part(desk, caller, view, number)
        return
    sheet = await _looked_at(desk, caller, view)
    members, at = list(sheet.draft.terms.council.members), _number(number)
    if not 0 <= at < len(members):
        raise WrongUse(_GONE)
    seat = members.pop(at)
    if what == UP:
        members.insert(max(at - 1, 0), seat)
    await _put(desk, caller, view, _seated(sheet, tuple(members)))


async def inherit_seats(desk: SlackDesk, caller: Caller, view: Json, _: str) -> None:
    """Let the seats be the inherited ones again. Raises `WrongUse`, `ChatError`."""
    sheet = await _looked_at(desk, caller, view)
    settings = replace(sheet.draft.settings, members=None, chairman=None)
    await _put(desk, caller, view, sheet.having(settings))


async def fill_in_preset(desk: SlackDesk, caller: Caller, view: Json, name: str) -> None:
    """Put what a preset says over what is set. Raises `WrongUse`, `ChatError`."""
    sheet = await _looked_at(desk, caller, view)
    known = await presets(desk.team, sheet.draft.place.tenant)
    if name not in known:
        raise WrongUse(_NO_PRESET)
    filled = sheet.having(over(sheet.draft.settings, known[name]))
    await _put(desk, caller, view, replace(filled, edition=sheet.edition + 1))


async def take_seat(desk: SlackDesk, caller: Caller, view: Json) -> Outcome:
    """Take a seat that was filled in into the overview."""
    _, sheet = await kept_sheet(desk, caller, view)
    entered = Entered(view)
    seat = tidy_seat(entered_seat(entered))
    errors = _by_input(seat_faults(seat, ()))
    if errors:
        return Outcome(errors).at(entered)
    if sheet.part == CHAIRMAN:
        after = sheet.having(replace(sheet.draft.settings, chairman=seat))
    else:
        after = _seated(sheet, _with(sheet.draft, sheet.part, seat))
    return await _below(desk, caller, after, entered)


async def take_detail(desk: SlackDesk, caller: Caller, view: Json) -> Outcome:
    """Take a part that was filled in into the overview."""
    _, sheet = await kept_sheet(desk, caller, view)
    entered = Entered(view)
    settings = tidied(entered_detail(sheet.draft, sheet.part, entered))
    there = {
        name: sentence for name, sentence in _by_input(faults(settings)).items() if name in entered
    }
    errors = {**there, **entered.faults}
    if errors:
        return Outcome(errors).at(entered)
    return await _below(desk, caller, sheet.having(settings), entered)


async def take_settings(desk: SlackDesk, caller: Caller, view: Json) -> Outcome:
    """Save what was edited, and say what changed."""
    person, sheet = await kept_sheet(desk, caller, view, is_fresh=True)
    settings = entered_above(sheet.draft.settings, Entered(view))
    sheet = sheet.having(settings)
    try:
        saved = await save(desk.team, person, sheet.draft)
    except BadConfig as error:
        # Another edition of each input, or Slack shows errors and choices of before.
        again = replace(sheet, edition=sheet.edition + 1)
        return Outcome(view=await _overview(desk, caller, again, fault=str(error)))
    return Outcome(view=told(_SAVED, saved.lines, [f"⚠ {each}" for each in saved.warnings]))


async def _looked_at(desk: SlackDesk, caller: Caller, view: Json) -> Sheet:
    """Return the sheet of the overview, with what was chosen there."""
    _, sheet = await kept_sheet(desk, caller, view)
    return sheet.having(entered_above(sheet.draft.settings, Entered(view)))


async def _put(desk: SlackDesk, caller: Caller, view: Json, sheet: Sheet) -> None:
    """Show the overview anew in its window."""
    fresh = await _overview(desk, caller, sheet)
    await shown(desk, caller.workspace, str(view["id"]), fresh, digest=str(view["hash"]))


async def _below(desk: SlackDesk, caller: Caller, sheet: Sheet, entered: Entered) -> Outcome:
    """Show the overview anew, below the window that is about to close."""
    window = sheet.overview
    fresh = await _overview(desk, caller, replace(sheet, part="", overview=None))
    if window is not None and await shown(
        desk, caller.workspace, window.id, fresh, digest=window.digest
    ):
        return Outcome()
    return Outcome({entered.first: _STALE}).at(entered)


async def _overview(desk: SlackDesk, caller: Caller, sheet: Sheet, *, fault: str = "") -> Block:
    ticket = await ticket_of(desk, caller, sheet)
    draft = sheet.draft
    known = await presets(desk.team, draft.place.tenant)
    cost = await cost_line(desk.team, draft.place, draft.terms.council)
    notes = {"fault": fault, "cost": cost or ""}
    return overview(draft, ticket, tuple(known), edition=sheet.edition, **notes)


async def _part(desk: SlackDesk, caller: Caller, sheet: Sheet) -> Block:
    ticket, part, draft = await ticket_of(desk, caller, sheet), sheet.part, sheet.draft
    if part in PARTS:
        return detail(draft, part, ticket, await _groups(desk, caller, draft))
    return seat_form(part, ticket, _seat(draft, part))


def _seat(draft: Draft, part: str) -> Seat | None:
    council = draft.terms.council
    if part == NEW_MEMBER:
        return None
    if part == CHAIRMAN:
        return council.chairman
    number = _number(part)
    if not 0 <= number < len(council.members):
        raise WrongUse(_GONE)
    return council.members[number]


def _with(draft: Draft, part: str, seat: Seat) -> tuple[Seat, ...]:
    members = draft.terms.council.members
    if part == NEW_MEMBER:
        return (*members, seat)
    number = _number(part)
    return (*members[:number], seat, *members[number + 1 :])


def _seated(sheet: Sheet, members: tuple[Seat, ...]) -> Sheet:
    return sheet.having(replace(sheet.draft.settings, members=members))


async def _groups(desk: SlackDesk, caller: Caller, draft: Draft) -> list[Option]:
    """Return the user groups that are named in a draft, with their names if Slack tells them."""
    settings = draft.settings
    ids = {*(settings.askers or ()), *(settings.configurers or ())}
    named = sorted(filter(is_group, ids))
    names: Mapping[str, str] = {}
    if named:
        try:
            found = await desk.groups.all(caller.user, caller.workspace)
            names = {group.id: group.name for group in found}
        except ChatError:
            names = {}
    return [Option(one, names.get(one, one)) for one in named]


def _by_input(found: Iterable[Fault]) -> dict[str, str]:
    """Return sentences by the inputs that they are about, which are called as their keys."""
    errors: dict[str, str] = {}
    for fault in found:
        errors.setdefault(".".join(map(str, fault.key)), fault.sentence)
    return errors


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1
