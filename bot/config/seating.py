"""Who sits: from names of models to a council."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.config.defaults import (
    MOST_LOCAL_MEMBERS,
    REHEARSAL_COUNCIL,
    USUAL,
    USUAL_MEMBERS,
)
from bot.config.file import CouncilTable, SeatTable
from bot.config.settings import Settings
from bot.domain import REHEARSAL, Council, Deadlines, Mode, PlaceSettings, Seat
from bot.errors import BadConfig
from bot.lines import nearest
from bot.llm.providers import Provider, split_model
from bot.team.seats import MOST_MEMBERS, tidy_seat, unique
from bot.team.settings.checks import faults, is_preset_name

_NO_NAME = "is no name for a preset; use one word of small letters, digits and dashes."


@dataclass(frozen=True, slots=True)
class Wish:
    """What one question asks for in place of the configured council."""

    members: tuple[str, ...] = ()
    chairman: str | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Seating:
    """A council that can begin, and sentences for the person who asks."""

    council: Council
    is_rehearsal: bool = False
    warnings: tuple[str, ...] = ()


def seat(settings: Settings, wish: Wish) -> Seating | None:
    """Seat the council that was wished for or configured, else a usual one of whoever has a key.

    None: no model is configured and no provider has a key. Raises `BadConfig`.
    """
    members, chairman = _named(settings, wish)
    if not members and chairman is not None:
        message = "There is a chairman but no member: name members, or set a provider's key."
        raise BadConfig(message)
    if not members:
        return None
    if len(members) > MOST_MEMBERS:
        message = f"A council has at most {MOST_MEMBERS} members, not {len(members)}."
        raise BadConfig(message)
    council = _council(settings, members, chairman or SeatTable(model=members[0].model), wish)
    is_rehearsal = _is_rehearsal(council.seats)
    if not is_rehearsal:
        for model in council.models:
            _check(model, settings)
    return Seating(council, is_rehearsal, _warnings(council))


def local_council(settings: Settings, models: Iterable[str], wish: Wish) -> Seating | None:
    """Seat some of the models that run on this machine; None if there are none."""
    members = [SeatTable(model=model) for model in models][:MOST_LOCAL_MEMBERS]
    if not members:
        return None
    council = _council(settings, members, members[0], wish)
    return Seating(council, warnings=_warnings(council))


def rehearsal_council(settings: Settings, wish: Wish) -> Seating:
    """Seat stand-in models."""
    members = [SeatTable(model=f"{REHEARSAL}/{name}") for name in REHEARSAL_COUNCIL.members]
    chairman = SeatTable(model=f"{REHEARSAL}/{REHEARSAL_COUNCIL.chairman}")
    return Seating(_council(settings, members, chairman, wish), is_rehearsal=True)


def presets(settings: Settings) -> Mapping[str, PlaceSettings]:
    """Return the operator's presets by name. Raises `BadConfig`."""
    return {name: _preset(settings, name, table) for name, table in settings.file.presets.items()}


def _preset(settings: Settings, name: str, table: CouncilTable) -> PlaceSettings:
    if not is_preset_name(name):
        message = f"[presets]: `{name}` {_NO_NAME}"
        raise BadConfig(message)
    given = table.model_fields_set
    preset = PlaceSettings(
        members=unique(map(_seat, table.members)) if "members" in given else None,
        chairman=None if table.chairman is None else _seat(table.chairman),
        mode=table.mode if "mode" in given else None,
        is_revising=table.revision == "auto" if "revision" in given else None,
        shown=table.show if "show" in given else None,
        language=table.language,
        instructions=table.instructions,
    )
    for fault in faults(preset):
        message = f"[presets.{name}]: {fault.sentence}"
        raise BadConfig(message)
    seats = (*(preset.members or ()), *((preset.chairman,) if preset.chairman else ()))
    for model in (model for seat in seats for model in seat.models):
        _check(model, settings)
    return preset


def _named(settings: Settings, wish: Wish) -> tuple[Sequence[SeatTable], SeatTable | None]:
    table = settings.file.council
    members, chairman = table.members, table.chairman
    if wish.members:
        members = tuple(SeatTable(model=model) for model in wish.members)
        if _is_rehearsal([Seat("", model) for model in wish.members]):
            chairman = SeatTable(model=f"{REHEARSAL}/{REHEARSAL_COUNCIL.chairman}")
    if wish.chairman is not None:
        chairman = SeatTable(model=wish.chairman)
    if members:
        return members, chairman
    usual, usual_chairman = _usual(settings)
    return usual, chairman or usual_chairman


def _usual(settings: Settings) -> tuple[Sequence[SeatTable], SeatTable | None]:
    with_key = [name for name in USUAL if settings.providers[name].api_key]
    if not with_key:
        return (), None
    first = with_key[0]
    models = [f"{first}/{model}" for model in USUAL[first].members]
    if len(with_key) > 1 and len(models) < USUAL_MEMBERS:
        # Members of several makers err in different ways.
        models = [f"{name}/{USUAL[name].members[0]}" for name in with_key[:USUAL_MEMBERS]]
    chairman = SeatTable(model=f"{first}/{USUAL[first].chairman}")
    return [SeatTable(model=model) for model in models], chairman


def _council(
    settings: Settings, members: Sequence[SeatTable], chairman: SeatTable, wish: Wish
) -> Council:
    table, deadlines = settings.file.council, settings.file.deadlines
    return Council(
        members=unique(map(_seat, members)),
        chairman=_seat(chairman),
        mode=wish.mode or table.mode,
        is_revising=table.revision == "auto",
        deadlines=Deadlines(deadlines.soft_min, deadlines.call, deadlines.deliberation),
        language=table.language,
        instructions=table.instructions,
        shown=table.show,
    )


def _seat(table: SeatTable) -> Seat:
    return tidy_seat(Seat(table.name or "", table.model, table.persona, table.fallbacks))


def _is_rehearsal(seats: Iterable[Seat]) -> bool:
    """Say whether every model is a stand-in; a mixed council fails for its unknown provider."""
    return all(split_model(model)[0] == REHEARSAL for seat in seats for model in seat.models)


def _check(model: str, settings: Settings) -> None:
    name, model_id = split_model(model)
    if not name or not model_id:
        message = f"`{model}` is no model: write provider/model-id, such as openai/gpt-6.1-sol."
        raise BadConfig(message)
    if name == REHEARSAL:
        message = "Rehearsal models cannot sit with real ones; name them for every seat or none."
        raise BadConfig(message)
    provider = settings.providers.get(name)
    if provider is None:
        message = f"`{model}`: there is no provider `{name}`"
        raise BadConfig(message + nearest(name, tuple(settings.providers)))
    if not has_key(provider):
        message = f"{provider.key_name} is not set, and `{model}` needs it: set it to your key."
        raise BadConfig(message)


def has_key(provider: Provider) -> bool:
    """Say whether a provider has its key or needs none."""
    return provider.api_key is not None or provider.key_name is None


def _warnings(council: Council) -> tuple[str, ...]:
    if len(council.members) > 1:
        return ()
    return ("The council has one member only: nobody reviews its answer.",)
