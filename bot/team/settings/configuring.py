"""Changing what is set for a channel or a workspace, from a form or by a word."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches

from bot.domain import (
    Council,
    Person,
    Place,
    PlaceSettings,
    Question,
    SettingsChange,
    Tenant,
    Terms,
)
from bot.errors import BadConfig, Changed, ModelError, NotFound
from bot.phrases import estimate_line
from bot.ports import ModelInfo
from bot.team.asking import Team
from bot.team.rights import check_configuring
from bot.team.seats import warnings
from bot.team.settings.checks import WORKSPACE_ONLY, check, tidied
from bot.team.settings.parts import changes
from bot.team.spending.estimates import estimated
from bot.team.terms import merged
from bot.untrusted import one_line

# All providers are asked at once; a person waits for this, and may try again.
_CHECK_S = 15.0
_MOST_SUGGESTED = 3
_ALIKE = 0.75  # of 1; models of one provider have much in common
_MOST_LISTED = 1_000  # OpenRouter lists about four hundred
# A question of usual length; what a council costs depends far more on its seats.
_USUAL_QUESTION = "?" * 600

_NOTHING = "Nothing was changed."
_CHANGED = "Somebody else changed these settings in the meantime; look at them again."
_NO_PROVIDER = "The provider of `{}` does not answer right now; try again in a moment."
_TOO_SLOW = "A provider did not say in time whether it has these models; try again in a moment."
_NOTHING_THERE = "Nothing is set for that channel, so there is nothing to copy."


@dataclass(frozen=True, slots=True)
class Draft:
    """Settings of a place while somebody edits them; `number` is that of the ones they replace.

    `inherited` is what would hold if nothing were set there. To save what a form sends, open it
    again and put in the settings, with the number that the form was made of.
    """

    place: Place
    settings: PlaceSettings
    number: int
    inherited: Terms

    @property
    def terms(self) -> Terms:
        """What would hold with these settings."""
        return _over(self.inherited, self.settings, is_workspace=not self.place.channel)


@dataclass(frozen=True, slots=True)
class Saved:
    """What was changed, and what speaks against it all the same, in sentences."""

    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    is_changed: bool = True


async def opened(team: Team, person: Person, place: Place) -> Draft:
    """Return what is set for a channel, or without one for its workspace, to be edited.

    Raises `NotAllowed`.
    """
    draft = await looked_at(team, place)
    check_configuring(person, draft.terms)
    return draft


async def looked_at(team: Team, place: Place) -> Draft:
    """Return what is set for a channel, or without one for its workspace, for anyone to see."""
    place = replace(place, thread=None)
    workspace, channel = await team.settings.at(place)
    if place.channel:
        inherited = merged(team.usual, workspace.settings, PlaceSettings())
        return Draft(place, channel.settings, channel.number, inherited)
    return Draft(place, workspace.settings, workspace.number, team.usual)


async def save(team: Team, person: Person, draft: Draft) -> Saved:
    """Check what was edited, and put it in place of what was there.

    Raises `NotAllowed`, `Changed`, `BadConfig` with a sentence on what is wrong.
    """
    before = await opened(team, person, draft.place)
    if before.number != draft.number:
        raise Changed(_CHANGED)
    after = replace(before, settings=tidied(draft.settings))
    lines = changes(before.settings, after.settings)
    if not lines:
        return Saved((_NOTHING,), is_changed=False)
    check(after.settings, after.inherited, is_workspace=not after.place.channel)
    new = _models(after.settings) - _models(before.settings)
    known = await _checked(team, after.place.tenant, new)
    made = SettingsChange(after.place.channel, person.id, person.name, datetime.now(UTC), lines)
    await team.settings.change(after.place, after.settings, made, number=after.number)
    return await _told(team, before, after, lines, known)


async def reset(team: Team, person: Person, place: Place) -> Saved:
    """Let a channel, or its workspace, inherit everything. Raises `NotAllowed`, `Changed`."""
    draft = await opened(team, person, place)
    return await save(team, person, replace(draft, settings=PlaceSettings()))


async def copied(team: Team, person: Person, place: Place, channel: str) -> Saved:
    """Set in a place what is set in a channel of its workspace; the person may configure both.

    Raises `NotAllowed`, `NotFound` if nothing is set there, `Changed`, `BadConfig`.
    """
    draft = await opened(team, person, place)
    source = await opened(team, person, replace(place, channel=channel))
    if source.settings == PlaceSettings():
        raise NotFound(_NOTHING_THERE)
    kept = {name: getattr(draft.settings, name) for name in WORKSPACE_ONLY}
    return await save(team, person, replace(draft, settings=replace(source.settings, **kept)))


async def cost_line(team: Team, place: Place, council: Council) -> str | None:
    """Say what a question to a council costs; None if nothing is known or it is free."""
    question = Question(_USUAL_QUESTION, place, "")
    prices = await team.catalog.priced(place.tenant, council.models)
    estimate = estimated(question, council, prices)
    return f"A question costs {estimate_line(estimate)}." if estimate.most_micros else None


async def cautions(team: Team, place: Place, terms: Terms) -> tuple[str, ...]:
    """Return what speaks against the council of a place, as far as it is known here."""
    return await _cautions(team, place, terms, {})


async def _told(
    team: Team, before: Draft, after: Draft, lines: tuple[str, ...], known: Mapping[str, ModelInfo]
) -> Saved:
    """Say what was changed, and of other seats what they cost and what speaks against them."""
    terms = after.terms
    if _seating(terms.council) == _seating(before.terms.council):
        return Saved(lines)
    cost = await cost_line(team, after.place, terms.council)
    told = lines if cost is None else (*lines, cost)
    return Saved(told, await _cautions(team, after.place, terms, known))


async def _cautions(
    team: Team, place: Place, terms: Terms, known: Mapping[str, ModelInfo]
) -> tuple[str, ...]:
    models = {seat.model for seat in terms.council.seats}
    priced = await team.catalog.priced(place.tenant, models)
    return warnings(
        terms.council,
        {name: _joined(info, known.get(name)) for name, info in priced.items()},
        refuses_unknown_prices=terms.refuses_unknown_prices,
    )


def _joined(priced: ModelInfo, listed: ModelInfo | None) -> ModelInfo:
    """Put what a provider's list says where no price list says anything."""
    if listed is None:
        return priced
    return replace(
        priced,
        prompt_usd=listed.prompt_usd if priced.prompt_usd is None else priced.prompt_usd,
        completion_usd=(
            listed.completion_usd if priced.completion_usd is None else priced.completion_usd
        ),
        sees_images=listed.sees_images if priced.sees_images is None else priced.sees_images,
    )


async def _checked(team: Team, tenant: Tenant, models: set[str]) -> dict[str, ModelInfo]:
    """Ask the providers of all models at once whether they have them. Raises `BadConfig`."""
    names = sorted(models)
    try:
        async with asyncio.timeout(_CHECK_S):
            found = await asyncio.gather(*(_check(team, tenant, name) for name in names))
    except TimeoutError as error:
        raise BadConfig(_TOO_SLOW) from error
    for one in found:
        if isinstance(one, BadConfig):
            raise one
    return {one.name: one for one in found if isinstance(one, ModelInfo)}


async def _check(team: Team, tenant: Tenant, model: str) -> ModelInfo | BadConfig:
    shown = one_line(model, 80)
    try:
        return replace(await team.catalog.check(tenant, model), name=model)
    except NotFound as error:
        near = await _near(team, tenant, model)
        return BadConfig(f"`{shown}`: {error}{near}")
    except ModelError:
        return BadConfig(_NO_PROVIDER.format(shown))


async def _near(team: Team, tenant: Tenant, model: str) -> str:
    """Hint at the models that were probably meant, of this provider or else of any."""
    provider, _, _ = model.partition("/")
    for words in (provider, ""):
        listed = await team.catalog.find(tenant, words, limit=_MOST_LISTED)
        near = get_close_matches(model, [one.name for one in listed], _MOST_SUGGESTED, _ALIKE)
        if near:
            return f" Did you mean {' or '.join(f'`{name}`' for name in near)}?"
    return ""


def _seating(council: Council) -> object:
    """Return what costs and cautions depend on."""
    return council.members, council.chairman, council.mode, council.is_revising


def _models(settings: PlaceSettings) -> set[str]:
    seats = (*(settings.members or ()), *filter(None, [settings.chairman]))
    return {model for seat in seats for model in seat.models}


def _over(inherited: Terms, settings: PlaceSettings, *, is_workspace: bool) -> Terms:
    nothing = PlaceSettings()
    if is_workspace:
        return merged(inherited, settings, nothing)
    terms = merged(inherited, nothing, settings)
    # These are not inherited: they hold beside what the channel sets.
    return replace(terms, workspace=inherited.workspace, person=inherited.person)
