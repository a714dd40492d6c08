"""Reading what a call carries: JSON, or a form with `payload_json` and files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from tests.fakes.discord.refused import invalid, refuse
from tests.fakes.shapes import Json, as_list, as_object

MOST_FILES = 10
_FIELD = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; `number` is the n of its field `files[n]`."""

    number: int
    name: str
    content: bytes
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """What a call carries. A list, as for commands, is under `items`."""

    document: Json
    uploads: tuple[Upload, ...] = ()


async def read_body(request: web.Request) -> Body:
    """Read it. Raises Refused if it is no JSON or of a type that Discord does not take."""
    if not request.can_read_body:
        return Body({})
    if request.content_type == "multipart/form-data":
        return await _read_form(request)
    if request.content_type != "application/json":
        invalid("", f"Content-Type {request.content_type}")
    return Body(_parse(await request.text()))


def check_sizes(body: Body, *, largest_file: int, largest_request: int) -> str | None:
    """Say which limit the files break, as `code: /pointer: reason`."""
    if len(body.uploads) > MOST_FILES:
        return f"30015: /files: {len(body.uploads)} files"
    for upload in body.uploads:
        if (size := len(upload.content)) > largest_file:
            return f"40005: /files/{upload.number}: {size} bytes"
    total = sum(len(upload.content) for upload in body.uploads) + len(json.dumps(body.document))
    return f"40005: : {total} bytes in all" if total > largest_request else None


async def _read_form(request: web.Request) -> Body:
    document: Json = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = await part.read(decode=True)
        if part.name == "payload_json":
            document = _parse(bytes(content).decode())
        elif match := _FIELD.fullmatch(part.name or ""):
            kind = part.headers.get("Content-Type")
            uploads.append(Upload(int(match[1]), part.filename or "", bytes(content), kind))
    return Body(document, tuple(uploads))


def _parse(text: str) -> Json:
    try:
        document: object = json.loads(text or "{}")
    except json.JSONDecodeError:
        refuse(50109)
    if (items := as_list(document)) is not None:
        return {"items": items}
    found = as_object(document)
    if found is None:
        invalid("", "Only dictionaries may be used in a DictType", "DICT_TYPE_CONVERT")
    return found
