"""What each click and each small form does to settings, and the page that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.incoming import Names
from adapters.discord.replies import point
from adapters.discord.rich.untrusted import escaped, safe
from adapters.discord.settings import changes, modals
from adapters.discord.settings.editing import NEW, Editing, begun, fresh, keep, kept
from adapters.discord.settings.page import page
from adapters.discord.settings.view import SET, Tab, View, fields_of
from adapters.discord.thread.components import MOST_CHOICES
from adapters.discord.thread.messages import Message
from adapters.discord.wire.http import Json
from bot.domain import PlaceSettings, Seat
from bot.errors import BadConfig, Changed, NotAllowed, WrongUse
from bot.team.settings.checks import tidied
from bot.team.settings.configuring import Draft, cost_line, save
from bot.team.settings.presets import presets

_NO_FINDS = "No model's name holds all of these words: {}. Try fewer."
_CHOOSE = "Several models fit. Choose one."
_SAVED = "**Saved.**"
_FAULT = "⚠"
_NOTE_CHARS = 400
_OLD_BUTTON = "This button is none of mine any more."

_LEAVE = "leave"
_COURSE = frozenset({"mode", "is_revising", "shown", "pins"})
_PEOPLE = frozenset({"askers", "configurers"})
_TABS: Mapping[str, Tab] = {
    modals.SEAT: Tab.MEMBERS,
    modals.ADDED: Tab.MEMBERS,
    modals.TEXTS: Tab.COURSE,
    modals.DEADLINES: Tab.COURSE,
    modals.LIMITS: Tab.LIMITS,
    modals.PERSON: Tab.LIMITS,
    modals.KEEPING: Tab.LIMITS,
}
_OPENED: Mapping[str, Callable[[Editing, str], Json]] = {
    "edit": modals.seat_form,
    "add": modals.new_seat_form,
    "texts": lambda editing, ticket: modals.texts_form(editing.draft, ticket),
    "deadlines": lambda editing, ticket: modals.deadlines_form(editing.draft, ticket),
    "money": lambda editing, ticket: modals.limits_form(editing.draft, ticket),
    "person": lambda editing, ticket: modals.person_form(editing.draft, ticket),
    "keeping": lambda editing, ticket: modals.keeping_form(editing.draft, ticket),
}


def opens_form(action: str) -> bool:
    """Say whether a button opens a small form."""
    return action.removeprefix(SET) in _OPENED


class SettingsForm:
    """The form in the hands of one person. Methods raise `WrongUse` and `StorageError`.

    Whoever clicks must be allowed to each time; what they clicked on is no proof of it.
    """

    def __init__(self, desk: DiscordDesk, caller: Caller, names: Names) -> None:
        self._desk = desk
        self._caller = caller
        self._names = names

    async def begin(self, *, is_workspace: bool) -> Message:
        """Return the first page."""
        editing = await begun(self._desk, self._caller, is_workspace=is_workspace)
        return await self._shown(editing, Tab.MEMBERS)

    async def open(self, action: str, ticket: str) -> Json:
        """Return the small form that a button opens."""
        editing = await kept(self._desk, self._caller, ticket)
        return _OPENED[action.removeprefix(SET)](editing, ticket)

    async def click(self, action: str, ticket: str, values: Sequence[str]) -> Message:
        """Do what a button or a menu is for, and return the page after it."""
        editing = await kept(self._desk, self._caller, ticket)
        word, _, tab = action.removeprefix(SET).partition("-")
        if word in {*Tab, _LEAVE}:
            return await self._shown(replace(editing, unfinished=None), _tab(word))
        match word:
            case "save":
                return await self._save(editing, _tab(tab))
            case "over":
                return await self._shown(await self._fresh(editing), _tab(tab))
            case "seat":
                return await self._shown(replace(editing, seat=values[0]), Tab.MEMBERS)
            case "preset":
                known = await presets(self._desk.team, editing.draft.place.tenant)
                preset = known.get(values[0], PlaceSettings())
                return await self._changed(
                    editing, Tab.MEMBERS, lambda: changes.put_in(editing.draft.settings, preset)
                )
            case _:
                clicked = partial(_clicked, editing, word, tab, values)
                return await self._changed(editing, _tab_of(word, tab), clicked)

    async def enter(self, form: str, ticket: str, entered: Mapping[str, str]) -> Message:
        """Take what was entered in a small form, and return the page after it."""
        editing = await kept(self._desk, self._caller, ticket)
        if form in (modals.SEAT, modals.ADDED):
            key = NEW if form == modals.ADDED else editing.seat
            return await self._seated(replace(editing, seat=key), modals.seat_of(entered))
        draft, tab = editing.draft, _TABS.get(form, Tab.MEMBERS)
        taken = partial(_entered, draft, form, entered)
        if form != modals.TEXTS:
            return await self._changed(editing, tab, taken)
        # Long instructions must not be lost with a time zone that there is not.
        without = {**entered, "time_zone": draft.terms.time_zone}
        return await self._changed(editing, tab, taken, partial(_entered, draft, form, without))

    async def _seated(self, editing: Editing, seat: Seat) -> Message:
        """Seat somebody whose model may still have to be looked for."""
        tenant = editing.draft.place.tenant
        finds = await self._desk.team.catalog.find(tenant, seat.model, limit=MOST_CHOICES)
        names = [info.name for info in finds]
        if seat.model not in names and len(names) > 1:
            return await self._shown(replace(editing, unfinished=seat), Tab.MEMBERS, _CHOOSE)
        if not names and "/" not in seat.model:
            note = _NO_FINDS.format(safe(seat.model))
            return await self._shown(replace(editing, unfinished=seat), Tab.MEMBERS, note)
        # What no list holds may be there all the same: that is looked at when it is saved.
        model = names[0] if len(names) == 1 else seat.model
        sitting = partial(changes.seat, editing.draft, editing.seat, replace(seat, model=model))
        return await self._changed(replace(editing, unfinished=seat), Tab.MEMBERS, sitting)

    async def _changed(
        self,
        editing: Editing,
        tab: Tab,
        change: Callable[[], PlaceSettings],
        otherwise: Callable[[], PlaceSettings] | None = None,
    ) -> Message:
        """Change a draft; `otherwise` is what remains of a change that cannot be made."""
        try:
            return await self._shown(editing.changed(change()), tab)
        except BadConfig as error:
            note = f"{_FAULT} {escaped(str(error))}"
        if otherwise is not None:
            with suppress(BadConfig):
                editing = editing.changed(otherwise())
        return await self._shown(editing, tab, note)

    async def _save(self, editing: Editing, tab: Tab) -> Message:
        """Save a draft, and go on with what is set then; what is wrong with it can be mended."""
        try:
            saved = await save(self._desk.team, self._caller.person, editing.draft)
        except NotAllowed:
            raise
        except WrongUse as error:
            if isinstance(error, Changed) and await self._is_saved(editing):
                return await self._shown(await self._fresh(editing), tab, _SAVED)
            return await self._shown(editing, tab, f"{_FAULT} {escaped(str(error))}")
        if not saved.is_changed:
            return await self._shown(editing, tab, *map(escaped, saved.lines))
        lines = [point(line, self._names, _NOTE_CHARS) for line in saved.lines]
        warnings = [f"{_FAULT} {safe(warning, _NOTE_CHARS)}" for warning in saved.warnings]
        return await self._shown(await self._fresh(editing), tab, _SAVED, *lines, *warnings)

    async def _is_saved(self, editing: Editing) -> bool:
        """Say whether all of it is set already, as a second click on Save finds it."""
        return (await self._fresh(editing)).stored == tidied(editing.draft.settings)

    async def _fresh(self, editing: Editing) -> Editing:
        return await fresh(self._desk, self._caller, editing.draft.place)

    async def _shown(self, editing: Editing, tab: Tab, *notes: str) -> Message:
        """Keep a draft and return a page of it."""
        team, place = self._desk.team, editing.draft.place
        finds = ()
        if tab is Tab.MEMBERS and editing.unfinished is not None:
            finds = await team.catalog.find(place.tenant, editing.words, limit=MOST_CHOICES)
        view = View(
            tab,
            notes,
            finds=finds,
            presets=[*await presets(team, place.tenant)] if tab is Tab.MEMBERS else (),
            cost=await cost_line(team, place, editing.draft.terms.council),
            names=self._names,
        )
        return page(editing, await keep(self._desk, self._caller, editing), view)


def _clicked(editing: Editing, word: str, tab: str, values: Sequence[str]) -> PlaceSettings:
    draft, settings = editing.draft, editing.draft.settings
    if word in _COURSE:
        return changes.choose(settings, word, values[0])
    if word in _PEOPLE:
        return changes.name_people(settings, word, values)
    if word == "remove":
        return changes.unseat(draft, editing.seat)
    if word == "model" and editing.unfinished is not None:
        return changes.seat(draft, editing.seat, replace(editing.unfinished, model=values[0]))
    if word == "inherit":
        return changes.inherit(settings, fields_of(draft.place, _tab(tab)))
    raise BadConfig(_OLD_BUTTON)


def _entered(draft: Draft, form: str, entered: Mapping[str, str]) -> PlaceSettings:
    match form:
        case modals.TEXTS:
            return changes.write_texts(draft, entered)
        case modals.DEADLINES:
            return changes.write_deadlines(draft, entered)
        case modals.LIMITS:
            return changes.write_limits(draft.settings, "limits", entered)
        case modals.PERSON:
            return changes.write_limits(draft.settings, "per_person", entered)
        case modals.KEEPING:
            return changes.write_keeping(draft.settings, entered)
        case _:
            raise BadConfig(_OLD_BUTTON)


def _tab_of(word: str, tab: str) -> Tab:
    if word in _COURSE:
        return Tab.COURSE
    if word in _PEOPLE:
        return Tab.PEOPLE
    return _tab(tab)


def _tab(word: str) -> Tab:
    return Tab(word) if word in set(Tab) else Tab.MEMBERS
