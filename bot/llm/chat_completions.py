"""OpenAI-compatible chat completions: requests and answers.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from bot.llm.abilities import Ability, Structure
from bot.llm.dialect import base64_data, error_status, prompt_text
from bot.llm.providers import Provider, split_model
from bot.llm.reading import Finish, Part, Tokens, read_finish
from bot.llm.shapes import Json, amount, clean, count, items, mapping, text
from bot.ports import ModelRequest

PATH = "/chat/completions"
LIST_PATH = "/models"


def headers(provider: Provider) -> dict[str, str]:
    """Return the headers that carry the key."""
    return {"Authorization": f"Bearer {provider.api_key}"} if provider.api_key else {}


def body(
    provider: Provider, request: ModelRequest, ability: Ability, *, is_stream: bool
) -> dict[str, object]:
    """Return the request's body."""
    fields: dict[str, object] = {
        "model": split_model(request.model)[1],
        "messages": [
            {"role": "system", "content": clean(request.system)},
            {"role": "user", "content": _content(request, ability)},
        ],
    }
    if is_stream:
        fields["stream"] = True
        if ability.counts_streams:
            fields["stream_options"] = {"include_usage": True}
    if request.max_tokens is not None:
        fields[_limit_name(provider, ability)] = request.max_tokens
    if request.schema is not None and ability.structure is not Structure.TEXT:
        fields["response_format"] = _format(request.schema, ability)
    if provider.name == "openrouter":
        fields["usage"] = {"include": True}  # its own extension: the price of the call
    return fields


def read_document(document: Json) -> Part:
    """Read a whole answer."""
    return _read(document, "message")


def read_event(document: Json) -> Part:
    """Read one event of a stream."""
    return _read(document, "delta")


def _content(request: ModelRequest, ability: Ability) -> object:
    prompt = prompt_text(request, ability)
    if not request.images or not ability.sees:
        return prompt
    images = [
        {
            "type": "image_url",
            "image_url": {"url": f"data:{image.media_type};base64,{base64_data(image)}"},
        }
        for image in request.images
    ]
    return [{"type": "text", "text": prompt}, *images]


def _limit_name(provider: Provider, ability: Ability) -> str:
    """Name the limit: OpenAI renamed it for its reasoning models, most others know the old name."""
    is_new = (provider.name == "openai") != ability.has_other_limit
    return "max_completion_tokens" if is_new else "max_tokens"


def _format(schema: Json, ability: Ability) -> Json:
    if ability.structure is Structure.JSON:
        return {"type": "json_object"}
    named = {"name": "reply", "schema": schema, "strict": True}
    return {"type": "json_schema", "json_schema": named}


def _read(document: Json, key: str) -> Part:
    choice = mapping(next(iter(items(document.get("choices"))), None))
    said = mapping(choice.get(key))
    finish = read_finish(choice.get("finish_reason"))
    error = error_status(document.get("error") or choice.get("error"))
    thoughts = text(said.get("reasoning")) or text(said.get("reasoning_content"))
    return Part(
        text=_text(said.get("content")),
        thought=len(thoughts),
        finish=finish,
        has_refusal=bool(text(said.get("refusal"))),
        has_tool_call=bool(said.get("tool_calls") or said.get("function_call")),
        tokens=_tokens(mapping(document.get("usage"))),
        error=error or (500 if finish is Finish.ERROR else None),
    )


def _text(content: object) -> str:
    """Take text, or the parts of type text: some providers send thoughts and text as a list."""
    if isinstance(content, str):
        return content
    parts = (mapping(part) for part in items(content))
    return "".join(text(part.get("text")) for part in parts if part.get("type") == "text")


def _tokens(usage: Json) -> Tokens:
    if not usage:
        return Tokens()
    return Tokens(
        prompt=count(usage.get("prompt_tokens")),
        completion=count(usage.get("completion_tokens")),
        cost_usd=amount(usage.get("cost")),
    )
