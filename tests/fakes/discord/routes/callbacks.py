"""The first response to an interaction."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.composing import (
    compose,
    number_components,
    open_for_posting,
    revise,
)
from tests.fakes.discord.kinds import Flag, InteractionType, MessageType
from tests.fakes.discord.pings import OF_INTERACTIONS
from tests.fakes.discord.postings import is_loading, reference_to
from tests.fakes.discord.records import Interaction, Message, Modal
from tests.fakes.discord.refused import refuse
from tests.fakes.shapes import Json

_COMMAND_TYPES = {
    1: MessageType.CHAT_INPUT_COMMAND,
    2: MessageType.CONTEXT_MENU_COMMAND,
    3: MessageType.CONTEXT_MENU_COMMAND,
}
_WITH_MESSAGE = ("message", "update")


def _respond(asked: Asked) -> Json | None:
    interaction = _find(asked)
    number = asked.body["type"]
    kind, respond = _RESPONSES.get(number, ("", _refuse))
    if not _fits(interaction, kind):
        asked.reject("/type", f"{number} is no answer to {interaction.type.name}")
    respond(asked, interaction, asked.body.get("data") or {})
    interaction.response = kind
    interaction.answered_at_s = asked.world.clock.now_s()
    interaction.answered.set()
    asked.world.changed()
    return _document(asked, interaction, number) if asked.flag("with_response") else None


def _find(asked: Asked) -> Interaction:
    world, number, token = asked.world, asked.snowflake(0), asked.ids[1]
    known = (i for i in world.interactions if i.id == number and i.token == token)
    interaction = next(known, None)
    if interaction is None:
        refuse(10062)
    if interaction.response:
        refuse(40060)
    if world.clock.now_s() - interaction.created_at_s > world.ack_deadline_s:
        refuse(10062)
    return interaction


def _fits(interaction: Interaction, kind: str) -> bool:
    if interaction.type is InteractionType.AUTOCOMPLETE or kind == "choices":
        return interaction.type is InteractionType.AUTOCOMPLETE and kind == "choices"
    if kind in ("update", "deferred_update"):
        return interaction.source is not None
    return not (kind == "modal" and interaction.type is InteractionType.MODAL_SUBMIT)


def new_response(asked: Asked, interaction: Interaction, body: Json) -> Message:
    """Make a message of an interaction that is nowhere yet; an ephemeral one has its person."""
    message = asked.world.new_message(interaction.channel, asked.world.bot)
    message.interaction = interaction
    if interaction.type is InteractionType.COMMAND:
        message.type = _COMMAND_TYPES[interaction.data.get("type", 1)]
    elif interaction.source is not None:
        message.type, message.replied_to = MessageType.REPLY, interaction.source
        message.reference = reference_to(interaction.source)
    compose(asked, message, body, OF_INTERACTIONS)
    if message.is_ephemeral:
        message.person = interaction.person
    return message


def _message(asked: Asked, interaction: Interaction, data: Json) -> None:
    open_for_posting(asked, interaction.channel)
    interaction.message = asked.world.post(new_response(asked, interaction, data))


def _deferred(asked: Asked, interaction: Interaction, data: Json) -> None:
    open_for_posting(asked, interaction.channel)
    message = new_response(asked, interaction, {"flags": data.get("flags")})
    message.flags |= Flag.LOADING
    interaction.message = asked.world.post(message)


def _deferred_update(_asked: Asked, interaction: Interaction, _data: Json) -> None:
    interaction.message = interaction.source


def _update(asked: Asked, interaction: Interaction, data: Json) -> None:
    assert interaction.source is not None, "an update has a message"
    revise(asked, interaction.source, data, OF_INTERACTIONS)
    interaction.message = interaction.source


def _choices(_asked: Asked, interaction: Interaction, data: Json) -> None:
    interaction.choices = data["choices"]


def _modal(asked: Asked, interaction: Interaction, data: Json) -> None:
    number_components(data["components"])
    interaction.modal = Modal(data, interaction)
    asked.world.modals.append(interaction.modal)


def _refuse(asked: Asked, _interaction: Interaction, _data: Json) -> None:
    asked.reject("/type", "is not played here")


def _document(asked: Asked, interaction: Interaction, number: int) -> Json:
    about: Json = {"id": str(interaction.id), "type": int(interaction.type)}
    document: Json = {"interaction": about}
    if (message := interaction.message) is not None:
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": is_loading(message),
            "response_message_ephemeral": message.is_ephemeral,
        }
        if interaction.response in _WITH_MESSAGE:
            wire = asked.wire(message, is_readable=True)
            document["resource"] = {"type": number, "message": wire}
    return document


_RESPONSES: dict[int, tuple[str, Callable[[Asked, Interaction, Json], None]]] = {
    4: ("message", _message),
    5: ("deferred", _deferred),
    6: ("deferred_update", _deferred_update),
    7: ("update", _update),
    8: ("choices", _choices),
    9: ("modal", _modal),
}
ENDPOINTS = {
    "POST /interactions/{id}/{token}/callback": Endpoint(_respond, is_public=True),
}
