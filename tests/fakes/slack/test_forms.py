"""Inputs: their rules, and what a person's choices look like to the app."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.records import Person, View
from tests.fakes.slack.sample_app import MODAL, WORD
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.validator import fault_of

Json = dict[str, Any]

OPTIONS: list[Json] = [{"text": WORD, "value": value} for value in ("fast", "thorough")]
CONFIRM: Json = {"title": WORD, "text": WORD, "confirm": WORD, "deny": WORD}
ELEMENTS: dict[str, Json] = {
    "mode": {"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[0]},
    "group": {"type": "static_select", "option_groups": [{"label": WORD, "options": OPTIONS}]},
    "several": {"type": "multi_static_select", "options": OPTIONS},
    "radio": {"type": "radio_buttons", "options": OPTIONS},
    "boxes": {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[:1]},
    "who": {"type": "users_select", "placeholder": WORD},
    "where": {"type": "multi_conversations_select", "default_to_current_conversation": True},
    "search": {"type": "external_select", "min_query_length": 1},
    "day": {"type": "datepicker", "initial_date": "2026-11-24"},
    "time": {"type": "timepicker", "initial_time": "09:00", "timezone": "Europe/Berlin"},
    "moment": {"type": "datetimepicker", "initial_date_time": 1_700_000_000},
    "words": {"type": "plain_text_input", "initial_value": "x", "multiline": True},
    "number": {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
    "address": {"type": "url_text_input"},
}


def form(**elements: Json) -> Json:
    blocks = [
        {
            "type": "input",
            "block_id": name,
            "label": WORD,
            "hint": WORD,
            "element": {"action_id": name, **element},
            "optional": True,
        }
        for name, element in elements.items()
    ]
    return {**MODAL, "blocks": blocks}


def shown(slack: SlackServer, person: Person, document: Json) -> View:
    return slack.views.open(person, document)


def fault(element: Json, name: str = "x") -> str:
    body = {"trigger_id": "1", "view": form(**{name: element})}
    return fault_of("views.open", body) or ""


@pytest.mark.parametrize("name", ELEMENTS)
def test_good_inputs_pass(name: str) -> None:
    assert fault(ELEMENTS[name]) == ""


BAD: dict[str, tuple[Json, str]] = {
    "no options": ({"type": "static_select"}, "options: must be an array"),
    "101 options": (
        {
            "type": "static_select",
            "options": [{"text": WORD, "value": str(n)} for n in range(101)],
        },
        "options: more than 100",
    ),
    "same value": ({"type": "radio_buttons", "options": OPTIONS[:1] * 2}, "values are not unique"),
    "long option": (
        {"type": "radio_buttons", "options": [{"text": WORD, "value": "x" * 151}]},
        "options/0/value: more than 150",
    ),
    "11 boxes": (
        {"type": "checkboxes", "options": [{"text": WORD, "value": str(n)} for n in range(11)]},
        "options: more than 10",
    ),
    "both": (
        {"type": "static_select", "options": OPTIONS, "option_groups": []},
        "either options or option_groups",
    ),
    "initial option": (
        {"type": "radio_buttons", "options": OPTIONS, "initial_option": {"text": WORD}},
        "initial_option: is not among the options",
    ),
    "initial options": (
        {"type": "checkboxes", "options": OPTIONS, "initial_options": [{"text": WORD}]},
        "initial_options: are not among the options",
    ),
    "placeholder": (
        {"type": "users_select", "placeholder": {"type": "plain_text", "text": "x" * 151}},
        "placeholder: more than 150",
    ),
    "date": ({"type": "datepicker", "initial_date": "24.11.2026"}, "must be YYYY-MM-DD"),
    "time": ({"type": "timepicker", "initial_time": "9 am"}, "must be HH:mm"),
    "number": ({"type": "number_input"}, "is_decimal_allowed: missing required field"),
    "long value": (
        {"type": "plain_text_input", "max_length": 2, "initial_value": "xyz"},
        "initial_value: more than 2",
    ),
    "button": ({"type": "button", "text": WORD}, "element/type: must be one of"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_inputs_are_named(name: str) -> None:
    element, expected = BAD[name]

    assert expected in fault(element)


def test_a_question_before_an_act_has_its_lengths() -> None:
    button = {"type": "button", "action_id": "a", "text": WORD, "confirm": CONFIRM}
    long = {**button, "confirm": {**CONFIRM, "deny": {"type": "plain_text", "text": "x" * 31}}}

    def posted(element: Json) -> str | None:
        blocks = [{"type": "actions", "elements": [element]}]
        return fault_of("chat.postMessage", {"channel": "C1", "text": "x", "blocks": blocks})

    assert posted(button) is None
    assert "confirm/deny: more than 30" in (posted(long) or "")


async def test_what_a_person_leaves_alone_keeps_its_value(slack: SlackServer, ada: Person) -> None:
    view = shown(slack, ada, form(**ELEMENTS))

    state = slack.prepare.submission(view, {}, ada).payload["view"]["state"]["values"]

    assert state["mode"]["mode"]["selected_option"]["value"] == "fast"
    assert state["group"]["group"]["selected_option"] is None
    assert state["several"]["several"]["selected_options"] == []
    assert [o["value"] for o in state["boxes"]["boxes"]["selected_options"]] == ["fast"]
    assert state["who"]["who"] == {"type": "users_select", "selected_user": None}
    assert state["day"]["day"]["selected_date"] == "2026-11-24"
    assert state["words"]["words"]["value"] == "x"


async def test_what_a_person_chooses(slack: SlackServer, ada: Person) -> None:
    view = shown(slack, ada, form(**ELEMENTS))
    values: dict[str, dict[str, object]] = {
        "group": {"group": "thorough"},
        "several": {"several": ["fast", "thorough"]},
        "who": {"who": ada.id},
        "where": {"where": ["C1", "C2"]},
        "time": {"time": "12:00"},
        "number": {"number": "3"},
    }

    state = slack.prepare.submission(view, values, ada).payload["view"]["state"]["values"]

    assert state["group"]["group"]["selected_option"]["value"] == "thorough"
    assert len(state["several"]["several"]["selected_options"]) == 2
    assert state["who"]["who"]["selected_user"] == ada.id
    assert state["where"]["where"]["selected_conversations"] == ["C1", "C2"]
    assert state["time"]["time"]["selected_time"] == "12:00"
    assert state["number"]["number"]["value"] == "3"
    with pytest.raises(AssertionError, match=r"mode offers \['fast', 'thorough'\], not 'slow'"):
        slack.prepare.submission(view, {"mode": {"mode": "slow"}}, ada)


async def test_a_menu_in_a_message_is_used(slack: SlackServer, ada: Person) -> None:
    elements = [{**ELEMENTS["mode"], "action_id": "mode"}, {**ELEMENTS["boxes"], "action_id": "b"}]
    message: Json = {
        "ts": "1700000000.000100",
        "blocks": [{"type": "actions", "block_id": "x", "elements": elements}],
    }
    place = slack.add_channel("c")

    menu = slack.prepare.click(message, "mode", ada, place, "thorough").payload
    boxes = slack.prepare.click(message, "b", ada, place, ["fast"]).payload

    assert menu["actions"][0]["selected_option"]["value"] == "thorough"
    assert menu["container"]["is_ephemeral"]
    assert "message" not in menu
    assert [o["value"] for o in boxes["actions"][0]["selected_options"]] == ["fast"]
