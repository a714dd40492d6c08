"""The rules of modals: docs.discord.com/developers/components/reference, label and below."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.discord.components import (
    SELECTS,
    Part,
    check_component,
    check_custom_id,
    check_options,
    check_select,
)
from tests.fakes.discord.rules import (
    Tally,
    need,
    need_flag,
    need_list,
    need_object,
    need_string,
    need_word,
    number_in,
    optional,
)
from tests.fakes.shapes import Json

TITLE = 45
LABEL = 45
DESCRIPTION = 100
PLACEHOLDER = 100
TEXT = 4000
MOST_TOP_LEVEL = 5

IN_LABEL = (
    Part.TEXT_INPUT,
    *SELECTS,
    Part.FILE_UPLOAD,
    Part.RADIO_GROUP,
    Part.CHECKBOX_GROUP,
    Part.CHECKBOX,
)


def check_modal(modal: Json, pointer: str = "/data") -> None:
    """Raise Invalid where a modal breaks a rule."""
    need_string(modal.get("custom_id"), f"{pointer}/custom_id", at_most=100)
    need_string(modal.get("title"), f"{pointer}/title", at_most=TITLE)
    place, tally = f"{pointer}/components", Tally()
    components = need_list(modal.get("components"), place, at_least=1, at_most=MOST_TOP_LEVEL)
    for number, value in enumerate(components):
        here = f"{place}/{number}"
        component = need_object(value, here)
        kinds = (Part.ACTION_ROW, Part.TEXT_DISPLAY, Part.LABEL)
        part = need_word(component.get("type"), f"{here}/type", kinds)
        if part == Part.TEXT_DISPLAY:
            check_component(component, here, tally, (Part.TEXT_DISPLAY,))
        elif part == Part.LABEL:
            _check_label(component, here, tally)
        else:
            _check_old_row(component, here, tally)


def _check_label(component: Json, pointer: str, tally: Tally) -> None:
    need_string(component.get("label"), f"{pointer}/label", at_most=LABEL)
    optional(component, "description", pointer, at_most=DESCRIPTION)
    place = f"{pointer}/component"
    inner = need_object(component.get("component"), place)
    part = Part(need_word(inner.get("type"), f"{place}/type", IN_LABEL))
    need(not inner.get("disabled"), f"{place}/disabled", "nothing in a modal can be disabled")
    if "required" in inner:
        need_flag(inner["required"], f"{place}/required")
    _CHECKS[part](inner, place, tally)
    _check_least(inner, place)


def _check_old_row(component: Json, pointer: str, tally: Tally) -> None:
    """Check an action row with a text input that has its label itself: deprecated, still taken."""
    place = f"{pointer}/components"
    [child] = need_list(component.get("components"), place, at_least=1, at_most=1)
    inner = need_object(child, f"{place}/0")
    need_word(inner.get("type"), f"{place}/0/type", (Part.TEXT_INPUT,))
    need_string(inner.get("label"), f"{place}/0/label", at_most=LABEL)
    _check_text_input(inner, f"{place}/0", tally)


def _check_least(component: Json, pointer: str) -> None:
    """See to it that what must be answered does not allow nothing."""
    allows_nothing = component.get("min_values") == 0
    is_required = component.get("required", True)
    need(not (allows_nothing and is_required), f"{pointer}/min_values", "0 though required")


def _check_text_input(component: Json, pointer: str, tally: Tally) -> None:
    check_custom_id(component, pointer, tally)
    need_word(component.get("style"), f"{pointer}/style", (1, 2))
    optional(component, "placeholder", pointer, at_most=PLACEHOLDER)
    optional(component, "value", pointer, at_most=TEXT)
    least = number_in(component, "min_length", pointer, (0, TEXT), 0)
    most = number_in(component, "max_length", pointer, (1, TEXT), TEXT)
    need(least <= most, f"{pointer}/min_length", "above max_length")


def _check_upload(component: Json, pointer: str, tally: Tally) -> None:
    check_custom_id(component, pointer, tally)
    number_in(component, "min_values", pointer, (0, 10), 1)
    number_in(component, "max_values", pointer, (1, 10), 1)


def _check_radio(component: Json, pointer: str, tally: Tally) -> None:
    check_custom_id(component, pointer, tally)
    check_options(component, pointer, at_least=2, at_most=10)


def _check_group(component: Json, pointer: str, tally: Tally) -> None:
    check_custom_id(component, pointer, tally)
    check_options(component, pointer, at_least=1, at_most=10)
    number_in(component, "min_values", pointer, (0, 10), 1)
    number_in(component, "max_values", pointer, (1, 10), 1)


_CHECKS: dict[Part, Callable[[Json, str, Tally], None]] = {
    Part.TEXT_INPUT: _check_text_input,
    **dict.fromkeys(SELECTS, check_select),
    Part.FILE_UPLOAD: _check_upload,
    Part.RADIO_GROUP: _check_radio,
    Part.CHECKBOX_GROUP: _check_group,
    Part.CHECKBOX: check_custom_id,
}
