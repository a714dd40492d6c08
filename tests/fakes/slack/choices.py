"""The rules of elements that offer a choice: menus, radio buttons, check boxes."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.fakes.shapes import Json, as_list
from tests.fakes.slack.rules import (
    URL,
    Invalid,
    need,
    need_keys,
    need_list,
    need_object,
    need_plain_text,
    need_string,
    need_text,
)

OPTION_TEXT = 75
OPTION_VALUE = 150
MOST_OPTIONS = 100
COMMON = ("type", "action_id", "confirm", "focus_on_load", "placeholder")

_INITIAL_OF = {
    "users_select": "initial_user",
    "channels_select": "initial_channel",
    "conversations_select": "initial_conversation",
    "multi_users_select": "initial_users",
    "multi_channels_select": "initial_channels",
    "multi_conversations_select": "initial_conversations",
}


def _check_option(value: object, pointer: str, *, kinds: tuple[str, ...] = ("plain_text",)) -> str:
    option = need_object(value, pointer)
    need_keys(option, pointer, ("text", "value", "description", "url"))
    need_text(option.get("text"), f"{pointer}/text", kinds=kinds, at_most=OPTION_TEXT)
    if "description" in option:
        text = option["description"]
        need_text(text, f"{pointer}/description", kinds=kinds, at_most=OPTION_TEXT)
    if "url" in option:
        need_string(option["url"], f"{pointer}/url", at_most=URL)
    return need_string(option.get("value"), f"{pointer}/value", at_most=OPTION_VALUE)


def _check_options(element: Json, pointer: str, *, most: int, kinds: tuple[str, ...]) -> list[Json]:
    options = need_list(element.get("options"), f"{pointer}/options", at_most=most)
    values = [
        _check_option(option, f"{pointer}/options/{number}", kinds=kinds)
        for number, option in enumerate(options)
    ]
    need(len(set(values)) == len(values), f"{pointer}/options", "values are not unique")
    return options


def fault_of_options(options: list[Json]) -> str | None:
    """Say why Slack would refuse what an app answers to a search; it may answer with nothing."""
    try:
        if options:
            _check_options({"options": options}, "", most=MOST_OPTIONS, kinds=("plain_text",))
    except Invalid as invalid:
        return str(invalid)
    return None


def _check_overflow(element: Json, pointer: str) -> None:
    need_keys(element, pointer, ("type", "action_id", "confirm", "options"))
    _check_options(element, pointer, most=5, kinds=("plain_text",))


def _check_static_select(element: Json, pointer: str) -> None:
    keys = ("options", "option_groups", "initial_option", "initial_options", "max_selected_items")
    need_keys(element, pointer, (*COMMON, *keys))
    if "option_groups" in element:
        need("options" not in element, pointer, "either options or option_groups")
        options = _check_groups(element["option_groups"], f"{pointer}/option_groups")
    else:
        options = _check_options(element, pointer, most=MOST_OPTIONS, kinds=("plain_text",))
    _check_initial(element, pointer, options)


def _check_groups(value: object, pointer: str) -> list[Json]:
    options: list[Json] = []
    for number, group in enumerate(need_list(value, pointer, at_most=MOST_OPTIONS)):
        place = f"{pointer}/{number}"
        found = need_object(group, place)
        need_keys(found, place, ("label", "options"))
        need_plain_text(found.get("label"), f"{place}/label", at_most=75)
        options += _check_options(found, place, most=MOST_OPTIONS, kinds=("plain_text",))
    return options


def _check_initial(element: Json, pointer: str, options: list[Json]) -> None:
    if "initial_option" in element:
        known = element["initial_option"] in options
        need(known, f"{pointer}/initial_option", "is not among the options")
    if "initial_options" in element:
        chosen = need_list(element["initial_options"], pointer, at_most=MOST_OPTIONS)
        known = all(option in options for option in chosen)
        need(known, f"{pointer}/initial_options", "are not among the options")


def _check_choices(element: Json, pointer: str) -> None:
    keys = ("options", "initial_option", "initial_options")
    need_keys(element, pointer, ("type", "action_id", "confirm", "focus_on_load", *keys))
    options = _check_options(element, pointer, most=10, kinds=("plain_text", "mrkdwn"))
    _check_initial(element, pointer, options)


def _check_picked(element: Json, pointer: str) -> None:
    keys = ("default_to_current_conversation", "response_url_enabled", "filter")
    initial = _INITIAL_OF[element["type"]]
    need_keys(element, pointer, (*COMMON, initial, *keys, "max_selected_items"))
    for number, user in enumerate(as_list(element.get("initial_users")) or []):
        where = f"{pointer}/{initial}/{number}"
        need(re.fullmatch(r"[UW][A-Z0-9]+", str(user)) is not None, where, "is no person's id")


def _check_external(element: Json, pointer: str) -> None:
    keys = ("initial_option", "initial_options", "min_query_length", "max_selected_items")
    need_keys(element, pointer, (*COMMON, *keys))


CHOICES: dict[str, Callable[[Json, str], None]] = {
    "overflow": _check_overflow,
    "static_select": _check_static_select,
    "multi_static_select": _check_static_select,
    "radio_buttons": _check_choices,
    "checkboxes": _check_choices,
    **dict.fromkeys(_INITIAL_OF, _check_picked),
    "external_select": _check_external,
    "multi_external_select": _check_external,
}
