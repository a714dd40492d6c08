"""All that is known of a workspace, as JSON lines; programs rely on their form.

The first line names the workspace. What it has set follows, then its deliberations, the oldest
first. `kind` says what a line holds. No key is in it.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from adapters.console.document import document
from adapters.console.listeners import DONE, Terminal
from bot.domain import Attachment, Deliberation, PlaceSettings, Schedule, Tenant
from bot.errors import NotFound, WrongUse
from bot.phrases import counted
from bot.ports import Exports, Holdings

_TELL_EVERY = 500
_MOST_NAMED = 10

_Line = Mapping[str, object]


def check_known(tenant: Tenant, known: Sequence[Tenant]) -> None:
    """Raise `NotFound` for a workspace of which nothing is known, naming some that are."""
    if tenant in known:
        return
    there = [f"{each.platform}:{each.workspace}" for each in known[:_MOST_NAMED]]
    hint = f"known are {', '.join(there)}{', …' if len(known) > _MOST_NAMED else ''}."
    message = f"Nothing is known of {tenant.platform}:{tenant.workspace}"
    raise NotFound(f"{message}; {hint}" if there else f"{message}, nor of any other workspace.")


async def export(exports: Exports, terminal: Terminal, tenant: Tenant, output: Path | None) -> int:
    """Write all that is known of a workspace to a file, or else to standard output."""
    if output is None:
        count = await _write(exports, terminal, tenant, terminal.out)
    else:
        try:
            # For its owner alone: it holds what people asked.
            handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                count = await _write(exports, terminal, tenant, out)
        except OSError as error:
            message = f"{output} cannot be written; check the path and the room on its disk."
            raise WrongUse(message) from error
    terminal.say(
        f"Exported {counted(count, 'deliberation')} of {tenant.platform}:{tenant.workspace}."
    )
    return DONE


async def _write(exports: Exports, terminal: Terminal, tenant: Tenant, out: TextIO) -> int:
    for line in _head(tenant, await exports.holdings(tenant)):
        _print(out, line)
    count = 0
    async with aclosing(exports.deliberations(tenant)) as deliberations:
        async for deliberation in deliberations:
            _print(out, _deliberation(deliberation))
            count += 1
            if count % _TELL_EVERY == 0:
                terminal.say(f"{count:,} deliberations so far …")
    return count


def _head(tenant: Tenant, held: Holdings) -> Iterator[_Line]:
    now = datetime.now(UTC).isoformat()
    yield {"kind": "workspace", **asdict(tenant), "exported_at": now}
    for channel, settings in held.settings.items():
        yield {"kind": "settings", "channel": channel, "settings": _set(settings)}
    for name, settings in held.presets.items():
        yield {"kind": "preset", "name": name, "settings": _set(settings)}
    for provider in held.providers:
        changed_at = provider.changed_at.isoformat()
        known = {"name": provider.name, "base_url": provider.base_url, "changed_at": changed_at}
        yield {"kind": "provider", **known}
    for change in held.changes:
        yield {"kind": "change", **asdict(change), "made_at": change.made_at.isoformat()}
    for schedule in held.schedules:
        yield {"kind": "schedule", **_schedule(schedule)}


def _set(settings: PlaceSettings) -> _Line:
    return {name: value for name, value in asdict(settings).items() if value is not None}


def _schedule(schedule: Schedule) -> _Line:
    known = asdict(schedule)
    place: dict[str, object] = known.pop("place")
    times = {name: _moment(value) for name, value in known.items() if name.endswith("_at")}
    return {"channel": place["channel"], "thread": place["thread"], **known, **times}


def _moment(value: datetime | None) -> str | None:
    return value and value.isoformat()


def _deliberation(known: Deliberation) -> _Line:
    asked = known.question
    return {
        "kind": "deliberation",
        "channel": asked.place.channel,
        "thread": asked.place.thread,
        "asker": asked.asker,
        "asker_id": asked.asker_id,
        "asked_at": known.created_at.isoformat(),
        "context": [asdict(remark) for remark in asked.context],
        "attachments": [_attachment(file) for file in asked.attachments],
        "council": asdict(known.council),
        **document(known),
    }


def _attachment(file: Attachment) -> _Line:
    known = {"name": file.name, "media_type": file.media_type, "fault": file.fault}
    if file.is_image:
        return {**known, "base64": base64.b64encode(file.data).decode()}
    return {**known, "text": file.data.decode("utf-8", "replace")}


def _print(out: TextIO, line: _Line) -> None:
    out.write(json.dumps(line, ensure_ascii=False) + "\n")
