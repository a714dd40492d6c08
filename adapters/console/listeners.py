"""What each command does, between the command line and the council."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO, TypeVar

from adapters.console.chat import ConsoleChat
from adapters.console.document import document
from adapters.console.interrupts import CANCELLED, interrupts
from adapters.console.screen import Screen, write_or_mute
from bot import phrases
from bot.app import App
from bot.domain import Council, Deliberation, Question, State
from bot.errors import WrongUse
from bot.ports import ModelInfo, Records
from bot.reports import SYNTHESIS, report
from bot.untrusted import one_line

DONE, FAILED = 0, 1

_HISTORY_CHARS = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where the commands write: messages on `screen`, other results to `out`, the rest to `err`."""

    screen: Screen
    out: TextIO
    err: TextIO

    def say(self, sentence: str) -> None:
        """Tell the person something that is no result."""
        write_or_mute(self.err, f"{one_line(sentence)}\n")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands that deliberate work with."""

    app: App
    chat: ConsoleChat
    terminal: Terminal


async def ask(desk: Desk, question: Question, council: Council, *, is_json: bool) -> int:
    """Put a question, follow it to its end, and finish what dead processes left."""
    left = await _recover(desk)
    deliberation = await desk.app.ask(question, council)
    code = await _follow(desk, deliberation.id, is_json=is_json)
    return await _finish(desk, left, code)


async def resume(desk: Desk, deliberation_id: str, *, is_json: bool) -> int:
    """Show what was posted, follow the rest, and finish what dead processes left."""
    known = await desk.app.show(deliberation_id)
    if known.state is State.DONE:
        desk.terminal.screen.show(report(known, SYNTHESIS))
        # Its process may have died with the answer on record and the message not yet confirmed.
        left = await _recover(desk, besides=deliberation_id)
        return await _finish(desk, left, _outcome(desk, known, is_json=is_json))
    desk.chat.watch(known.question.place)
    desk.chat.recall(deliberation_id)
    left = await _recover(desk, besides=deliberation_id)
    await desk.app.resume(deliberation_id)
    code = await _follow(desk, deliberation_id, is_json=is_json)
    if code == DONE and not desk.chat.has_concluded:
        # Another process did the work and showed it elsewhere, if anywhere.
        ended = await desk.app.show(deliberation_id)
        desk.terminal.screen.show(report(ended, SYNTHESIS))
    return await _finish(desk, left, code)


async def show(records: Records, terminal: Terminal, deliberation_id: str, *, is_json: bool) -> int:
    """Print a deliberation as far as it got."""
    deliberation = await records.load(deliberation_id)
    if is_json:
        _print_document(terminal, deliberation)
        return DONE
    for slot in _slots(deliberation):
        terminal.screen.show(report(deliberation, slot))
    if deliberation.state is State.FAILED:
        _explain(terminal, deliberation)
    elif deliberation.state is not State.DONE:
        terminal.say(f"It is {deliberation.state}. {_how_to_go_on(deliberation.id)}")
    return DONE


async def history(records: Records, terminal: Terminal, words: str, limit: int) -> int:
    """List deliberations, one a line."""
    found = await records.search(words, limit=limit)
    if not found:
        terminal.say("No deliberation holds these words." if words else "Nothing was asked yet.")
    for deliberation in found:
        asked = deliberation.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        question = one_line(deliberation.question.text, _HISTORY_CHARS)
        line = f"{deliberation.id}  {asked}  {deliberation.state:<12}  {question}\n"
        write_or_mute(terminal.out, line)
    return DONE


async def cancel(desk: Desk, deliberation_id: str) -> int:
    """Stop a deliberation."""
    await desk.app.cancel(deliberation_id)
    await desk.app.wait(deliberation_id)
    desk.terminal.say(f"Cancelled. {_how_to_go_on(deliberation_id)}")
    return DONE


def print_models(out: TextIO, models: Sequence[ModelInfo]) -> None:
    """Print models with their prices, one a line."""
    width = max((len(model.name) for model in models), default=0)
    for model in models:
        prices = "  ".join(map(_price, (model.prompt_usd, model.completion_usd)))
        write_or_mute(out, f"{one_line(model.name):<{width}}  {prices}".rstrip() + "\n")


async def _recover(desk: Desk, besides: str | None = None) -> tuple[str, ...]:
    """Take over what dead processes left; say so, but for the one that is asked for anyway."""
    left = await desk.app.recover()
    others = [deliberation_id for deliberation_id in left if deliberation_id != besides]
    if others:
        desk.terminal.say(f"Also finishing what was interrupted earlier: {', '.join(others)}.")
    return left


async def _finish(desk: Desk, left: Iterable[str], code: int) -> int:
    """Finish what was taken over, unless Ctrl-C was pressed before; return the exit code."""
    if code != CANCELLED:
        await _until_interrupted(_wait_for_all(desk.app, left))
    return code


async def _follow(desk: Desk, deliberation_id: str, *, is_json: bool) -> int:
    deliberation = await _until_interrupted(desk.app.wait(deliberation_id))
    if deliberation is None:
        # It may end in the same moment; then there is nothing to cancel.
        with suppress(WrongUse):
            await desk.app.cancel(deliberation_id)
        deliberation = await desk.app.show(deliberation_id)
    return _outcome(desk, deliberation, is_json=is_json)


def _outcome(desk: Desk, deliberation: Deliberation, *, is_json: bool) -> int:
    if is_json:
        _print_document(desk.terminal, deliberation)
    match deliberation.state:
        case State.DONE:
            return DONE
        case State.CANCELLED:
            desk.terminal.say(f"Cancelled. {_how_to_go_on(deliberation.id)}")
            return CANCELLED
        case State.FAILED:
            _explain(desk.terminal, deliberation)
        case _:
            desk.terminal.say(f"It stopped. {_how_to_go_on(deliberation.id)}")
    return FAILED


async def _until_interrupted(work: Coroutine[object, object, T]) -> T | None:
    """Wait for work; None if Ctrl-C came first."""
    with interrupts() as pressed:
        task = asyncio.ensure_future(work)
        press = asyncio.ensure_future(pressed.wait())
        try:
            await asyncio.wait((task, press), return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else None
        finally:
            for started in (task, press):
                started.cancel()
            await asyncio.wait((task, press))


async def _wait_for_all(app: App, deliberation_ids: Iterable[str]) -> None:
    for deliberation_id in deliberation_ids:
        await app.wait(deliberation_id)


def _slots(deliberation: Deliberation) -> list[str]:
    slots = ["root"]
    slots += [
        f"{'revision' if answer.revised_because else 'answer'}:{answer.member}"
        for answer in deliberation.answers
    ]
    slots += [f"review:{review.reviewer}:{review.turn}" for review in deliberation.reviews]
    slots += ["objection"] if deliberation.objection else []
    slots += ["standings"] if deliberation.standings else []
    slots += [SYNTHESIS] if deliberation.synthesis else []
    return slots


def _explain(terminal: Terminal, deliberation: Deliberation) -> None:
    terminal.say(deliberation.reason or "It failed.")
    for failed in deliberation.failures:
        terminal.say(phrases.absence(failed.member, failed.failure.sentence))


def _print_document(terminal: Terminal, deliberation: Deliberation) -> None:
    write_or_mute(terminal.out, json.dumps(document(deliberation), indent=2) + "\n")


def _price(usd: float | None) -> str:
    return "" if usd is None else f"${usd:>8.2f}"


def _how_to_go_on(deliberation_id: str) -> str:
    return f"`council resume {deliberation_id}` goes on with it."
