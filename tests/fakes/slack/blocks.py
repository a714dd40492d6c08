"""The rules of blocks: docs.slack.dev/reference/block-kit/blocks, and slack.md 1.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from tests.fakes.shapes import Json
from tests.fakes.slack.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, check_element, check_image
from tests.fakes.slack.newer_blocks import NEWER_BLOCKS
from tests.fakes.slack.rich_text import check_rich_text
from tests.fakes.slack.rules import (
    ID,
    TEXT,
    need,
    need_keys,
    need_list,
    need_object,
    need_plain_text,
    need_string,
    need_text,
    need_word,
)
from tests.fakes.slack.tables import check_table

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
HEADER = 150
FIELD = 2000
MARKDOWN = 12_000


def check_blocks(value: object, pointer: str, surface: Surface = "message") -> None:
    """Raise Invalid where an array of blocks breaks a rule of its own or of its surface.

    Markdown blocks may hold 12,000 characters together: the documentation counts them for the whole
    payload, while metabase#79908 measured it per block. There may be one table.
    """
    blocks = need_list(value, pointer, at_least=0, at_most=MOST_BLOCKS[surface])
    names: set[str] = set()
    for number, item in enumerate(blocks):
        place = f"{pointer}/{number}"
        block = need_object(item, place)
        _check_block(block, place, surface)
        if (name := block.get("block_id")) is not None:
            need(name not in names, f"{place}/block_id", f"{name!r} is not unique")
            names.add(name)
    total = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    need(total <= MARKDOWN, pointer, f"markdown blocks hold more than {MARKDOWN} characters")
    tables = sum(block["type"] == "table" for block in blocks)
    need(tables <= 1, pointer, "only_one_table_allowed", "invalid_attachments")


def _check_block(block: Json, pointer: str, surface: Surface) -> None:
    kind = need_word(block.get("type"), f"{pointer}/type", _BLOCKS)
    where = _SURFACES.get(kind, ("message", "modal", "home"))
    need(surface in where, pointer, f"{kind} is not allowed in a {surface}")
    if "block_id" in block:
        need_string(block["block_id"], f"{pointer}/block_id", at_most=ID)
    _BLOCKS[kind](block, pointer)


def _check_section(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "text", "fields", "accessory", "expand"))
    need("text" in block or "fields" in block, pointer, "needs text or fields")
    if "text" in block:
        need_text(block["text"], f"{pointer}/text", at_most=TEXT)
    if "fields" in block:
        fields = need_list(block["fields"], f"{pointer}/fields", at_most=10)
        for number, field in enumerate(fields):
            need_text(field, f"{pointer}/fields/{number}", at_most=FIELD)
    if "accessory" in block:
        place = f"{pointer}/accessory"
        check_element(need_object(block["accessory"], place), place, IN_SECTION)


def _check_header(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "text", "level"))
    need_plain_text(block.get("text"), f"{pointer}/text", at_most=HEADER)


def _check_divider(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id"))


def _check_image(block: Json, pointer: str) -> None:
    keys = ("type", "block_id", "alt_text", "title", "image_url", "slack_file")
    need_keys(block, pointer, keys)
    check_image(block, pointer)
    if "title" in block:
        need_plain_text(block["title"], f"{pointer}/title", at_most=2000)


def _check_context(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "elements"))
    elements = need_list(block.get("elements"), f"{pointer}/elements", at_most=10)
    for number, element in enumerate(elements):
        place = f"{pointer}/elements/{number}"
        if need_object(element, place).get("type") == "image":
            check_element(element, place, ("image",))
        else:
            need_text(element, place)


def _check_interactive(block: Json, pointer: str, allowed: tuple[str, ...], at_most: int) -> None:
    need_keys(block, pointer, ("type", "block_id", "elements"))
    elements = need_list(block.get("elements"), f"{pointer}/elements", at_most=at_most)
    names: list[str] = []
    for number, element in enumerate(elements):
        place = f"{pointer}/elements/{number}"
        check_element(need_object(element, place), place, allowed)
        names += [element["action_id"]] if "action_id" in element else []
    need(len(set(names)) == len(names), pointer, "action_id is not unique")


def _check_actions(block: Json, pointer: str) -> None:
    _check_interactive(block, pointer, IN_ACTIONS, 25)


def _check_context_actions(block: Json, pointer: str) -> None:
    _check_interactive(block, pointer, ("feedback_buttons", "icon_button"), 5)


def _check_input(block: Json, pointer: str) -> None:
    keys = ("type", "block_id", "label", "element", "dispatch_action", "hint", "optional")
    need_keys(block, pointer, keys)
    need_plain_text(block.get("label"), f"{pointer}/label", at_most=2000)
    if "hint" in block:
        need_plain_text(block["hint"], f"{pointer}/hint", at_most=2000)
    place = f"{pointer}/element"
    check_element(need_object(block.get("element"), place), place, IN_INPUT)


def _check_markdown(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "text"))
    need_string(block.get("text"), f"{pointer}/text", at_most=MARKDOWN)


_BLOCKS: dict[str, Callable[[Json, str], None]] = {
    "section": _check_section,
    "header": _check_header,
    "divider": _check_divider,
    "image": _check_image,
    "context": _check_context,
    "actions": _check_actions,
    "context_actions": _check_context_actions,
    "input": _check_input,
    "markdown": _check_markdown,
    "rich_text": check_rich_text,
    "table": check_table,
    **NEWER_BLOCKS,
}
_SURFACES: dict[str, tuple[Surface, ...]] = {
    "markdown": ("message",),
    "context_actions": ("message",),
    "table": ("message",),
    "data_table": ("message",),
    "data_visualization": ("message",),
    "plan": ("message",),
    "task_card": ("message",),
    "carousel": ("message",),
    # The page of the input block allows it in messages and Home tabs as well; we use it in modals.
    "input": ("modal",),
}
