"""What Discord refuses in messages and threads, decided from payloads alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.validator import breaches_of, fault_of

POST = "POST /channels/{id}/messages"
EDIT = "PATCH /channels/{id}/messages/{id}"
FOLLOWUP = "POST /webhooks/{id}/{token}"
CALLBACK = "POST /interactions/{id}/{token}/callback"
THREAD = "POST /channels/{id}/threads"
FROM_MESSAGE = "POST /channels/{id}/messages/{id}/threads"
CHANNEL = "PATCH /channels/{id}"
TEXT = {"type": 10, "content": "x"}


@pytest.mark.parametrize(
    ("route", "body"),
    [
        (POST, {"content": "x" * 2000}),
        (POST, {"content": "x", "nonce": "n" * 25}),
        (POST, {"content": "x", "nonce": 2**64}),
        (POST, {"embeds": [{"title": "x"}]}),
        (POST, {"message_reference": {"type": 1, "message_id": "1"}}),
        (POST, {"components": [TEXT], "flags": int(Flag.IS_COMPONENTS_V2)}),
        (POST, {"content": "x", "allowed_mentions": {"parse": ["users"], "roles": ["1"]}}),
        (EDIT, {"content": None, "embeds": None, "components": None}),
        (EDIT, {"components": [TEXT]}),
        (EDIT, {"attachments": [{"id": 0, "filename": "a"}, {"id": "17"}]}),
        (CALLBACK, {"type": 5, "data": {"flags": int(Flag.EPHEMERAL)}}),
        (CALLBACK, {"type": 6}),
        (CALLBACK, {"type": 7, "data": {"components": []}}),
        (CALLBACK, {"type": 8, "data": {"choices": [{"name": "x", "value": "1"}] * 25}}),
        (THREAD, {"name": "x" * 100, "auto_archive_duration": 60, "rate_limit_per_user": None}),
        (THREAD, {"name": "x", "message": {"content": "x"}}),
        (CHANNEL, {"archived": True}),
        ("GET /users/@me", {}),
    ],
)
def test_good_payloads(route: str, body: dict[str, Any]) -> None:
    assert fault_of(route, body) is None


@pytest.mark.parametrize(
    ("route", "body", "fault"),
    [
        (POST, {"content": "x" * 2001}, "50035: /content"),
        (POST, {"content": 5}, "50035: /content"),
        (POST, {}, "50006: "),
        (POST, {"content": "  \n"}, "50006: "),
        (POST, {"content": "x", "nonce": "n" * 26}, "50035: /nonce"),
        (POST, {"content": "\ud800"}, "50035: : a lone surrogate"),
        (POST, {"content": "x", "flags": "4"}, "50035: /flags"),
        (POST, {"content": "x", "components": [TEXT], "flags": 1 << 15}, "50035: /content"),
        (POST, {"components": [{"type": 10, "content": " "}]}, "50035: /components/0/content"),
        (POST, {"content": "x", "sticker_ids": ["1"] * 4}, "50035: /sticker_ids"),
        (POST, {"content": "x", "attachments": [{"id": "a"}]}, "50035: /attachments/0/id"),
        (
            POST,
            {"content": "x", "allowed_mentions": {"parse": ["all"]}},
            "50035: /allowed_mentions/parse/0",
        ),
        (
            POST,
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "50035: /allowed_mentions/users",
        ),
        (FOLLOWUP, {"content": ""}, "50006: "),
        (CALLBACK, {"type": 4, "data": {"content": ""}}, "50006: /data"),
        (CALLBACK, {"type": 4, "data": {"content": "x" * 2001}}, "50035: /data/content"),
        (CALLBACK, {"type": 3}, "50035: /type"),
        (CALLBACK, {"type": 5, "data": {"flags": 1 << 15}}, "50035: /data/flags"),
        (CALLBACK, {"type": 8, "data": {"choices": [{"name": "x", "value": 1}] * 26}}, "50035"),
        (CALLBACK, {"type": 8, "data": {"choices": [{"name": "", "value": 1}]}}, "50035: /data"),
        (THREAD, {}, "50035: /name"),
        (THREAD, {"name": "x" * 101}, "50035: /name"),
        (THREAD, {"name": "x", "auto_archive_duration": 30}, "50035: /auto_archive_duration"),
        (THREAD, {"name": "x", "message": {}}, "50006: /message"),
        (THREAD, {"name": "x", "applied_tags": ["1"] * 6}, "50035: /applied_tags"),
        (FROM_MESSAGE, {"name": ""}, "50035: /name"),
        (CHANNEL, {"name": ""}, "50035: /name"),
    ],
)
def test_bad_payloads(route: str, body: dict[str, Any], fault: str) -> None:
    assert str(fault_of(route, body)).startswith(fault)


def test_files_alone_are_a_message() -> None:
    assert fault_of(POST, {}, has_files=True) is None


@pytest.mark.parametrize(
    ("route", "body", "breach"),
    [
        (POST, {"content": "x"}, "/allowed_mentions: missing"),
        (POST, {"content": "x", "allowed_mentions": {"parse": ["users"]}}, "/parse"),
        (EDIT, {"components": [TEXT], "allowed_mentions": {"roles": ["1"]}}, "/roles"),
        (FOLLOWUP, {"content": "x", "allowed_mentions": {"replied_user": True}}, "/replied_user"),
        (CALLBACK, {"type": 4, "data": {"content": "x"}}, "/allowed_mentions: missing"),
        (THREAD, {"name": "x", "message": {"content": "x"}}, "/allowed_mentions: missing"),
    ],
)
def test_our_rule_for_mentions(route: str, body: dict[str, Any], breach: str) -> None:
    [found] = breaches_of(route, body)

    assert found.startswith("mentions_allowed: ")
    assert breach in found


@pytest.mark.parametrize(
    ("route", "body"),
    [
        (POST, {"content": "x", "allowed_mentions": {"parse": []}}),
        (POST, {"content": "x", "allowed_mentions": {"parse": [], "users": ["1"]}}),
        (EDIT, {"components": []}),
        (EDIT, {"embeds": [{"title": "<@1>"}]}),
        (CALLBACK, {"type": 5}),
        (CALLBACK, {"type": 9, "data": {"components": [TEXT]}}),
        (THREAD, {"name": "@everyone"}),
    ],
)
def test_what_pings_nobody_is_no_breach(route: str, body: dict[str, Any]) -> None:
    assert breaches_of(route, body) == []


def chosen(*values: dict[str, str], least: int = 0, most: int = 2) -> str | None:
    menu = {
        "type": 7,
        "custom_id": "people",
        "min_values": least,
        "max_values": most,
        "default_values": list(values),
    }
    body = {"components": [{"type": 1, "components": [menu]}]}
    return fault_of("POST /channels/{id}/messages", body)


def test_a_menu_of_people_begins_with_as_many_as_may_be_chosen() -> None:
    ada, cooks = {"type": "user", "id": "1"}, {"type": "role", "id": "2"}

    assert chosen() is None
    assert chosen(ada, cooks) is None
    assert "default_values" in (chosen(ada, cooks, most=1) or "")
    assert "fewer than min_values" in (chosen(ada, least=2) or "")
    assert "default_values/0/type" in (chosen({"type": "channel", "id": "1"}) or "")
    assert "snowflake" in (chosen({"type": "user", "id": "Ada"}) or "")
