"""The rules of block elements: docs.slack.dev/reference/block-kit/block-elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tests.fakes.shapes import Json
from tests.fakes.slack.choices import CHOICES, COMMON
from tests.fakes.slack.rules import (
    ID,
    need,
    need_keys,
    need_number,
    need_object,
    need_plain_text,
    need_string,
    need_text,
    need_url,
    need_word,
)

BUTTON_TEXT = 75
BUTTON_VALUE = 2000
PLACEHOLDER = 150
TEXT_INPUT = 3000

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def check_element(element: Json, pointer: str, allowed: Iterable[str]) -> None:
    """Raise Invalid where an interactive element, or an image, breaks a rule."""
    kind = need_word(element.get("type"), f"{pointer}/type", set(allowed))
    if "action_id" in element:
        need_string(element["action_id"], f"{pointer}/action_id", at_most=ID)
    if "confirm" in element:
        _check_confirm(element["confirm"], f"{pointer}/confirm")
    if "placeholder" in element:
        need_plain_text(element["placeholder"], f"{pointer}/placeholder", at_most=PLACEHOLDER)
    _CHECKS[kind](element, pointer)


def _check_confirm(value: object, pointer: str) -> None:
    confirm = need_object(value, pointer)
    need_keys(confirm, pointer, ("title", "text", "confirm", "deny", "style"))
    need_plain_text(confirm.get("title"), f"{pointer}/title", at_most=100)
    need_text(confirm.get("text"), f"{pointer}/text", at_most=300)
    need_plain_text(confirm.get("confirm"), f"{pointer}/confirm", at_most=30)
    need_plain_text(confirm.get("deny"), f"{pointer}/deny", at_most=30)


def _check_button(element: Json, pointer: str) -> None:
    keys = ("type", "action_id", "confirm", "text", "url", "value", "style", "accessibility_label")
    need_keys(element, pointer, keys)
    need_plain_text(element.get("text"), f"{pointer}/text", at_most=BUTTON_TEXT)
    _check_value(element, pointer)
    if "url" in element:
        need_url(element["url"], f"{pointer}/url")
    if "style" in element:
        need_word(element["style"], f"{pointer}/style", ("primary", "danger"))


def _check_value(element: Json, pointer: str) -> None:
    if "value" in element:
        need_string(element["value"], f"{pointer}/value", at_most=BUTTON_VALUE)
    if "accessibility_label" in element:
        need_string(element["accessibility_label"], f"{pointer}/accessibility_label", at_most=75)


def _check_feedback(element: Json, pointer: str) -> None:
    need_keys(element, pointer, ("type", "action_id", "positive_button", "negative_button"))
    for name in ("positive_button", "negative_button"):
        place = f"{pointer}/{name}"
        button = need_object(element.get(name), place)
        need_keys(button, place, ("text", "value", "accessibility_label"))
        need_plain_text(button.get("text"), f"{place}/text", at_most=BUTTON_TEXT)
        need("value" in button, place, "missing required field: value")
        _check_value(button, place)


def _check_icon(element: Json, pointer: str) -> None:
    keys = ("icon", "text", "accessibility_label", "value", "visible_to_user_ids")
    need_keys(element, pointer, ("type", "action_id", "confirm", *keys))
    need_word(element.get("icon"), f"{pointer}/icon", ("trash",))
    need_plain_text(element.get("text"), f"{pointer}/text", at_most=BUTTON_TEXT)
    _check_value(element, pointer)


def check_image(element: Json, pointer: str) -> None:
    """Raise Invalid where an image breaks a rule: one source, and words for who cannot see it."""
    need_string(element.get("alt_text"), f"{pointer}/alt_text", at_most=2000)
    sources = [name for name in ("image_url", "slack_file") if name in element]
    need(len(sources) == 1, pointer, "needs either image_url or slack_file")
    if "image_url" in element:
        need_url(element["image_url"], f"{pointer}/image_url")


def _check_image(element: Json, pointer: str) -> None:
    need_keys(element, pointer, ("type", "alt_text", "image_url", "slack_file"))
    check_image(element, pointer)


def _check_date(element: Json, pointer: str) -> None:
    need_keys(element, pointer, (*COMMON, "initial_date"))
    if "initial_date" in element:
        text = need_string(element["initial_date"], f"{pointer}/initial_date")
        need(_DATE.fullmatch(text), f"{pointer}/initial_date", "must be YYYY-MM-DD")


def _check_time(element: Json, pointer: str) -> None:
    need_keys(element, pointer, (*COMMON, "initial_time", "timezone"))
    if "initial_time" in element:
        text = need_string(element["initial_time"], f"{pointer}/initial_time")
        need(_TIME.fullmatch(text), f"{pointer}/initial_time", "must be HH:mm")


def _check_moment(element: Json, pointer: str) -> None:
    need_keys(element, pointer, (*COMMON, "initial_date_time"))


def _check_text_input(element: Json, pointer: str) -> None:
    keys = ("initial_value", "multiline", "min_length", "max_length", "dispatch_action_config")
    need_keys(element, pointer, (*COMMON, *keys))
    need_number(element.get("min_length", 0), f"{pointer}/min_length", most=TEXT_INPUT)
    most = element.get("max_length", TEXT_INPUT)
    need_number(most, f"{pointer}/max_length", least=1, most=TEXT_INPUT)
    if "initial_value" in element:
        need_string(element["initial_value"], f"{pointer}/initial_value", at_least=0, at_most=most)


def _check_number(element: Json, pointer: str) -> None:
    keys = ("is_decimal_allowed", "initial_value", "min_value", "max_value")
    need_keys(element, pointer, (*COMMON, *keys, "dispatch_action_config"))
    is_said = isinstance(element.get("is_decimal_allowed"), bool)
    need(is_said, f"{pointer}/is_decimal_allowed", "missing required field")


def _check_other_input(element: Json, pointer: str) -> None:
    keys = ("initial_value", "dispatch_action_config", "filetypes", "max_files")
    need_keys(element, pointer, (*COMMON, *keys))


_CHECKS: dict[str, Callable[[Json, str], None]] = {
    "button": _check_button,
    "feedback_buttons": _check_feedback,
    "icon_button": _check_icon,
    "image": _check_image,
    **CHOICES,
    "datepicker": _check_date,
    "timepicker": _check_time,
    "datetimepicker": _check_moment,
    "plain_text_input": _check_text_input,
    "number_input": _check_number,
    "email_text_input": _check_other_input,
    "url_text_input": _check_other_input,
    "file_input": _check_other_input,
    "rich_text_input": _check_other_input,
}
INPUT_ONLY = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "file_input",
    "rich_text_input",
)
NOT_INPUT = ("button", "overflow", "feedback_buttons", "icon_button", "image")
SELECTABLE = tuple(name for name in _CHECKS if name not in (*INPUT_ONLY, *NOT_INPUT))
IN_SECTION = ("button", "overflow", "image", *SELECTABLE)
IN_ACTIONS = ("button", "overflow", *SELECTABLE)
IN_INPUT = (*INPUT_ONLY, *SELECTABLE)
