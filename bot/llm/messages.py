"""Anthropic's Messages API: requests and answers.

https://docs.claude.com/en/api/messages
"""

from __future__ import annotations

from bot.llm.abilities import Ability, Structure
from bot.llm.dialect import base64_data, error_status, prompt_text
from bot.llm.providers import Provider, split_model
from bot.llm.reading import Part, Tokens, read_finish
from bot.llm.shapes import Json, amount, clean, count, items, mapping, text
from bot.ports import ModelRequest

PATH = "/messages"
LIST_PATH = "/models?limit=1000"

_VERSION = "2023-06-01"
# The API requires a limit: what current models take without streaming, and what old ones take.
_MAX_TOKENS = 16_000
_OLD_MAX_TOKENS = 4_096


def headers(provider: Provider) -> dict[str, str]:
    """Return the headers that carry the key."""
    key = {"x-api-key": provider.api_key} if provider.api_key else {}
    return {"anthropic-version": _VERSION, **key}


def body(
    _: Provider, request: ModelRequest, ability: Ability, *, is_stream: bool
) -> dict[str, object]:
    """Return the request's body."""
    limit = request.max_tokens or _MAX_TOKENS
    fields: dict[str, object] = {
        "model": split_model(request.model)[1],
        "max_tokens": min(limit, _OLD_MAX_TOKENS) if ability.has_other_limit else limit,
        "system": clean(request.system),
        "messages": [{"role": "user", "content": _content(request, ability)}],
    }
    if is_stream:
        fields["stream"] = True
    if request.schema is not None and ability.structure is Structure.SCHEMA:
        fields["output_config"] = {"format": {"type": "json_schema", "schema": request.schema}}
    return fields


def read_document(document: Json) -> Part:
    """Read a whole answer."""
    blocks = [mapping(block) for block in items(document.get("content"))]
    return Part(
        text="".join(text(block.get("text")) for block in blocks if block.get("type") == "text"),
        finish=read_finish(document.get("stop_reason")),
        has_tool_call=any(block.get("type") == "tool_use" for block in blocks),
        tokens=_tokens(mapping(document.get("usage"))),
        error=error_status(document.get("error")),
    )


def read_event(document: Json) -> Part:
    """Read one event of a stream."""
    match document.get("type"):
        case "message_start":
            message = mapping(document.get("message"))
            return Part(tokens=_tokens(mapping(message.get("usage"))))
        case "content_block_start":
            block = mapping(document.get("content_block"))
            is_call = block.get("type") == "tool_use"
            return Part(text=text(block.get("text")), has_tool_call=is_call)
        case "content_block_delta":
            delta = mapping(document.get("delta"))
            return Part(text=text(delta.get("text")), thought=len(text(delta.get("thinking"))))
        case "message_delta":
            reason = mapping(document.get("delta")).get("stop_reason")
            tokens = _tokens(mapping(document.get("usage")))
            return Part(finish=read_finish(reason), tokens=tokens)
        case "message_stop":
            return Part(is_last=True)
        case _:  # pings and what may come
            return Part(error=error_status(document.get("error")))


def _content(request: ModelRequest, ability: Ability) -> object:
    prompt = prompt_text(request, ability)
    if not request.images or not ability.sees:
        return prompt
    images = [
        {
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": image.media_type,
                "data": base64_data(image),
            },
        }
        for image in request.images
    ]
    return [*images, {"type": "text", "text": prompt}]


def _tokens(usage: Json) -> Tokens:
    """Tokens read from and written to the cache are counted apart from the input."""
    if not usage:
        return Tokens()
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    counts = [count(usage.get(name)) for name in names if usage.get(name) is not None]
    known = [number for number in counts if number is not None]
    return Tokens(
        prompt=sum(known) if known and len(known) == len(counts) else None,
        completion=count(usage.get("output_tokens")),
        cost_usd=amount(usage.get("cost")),
    )
