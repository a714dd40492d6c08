"""What comes after the first response: the original response and further messages."""

from __future__ import annotations

from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.composing import open_for_posting, revise
from tests.fakes.discord.kinds import MessageType
from tests.fakes.discord.pings import OF_INTERACTIONS
from tests.fakes.discord.postings import is_loading, reference_to
from tests.fakes.discord.records import Interaction, Message
from tests.fakes.discord.refused import refuse
from tests.fakes.discord.routes.callbacks import new_response
from tests.fakes.shapes import Json


def _create(asked: Asked) -> Json:
    """Post a further message. Right after a deferred response it completes that one instead."""
    interaction = _interaction(asked)
    original = interaction.message
    if original is not None and interaction.response == "deferred" and is_loading(original):
        return _revised(asked, original)
    open_for_posting(asked, interaction.channel)
    message = new_response(asked, interaction, asked.body)
    if original is not None and not original.is_deleted:
        message.type, message.replied_to = MessageType.REPLY, original
        message.reference = reference_to(original)
    interaction.followups.append(asked.world.post(message))
    return asked.wire(message, is_readable=True)


def _get(asked: Asked) -> Json:
    return asked.wire(_message(asked), is_readable=True)


def _edit(asked: Asked) -> Json:
    return _revised(asked, _message(asked))


def _delete(asked: Asked) -> None:
    asked.world.delete(_message(asked))


def _revised(asked: Asked, message: Message) -> Json:
    open_for_posting(asked, message.channel)
    revise(asked, message, asked.body, OF_INTERACTIONS)
    return asked.wire(message, is_readable=True)


def _message(asked: Asked) -> Message:
    """Find the message that the path means; only those of this interaction can be reached."""
    interaction = _interaction(asked)
    if asked.route.endswith("@original"):
        message = interaction.message
    else:
        number = asked.snowflake(2)
        own = [*interaction.followups, *([interaction.message] if interaction.message else [])]
        message = next((message for message in own if message.id == number), None)
    if message is None or message.is_deleted or message.channel.is_deleted:
        refuse(10008)
    return message


def _interaction(asked: Asked) -> Interaction:
    """Find the interaction of a token: 15 minutes after it the token is invalid."""
    world, token = asked.world, asked.ids[1]
    if asked.snowflake(0) != world.application.id:
        refuse(10015)
    interaction = next((i for i in world.interactions if i.token == token), None)
    if interaction is None:
        refuse(50027)
    if world.clock.now_s() - interaction.created_at_s > world.token_lifetime_s:
        refuse(50027)
    if not interaction.response:
        refuse(10015)
    if interaction.channel.is_deleted:
        refuse(10003)
    return interaction


ENDPOINTS = {
    "POST /webhooks/{id}/{token}": Endpoint(_create, is_public=True),
    "GET /webhooks/{id}/{token}/messages/@original": Endpoint(_get, is_public=True),
    "PATCH /webhooks/{id}/{token}/messages/@original": Endpoint(_edit, is_public=True),
    "DELETE /webhooks/{id}/{token}/messages/@original": Endpoint(_delete, is_public=True),
    "GET /webhooks/{id}/{token}/messages/{id}": Endpoint(_get, is_public=True),
    "PATCH /webhooks/{id}/{token}/messages/{id}": Endpoint(_edit, is_public=True),
    "DELETE /webhooks/{id}/{token}/messages/{id}": Endpoint(_delete, is_public=True),
}
