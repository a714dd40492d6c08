from __future__ import annotations

import io
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.console.export import export
from adapters.console.listeners import Terminal
from adapters.console.screen import BlankScreen
from bot.domain import (
    Attachment,
    Limits,
    OwnProvider,
    Place,
    PlaceSettings,
    Remark,
    Schedule,
    Seat,
    SettingsChange,
    Tenant,
)
from bot.domain.events import SynthesisReady
from bot.errors import WrongUse
from bot.ports import Holdings
from tests.adapters.console.samples import BEGUN, SYNTHESIS
from tests.fakes.records import FakeRecords
from tests.fakes.team.archive import FakeExports

ACME = Tenant("slack", "T1")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SETTINGS = PlaceSettings(
    members=(Seat("Ada", "work/a", "A sceptic"),), limits=Limits(usd_day=2.5), retention_days=30
)
HELD = Holdings(
    settings={"": SETTINGS, "C1": PlaceSettings(pins=3)},
    presets={"short": PlaceSettings(language="German")},
    changes=(SettingsChange("C1", "U1", "Uma", NOON, ("Pins: 3",)),),
    schedules=(
        Schedule(
            *("s1", Place("slack", "T1", "C1"), "U1", "Uma", "What is new?"),
            *("0 9 * * *", "daily 09:00", "Europe/Berlin", NOON),
            next_due_at=NOON,
        ),
    ),
    providers=(OwnProvider("openai", "a1b2", NOON),),
)


@pytest.fixture
async def exports() -> FakeExports:
    records = FakeRecords()
    question = replace(
        BEGUN.question,
        text="Why is the sky blue? ✓",
        place=Place("slack", "T1", "C1", "17.4"),
        context=(Remark("Zoë", "It is grey."),),
        attachments=(
            Attachment("a.txt", "text/plain", "Zürich".encode()),
            Attachment("sky.png", "image/png", b"\x89PNG\xff"),
        ),
        asker_id="U1",
    )
    new = await records.create(replace(BEGUN, question=question))
    await records.save(new, [SynthesisReady(SYNTHESIS)])
    exports = FakeExports(records)
    exports.held = HELD
    return exports


async def lines_of(exports: FakeExports, tenant: Tenant = ACME) -> list[dict[str, object]]:
    out, err = io.StringIO(), io.StringIO()
    assert await export(exports, Terminal(BlankScreen(), out, err), tenant, None) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


async def test_what_was_set_comes_before_what_was_asked(exports: FakeExports) -> None:
    lines = await lines_of(exports)

    assert [line["kind"] for line in lines] == [
        *("workspace", "settings", "settings", "preset", "provider", "change", "schedule"),
        "deliberation",
    ]
    assert lines[1]["settings"] == {
        "members": [
            {
                "name": "Ada",
                "model": "work/a",
                "persona": "A sceptic",
                "fallbacks": [],
                "weight": 1.0,
            }
        ],
        "limits": {
            "usd_day": 2.5,
            "usd_month": None,
            "councils_day": None,
            "councils_month": None,
        },
        "retention_days": 30,
    }
    assert (lines[6]["question"], lines[6]["next_due_at"]) == ("What is new?", NOON.isoformat())


async def test_a_deliberation_is_whole(exports: FakeExports) -> None:
    line = (await lines_of(exports))[-1]

    assert (line["question"], line["asker_id"], line["channel"], line["thread"]) == (
        *("Why is the sky blue? ✓", "U1", "C1", "17.4"),
    )
    assert line["context"] == [{"speaker": "Zoë", "text": "It is grey."}]
    assert line["attachments"] == [
        {"name": "a.txt", "media_type": "text/plain", "fault": None, "text": "Zürich"},
        {"name": "sky.png", "media_type": "image/png", "fault": None, "base64": "iVBOR/8="},
    ]
    synthesis = line["synthesis"]
    assert isinstance(synthesis, dict)
    assert synthesis["text"] == SYNTHESIS.text


async def test_not_even_the_end_of_a_key_is_exported(exports: FakeExports) -> None:
    assert "a1b2" not in str(await lines_of(exports))


async def test_a_file_is_for_its_owner_alone(exports: FakeExports, tmp_path: Path) -> None:
    out, err, path = io.StringIO(), io.StringIO(), tmp_path / "all.jsonl"

    await export(exports, Terminal(BlankScreen(), out, err), ACME, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text(encoding="utf-8").splitlines()) == 8
    assert (out.getvalue(), err.getvalue()) == ("", "Exported 1 deliberation of slack:T1.\n")


async def test_a_file_that_cannot_be_written_is_named(exports: FakeExports, tmp_path: Path) -> None:
    terminal = Terminal(BlankScreen(), io.StringIO(), io.StringIO())

    with pytest.raises(WrongUse, match=r"all\.jsonl cannot be written"):
        await export(exports, terminal, ACME, tmp_path / "nowhere" / "all.jsonl")


async def test_another_workspace_is_left_out(exports: FakeExports) -> None:
    kinds = [line["kind"] for line in await lines_of(exports, Tenant("slack", "T2"))]

    assert "deliberation" not in kinds
