"""What is set for a channel or a workspace."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.commands import Config
from bot.desk import Desk
from bot.domain import Limits, Person, Place, PlaceSettings, SettingsChange
from bot.errors import WrongUse
from bot.replies.reply import Reply
from bot.team.asking import Team
from bot.team.settings.configuring import (
    Draft,
    Saved,
    cautions,
    copied,
    cost_line,
    looked_at,
    opened,
)
from bot.team.settings.configuring import reset as reset_all
from bot.team.settings.configuring import save as save_draft
from bot.team.settings.documents import from_toml, to_toml
from bot.team.settings.parts import PARTS, as_settings, said
from bot.team.settings.presets import drop_preset, keep_preset, presets, use_preset
from bot.team.zones import zone_or_utc
from bot.untrusted import one_line

EXPORT = "council.toml"

_CHANNEL = re.compile(r"<#(\w+)(?:\|[^<>]*)?>|#?(\w+)")
_FENCE = re.compile(r"\s*```(?:toml(?=\s))?(.*)```\s*", re.DOTALL | re.IGNORECASE)
_MOST_CHANGES = 10

_HOLDS = "What holds in {}:"
_SAVED = "Saved for {}."
_UNCHANGED = "Nothing was ever changed for {}."
_CHANGES = "The latest changes to {}, by the clock of {}:"
_NOTHING_SET = "Nothing is set for {}, so there is nothing to export; everything is inherited."
_EXPORTED = "This is what is set for {}. To put it elsewhere, use import there."
_WHICH_CHANNEL = "Which channel? Put it after copy, such as #general."
_NO_SETTINGS = "Put the settings as TOML after import, as export gives them."
_KEPT = "Kept: each channel of the workspace can use it by its name."
_DROPPED = "Gone from the workspace; channels that use it stay as they are."
_PRESETS = "Which preset? There are {}."
_NO_NAME = "Under what name? Put one word after save."


async def configure(desk: Desk, person: Person, place: Place, command: Config) -> Reply:
    """Show or change what is set; anyone may look.

    Raises `NotAllowed`, `NotFound`, `BadConfig`, `Changed`.
    """
    channel = "" if command.is_workspace else place.channel
    where = replace(place, channel=channel, thread=None)
    act = _ACTIONS[command.action or "show"]
    return await act(desk.team, person, where, command.argument.strip())


async def show(team: Team, _person: Person, place: Place, _argument: str) -> Reply:
    """Say what holds in a place, and where each part of it comes from."""
    workspace, _ = await team.settings.at(place)
    draft = await looked_at(team, place)
    lines = [*_parts(draft, workspace.settings), *_limits(draft)]
    if cost := await cost_line(team, place, draft.terms.council):
        lines.append(cost)
    lines += map(_warning, await cautions(team, place, draft.terms))
    lines.append(f"Presets: {', '.join(await presets(team, place.tenant))}")
    return Reply(_HOLDS.format(_named(place)), lines=tuple(lines))


async def changes(team: Team, _person: Person, place: Place, _argument: str) -> Reply:
    """List who changed what, when."""
    made = await team.settings.changes(place, limit=_MOST_CHANGES)
    if not made:
        return Reply(_UNCHANGED.format(_named(place)))
    zone = zone_or_utc((await looked_at(team, place)).terms.time_zone)
    lines = tuple(_change(change, zone) for change in made)
    return Reply(_CHANGES.format(_named(place), zone.key), lines=lines)


async def reset(team: Team, person: Person, place: Place, _argument: str) -> Reply:
    """Let everything be inherited again."""
    return _saved(place, await reset_all(team, person, place))


async def copy(team: Team, person: Person, place: Place, argument: str) -> Reply:
    """Set what is set in another channel."""
    channel = _CHANNEL.fullmatch(argument)
    if channel is None:
        raise WrongUse(_WHICH_CHANNEL)
    return _saved(place, await copied(team, person, place, channel[1] or channel[2]))


async def export(team: Team, person: Person, place: Place, _argument: str) -> Reply:
    """Give what is set as a file. Only whoever may configure sees all of it."""
    draft = await opened(team, person, place)
    if draft.settings == PlaceSettings():
        return Reply(_NOTHING_SET.format(_named(place)))
    return Reply(_EXPORTED.format(_named(place)), file=(EXPORT, to_toml(draft.settings)))


async def import_(team: Team, person: Person, place: Place, argument: str) -> Reply:
    """Set what a TOML text says, and nothing else."""
    draft = await opened(team, person, place)
    fenced = _FENCE.fullmatch(argument)
    text = (fenced[1] if fenced else argument).strip()
    if not text:
        raise WrongUse(_NO_SETTINGS)
    return _saved(place, await save_draft(team, person, replace(draft, settings=from_toml(text))))


async def use(team: Team, person: Person, place: Place, argument: str) -> Reply:
    """Lay a preset over what is set."""
    if not argument:
        return Reply(_PRESETS.format(", ".join(await presets(team, place.tenant))))
    return _saved(place, await use_preset(team, person, place, argument))


async def keep(team: Team, person: Person, place: Place, argument: str) -> Reply:
    """Keep the council of a place as a preset."""
    if not argument:
        raise WrongUse(_NO_NAME)
    kept = await keep_preset(team, person, place, argument)
    return Reply(_KEPT, lines=kept.lines)


async def drop(team: Team, person: Person, place: Place, argument: str) -> Reply:
    """Let go of a preset."""
    dropped = await drop_preset(team, person, place, argument)
    return Reply(_DROPPED, lines=dropped.lines)


def _saved(place: Place, saved: Saved) -> Reply:
    if not saved.is_changed:
        return Reply(saved.lines[0])
    lines = (*saved.lines, *map(_warning, saved.warnings))
    return Reply(_SAVED.format(_named(place)), lines=lines)


def _parts(draft: Draft, workspace: PlaceSettings) -> Iterable[str]:
    """Say what holds of everything that may be inherited, and from where."""
    inherited = as_settings(draft.inherited)
    for name, part in PARTS.items():
        if (here := said(name, draft.settings)) is not None:
            yield f"{part.label}: {here} · set here"
        elif (value := said(name, inherited)) is not None:
            is_theirs = draft.place.channel and getattr(workspace, name) is not None
            yield f"{part.label}: {value} · from the {'workspace' if is_theirs else 'operator'}"


def _limits(draft: Draft) -> Iterable[str]:
    """Say the limits that hold beside those that are set here."""
    terms = draft.terms
    beside = {"Limits of the operator": terms.operator}
    if draft.place.channel:
        beside["Limits of the workspace"] = terms.workspace
        beside[PARTS["per_person"].label] = terms.person
    for label, limits in beside.items():
        if limits != Limits():
            yield f"{label}: {PARTS['limits'].said(limits)}"


def _change(change: SettingsChange, zone: ZoneInfo) -> str:
    at = f"{change.made_at.astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{at} · {one_line(change.person, 60)} · {'; '.join(change.lines)}"


def _warning(sentence: str) -> str:
    return f"Mind: {sentence}"


def _named(place: Place) -> str:
    return "this channel" if place.channel else "the whole workspace"


_ACTIONS: Mapping[str, Callable[[Team, Person, Place, str], Awaitable[Reply]]] = MappingProxyType(
    {
        "show": show,
        "changes": changes,
        "reset": reset,
        "copy": copy,
        "export": export,
        "import": import_,
        "use": use,
        "save": keep,
        "drop": drop,
    }
)
