"""What stays in a modal while it is open, and what a search brings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.choices import fault_of_options
from tests.fakes.slack.records import Person, View
from tests.fakes.slack.sample_app import MODAL, WORD
from tests.fakes.slack.server import SlackServer

Json = dict[str, Any]
OPTION: Json = {"text": WORD, "value": "a"}
NUMBER: Json = {
    "type": "number_input",
    "is_decimal_allowed": False,
    "min_value": "1",
    "max_value": "9",
}


def form(element: Json, *, block_id: str = "x") -> Json:
    block = {
        "type": "input",
        "block_id": block_id,
        "label": WORD,
        "element": {"action_id": "x", **element},
        "optional": True,
    }
    return {**MODAL, "blocks": [block, *MODAL["blocks"][1:]]}


def state(slack: SlackServer, view: View, person: Person) -> Json:
    """Return the values that a click tells the app."""
    return slack.prepare.click_view(view, "more", person).payload["view"]["state"]["values"]


def text(value: str) -> Json:
    return {"type": "plain_text_input", "initial_value": value}


def test_a_click_tells_what_was_entered_so_far(slack: SlackServer, ada: Person) -> None:
    view = slack.views.open(ada, form(text("old")))
    before = state(slack, view, ada)

    slack.fill(view, {"x": {"x": "new"}})

    assert before["x"]["x"]["value"] == "old"
    assert state(slack, view, ada)["x"]["x"]["value"] == "new"


def test_what_was_entered_outlives_an_update_under_the_same_ids(
    slack: SlackServer, ada: Person
) -> None:
    """slackapi/bolt-js#290: the initial value of an update is not shown then."""
    view = slack.views.open(ada, form(text("old")))
    slack.fill(view, {"x": {"x": "mine"}})

    slack.views.update(view, form(text("yours")), None)
    same = state(slack, view, ada)
    slack.views.update(view, form(text("yours"), block_id="y"), None)

    assert same["x"]["x"]["value"] == "mine"
    assert state(slack, view, ada)["y"]["x"]["value"] == "yours"


@pytest.mark.parametrize("number", ["0", "10", "1.5"])
def test_a_client_sends_no_number_out_of_bounds(
    slack: SlackServer, ada: Person, number: str
) -> None:
    view = slack.views.open(ada, form(NUMBER))

    with pytest.raises(AssertionError, match="x/x"):
        slack.prepare.submission(view, {"x": {"x": number}}, ada)


def test_only_what_a_search_brought_can_be_chosen(slack: SlackServer, ada: Person) -> None:
    view = slack.views.open(ada, form({"type": "external_select"}))
    slack.fill(view, {"x": {"x": "a"}})

    with pytest.raises(AssertionError, match="not 'a'"):
        state(slack, view, ada)
    view.offered["x"] = [OPTION]
    assert state(slack, view, ada)["x"]["x"]["selected_option"] == OPTION


def test_a_search_tells_its_words_and_no_trigger(slack: SlackServer, ada: Person) -> None:
    view = slack.views.open(ada, form({"type": "multi_external_select"}))

    payload = slack.prepare.suggestion(view, "x", "gpt", ada).payload

    assert (payload["type"], payload["value"], payload["action_id"]) == (
        "block_suggestion",
        "gpt",
        "x",
    )
    assert payload["view"]["id"] == view.id
    assert "trigger_id" not in payload


BAD: dict[str, list[Json]] = {
    "more than 100": [{"text": WORD, "value": str(number)} for number in range(101)],
    "text": [{"text": {"type": "plain_text", "text": "x" * 76}, "value": "a"}],
    "value": [{"text": WORD, "value": "x" * 151}],
    "not unique": [OPTION, OPTION],
}


@pytest.mark.parametrize(("reason", "options"), BAD.items(), ids=list(BAD))
def test_a_search_that_brings_too_much_is_refused(reason: str, options: list[Json]) -> None:
    assert reason in (fault_of_options(options) or "")


def test_a_search_may_bring_nothing() -> None:
    assert fault_of_options([]) is None
    assert fault_of_options([OPTION]) is None
