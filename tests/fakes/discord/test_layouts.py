"""The rules of components in messages, old and new."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.validator import fault_of

ROUTE = "POST /channels/{id}/messages"
NEW = 1 << 15
BUTTON = {"type": 2, "style": 1, "label": "x", "custom_id": "b"}
LINK = {"type": 2, "style": 5, "label": "x", "url": "https://example.com"}
TEXT = {"type": 10, "content": "x"}
MEDIA = {"url": "https://example.com/a.png"}
OPTION = {"label": "x", "value": "x"}
SELECT = {"type": 3, "custom_id": "s", "options": [OPTION]}


def row(*components: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def old(*components: Any) -> str | None:
    return fault_of(ROUTE, {"content": "x", "components": list(components)})


def new(*components: Any) -> str | None:
    return fault_of(ROUTE, {"components": list(components), "flags": NEW})


def numbered(count: int) -> list[dict[str, Any]]:
    return [BUTTON | {"custom_id": str(number)} for number in range(count)]


@pytest.mark.parametrize(
    "component",
    [
        row(*numbered(5)),
        row(BUTTON | {"label": "x" * 80, "custom_id": "x" * 100, "disabled": True}),
        row(BUTTON | {"label": None, "emoji": {"name": "👀"}}),
        row(LINK),
        row({"type": 2, "style": 6, "sku_id": "1"}),
        row(SELECT | {"options": [OPTION | {"value": str(n)} for n in range(25)]}),
        row(SELECT | {"min_values": 0, "max_values": 25, "placeholder": "x" * 150}),
        *(row({"type": kind, "custom_id": "s"}) for kind in (5, 6, 7, 8)),
    ],
)
def test_good_old_components(component: dict[str, Any]) -> None:
    assert old(component) is None


@pytest.mark.parametrize(
    ("component", "place"),
    [
        (row(*numbered(6)), "/components"),
        (row(), "/components"),
        (row(BUTTON, BUTTON), "/components/1/custom_id"),
        (row(BUTTON, SELECT), "/components"),
        (row(BUTTON | {"label": "x" * 81}), "/components/0/label"),
        (row(BUTTON | {"custom_id": "x" * 101}), "/components/0/custom_id"),
        (row(BUTTON | {"custom_id": ""}), "/components/0/custom_id"),
        (row(BUTTON | {"label": ""}), "/components/0"),
        (row(BUTTON | {"style": 7}), "/components/0/style"),
        (row(BUTTON | {"url": "https://example.com"}), "/components/0/url"),
        (row(LINK | {"custom_id": "x"}), "/components/0/custom_id"),
        (row(LINK | {"url": "https://example.com/" + "x" * 512}), "/components/0/url"),
        (row(SELECT | {"options": []}), "/components/0/options"),
        (row(SELECT | {"options": [OPTION, OPTION]}), "/components/0/options/1/value"),
        (row(SELECT | {"options": [{"label": "x" * 101, "value": "x"}]}), "/components/0/options"),
        (row(SELECT | {"max_values": 26}), "/components/0/max_values"),
        (row(SELECT | {"min_values": 2}), "/components/0/min_values"),
        (row(SELECT | {"placeholder": "x" * 151}), "/components/0/placeholder"),
        (row({"type": 4, "custom_id": "t", "style": 1}), "/components/0/type"),
        (BUTTON, "/type"),
    ],
)
def test_bad_old_components(component: dict[str, Any], place: str) -> None:
    assert str(old(component)).startswith(f"50035: /components/0{place}")


def test_five_rows_and_no_more() -> None:
    rows = [row(BUTTON | {"custom_id": str(number)}) for number in range(6)]

    assert old(*rows[:5]) is None
    assert str(old(*rows)).startswith("50035: /components: ")


@pytest.mark.parametrize(
    "component",
    [
        TEXT,
        row(BUTTON),
        {"type": 9, "components": [TEXT] * 3, "accessory": BUTTON},
        {"type": 9, "components": [TEXT], "accessory": {"type": 11, "media": MEDIA}},
        {"type": 12, "items": [{"media": MEDIA, "description": "x", "spoiler": True}] * 10},
        {"type": 13, "file": {"url": "attachment://a.md"}},
        {"type": 14, "divider": False, "spacing": 2},
        {"type": 17, "accent_color": None, "components": [TEXT, {"type": 14}, row(BUTTON)]},
        TEXT | {"id": 7},
    ],
)
def test_good_new_components(component: dict[str, Any]) -> None:
    assert new(component) is None


@pytest.mark.parametrize(
    ("component", "place"),
    [
        (BUTTON, "/type"),
        ({"type": 11, "media": MEDIA}, "/type"),
        ({"type": 18, "label": "x", "component": BUTTON}, "/type"),
        ({"type": 10}, "/content"),
        ({"type": 9, "components": [TEXT] * 4, "accessory": BUTTON}, "/components"),
        ({"type": 9, "components": [TEXT]}, "/accessory"),
        ({"type": 9, "components": [TEXT], "accessory": TEXT}, "/accessory/type"),
        ({"type": 12, "items": []}, "/items"),
        ({"type": 12, "items": [{"media": {"url": "a.png"}}]}, "/items/0/media/url"),
        ({"type": 12, "items": [{"media": MEDIA, "description": "x" * 1025}]}, "/items/0"),
        ({"type": 13, "file": MEDIA}, "/file/url"),
        ({"type": 14, "spacing": 3}, "/spacing"),
        ({"type": 17, "components": []}, "/components"),
        ({"type": 17, "components": [{"type": 17, "components": [TEXT]}]}, "/components/0/type"),
        ({"type": 17, "components": [TEXT], "accent_color": 1 << 24}, "/accent_color"),
    ],
)
def test_bad_new_components(component: dict[str, Any], place: str) -> None:
    assert str(new(component)).startswith(f"50035: /components/0{place}")


def test_forty_components_nested_ones_counted() -> None:
    boxes = [{"type": 17, "components": [TEXT] * 9}] * 4

    assert new(*boxes) is None
    assert new(*boxes, TEXT) == "50035: /components: 41 components, more than 40"


def test_four_thousand_characters_are_shown() -> None:
    long = {"type": 17, "components": [{"type": 10, "content": "x" * 3999}]}

    assert new(long, TEXT) is None
    fault = new(long, TEXT, TEXT)
    assert fault == "50035: /components: 4001 characters shown, more than 4000"


def test_ids_are_unique() -> None:
    assert str(new(TEXT | {"id": 7}, TEXT | {"id": 7})).startswith("50035: /components/1/id")
    assert new(TEXT | {"id": 0}, TEXT | {"id": 0}) is None
