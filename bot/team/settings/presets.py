"""Councils by a word: those that everyone has, the operator's, and those that a workspace keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.domain import Mode, Person, Place, PlaceSettings, Tenant
from bot.errors import BadConfig, NotFound
from bot.lines import nearest
from bot.team.asking import Team
from bot.team.settings.checks import is_preset_name
from bot.team.settings.configuring import Saved, opened, save
from bot.team.terms import over
from bot.untrusted import one_line

BUILT_IN: Mapping[str, PlaceSettings] = MappingProxyType(
    {
        "quick": PlaceSettings(mode=Mode.FAST, is_revising=True),
        "standard": PlaceSettings(mode=Mode.STANDARD, is_revising=True),
        "thorough": PlaceSettings(mode=Mode.THOROUGH, is_revising=True),
    }
)
_MOST_KEPT = 20  # they still fit into one list to pick from

_NO_NAME = "`{}` is no name for a preset: use one word of letters, digits and dashes, 30 at most."
_TOO_MANY = f"This workspace keeps {_MOST_KEPT} presets already; drop one first."
_NOTHING_SET = (
    "Nothing of the council is set here, so there is nothing to keep: set members, a mode or "
    "instructions first."
)


async def presets(team: Team, tenant: Tenant) -> Mapping[str, PlaceSettings]:
    """Return all presets of a workspace: its own hide the operator's, those the built-in ones."""
    return {**BUILT_IN, **team.presets, **await team.settings.presets(tenant)}


async def use_preset(team: Team, person: Person, place: Place, name: str) -> Saved:
    """Lay a preset over what is set for a channel or a workspace.

    Raises `NotAllowed`, `NotFound`, `Changed`, `BadConfig`.
    """
    draft = await opened(team, person, place)
    known = await presets(team, place.tenant)
    name = _found(name, known)
    return await save(team, person, replace(draft, settings=over(draft.settings, known[name])))


async def keep_preset(team: Team, person: Person, place: Place, name: str) -> Saved:
    """Keep the council that is set for a channel or a workspace under a name, for the workspace.

    Raises `NotAllowed`, `BadConfig`, `Changed`.
    """
    await opened(team, person, replace(place, channel=""))  # it is for the whole workspace
    council = only_council((await opened(team, person, place)).settings)
    if not is_preset_name(name.lower()):
        raise BadConfig(_NO_NAME.format(one_line(name, 60)))
    if council == PlaceSettings():
        raise BadConfig(_NOTHING_SET)
    kept = await team.settings.presets(place.tenant)
    if len({*kept, name.lower()}) > _MOST_KEPT:
        raise BadConfig(_TOO_MANY)
    return await _noted(team, person, place.tenant, name.lower(), council)


async def drop_preset(team: Team, person: Person, place: Place, name: str) -> Saved:
    """Let go of a preset that a workspace keeps. Raises `NotAllowed`, `NotFound`, `Changed`."""
    await opened(team, person, replace(place, channel=""))
    name = _found(name, await team.settings.presets(place.tenant))
    return await _noted(team, person, place.tenant, name, None)


def only_council(settings: PlaceSettings) -> PlaceSettings:
    """Return what settings say of the council itself: no rights, no money, no place."""
    return PlaceSettings(
        members=settings.members,
        chairman=settings.chairman,
        mode=settings.mode,
        is_revising=settings.is_revising,
        shown=settings.shown,
        language=settings.language,
        instructions=settings.instructions,
        deadlines=settings.deadlines,
    )


async def _noted(
    team: Team, person: Person, tenant: Tenant, name: str, council: PlaceSettings | None
) -> Saved:
    """Keep or drop a preset, and note it among the changes to the workspace."""
    line = f"Preset {name}: {'dropped' if council is None else 'kept'}"
    await team.note(person, tenant, line)
    await team.settings.keep_preset(tenant, name, council)
    return Saved((line,))


def _found(name: str, known: Mapping[str, PlaceSettings]) -> str:
    if (lowered := name.lower()) in known:
        return lowered
    if not known:
        message = "This workspace keeps no presets."
        raise NotFound(message)
    message = f"There is no preset `{one_line(name, 60)}`{nearest(lowered, known)}"
    raise NotFound(message)
