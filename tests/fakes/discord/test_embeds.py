"""The rules of embeds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.validator import fault_of

ROUTE = "POST /channels/{id}/messages"
FIELD = {"name": "x", "value": "x"}


@pytest.mark.parametrize(
    "embed",
    [
        {"title": "x" * 256, "description": "x" * 4096},
        {"title": " " * 500 + "x"},
        {"fields": [FIELD] * 25},
        {"fields": [{"name": "x" * 256, "value": "x" * 1024, "inline": True}]},
        {"footer": {"text": "x" * 2048, "icon_url": "https://example.com/a.png"}},
        {"author": {"name": "x" * 256, "url": "https://example.com"}},
        {"image": {"url": "attachment://a.png"}, "color": 0xFFFFFF},
        {"title": "x", "timestamp": "2026-08-01T00:00:00+00:00", "type": "rich"},
    ],
)
def test_good_embeds(embed: dict[str, Any]) -> None:
    assert fault_of(ROUTE, {"embeds": [embed]}) is None


@pytest.mark.parametrize(
    ("embed", "place"),
    [
        ({}, ""),
        ({"title": "x" * 257}, "/title"),
        ({"description": "x" * 4097}, "/description"),
        ({"fields": [FIELD] * 26}, "/fields"),
        ({"fields": [{"name": "", "value": "x"}]}, "/fields/0/name"),
        ({"fields": [{"name": "x", "value": "x" * 1025}]}, "/fields/0/value"),
        ({"fields": [{"name": "x"}]}, "/fields/0/value"),
        ({"footer": {"text": "x" * 2049}}, "/footer/text"),
        ({"author": {"name": "x" * 257}}, "/author/name"),
        ({"title": "x", "color": 1 << 24}, "/color"),
        ({"title": "x", "url": "javascript:alert(1)"}, "/url"),
        ({"image": {"url": "a.png"}}, "/image/url"),
        ({"title": "x", "timestamp": "yesterday"}, "/timestamp"),
    ],
)
def test_bad_embeds(embed: dict[str, Any], place: str) -> None:
    fault = fault_of(ROUTE, {"embeds": [embed]})

    assert str(fault).startswith(f"50035: /embeds/0{place}: ")


def test_ten_embeds_and_no_more() -> None:
    assert fault_of(ROUTE, {"embeds": [{"title": "x"}] * 10}) is None
    assert str(fault_of(ROUTE, {"embeds": [{"title": "x"}] * 11})).startswith("50035: /embeds: ")


def test_all_embeds_together_have_6000_characters() -> None:
    half = {"description": "x" * 2999, "footer": {"text": "x"}}

    assert fault_of(ROUTE, {"embeds": [half, half]}) is None
    fault = fault_of(ROUTE, {"embeds": [half, half, {"author": {"name": "x"}}]})
    assert fault == "50035: /embeds: 6001 characters in all embeds, more than 6000"
