"""The limits of arguments, views and metadata, one below and one above."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.sample_app import MODAL
from tests.fakes.slack.validator import breaches_of, fault_of

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def modal(**more: Any) -> Json:
    return {"trigger_id": "1.2.3", "view": {**MODAL, **more}}


VIEWS: dict[str, tuple[Json, str | None]] = {
    "modal": (modal(), None),
    "100 blocks": (modal(blocks=[{"type": "divider"}] * 100), None),
    "101 blocks": (modal(blocks=[{"type": "divider"}] * 101), "invalid_blocks: /view/blocks: more"),
    "title": (modal(title=plain("x" * 25)), "invalid_arguments: /view/title: more than 24"),
    "submit": (modal(submit=plain("x" * 25)), "invalid_arguments: /view/submit: more than 24"),
    "metadata": (modal(private_metadata="x" * 3000), None),
    "long metadata": (
        modal(private_metadata="x" * 3001),
        "invalid_arguments: /view/private_metadata: more than 3000",
    ),
    "callback": (modal(callback_id="x" * 256), "invalid_arguments: /view/callback_id: more"),
    "markdown": (
        modal(blocks=[{"type": "markdown", "text": "x"}]),
        "invalid_blocks: /view/blocks/0: markdown is not allowed in a modal",
    ),
    "max_length": (
        modal(
            blocks=[
                {
                    "type": "input",
                    "label": plain("x"),
                    "element": {"type": "plain_text_input", "max_length": 3001},
                }
            ]
        ),
        "invalid_blocks: /view/blocks/0/element/max_length: not between 1 and 3000",
    ),
    "home in a modal": (modal(type="home"), "invalid_arguments: /view/type"),
    "no title": ({"trigger_id": "1", "view": {"type": "modal", "blocks": []}}, "invalid_arguments"),
    "no trigger": ({"view": MODAL}, "invalid_arguments: /trigger_id: missing required field"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_modals(name: str) -> None:
    body, expected = VIEWS[name]

    fault = fault_of("views.open", body)

    assert fault is None if expected is None else (fault or "").startswith(expected)


def test_inputs_need_a_submit_button_and_a_modal() -> None:
    unsubmittable = {name: value for name, value in MODAL.items() if name != "submit"}
    home = {"type": "home", "blocks": MODAL["blocks"][:1]}

    modal_fault = fault_of("views.open", {"trigger_id": "1", "view": unsubmittable})
    home_fault = fault_of("views.publish", {"user_id": "U1", "view": home})

    assert modal_fault == "invalid_blocks: /view/submit: inputs need a submit button"
    assert home_fault == "invalid_blocks: /view/blocks/0: input is not allowed in a home"


ARGUMENTS: dict[str, tuple[str, Json, str | None]] = {
    "no text": ("chat.postMessage", {"text": ""}, "no_text"),
    "long post": ("chat.postMessage", {"text": "x" * 40_000}, None),
    "too long a post": ("chat.postMessage", {"text": "x" * 40_001}, "msg_too_long: /text"),
    "update": ("chat.update", {"ts": "1700000000.000100", "text": "x" * 4000}, None),
    "long update": (
        "chat.update",
        {"ts": "1700000000.000100", "text": "x" * 4001},
        "msg_too_long: /text: more than 4000",
    ),
    "update of nothing": ("chat.update", {"ts": "1700000000.000100"}, "no_text"),
    "update without ts": ("chat.update", {"text": "x"}, "invalid_arguments: /ts: missing"),
    "conflict": (
        "chat.postMessage",
        {"text": "x", "markdown_text": "x"},
        "markdown_text_conflict: /markdown_text",
    ),
    "long markdown": ("chat.postMessage", {"markdown_text": "x" * 12_001}, "msg_too_long: /mark"),
    "thread": ("chat.postMessage", {"text": "x", "thread_ts": "123"}, "invalid_thread_ts: /thread"),
    "surrogate": ("chat.postMessage", {"text": "x\ud83d"}, "invalid_arguments: : a lone surrogate"),
    "surrogate within": (
        "chat.postMessage",
        {"text": "x", "blocks": [section("\udc00")]},
        "invalid_arguments: : a lone surrogate",
    ),
    "pin": ("pins.add", {"timestamp": "yesterday"}, "bad_timestamp: /timestamp"),
    "stream": ("chat.startStream", {"chunks": [{"type": "markdown_text", "text": "x"}]}, None),
    "both": (
        "chat.startStream",
        {"chunks": [{"type": "markdown_text", "text": "x"}], "markdown_text": "x"},
        "cannot_provide_both_markdown_text_and_chunks",
    ),
    "chunk": (
        "chat.startStream",
        {"chunks": [{"type": "shout", "text": "x"}]},
        "invalid_chunks: /chunks/0: must be one of",
    ),
    "blocks of a chunk": (
        "chat.startStream",
        {"chunks": [{"type": "blocks", "blocks": [{"type": "no"}]}]},
        "invalid_blocks: /chunks/0/blocks/0/type",
    ),
    "51 blocks of chunks": (
        "chat.startStream",
        {"chunks": [{"type": "blocks", "blocks": [{"type": "divider"}] * 17}] * 3},
        "msg_blocks_too_many: /chunks",
    ),
    "session": (
        "agents.sessions.setStatus",
        {"channel_id": "C1", "status": "sleepy"},
        "invalid_status: /status",
    ),
    "loading messages": (
        "assistant.threads.setStatus",
        {"channel_id": "C1", "thread_ts": "1700000000.000100", "loading_messages": ["x"] * 11},
        "invalid_arguments: /loading_messages: more than 10",
    ),
    "response": ("response_url", {"text": "x", "response_type": "ephemeral"}, None),
    "deletion": ("response_url", {"delete_original": True}, None),
    "unknown": ("dnd.info", {}, None),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(name: str) -> None:
    method, body, expected = ARGUMENTS[name]

    fault = fault_of(method, {"channel": "C1", **body})

    assert fault is None if expected is None else (fault or "").startswith(expected)


METADATA: dict[str, tuple[Any, str | None]] = {
    "flat": ({"event_type": "x", "event_payload": {"a": "b", "n": 1.5, "t": True}}, None),
    "nested": ({"event_type": "x", "event_payload": {"a": [{"b": [1]}]}}, None),
    "none": ({}, None),
    "text": ("x", "invalid_metadata_format: /metadata"),
    "no type": ({"event_payload": {}}, "invalid_metadata_schema: /metadata/event_type"),
    "no payload": ({"event_type": "x"}, "invalid_metadata_schema: /metadata/event_payload"),
    "null": (
        {"event_type": "x", "event_payload": {"a": [None]}},
        "invalid_metadata_schema: /metadata/event_payload/a/0",
    ),
    "large": ({"event_type": "x", "event_payload": {"a": "字" * 1400}}, "metadata_too_large"),
}


@pytest.mark.parametrize("name", METADATA)
def test_metadata(name: str) -> None:
    metadata, expected = METADATA[name]

    body = {"channel": "C1", "text": "x", "metadata": metadata}
    fault = fault_of("chat.postMessage", body)

    assert fault is None if expected is None else (fault or "").startswith(expected)


def test_our_own_rules_are_told_apart() -> None:
    quiet = {"unfurl_links": False, "unfurl_media": False}
    blocks = {"blocks": [{"type": "divider"}]}

    assert breaches_of("chat.postMessage", {"text": "x", **quiet, **blocks}) == []
    assert breaches_of("chat.update", {"text": "x", **blocks}) == []
    codes = [b.split(": ")[0] for b in breaches_of("chat.postMessage", blocks)]
    assert codes == ["text_missing", "unfurl_allowed", "unfurl_allowed"]
    assert breaches_of("chat.postMessage", {"text": "x", **quiet, "unfurl_media": True}) == [
        "unfurl_allowed: /unfurl_media: must be false"
    ]
