"""What Slack refuses, decided from a payload alone (slack.md 1.4); and what our own rules refuse.

`fault_of` gives Slack's refusal, `breaches_of` what Slack would take and we do not, `mentions_in`
and `links_in` what a payload would notify and lead to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.shapes import Json, as_flag, as_list, as_object
from tests.fakes.slack.blocks import MARKDOWN, check_blocks
from tests.fakes.slack.mentions import links_in, mentions_in
from tests.fakes.slack.newer_blocks import TASK_STATUSES, check_sources
from tests.fakes.slack.rules import (
    Invalid,
    broken,
    need,
    need_keys,
    need_object,
    need_string,
    need_ts,
    need_word,
)
from tests.fakes.slack.view_rules import check_view

__all__ = ["breaches_of", "fault_of", "links_in", "mentions_in", "text_in"]

UPDATED_TEXT = 4000  # the page of chat.update: "cannot exceed 4,000 characters"
POSTED_TEXT = 40_000  # truncated there according to the documentation; refused here
# bolt-js#2509 saw 13,297 characters of Markdown alone and 13,172 beside a divider, bolt-js#2867 a
# rich text of 11,341: what is counted has structure, so both counts must stay below.
WHOLE_MESSAGE = 13_200
METADATA_BYTES = 4000  # seratch/ChatGPT-in-Slack#17
LOADING_MESSAGES = 10
SESSION_TITLE = 200

# What each method cannot do without. One that misses answers `invalid_arguments`.
_NEEDED: dict[str, tuple[str, ...]] = {
    "agents.sessions.setStatus": ("channel_id", "status"),
    "assistant.threads.setStatus": ("channel_id", "thread_ts"),
    "chat.appendStream": ("channel", "ts"),
    "chat.delete": ("channel", "ts"),
    "chat.getPermalink": ("channel", "message_ts"),
    "chat.postEphemeral": ("channel", "user"),
    "chat.postMessage": ("channel",),
    "chat.startStream": ("channel",),
    "chat.stopStream": ("channel", "ts"),
    "chat.update": ("channel", "ts"),
    "conversations.history": ("channel",),
    "conversations.info": ("channel",),
    "conversations.join": ("channel",),
    "conversations.members": ("channel",),
    "conversations.replies": ("channel", "ts"),
    "files.completeUploadExternal": ("files",),
    "files.getUploadURLExternal": ("filename", "length"),
    "files.info": ("file",),
    "pins.add": ("channel", "timestamp"),
    "pins.list": ("channel",),
    "pins.remove": ("channel", "timestamp"),
    "reactions.add": ("channel", "name", "timestamp"),
    "usergroups.users.list": ("usergroup",),
    "users.info": ("user",),
    "views.open": ("trigger_id", "view"),
    "views.publish": ("user_id", "view"),
    "views.push": ("trigger_id", "view"),
    "views.update": ("view",),
}
_STAMPS = {"thread_ts": "invalid_thread_ts", "timestamp": "bad_timestamp", "ts": "invalid_ts"}
_CONTENT = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
_STREAM = ("chat.startStream", "chat.appendStream", "chat.stopStream")


def fault_of(method: str, body: Mapping[str, Any]) -> str | None:
    """Say why Slack would refuse a payload: `code: /json/pointer: reason`, None if it would not.

    `response_url` stands for what is posted there. `text` above 4,000 characters is refused in
    chat.update alone; elsewhere it is a recommendation.
    """
    try:
        _check(method, dict(body))
    except Invalid as invalid:
        return str(invalid)
    return None


def breaches_of(method: str, body: Mapping[str, Any]) -> list[str]:
    """Say which rules of our own a payload breaks, in the form of `fault_of`.

    `text_missing`: every message has a top-level text, for notifications and screen readers.
    `unfurl_allowed`: Slack must not fetch links that models wrote (slack.md 1.9).
    """
    breaches: list[str] = []
    if method in _CONTENT and body.get("blocks") and not body.get("text"):
        breaches.append("text_missing: /text: blocks without a top-level text")
    if method == "chat.postMessage":
        flags = ("unfurl_links", "unfurl_media")
        allowed = [name for name in flags if as_flag(body.get(name, True))]
        breaches += [f"unfurl_allowed: /{name}: must be false" for name in allowed]
    return breaches


def text_in(blocks: object) -> int:
    """Count the characters of all text in blocks, wherever it is."""
    if (found := as_object(blocks)) is not None:
        own = found.get("text")
        inner = sum(text_in(value) for value in found.values())
        return inner + (len(own) if isinstance(own, str) else 0)
    return sum(text_in(item) for item in as_list(blocks) or [])


def _check(method: str, body: Json) -> None:
    _check_characters(body)
    for name in _NEEDED.get(method, ()):
        missing = body.get(name) in (None, "")
        need(not missing, f"/{name}", "missing required field", "invalid_arguments")
    for name, code in _STAMPS.items():
        if body.get(name) not in (None, ""):
            need_ts(body[name], f"/{name}", code)
    _check_metadata(body)
    if method in _CHECKS:
        _CHECKS[method](method, body)


def _check_characters(body: Json) -> None:
    try:
        json.dumps(body, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        broken("", "a lone surrogate", "invalid_arguments")


def _check_metadata(body: Json) -> None:
    metadata = body.get("metadata")
    if metadata in (None, "", {}):  # an empty one takes the present one away
        return
    found = as_object(metadata)
    if found is None:
        broken("/metadata", "must be an object", "invalid_metadata_format")
    kind, payload = found.get("event_type"), as_object(found.get("event_payload"))
    is_named = isinstance(kind, str) and kind
    code = "invalid_metadata_schema"
    need(is_named, "/metadata/event_type", "must be a string", code)
    need(payload is not None, "/metadata/event_payload", "must be an object", code)
    _check_value(payload, "/metadata/event_payload")
    size = len(_compact(found).encode())
    need(size <= METADATA_BYTES, "/metadata", f"{size} bytes", "metadata_too_large")


def _check_value(value: object, pointer: str) -> None:
    if (inner := as_object(value)) is not None:
        for name, item in inner.items():
            _check_value(item, f"{pointer}/{name}")
    elif (items := as_list(value)) is not None:
        for number, item in enumerate(items):
            _check_value(item, f"{pointer}/{number}")
    else:
        is_plain = isinstance(value, str | int | float | bool)
        need(is_plain, pointer, "null is no value", "invalid_metadata_schema")


def _check_content(method: str, body: Json) -> None:
    text, markdown = body.get("text"), body.get("markdown_text")
    most = UPDATED_TEXT if method == "chat.update" else POSTED_TEXT
    if text is not None:
        is_short = len(need_string(text, "/text", at_least=0)) <= most
        need(is_short, "/text", f"more than {most} characters", "msg_too_long")
    if markdown is not None:
        _check_markdown_argument(markdown)
        alone = "text" not in body and "blocks" not in body
        need(alone, "/markdown_text", "beside text or blocks", "markdown_text_conflict")
    if body.get("blocks") is not None:
        _check_message_blocks(body["blocks"], "/blocks")
    content = (text, markdown, body.get("blocks"), body.get("attachments"))
    keeps = ("delete_original",) if method == "response_url" else ("metadata", "reply_broadcast")
    is_filled = any(content) or (method != "chat.postMessage" and any(map(body.get, keeps)))
    need(is_filled, "", "neither text nor blocks", "no_text")


def _check_markdown_argument(value: object) -> None:
    is_short = len(need_string(value, "/markdown_text")) <= MARKDOWN
    need(is_short, "/markdown_text", f"more than {MARKDOWN} characters", "msg_too_long")


def _check_message_blocks(blocks: object, pointer: str) -> None:
    check_blocks(blocks, pointer)
    sizes = {"characters of text": text_in(blocks), "characters of JSON": len(_compact(blocks))}
    for unit, size in sizes.items():
        need(size <= WHOLE_MESSAGE, pointer, f"{size} {unit}", "msg_blocks_too_long")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _check_stream(method: str, body: Json) -> None:
    markdown, chunks = body.get("markdown_text"), body.get("chunks")
    both = bool(markdown) and bool(chunks)
    code = "cannot_provide_both_markdown_text_and_chunks"
    need(not both, "/markdown_text", "beside chunks", code)
    if method == "chat.appendStream":
        code = "markdown_text_or_chunks_required"
        need(markdown or chunks, "", "neither markdown_text nor chunks", code)
    if markdown:
        _check_markdown_argument(markdown)
    _check_chunks(chunks)
    if body.get("blocks"):
        _check_message_blocks(body["blocks"], "/blocks")
    if method == "chat.startStream" and "task_display_mode" in body:
        modes = ("timeline", "plan", "dense")
        need_word(body["task_display_mode"], "/task_display_mode", modes)


def _check_chunks(chunks: object) -> None:
    count = 0
    for number, chunk in enumerate(as_list(chunks) or []):
        place = f"/chunks/{number}"
        try:
            _check_chunk(need_object(chunk, place), place)
        except Invalid as invalid:
            if invalid.code != "invalid_blocks" or "/blocks/" in str(invalid):
                raise
            raise Invalid(place, str(invalid).split(": ", 2)[2], "invalid_chunks") from invalid
        count += len(chunk.get("blocks", ()))
    need(count <= 50, "/chunks", "more than 50 blocks", "msg_blocks_too_many")


def _check_chunk(chunk: Json, pointer: str) -> None:
    kinds = ("markdown_text", "task_update", "plan_update", "blocks")
    kind = need_word(chunk.get("type"), f"{pointer}/type", kinds)
    if kind == "markdown_text":
        need_keys(chunk, pointer, ("type", "text"))
        need_string(chunk.get("text"), f"{pointer}/text", at_most=MARKDOWN)
    elif kind == "plan_update":
        need_keys(chunk, pointer, ("type", "title"))
        need_string(chunk.get("title"), f"{pointer}/title", at_most=256)
    elif kind == "blocks":
        need_keys(chunk, pointer, ("type", "blocks"))
        _check_message_blocks(chunk.get("blocks"), f"{pointer}/blocks")
    else:
        _check_task_update(chunk, pointer)


def _check_task_update(chunk: Json, pointer: str) -> None:
    need_keys(chunk, pointer, ("type", "id", "title", "status", "details", "output", "sources"))
    need_string(chunk.get("id"), f"{pointer}/id")
    need_string(chunk.get("title"), f"{pointer}/title", at_most=256)
    need_word(chunk.get("status"), f"{pointer}/status", TASK_STATUSES)
    for name in ("details", "output"):
        if name in chunk:
            need_string(chunk[name], f"{pointer}/{name}", at_most=256)
    check_sources(chunk, pointer)


def _check_view(method: str, body: Json) -> None:
    check_view(body.get("view"), is_home=method == "views.publish")


def _check_status(method: str, body: Json) -> None:
    if method == "agents.sessions.setStatus":
        statuses = ("active", "processing", "suspended", "closed")
        need(body["status"] in statuses, "/status", "unknown status", "invalid_status")
        is_short = len(str(body.get("title", ""))) <= SESSION_TITLE
        need(is_short, "/title", f"more than {SESSION_TITLE} characters", "invalid_arguments")
    else:
        count = len(as_list(body.get("loading_messages")) or [])
        reason = f"more than {LOADING_MESSAGES} items"
        need(count <= LOADING_MESSAGES, "/loading_messages", reason, "invalid_arguments")


_CHECKS: dict[str, Callable[[str, Json], None]] = {
    **dict.fromkeys(_CONTENT, _check_content),
    **dict.fromkeys(_STREAM, _check_stream),
    **dict.fromkeys(("views.open", "views.push", "views.update", "views.publish"), _check_view),
    "agents.sessions.setStatus": _check_status,
    "assistant.threads.setStatus": _check_status,
}
