"""The rules of components in messages: docs.discord.com/developers/components/reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum

from tests.fakes.discord.rules import (
    Tally,
    need,
    need_flag,
    need_list,
    need_number,
    need_object,
    need_snowflake,
    need_string,
    need_url,
    need_word,
    number_in,
    optional,
)
from tests.fakes.shapes import Json, as_list, as_object


class Part(IntEnum):
    """The kinds of components."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


ENTITY_SELECTS = (
    Part.USER_SELECT,
    Part.ROLE_SELECT,
    Part.MENTIONABLE_SELECT,
    Part.CHANNEL_SELECT,
)
_CHOSEN = {
    Part.USER_SELECT: ("user",),
    Part.ROLE_SELECT: ("role",),
    Part.MENTIONABLE_SELECT: ("user", "role"),
    Part.CHANNEL_SELECT: ("channel",),
}
SELECTS = (Part.STRING_SELECT, *ENTITY_SELECTS)
IN_CONTAINER = (
    Part.ACTION_ROW,
    Part.TEXT_DISPLAY,
    Part.SECTION,
    Part.MEDIA_GALLERY,
    Part.SEPARATOR,
    Part.FILE,
)
TOP_LEVEL = (*IN_CONTAINER, Part.CONTAINER)
V2_ONLY = tuple(part for part in TOP_LEVEL if part is not Part.ACTION_ROW)

MOST_COMPONENTS = 40  # with the IS_COMPONENTS_V2 flag, nested ones counted
MOST_CHARACTERS = 4000  # of all text displays: discord.py's ui/view.py
MOST_ROWS = 5
CUSTOM_ID, LABEL, PLACEHOLDER, OPTION, ALT_TEXT, LINK = 100, 80, 150, 100, 1024, 512
LINK_STYLE, PREMIUM_STYLE = 5, 6


def check_components(value: object, *, is_v2: bool, pointer: str = "/components") -> None:
    """Raise Invalid where the components of a message break a rule."""
    most = MOST_COMPONENTS if is_v2 else MOST_ROWS
    tally = Tally()
    allowed = TOP_LEVEL if is_v2 else (Part.ACTION_ROW,)
    for number, component in enumerate(need_list(value, pointer, at_most=most)):
        check_component(component, f"{pointer}/{number}", tally, allowed)
    reason = f"{tally.components} components, more than {MOST_COMPONENTS}"
    need(tally.components <= MOST_COMPONENTS, pointer, reason)
    reason = f"{tally.characters} characters shown, more than {MOST_CHARACTERS}"
    need(tally.characters <= MOST_CHARACTERS, pointer, reason)


def check_component(value: object, pointer: str, tally: Tally, allowed: tuple[Part, ...]) -> Json:
    """Raise Invalid where a component, or one in it, breaks a rule."""
    component = need_object(value, pointer)
    part = Part(need_word(component.get("type"), f"{pointer}/type", allowed))
    tally.components += 1
    number = component.get("id")
    if number not in (None, 0):
        need_number(number, f"{pointer}/id", least=0, most=2**32 - 1)
        need(number not in tally.ids, f"{pointer}/id", "Component id cannot be duplicated")
        tally.ids.add(number)
    _CHECKS[part](component, pointer, tally)
    return component


def check_custom_id(component: Json, pointer: str, tally: Tally) -> None:
    """Need an identifier that no other component has."""
    place = f"{pointer}/custom_id"
    custom_id = need_string(component.get("custom_id"), place, at_most=CUSTOM_ID)
    reason = "Component custom id cannot be duplicated"
    need(custom_id not in tally.custom_ids, place, reason)
    tally.custom_ids.add(custom_id)


def check_select(component: Json, pointer: str, tally: Tally) -> None:
    """Raise Invalid where a select menu breaks a rule."""
    check_custom_id(component, pointer, tally)
    optional(component, "placeholder", pointer, at_most=PLACEHOLDER)
    least = number_in(component, "min_values", pointer, (0, 25), 1)
    most = number_in(component, "max_values", pointer, (1, 25), 1)
    need(least <= most, f"{pointer}/min_values", "above max_values")
    if component["type"] == Part.STRING_SELECT:
        check_options(component, pointer, at_least=1, at_most=25)
        chosen = [option for option in component["options"] if option.get("default")]
        need(len(chosen) <= most, f"{pointer}/options", "more defaults than max_values")
    else:
        _check_chosen(component, pointer, (least, most))


def check_options(component: Json, pointer: str, *, at_least: int, at_most: int) -> None:
    """Raise Invalid where the options of a menu or a group break a rule."""
    place = f"{pointer}/options"
    options = need_list(component.get("options"), place, at_least=at_least, at_most=at_most)
    values: set[str] = set()
    for number, option in enumerate(options):
        here = f"{place}/{number}"
        found = need_object(option, here)
        need_string(found.get("label"), f"{here}/label", at_most=OPTION)
        value = need_string(found.get("value"), f"{here}/value", at_most=OPTION)
        optional(found, "description", here, at_most=OPTION)
        need(value not in values, f"{here}/value", "The specified option value is already used")
        values.add(value)


def _check_chosen(component: Json, pointer: str, bounds: tuple[int, int]) -> None:
    """Raise Invalid where what a menu of people, roles or channels begins with breaks a rule."""
    place = f"{pointer}/default_values"
    chosen = need_list(component.get("default_values") or [], place, at_most=bounds[1])
    need(not chosen or len(chosen) >= bounds[0], place, "fewer than min_values")
    kinds = _CHOSEN[Part(component["type"])]
    for number, value in enumerate(chosen):
        found = need_object(value, f"{place}/{number}")
        need_word(found.get("type"), f"{place}/{number}/type", kinds)
        need_snowflake(found.get("id"), f"{place}/{number}/id")


def parts_in(components: object) -> Iterator[Json]:
    """Walk through components and what is in them, the outer ones first."""
    for component in as_list(components) or []:
        if (found := as_object(component)) is None:
            continue
        yield found
        yield from parts_in(found.get("components"))
        yield from parts_in([found.get("accessory"), found.get("component")])


def is_v2(components: object) -> bool:
    """Tell whether there are components that need the IS_COMPONENTS_V2 flag."""
    return any(part.get("type") in V2_ONLY for part in parts_in(components))


def _check_row(component: Json, pointer: str, tally: Tally) -> None:
    place = f"{pointer}/components"
    children = need_list(component.get("components"), place, at_least=1, at_most=5)
    for number, child in enumerate(children):
        check_component(child, f"{place}/{number}", tally, (Part.BUTTON, *SELECTS))
    has_select = any(child["type"] in SELECTS for child in children)
    need(len(children) == 1 or not has_select, place, "a select menu takes a row of its own")


def _check_button(component: Json, pointer: str, tally: Tally) -> None:
    style = need_number(component.get("style"), f"{pointer}/style", least=1, most=6)
    optional(component, "label", pointer, at_most=LABEL)
    if "disabled" in component:
        need_flag(component["disabled"], f"{pointer}/disabled")
    if style == PREMIUM_STYLE:
        need_snowflake(component.get("sku_id"), f"{pointer}/sku_id")
        return
    shows = component.get("label") or component.get("emoji")
    need(shows, pointer, "a button must have a label or an emoji")
    if style == LINK_STYLE:
        need_url(component.get("url"), f"{pointer}/url", at_most=LINK)
        need("custom_id" not in component, f"{pointer}/custom_id", "beside a url")
        return
    need("url" not in component, f"{pointer}/url", "beside a custom_id")
    check_custom_id(component, pointer, tally)


def _check_section(component: Json, pointer: str, tally: Tally) -> None:
    place = f"{pointer}/components"
    texts = need_list(component.get("components"), place, at_least=1, at_most=3)
    for number, text in enumerate(texts):
        check_component(text, f"{place}/{number}", tally, (Part.TEXT_DISPLAY,))
    accessories = (Part.BUTTON, Part.THUMBNAIL)
    check_component(component.get("accessory"), f"{pointer}/accessory", tally, accessories)


def _check_text(component: Json, pointer: str, tally: Tally) -> None:
    place = f"{pointer}/content"
    content = need_string(component.get("content"), place, at_most=MOST_CHARACTERS)
    tally.characters += len(content)


def _check_media(holder: Json, name: str, pointer: str) -> None:
    media = need_object(holder.get(name), f"{pointer}/{name}")
    need_url(media.get("url"), f"{pointer}/{name}/url", is_media=True)
    optional(holder, "description", pointer, at_most=ALT_TEXT)
    if "spoiler" in holder:
        need_flag(holder["spoiler"], f"{pointer}/spoiler")


def _check_thumbnail(component: Json, pointer: str, _: Tally) -> None:
    _check_media(component, "media", pointer)


def _check_gallery(component: Json, pointer: str, _: Tally) -> None:
    place = f"{pointer}/items"
    for number, item in enumerate(need_list(component.get("items"), place, at_least=1, at_most=10)):
        _check_media(need_object(item, f"{place}/{number}"), "media", f"{place}/{number}")


def _check_file(component: Json, pointer: str, _: Tally) -> None:
    _check_media(component, "file", pointer)
    is_own = str(component["file"]["url"]).startswith("attachment://")
    need(is_own, f"{pointer}/file/url", "must be attachment://name")


def _check_separator(component: Json, pointer: str, _: Tally) -> None:
    need_word(component.get("spacing", 1), f"{pointer}/spacing", (1, 2))
    need_flag(component.get("divider", True), f"{pointer}/divider")


def _check_container(component: Json, pointer: str, tally: Tally) -> None:
    place = f"{pointer}/components"
    children = need_list(component.get("components"), place, at_least=1, at_most=MOST_COMPONENTS)
    for number, child in enumerate(children):
        check_component(child, f"{place}/{number}", tally, IN_CONTAINER)
    if component.get("accent_color") is not None:
        need_number(component["accent_color"], f"{pointer}/accent_color", least=0, most=0xFFFFFF)


_CHECKS: dict[Part, Callable[[Json, str, Tally], None]] = {
    Part.ACTION_ROW: _check_row,
    Part.BUTTON: _check_button,
    **dict.fromkeys(SELECTS, check_select),
    Part.SECTION: _check_section,
    Part.TEXT_DISPLAY: _check_text,
    Part.THUMBNAIL: _check_thumbnail,
    Part.MEDIA_GALLERY: _check_gallery,
    Part.FILE: _check_file,
    Part.SEPARATOR: _check_separator,
    Part.CONTAINER: _check_container,
}
