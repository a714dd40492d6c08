"""All parts put together as the program does, with nothing shown."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from adapters.console.listeners import Terminal
from adapters.console.record import Record
from adapters.console.screen import BlankScreen
from bot.app import App
from bot.composition.desk import PLATFORM, open_desk
from bot.config import Settings
from bot.config.file import CouncilFile
from bot.domain import Council, Deliberation, Place, Question
from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.llm.providers import Provider

PLACE = Place(PLATFORM, "local", "here")
QUESTION = Question("Which database should we use?", PLACE, "Kim")


class WatchedScreen(BlankScreen):
    """Shows nothing, to somebody who would watch answers grow."""

    is_live = True


class NoPauses(Random):
    """Retries at once."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


@asynccontextmanager
async def open_app(
    folder: Path, providers: Mapping[str, Provider], *, is_streaming_answers: bool = False
) -> AsyncGenerator[App]:
    """Open everything; database and record lie in `folder`."""
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'council.db'}",
        log_level="warning",
        source=None,
        file=CouncilFile(),
        providers=providers,
    )
    screen = WatchedScreen() if is_streaming_answers else BlankScreen()
    terminal = Terminal(screen, io.StringIO(), io.StringIO())
    async with open_http() as http:
        models = HttpModels(providers, http, random=NoPauses())
        async with open_desk(settings, models, terminal, PLACE) as desk:
            yield desk.app


async def hold(app: App, council: Council, question: Question = QUESTION) -> Deliberation:
    """Ask a council and wait for its end."""
    return await app.wait((await app.ask(question, council)).id)


def posted(folder: Path, deliberation: Deliberation) -> dict[str, str]:
    """Return what was posted, by slot; each slot stands there once."""
    entries = Record(folder / PLATFORM).entries(deliberation.id)
    texts = {entry.slot: entry.text for entry in entries}
    assert len(texts) == len(entries)
    return texts
