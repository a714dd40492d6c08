"""The app itself, users, direct messages, and where the gateway is."""

from __future__ import annotations

from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.intents import application_flags
from tests.fakes.discord.records import Person
from tests.fakes.discord.refused import refuse
from tests.fakes.discord.wire import (
    wire_of_application,
    wire_of_channel,
    wire_of_own_user,
    wire_of_person,
)
from tests.fakes.shapes import Json

_DAY_MS = 24 * 3600 * 1000


def _me(asked: Asked) -> Json:
    return wire_of_own_user(asked.world.bot)


def _user(asked: Asked) -> Json:
    return wire_of_person(_person(asked, asked.ids[0]))


def _application(asked: Asked) -> Json:
    flags = application_flags(asked.world.allowed_intents)
    return wire_of_application(asked.world.application, flags)


def _gateway(asked: Asked) -> Json:
    return {"url": _address(asked)}


def _gateway_for_bots(asked: Asked) -> Json:
    world = asked.world
    limit: Json = {
        "total": world.most_identifies,
        "remaining": world.identifies_left(),
        "reset_after": _DAY_MS,
        "max_concurrency": world.max_concurrency,
    }
    shards = world.recommended_shards
    return {"url": _address(asked), "shards": shards, "session_start_limit": limit}


def _address(asked: Asked) -> str:
    return asked.world.origin.replace("http", "ws", 1) + "/gateway"


def _direct(asked: Asked) -> Json:
    person = _person(asked, str(asked.body.get("recipient_id")))
    if person is asked.world.bot:
        refuse(50007)
    return wire_of_channel(asked.world.direct(person), asked.world.bot)


def _person(asked: Asked, number: str) -> Person:
    person = asked.world.people.get(int(number)) if number.isdecimal() else None
    if person is None:
        refuse(10013)
    return person


ENDPOINTS = {
    "GET /users/@me": Endpoint(_me),
    "GET /users/{id}": Endpoint(_user),
    "GET /applications/@me": Endpoint(_application),
    "GET /oauth2/applications/@me": Endpoint(_application),
    "GET /gateway": Endpoint(_gateway),
    "GET /gateway/bot": Endpoint(_gateway_for_bots),
    "POST /users/@me/channels": Endpoint(_direct),
}
