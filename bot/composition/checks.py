"""What `council doctor` looks at."""

from __future__ import annotations

from functools import partial

from adapters.console.checkup import Check, compare
from bot.composition.discord_checks import discord_checks
from bot.composition.models import usable
from bot.composition.records import open_records
from bot.composition.slack_checks import slack_checks
from bot.composition.switch import open_switch
from bot.config import Settings, Wish, seat
from bot.errors import BadConfig, NotAllowed
from bot.llm.providers import split_model
from bot.ports import Models

_HALTED = "halted ({}); `council go-on` lets them go on."


def checks(settings: Settings, models: Models) -> list[Check]:
    """Return what `council doctor` looks at."""
    try:
        seating, fault = seat(settings, Wish()), None
    except BadConfig as error:
        seating, fault = None, error
    council = seating.council if seating else None
    sitting = council.models if council else ()
    names = dict.fromkeys([*usable(settings), *(split_model(model)[0] for model in sitting)])

    async def configuration() -> str:
        if fault is not None:
            raise fault
        if council is None:
            return "no provider has a key: a local Ollama or rehearsal models will sit"
        source = settings.source or "no council.toml"
        return f"{source}; {len(council.members)} members, chairman {council.chairman.model}"

    async def database() -> str:
        async with open_records(settings) as records:
            await records.search(limit=1)
        return "open, tables up to date"

    async def provider(name: str) -> str:
        wanted = [model for model in sitting if split_model(model)[0] == name]
        return compare(name, wanted, await models.list(name))

    return [
        Check("configuration", configuration),
        Check("database", database),
        Check("councils", partial(_councils, settings)),
        *(Check(f"provider {name}", partial(provider, name)) for name in names),
        *slack_checks(settings),
        *discord_checks(settings),
    ]


async def _councils(settings: Settings) -> str:
    async with open_switch(settings) as switch:
        reason = await switch.reason()
    if reason is not None:
        raise NotAllowed(_HALTED.format(reason.rstrip(".")))
    return "may be held"
