"""What a person's choice in an element looks like in a payload."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.fakes.shapes import Json, as_list, as_object
from tests.fakes.slack.records import View

# What holds the value of an element in `view.state.values` and in an action.
_SINGLE = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
    "button": "value",
    "icon_button": "value",
}
_OPTION = ("static_select", "radio_buttons", "overflow", "external_select")
_OPTIONS = ("multi_static_select", "checkboxes", "multi_external_select")
_FEEDBACK = ("positive", "negative")


def find_element(blocks: Iterable[Json], action_id: str) -> tuple[Json, Json]:
    """Find an element by its action_id, and the block that it is in."""
    known: list[str] = []
    for block in blocks:
        for element in elements_of(block):
            if element.get("action_id") == action_id:
                return block, element
            known.append(str(element.get("action_id")))
    message = f"nothing to click is called {action_id!r}; there is: {', '.join(known) or 'nothing'}"
    raise AssertionError(message)


def elements_of(block: Json) -> Iterator[Json]:
    """Walk through what a person can use in a block."""
    held = [*(as_list(block.get("elements")) or []), *(as_list(block.get("actions")) or [])]
    held += [block.get("accessory"), block.get("element")]
    for item in held:
        if (element := as_object(item)) is not None and "action_id" in element:
            yield element
    for inner in (*(as_list(block.get("child_blocks")) or []), *held):
        if (found := as_object(inner)) is not None and "action_id" not in found:
            yield from elements_of(found)


def chosen(element: Json, choice: object) -> Json:
    """Say what a person chose: an option's value, an id, a date, "positive" or "negative"."""
    kind = element["type"]
    if kind == "feedback_buttons":
        assert choice in _FEEDBACK, f"choice is one of {', '.join(_FEEDBACK)}"
        button = element[f"{choice}_button"]
        return {"value": button["value"], "text": button["text"]}
    if kind in _OPTION:
        return {"selected_option": _option(element, choice)}
    if kind in _OPTIONS:
        return {"selected_options": [_option(element, value) for value in as_list(choice) or []]}
    if kind in ("button", "icon_button"):
        value = {"value": element["value"]} if "value" in element else {}
        return {"text": element["text"], **value}
    return {_SINGLE[kind]: choice}


def enter(view: View, values: dict[str, dict[str, object]]) -> None:
    """Let a person put values into a modal's inputs."""
    places = {
        (block["block_id"], element["action_id"])
        for block in view.blocks
        for element in elements_of(block)
    }
    given = {(block, action): v for block, acts in values.items() for action, v in acts.items()}
    unknown = sorted(given.keys() - places)
    assert not unknown, f"the modal has no such inputs: {unknown}; it has {sorted(places)}"
    view.entered |= given


def states_of(view: View) -> Json:
    """Write the state of a modal's inputs: what a person entered, else what stood there."""
    states: Json = {}
    for block, element, value in _values(view):
        found = {**element, "options": options_of(view, element)}
        states.setdefault(block["block_id"], {})[element["action_id"]] = _state(found, value)
    return states


def check_submission(view: View) -> None:
    """Raise AssertionError where a client lets nobody submit: a value is missing or too long."""
    for block, element, value in _values(view):
        _need_value(block, element, value)


def options_of(view: View, element: Json) -> list[Json]:
    """Give the options of a menu; those of a search are the ones that it brought, or began with."""
    options = [*(as_list(element.get("options")) or [])]
    if "external" in element["type"]:
        options += as_list(element.get("initial_options")) or []
        options += [element["initial_option"]] if "initial_option" in element else []
        options += view.offered.get(element["action_id"], [])
    return options


def _values(view: View) -> Iterator[tuple[Json, Json, object]]:
    for block in view.blocks:
        for element in elements_of(block):
            if element["type"] not in ("button", "overflow"):
                place = block["block_id"], element["action_id"]
                yield block, element, view.entered.get(place, _initial(element))


def _state(element: Json, value: object) -> Json:
    kind = element["type"]
    if value is not None:
        return {"type": kind, **chosen(element, value)}
    if kind in _OPTIONS:
        none: list[Json] = []
        return {"type": kind, "selected_options": none}
    return {"type": kind, "selected_option" if kind in _OPTION else _SINGLE[kind]: None}


def _need_value(block: Json, element: Json, value: object) -> None:
    if block["type"] != "input":
        return
    name = f"{block['block_id']}/{element['action_id']}"
    assert value not in (None, "", []) or block.get("optional"), f"{name} needs a value"
    if element["type"] == "plain_text_input" and value is not None:
        length = len(str(value))
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        assert least <= length <= most, f"{name}: {length} characters, not {least} to {most}"
    if element["type"] == "number_input" and value is not None:
        _need_number(element, float(str(value)), name)  # a client takes nothing else


def _need_number(element: Json, number: float, name: str) -> None:
    least = float(element.get("min_value", "-inf"))
    most = float(element.get("max_value", "inf"))
    assert least <= number <= most, f"{name}: {number} is not between {least} and {most}"
    is_whole = element["is_decimal_allowed"] or number.is_integer()
    assert is_whole, f"{name}: {number} is no whole number"


def _initial(element: Json) -> object:
    if (option := as_object(element.get("initial_option"))) is not None:
        return option["value"]
    if (options := as_list(element.get("initial_options"))) is not None:
        return [option["value"] for option in options]
    names = [name for name in element if name.startswith("initial_")]
    return element[names[0]] if names else None


def _option(element: Json, value: object) -> Json:
    options = list(as_list(element.get("options")) or [])
    for group in as_list(element.get("option_groups")) or []:
        options += as_list(group["options"]) or []
    found = next((option for option in options if option["value"] == value), None)
    values = [option["value"] for option in options]
    assert found is not None, f"{element['action_id']} offers {values}, not {value!r}"
    return found
