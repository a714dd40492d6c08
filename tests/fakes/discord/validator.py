"""What Discord refuses, decided from a payload alone (discord.md 1); and what our rules refuse.

`fault_of` gives Discord's refusal, `breaches_of` what Discord would take and we do not,
`mentions_in` and `links_in` whom a payload would notify and where it would lead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.discord.command_rules import check_choice_list, check_commands
from tests.fakes.discord.components import check_components, is_v2
from tests.fakes.discord.embeds import check_embeds
from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.mentions import Link, links_in, mentions_in, message_in, texts_in
from tests.fakes.discord.modal_rules import check_modal
from tests.fakes.discord.rules import (
    Invalid,
    need,
    need_list,
    need_number,
    need_object,
    need_snowflake,
    need_string,
    need_word,
)
from tests.fakes.shapes import Json, as_list, as_object

__all__ = ["Link", "breaches_of", "fault_of", "links_in", "mentions_in"]

CONTENT = 2000
NONCE = 25
THREAD_NAME = 100
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
MOST_TAGS = 5
MOST_STICKERS = 3
MOST_ATTACHMENTS = 10
EMPTY = "Cannot send an empty message"

POSTS = ("POST /channels/{id}/messages", "POST /webhooks/{id}/{token}")
EDITS = (
    "PATCH /channels/{id}/messages/{id}",
    "PATCH /webhooks/{id}/{token}/messages/@original",
    "PATCH /webhooks/{id}/{token}/messages/{id}",
)
CALLBACK = "POST /interactions/{id}/{token}/callback"
THREAD = "POST /channels/{id}/threads"
COMMANDS = ("PUT /applications/{id}/commands", "PUT /applications/{id}/guilds/{id}/commands")
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


def fault_of(route: str, body: Mapping[str, Any], *, has_files: bool = False) -> str | None:
    """Say why Discord would refuse a payload: `code: /json/pointer: reason`, None if it would not.

    `body` is the JSON of the call, or the `payload_json` of a form with files. Commands are a list
    under `items`.
    """
    document = dict(body)
    try:
        _check_characters(document)
        if route in _CHECKS:
            _CHECKS[route](document)
        if not has_files:
            _check_filled(route, document)
    except Invalid as invalid:
        return str(invalid)
    return None


def breaches_of(route: str, body: Mapping[str, Any]) -> list[str]:
    """Say which rules of our own a payload breaks, in the form of `fault_of`.

    `mentions_allowed`: whatever has text says `allowed_mentions` and parses nothing, pings no role
    and nobody who is replied to. A person may be named in `users`.
    """
    if route not in (*POSTS, *EDITS, CALLBACK, THREAD):
        return []
    message = message_in(body)
    if not any(texts_in(message)) or body.get("type") == MODAL:
        return []
    allowed = as_object(message.get("allowed_mentions"))
    if allowed is None:
        return ["mentions_allowed: /allowed_mentions: missing, so that all mentions ping"]
    loud = [name for name in ("parse", "roles", "replied_user") if allowed.get(name)]
    return [f"mentions_allowed: /allowed_mentions/{name}: must be empty" for name in loud]


def _check_characters(body: Json) -> None:
    try:
        json.dumps(body, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        need(claim=False, pointer="", reason="a lone surrogate")


def _check_post(body: Json) -> None:
    _check_message(body, "")
    _check_nonce(body)


def _check_edit(body: Json) -> None:
    _check_message(body, "")


def _check_message(body: Json, pointer: str) -> None:
    flags = Flag(need_number(body.get("flags") or 0, f"{pointer}/flags", least=0, most=2**31))
    components = body.get("components")
    is_new = Flag.IS_COMPONENTS_V2 in flags
    if body.get("content") is not None:
        need_string(body["content"], f"{pointer}/content", at_least=0, at_most=CONTENT)
    if body.get("embeds") is not None:
        check_embeds(body["embeds"], f"{pointer}/embeds")
    if is_new:
        for name in ("content", "embeds", "sticker_ids", "poll"):
            need(not body.get(name), f"{pointer}/{name}", "beside IS_COMPONENTS_V2")
    if components is not None:
        # An edit may leave out a flag that the message has.
        place = f"{pointer}/components"
        check_components(components, is_v2=is_new or is_v2(components), pointer=place)
    _check_allowed_mentions(body, pointer)
    need_list(body.get("sticker_ids") or [], f"{pointer}/sticker_ids", at_most=MOST_STICKERS)
    files = need_list(
        body.get("attachments") or [], f"{pointer}/attachments", at_most=MOST_ATTACHMENTS
    )
    for number, file in enumerate(files):
        place = f"{pointer}/attachments/{number}"
        need_snowflake(need_object(file, place).get("id"), f"{place}/id")


def _check_filled(route: str, body: Json) -> None:
    """See to it that a new message has something in it, where no files come with it."""
    is_forward = (as_object(body.get("message_reference")) or {}).get("type") == 1
    if route in POSTS and not is_forward:
        need(_has_something(body), "", EMPTY, 50006)
    elif route == CALLBACK and body["type"] == MESSAGE:
        need(_has_something(as_object(body.get("data")) or {}), "/data", EMPTY, 50006)
    elif route == THREAD and (message := as_object(body.get("message"))) is not None:
        need(_has_something(message), "/message", EMPTY, 50006)


def _has_something(message: Json) -> bool:
    if str(message.get("content") or "").strip():
        return True
    return any(message.get(name) for name in ("embeds", "components", "sticker_ids", "poll"))


def _check_allowed_mentions(body: Json, pointer: str) -> None:
    value = body.get("allowed_mentions")
    if value is None:
        return
    place = f"{pointer}/allowed_mentions"
    allowed = need_object(value, place)
    parse = need_list(allowed.get("parse") or [], f"{place}/parse", at_most=3)
    for number, kind in enumerate(parse):
        need_word(kind, f"{place}/parse/{number}", ("users", "roles", "everyone"))
    for name in ("users", "roles"):
        ids = need_list(allowed.get(name) or [], f"{place}/{name}", at_most=100)
        need(not (ids and name in parse), f"{place}/{name}", "beside the same word in parse")


def _check_nonce(body: Json) -> None:
    nonce = body.get("nonce")
    if nonce is not None:
        need(isinstance(nonce, str | int), "/nonce", "must be a string or a number")
        need_string(str(nonce), "/nonce", at_most=NONCE)


def _check_callback(body: Json) -> None:
    kinds = (1, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL)
    kind = need_word(body.get("type"), "/type", kinds)
    data = as_object(body.get("data")) or {}
    if kind in (MESSAGE, UPDATE):
        _check_message(data, "/data")
    elif kind == DEFERRED:
        flags = Flag(data.get("flags") or 0)
        need(not flags & ~Flag.EPHEMERAL, "/data/flags", "only EPHEMERAL may be set")
    elif kind == CHOICES:
        check_choice_list(data.get("choices"), "/data/choices")
    elif kind == MODAL:
        check_modal(data)


def _check_thread(body: Json) -> None:
    need_string(body.get("name"), "/name", at_most=THREAD_NAME)
    _check_thread_settings(body)
    if (message := as_object(body.get("message"))) is not None:
        _check_message(message, "/message")


def _check_channel(body: Json) -> None:
    if "name" in body:
        need_string(body["name"], "/name", at_most=THREAD_NAME)
    _check_thread_settings(body)


def _check_thread_settings(body: Json) -> None:
    if body.get("auto_archive_duration") is not None:
        place = "/auto_archive_duration"
        need_word(body["auto_archive_duration"], place, ARCHIVE_MINUTES)
    if body.get("rate_limit_per_user") is not None:
        need_number(body["rate_limit_per_user"], "/rate_limit_per_user", least=0, most=21600)
    tags = as_list(body.get("applied_tags")) or []
    need_list(tags, "/applied_tags", at_most=MOST_TAGS)


def _check_overwrite(body: Json) -> None:
    check_commands(body)


_CHECKS: dict[str, Callable[[Json], None]] = {
    **dict.fromkeys(POSTS, _check_post),
    **dict.fromkeys(EDITS, _check_edit),
    **dict.fromkeys(COMMANDS, _check_overwrite),
    CALLBACK: _check_callback,
    THREAD: _check_thread,
    "POST /channels/{id}/messages/{id}/threads": _check_thread,
    "PATCH /channels/{id}": _check_channel,
}
