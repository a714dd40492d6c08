"""What is suggested while somebody types an option: a value, and what is shown for it.

https://docs.discord.com/developers/interactions/application-commands#autocomplete
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.given import Given
from adapters.discord.settings.editing import CHAIRMAN
from adapters.discord.thread.components import MOST_CHOICES
from bot.domain import Place
from bot.ports import Scope
from bot.team.settings.presets import presets
from bot.untrusted import one_line

_ALL = ("All that I know of this server", "workspace")
_QUESTION_CHARS, _NAME_CHARS = 60, 22  # a choice shows 100
_CHOICE_CHARS = 100

Choices = Sequence[tuple[str, str]]


async def suggest(desk: DiscordDesk, caller: Caller, given: Given) -> Choices:
    """Return what fits what was typed so far."""
    found = await _found(desk, caller, given, given.text(given.focused))
    return [(one_line(name, _CHOICE_CHARS), value) for name, value in found][:MOST_CHOICES]


async def _found(desk: DiscordDesk, caller: Caller, given: Given, typed: str) -> Choices:
    team, home = desk.team, caller.home
    match given.name, given.focused:
        case "config seat", "model":
            finds = await team.catalog.find(home.tenant, typed, limit=MOST_CHOICES)
            # A longer value would be refused, and all others with it.
            return [(one.name, one.name) for one in finds if len(one.name) <= _CHOICE_CHARS]
        case "config seat", "replaces":
            place = replace(home, channel="") if given.is_workspace else home
            return _fitting(await _seats(desk, place), typed)
        case "config use", _:
            return _fitting(_alike(await presets(team, home.tenant)), typed)
        case "config drop", _:
            return _fitting(_alike(await team.settings.presets(home.tenant)), typed)
        case _:
            return await _ids(desk, caller, given.name, typed)


async def _ids(desk: DiscordDesk, caller: Caller, name: str, typed: str) -> Choices:
    match name:
        case "cancel":
            return await _asked(desk, replace(caller.scope, is_open=True), typed)
        case "show":
            return await _asked(desk, caller.scope, typed)
        case "forget":
            where = "me directly" if caller.is_direct else "in this server"
            own = (f"All that you asked {where}", "me")
            more = [own, _ALL] if caller.person.is_admin else [own]
            return [*_fitting(more, typed), *await _asked(desk, caller.scope, typed)]
        case "keys remove" if caller.person.is_admin:
            known = await desk.team.keys.all(caller.home.tenant)
            return _fitting(_alike(one.name for one in known), typed)
        case _ if name.startswith("schedule "):
            known = await desk.team.schedules.all(replace(caller.place, thread=None))
            return _fitting([(f"{one.typed} · {one.question}", one.id) for one in known], typed)
        case _:
            return []


async def _asked(desk: DiscordDesk, scope: Scope, typed: str) -> Choices:
    named: list[tuple[str, str]] = []
    for one in await desk.app.history(limit=MOST_CHOICES, within=scope):
        asker = one_line(one.question.asker, _NAME_CHARS)
        # The same question may be asked every day.
        more = f"{asker} · {one.created_at:%Y-%m-%d}"
        named.append((f"{one_line(one.question.text, _QUESTION_CHARS)} · {more}", one.id))
    return _fitting(named, typed)


async def _seats(desk: DiscordDesk, place: Place) -> Choices:
    council = (await desk.team.terms(place)).council
    members = [(member.name, member.name) for member in council.members]
    return [*members, (f"The chairman, {council.chairman.name}", CHAIRMAN)]


def _alike(names: Iterable[str]) -> Choices:
    return [(name, name) for name in names]


def _fitting(choices: Choices, typed: str) -> Choices:
    wanted = typed.strip().lower()
    return [choice for choice in choices if wanted in " ".join(choice).lower()]
