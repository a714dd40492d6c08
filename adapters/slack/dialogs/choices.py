"""What somebody may choose in a search: models and user groups."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.slack.caller import PLATFORM, Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.dialogs.sheets import is_kept
from adapters.slack.forms.parts import (
    MOST_OPTIONS,
    OPTION_CHARS,
    Option,
    is_short,
    shown_option,
)
from adapters.slack.thread.blocks import Block
from adapters.slack.wire.http import Json
from bot.domain import Tenant
from bot.errors import CouncilError
from bot.ports import ModelInfo

# Slack waits 3 s.
_WITHIN_S = 2.0


async def models(desk: SlackDesk, caller: Caller, view: Json, words: str) -> list[Block]:
    """Return the models that fit words; a name that was typed whole is one of them."""
    tenant = Tenant(PLATFORM, caller.workspace)
    typed = words.strip()
    known: Sequence[ModelInfo] = ()
    try:
        async with asyncio.timeout(_WITHIN_S):
            if not await is_kept(desk, caller, view):
                return []
            known = await desk.team.catalog.find(tenant, typed, limit=MOST_OPTIONS)
    except (CouncilError, TimeoutError):
        known = ()
    options = [Option(model.name, _label(model)) for model in known]
    if "/" in typed and all(option.value != typed for option in options):
        options = [Option(typed, f"{typed} (as typed)"), *options]
    return [shown_option(option) for option in options if is_short(option)][:MOST_OPTIONS]


async def groups(desk: SlackDesk, caller: Caller, view: Json, words: str) -> list[Block]:
    """Return the user groups whose names hold all words."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            if not await is_kept(desk, caller, view):
                return []
            known = await desk.groups.all(caller.user, caller.workspace)
    except (CouncilError, TimeoutError):
        return []
    wanted = words.lower().split()
    fits = [group for group in known if all(word in group.name.lower() for word in wanted)]
    return [shown_option(Option(group.id, group.name)) for group in fits[:MOST_OPTIONS]]


def _label(model: ModelInfo) -> str:
    """Say what a model is called and, where there is room, what it costs."""
    if model.prompt_usd is None or model.completion_usd is None:
        return model.name
    price = f"{model.name} · ${model.prompt_usd:g} / ${model.completion_usd:g}"
    return price if len(price) <= OPTION_CHARS else model.name
