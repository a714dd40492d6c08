"""What a protocol module offers; `chat_completions` and `messages` are the two."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Protocol

from bot.domain import Attachment
from bot.llm.abilities import Ability, Structure
from bot.llm.providers import Provider
from bot.llm.reading import Part
from bot.llm.shapes import Json, clean, mapping
from bot.ports import ModelRequest

ERROR_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "billing_error": 402,
    "insufficient_quota": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "request_too_large": 413,
    "context_length_exceeded": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}


class Dialect(Protocol):
    """A protocol: pure functions from our request to its body, and from its messages to parts."""

    @property
    def PATH(self) -> str:  # noqa: N802 - modules implement this, and theirs is a constant
        """Where to send requests, below the base URL."""
        ...

    @property
    def LIST_PATH(self) -> str:  # noqa: N802 - as above
        """Where the models are listed, below the base URL."""
        ...

    def headers(self, provider: Provider) -> dict[str, str]:
        """Return the headers that carry the key."""
        ...

    def body(
        self, provider: Provider, /, request: ModelRequest, ability: Ability, *, is_stream: bool
    ) -> dict[str, object]:
        """Return the request's body."""
        ...

    def read_document(self, document: Json) -> Part:
        """Read a whole answer."""
        ...

    def read_event(self, document: Json) -> Part:
        """Read one event of a stream."""
        ...


def prompt_text(request: ModelRequest, ability: Ability) -> str:
    """Return the prompt, with the JSON schema in words where the endpoint cannot be given it."""
    if request.schema is None or ability.structure is Structure.SCHEMA:
        return clean(request.prompt)
    schema = json.dumps(request.schema, ensure_ascii=False)
    wish = "Reply with one JSON object that fits this JSON schema, and with nothing else:"
    return clean(f"{request.prompt}\n\n{wish}\n{schema}")


def base64_data(image: Attachment) -> str:
    """Return an image's content for a JSON body."""
    return b64encode(image.data).decode()


def error_status(error: object) -> int | None:
    """Return the HTTP status that an error object names or means; None if there is no error."""
    if not error:
        return None
    fields = mapping(error)
    for name in ("code", "type", "status"):
        value = fields.get(name)
        status = ERROR_STATUS.get(value) if isinstance(value, str) else None
        if status is not None:
            return status
        if isinstance(value, str | int) and str(value).isdecimal() and 400 <= int(value) < 600:  # noqa: PLR2004 - the range of HTTP errors
            return int(value)
    return 500
