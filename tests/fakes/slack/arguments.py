"""The arguments of a call in every form that Slack takes them."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.fakes.shapes import Json, as_object
from tests.fakes.slack.refused import refuse

# Arguments that are JSON documents written as strings in a form or a query.
DOCUMENTS = ("attachments", "blocks", "chunks", "files", "message", "metadata", "view")


async def read_arguments(request: web.Request) -> tuple[Json, str]:
    """Give the arguments, documents decoded, and the token, empty if there is none.

    Query, form and JSON may all occur, the body winning. Raises Refused for a body that is not
    what its content type says, as `invalid_json` or `invalid_form_data`.
    """
    arguments: Json = dict(request.query)
    arguments |= await _read_body(request)
    for name in DOCUMENTS:
        if isinstance(arguments.get(name), str):
            arguments[name] = _decode(name, arguments[name])
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    spare = str(arguments.pop("token", ""))
    return arguments, token.strip() if scheme.lower() == "bearer" else spare


async def _read_body(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    if request.content_type == "application/json":
        try:
            body = as_object(json.loads(await request.read()))
        except ValueError:
            refuse("invalid_json")
        if body is None:
            refuse("json_not_object")
        return body
    if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        refuse("invalid_form_data")
    return dict(await request.post())


def _decode(name: str, text: str) -> Any:
    """Decode a document; where Slack cannot read one it says which."""
    try:
        return json.loads(text)
    except ValueError:
        known = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
        refuse(known.get(name, "invalid_arguments"))
