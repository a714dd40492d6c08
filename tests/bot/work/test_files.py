"""Files that a chat platform keeps are fetched before the council sees the question."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import Attachment, Deliberation, Place, State
from bot.errors import ChatBusy, ChatError, ChatRefused, ChatUnclear
from bot.reports import report
from bot.work.worker import Platform, Worker
from tests.bot.work.stage import Stage
from tests.fakes.council import COUNCIL, WHOLE, Script, question
from tests.fakes.models import FakeModels, Says
from tests.fakes.pdfs import pdf
from tests.fakes.virtual import virtual

PLAN = Attachment("plan.md", "text/markdown", source="https://files/1")
PHOTO = Attachment("photo.png", "image/png", source="https://files/2")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 10


class FakeFiles:
    """Implements `bot.ports.Files`; `faults` are raised first, one a call."""

    def __init__(self, contents: dict[str, bytes], *faults: ChatError) -> None:
        self.asked: list[str] = []
        self._contents = contents
        self._faults = deque(faults)

    async def fetch(self, attachment: Attachment, place: Place) -> bytes:
        self.asked.append(attachment.name)
        if self._faults:
            raise self._faults.popleft()
        return self._contents[attachment.name]


def worker(stage: Stage, script: Script, files: FakeFiles) -> Worker:
    return Worker(
        deliberate=script,
        models=lambda _: FakeModels(lambda _: Says("")),
        records=stage.records,
        outbox=stage.outbox,
        turns=stage.turns,
        platforms={"console": Platform(stage.chat, files)},
    )


async def ask(stage: Stage, *attachments: Attachment) -> None:
    asked = replace(question(), attachments=attachments)
    await stage.records.create(Deliberation("d1", asked, COUNCIL, datetime.now(UTC)))


@virtual
async def test_the_council_gets_the_files_with_their_content() -> None:
    stage, script = Stage(), Script()
    await ask(stage, PLAN, PHOTO)

    await worker(stage, script, FakeFiles({"plan.md": b"Step 1", "photo.png": PNG})).run("d1")

    plan, photo = script.asked[0].question.attachments
    assert (plan.data, plan.media_type, plan.is_usable) == (b"Step 1", "text/plain", True)
    assert (photo.data, photo.media_type, photo.is_usable) == (PNG, "image/png", True)


async def test_of_a_pdf_the_council_gets_the_text() -> None:
    stage, script = Stage(), Script()
    await ask(stage, replace(PLAN, name="plan.pdf", media_type="application/pdf"))

    await worker(stage, script, FakeFiles({"plan.pdf": pdf("Step 1", "Step 2")})).run("d1")

    (plan,) = script.asked[0].question.attachments
    assert (plan.data, plan.media_type, plan.is_usable) == (b"Step 1\n\nStep 2", "text/plain", True)


async def test_a_pdf_that_cannot_be_read_is_left_out() -> None:
    stage = Stage()
    await ask(stage, replace(PLAN, name="scan.pdf", media_type="application/pdf"))

    await worker(stage, Script(*WHOLE), FakeFiles({"scan.pdf": pdf("")})).run("d1")

    (scan,) = (await stage.records.load("d1")).question.attachments
    assert (scan.data, scan.source) == (b"", None)
    assert (scan.fault or "").startswith("scan.pdf holds no text that can be read")


@virtual
async def test_what_was_fetched_is_not_fetched_again() -> None:
    stage, files = Stage(), FakeFiles({"plan.md": b"Step 1"})
    await ask(stage, PLAN)
    run = asyncio.create_task(worker(stage, Script(asyncio.Event()), files).run("d1"))
    await asyncio.sleep(1)
    run.cancel()
    await asyncio.wait({run})

    script = Script()
    await worker(stage, script, files).run("d1")

    assert files.asked == ["plan.md"]
    assert script.asked[0].question.attachments[0].data == b"Step 1"


@virtual
async def test_a_file_that_is_refused_is_left_out_and_the_answer_says_so() -> None:
    stage, script = Stage(), Script()
    await ask(stage, PLAN)

    await worker(stage, script, FakeFiles({}, ChatRefused("plan.md was deleted."))).run("d1")

    ended = await stage.records.load("d1")
    assert ended.state is State.DONE
    assert not ended.question.attachments[0].is_usable
    assert "plan.md was deleted." in str(report(ended, "synthesis"))


@virtual
async def test_a_file_that_no_model_can_see_is_left_out() -> None:
    stage, script = Stage(), Script()
    await ask(stage, PHOTO)

    await worker(stage, script, FakeFiles({"photo.png": b"\xff\xfe\0"})).run("d1")

    (photo,) = (await stage.records.load("d1")).question.attachments
    assert photo.fault == (
        "photo.png is neither UTF-8 text nor a PDF, nor a PNG, JPEG, GIF or WebP image."
    )


@virtual
async def test_a_platform_in_trouble_is_asked_again() -> None:
    stage, script = Stage(), Script()
    await ask(stage, PLAN)
    faults = (ChatBusy("Too many.", retry_after_s=3), ChatUnclear("No answer."))

    await worker(stage, script, FakeFiles({"plan.md": b"Step 1"}, *faults)).run("d1")

    assert script.asked[0].question.attachments[0].data == b"Step 1"


@virtual
async def test_a_platform_that_stays_in_trouble_costs_the_file_alone() -> None:
    stage = Stage()
    await ask(stage, PLAN)
    faults = [ChatUnclear("No answer.")] * 3

    await worker(stage, Script(*WHOLE), FakeFiles({}, *faults)).run("d1")

    ended = await stage.records.load("d1")
    assert ended.state is State.DONE
    assert ended.question.attachments[0].fault == (
        "plan.md was left out: the chat platform did not give it out."
    )
