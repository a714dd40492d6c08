"""Whom a payload would notify, and where it would lead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.validator import Link, links_in, mentions_in

ALL = "@everyone @here <@1> <@!2> <@&3>"


def shown(text: str) -> dict[str, Any]:
    """Put a text into a layout."""
    return {"components": [{"type": 17, "components": [{"type": 10, "content": text}]}]}


def said(text: str) -> dict[str, Any]:
    return {"content": text}


def described(text: str) -> dict[str, Any]:
    return {"embeds": [{"description": text}]}


def in_a_field(text: str) -> dict[str, Any]:
    return {"embeds": [{"fields": [{"name": "x", "value": text}]}]}


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        ({}, ["@everyone", "@here", "<@1>", "<@!2>", "<@&3>"]),
        ({"allowed_mentions": {"parse": []}}, []),
        ({"allowed_mentions": {}}, []),
        ({"allowed_mentions": {"parse": ["everyone"]}}, ["@everyone", "@here"]),
        ({"allowed_mentions": {"parse": ["roles"], "users": ["2"]}}, ["<@!2>", "<@&3>"]),
        ({"allowed_mentions": {"users": [1], "roles": ["4"]}}, ["<@1>"]),
    ],
)
@pytest.mark.parametrize("wrap", [said, shown])
def test_mentions_that_would_ping(wrap: Any, allowed: dict[str, Any], pinged: list[str]) -> None:
    assert mentions_in(wrap(ALL) | allowed) == pinged


def test_payloads_within_payloads() -> None:
    assert mentions_in({"type": 4, "data": {"content": "<@1>"}}) == ["<@1>"]
    assert mentions_in({"name": "x", "message": {"content": "<@1>"}}) == ["<@1>"]


def test_replies_ping_unless_told_otherwise() -> None:
    reply = {"content": "x", "message_reference": {"message_id": "1"}}

    assert mentions_in(reply) == ["@replied_user"]
    assert mentions_in(reply | {"allowed_mentions": {"parse": []}}) == []
    assert mentions_in(reply | {"allowed_mentions": {"replied_user": True}}) == ["@replied_user"]


@pytest.mark.parametrize("text", ["<#1>", "@ everyone", "@\u200beveryone", "< @1>", "<@x>"])
def test_what_is_no_mention(text: str) -> None:
    assert mentions_in({"content": text}) == []


def test_embeds_ping_nobody() -> None:
    assert mentions_in({"embeds": [{"description": ALL}]}) == []


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[site](https://a.com)", [Link("https://a.com", "site")]),
        ('[site](<https://a.com> "title")', [Link("https://a.com", "site")]),
        ("[a [b]](https://a.com/x_(y))", [Link("https://a.com/x_(y)", "a [b]")]),
        ("see https://a.com/x, now", [Link("https://a.com/x")]),
        ("<https://a.com>", [Link("https://a.com")]),
        (
            "[x](https://a.com) https://b.com",
            [Link("https://a.com", "x"), Link("https://b.com")],
        ),
        (r"\[x](https://a.com)", [Link("https://a.com")]),
        ("`https://a.com` and ```\n[x](https://b.com)\n```", []),
        ("[x](javascript:alert(1)) [y](ftp://a.com)", []),
    ],
)
@pytest.mark.parametrize("wrap", [said, shown, described, in_a_field])
def test_links_in_text(wrap: Any, text: str, links: list[Link]) -> None:
    assert links_in(wrap(text)) == links


def test_links_elsewhere() -> None:
    button = {"type": 2, "style": 5, "label": "Open", "url": "https://a.com"}
    body = {
        "components": [{"type": 1, "components": [button]}],
        "embeds": [{"title": "x", "url": "https://b.com", "image": {"url": "https://c.com"}}],
    }

    assert links_in(body) == [
        Link("https://a.com", "Open"),
        Link("https://b.com"),
        Link("https://c.com"),
    ]
