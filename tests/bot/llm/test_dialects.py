"""Requests and answers of both protocols, as the providers document them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Attachment
from bot.llm import chat_completions, messages
from bot.llm.abilities import Ability, Structure
from bot.llm.dialect import Dialect, error_status
from bot.llm.providers import KNOWN, Provider, split_model
from bot.llm.reading import Finish, Part, Tokens
from tests.bot.llm.asked import request

OPENAI = Provider("openai", "openai", "https://api.openai.com/v1", api_key="k")
WORK = Provider("work", "openai", "http://127.0.0.1:9/v1")
CLAUDE = Provider("claude", "anthropic", "https://api.anthropic.com/v1", api_key="k")
IMAGE = Attachment("dot.png", "image/png", b"dot")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "delta", "content", "error", "usage", "type", "code", "text"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)

CHAT_EVENTS: list[tuple[dict[str, object], Part]] = [
    (
        {"choices": [{"delta": {"role": "assistant", "content": "Hi"}}]},
        Part(text="Hi"),
    ),
    (
        {"choices": [{"delta": {"content": [{"type": "text", "text": "a"}, {"type": "x"}]}}]},
        Part(text="a"),
    ),
    ({"choices": [{"delta": {"reasoning_content": "hmm"}}]}, Part(thought=3)),
    ({"choices": [{"delta": {}, "finish_reason": "stop"}]}, Part(finish=Finish.DONE)),
    ({"choices": [{"delta": {}, "finish_reason": "length"}]}, Part(finish=Finish.LENGTH)),
    (
        {"choices": [{"delta": {}, "finish_reason": "content_filter"}]},
        Part(finish=Finish.REFUSED),
    ),
    (
        {"choices": [{"delta": {}, "finish_reason": "error"}]},
        Part(finish=Finish.ERROR, error=500),
    ),
    ({"choices": [{"error": {"code": 429}, "delta": {}}]}, Part(error=429)),
    (
        {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.5}},
        Part(tokens=Tokens(1, 2, 0.5)),
    ),
    ({"usage": {"prompt_tokens": -1, "completion_tokens": "2", "cost": -1}}, Part()),
    ({"usage": {"prompt_tokens": True, "completion_tokens": 1e3, "cost": True}}, Part()),
    ({"error": None, "choices": [{"delta": {"content": "x"}}]}, Part(text="x")),
    ({"error": "out of memory"}, Part(error=500)),
]


def test_a_chat_completion_is_asked_for():
    body = chat_completions.body(WORK, request(system="Rules"), Ability(), is_stream=False)

    assert body == {
        "model": "model-a",
        "messages": [
            {"role": "system", "content": "Rules"},
            {"role": "user", "content": "Why?"},
        ],
    }


def test_a_streamed_chat_completion_brings_its_usage():
    body = chat_completions.body(WORK, request(), Ability(), is_stream=True)
    bare = chat_completions.body(WORK, request(), Ability(counts_streams=False), is_stream=True)

    assert body["stream_options"] == {"include_usage": True}
    assert "stream_options" not in bare


@pytest.mark.parametrize(
    ("provider", "has_other_limit", "name"),
    [
        (OPENAI, False, "max_completion_tokens"),
        (OPENAI, True, "max_tokens"),
        (WORK, False, "max_tokens"),
        (WORK, True, "max_completion_tokens"),
    ],
)
def test_the_limit_has_two_names(provider: Provider, name: str, *, has_other_limit: bool):
    ability = Ability(has_other_limit=has_other_limit)

    body = chat_completions.body(provider, request(max_tokens=9), ability, is_stream=False)

    assert body[name] == 9


def test_openrouter_is_asked_for_the_price():
    provider = Provider("openrouter", "openai", KNOWN["openrouter"].base_url)

    body = chat_completions.body(provider, request(), Ability(), is_stream=False)

    assert body["usage"] == {"include": True}


def test_images_go_along_where_they_are_seen():
    asked = request(images=(IMAGE,))
    openai = chat_completions.body(WORK, asked, Ability(), is_stream=False)
    claude = messages.body(CLAUDE, asked, Ability(), is_stream=False)
    blind = chat_completions.body(WORK, asked, Ability(sees=False), is_stream=False)

    assert "data:image/png;base64,ZG90" in str(openai)
    assert "{'type': 'base64', 'media_type': 'image/png', 'data': 'ZG90'}" in str(claude)
    assert "ZG90" not in str(blind)


def test_a_schema_goes_along_by_each_protocols_means():
    asked = request(schema={"type": "object"})
    openai = chat_completions.body(WORK, asked, Ability(), is_stream=False)
    claude = messages.body(CLAUDE, asked, Ability(), is_stream=False)
    text = messages.body(CLAUDE, asked, Ability(structure=Structure.TEXT), is_stream=False)

    assert openai["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "schema": {"type": "object"}, "strict": True},
    }
    assert claude["output_config"] == {
        "format": {"type": "json_schema", "schema": {"type": "object"}}
    }
    assert "output_config" not in text
    assert "JSON schema" in str(text["messages"])


@pytest.mark.parametrize(
    ("asked_for", "has_other_limit", "sent"),
    [(None, False, 16_000), (None, True, 4_096), (100, True, 100), (50_000, False, 50_000)],
)
def test_the_messages_api_always_gets_a_limit(
    asked_for: int | None, sent: int, *, has_other_limit: bool
):
    ability = Ability(has_other_limit=has_other_limit)

    body = messages.body(CLAUDE, request(max_tokens=asked_for), ability, is_stream=True)

    assert body["max_tokens"] == sent
    assert body["stream"] is True


def test_keys_travel_in_headers_only():
    assert chat_completions.headers(OPENAI) == {"Authorization": "Bearer k"}
    assert chat_completions.headers(WORK) == {}
    assert messages.headers(CLAUDE)["x-api-key"] == "k"
    assert "x-api-key" not in messages.headers(WORK)


@pytest.mark.parametrize(("document", "part"), CHAT_EVENTS)
def test_events_of_chat_completions_are_read(document: dict[str, object], part: Part):
    assert chat_completions.read_event(document) == part


@pytest.mark.parametrize(
    ("document", "part"),
    [
        (
            {"type": "message_start", "message": {"usage": {"input_tokens": 5}}},
            Part(tokens=Tokens(5)),
        ),
        (
            {
                "type": "message_start",
                "message": {"usage": {"input_tokens": 5, "cache_read_input_tokens": 7}},
            },
            Part(tokens=Tokens(12)),
        ),
        ({"type": "content_block_delta", "delta": {"text": "Hi"}}, Part(text="Hi")),
        ({"type": "content_block_delta", "delta": {"thinking": "hmm"}}, Part(thought=3)),
        ({"type": "content_block_start", "content_block": {"type": "text", "text": ""}}, Part()),
        (
            {"type": "content_block_start", "content_block": {"type": "tool_use"}},
            Part(has_tool_call=True),
        ),
        (
            {
                "type": "message_delta",
                "delta": {"stop_reason": "max_tokens"},
                "usage": {"output_tokens": 3},
            },
            Part(finish=Finish.LENGTH, tokens=Tokens(None, 3)),
        ),
        ({"type": "message_stop"}, Part(is_last=True)),
        ({"type": "ping"}, Part()),
        ({"type": "error", "error": {"type": "overloaded_error"}}, Part(error=529)),
    ],
)
def test_events_of_the_messages_api_are_read(document: dict[str, object], part: Part):
    assert messages.read_event(document) == part


@pytest.mark.parametrize("dialect", [chat_completions, messages], ids=["openai", "anthropic"])
@given(document=st.dictionaries(st.sampled_from(["choices", "content", "error", "usage"]), JSON))
def test_no_document_makes_a_protocol_stumble(dialect: Dialect, document: dict[str, object]):
    assert isinstance(dialect.read_document(document), Part)
    assert isinstance(dialect.read_event(document), Part)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, None),
        ({}, None),
        ("", None),
        ({"code": 503}, 503),
        ({"code": "429"}, 429),
        ({"code": None, "type": "insufficient_quota"}, 402),
        ({"code": "context_length_exceeded", "type": "invalid_request_error"}, 413),
        ({"type": "overloaded_error"}, 529),
        ({"code": 200}, 500),
        ({"code": "\u0663"}, 500),
        ({"message": "?"}, 500),
        (["?"], 500),
    ],
)
def test_an_errors_status_is_told_from_its_codes(error: object, status: int | None):
    assert error_status(error) == status


def test_model_names_split_at_the_first_slash():
    assert split_model("openrouter/anthropic/claude-x") == ("openrouter", "anthropic/claude-x")
    assert split_model("nothing") == ("nothing", "")


def test_a_provider_hides_its_key():
    assert "canary" not in repr(Provider("work", "openai", "http://x", api_key="canary"))


def test_known_providers_use_https_unless_they_are_local():
    assert all(known.base_url.startswith("https://") != known.is_local for known in KNOWN.values())
