"""The program `council`: reads the command line, runs one command, returns its exit code."""

from __future__ import annotations

import asyncio
import getpass
import json
import secrets
import socket
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

from adapters.console.commandline import parse
from adapters.console.requests import (
    Ask,
    Cancel,
    DiscordInvite,
    Doctor,
    Export,
    Forget,
    GoOn,
    Halt,
    History,
    ListModels,
    Migrate,
    NewKey,
    Request,
    Resume,
    Role,
    Serve,
    Show,
    SlackManifest,
)
from bot.composition import collector
from bot.domain import Place, Question
from bot.errors import CouncilError, WrongUse

if TYPE_CHECKING:
    from bot.config import Settings

DONE, FAILED, WRONG_USE, CANCELLED = 0, 1, 2, 130

_MOST_STDIN_BYTES = 1_000_000  # far above any limit on questions; what is above it is refused there


def main() -> None:
    """Run the program."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no UTF-8 gets question marks, not an error.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    collector.relax()
    code = run(sys.argv[1:])
    collector.stop()
    sys.exit(code)


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code; whatever goes wrong is one sentence on stderr."""
    request = parse(words)
    if isinstance(request, int):
        return request
    try:
        return asyncio.run(carry_out(request))
    except KeyboardInterrupt:
        return CANCELLED
    except CouncilError as error:
        sys.stderr.write(f"council: {error}\n")
        return WRONG_USE if isinstance(error, WrongUse) else FAILED
    except Exception as error:  # noqa: BLE001 - the last resort: people get no traceback
        sys.stderr.write(f"council: Something unexpected went wrong ({type(error).__name__}).\n")
        return FAILED


async def carry_out(request: Request) -> int:
    """Carry out one request and return the exit code. Raises `CouncilError`."""
    # What only some commands need is loaded by them: help must be there at once.
    from bot import logs
    from bot.config import load

    if isinstance(request, SlackManifest | NewKey):
        return _print(request)
    settings = load()
    if isinstance(request, DiscordInvite):
        return _invite(settings, request.application)
    # The terminal is for sentences; a service is read by its log.
    usual = "info" if isinstance(request, Serve) else "error"
    level = settings.log_level or usual
    logs.configure(level, settings.keys, is_json=settings.log_format == "json")
    match request:
        case Ask():
            return await _ask(settings, request)
        case Show() | History():
            return await _look_up(settings, request)
        case Resume() | Cancel():
            return await _go_on(settings, request)
        case _:
            return await _operate(settings, request)


async def _operate(
    settings: Settings,
    request: ListModels | Doctor | Migrate | Serve | Halt | GoOn | Export | Forget,
) -> int:
    match request:
        case ListModels(provider):
            return await _list_models(settings, provider)
        case Doctor():
            return await _examine(settings)
        case Migrate(to):
            return _migrate(settings, to)
        case Serve(roles):
            return await _serve(settings, roles)
        case Halt() | GoOn():
            return await _switch(settings, request)
        case Export() | Forget():
            return await _whole_workspace(settings, request)


async def _ask(settings: Settings, request: Ask) -> int:
    from adapters.console.attachments import read_attachments
    from bot.app import check_question

    text = _stdin() if request.question == "-" else request.question
    # What must be refused waits for nothing to be loaded or opened.
    check_question(text, settings.file.limits.question_chars)
    attachments = read_attachments(request.attachments)
    question = Question(text, _place(), _asker(), attachments=attachments)
    return await _hold_council(settings, request, question)


async def _hold_council(settings: Settings, request: Ask, question: Question) -> int:
    from adapters.console import listeners
    from bot.composition.desk import open_desk
    from bot.composition.models import open_models, seated
    from bot.composition.terminal import open_terminal
    from bot.config import Wish

    wish = Wish(request.members, request.chairman, request.mode)
    async with (
        open_models(settings) as models,
        open_terminal(is_json=request.is_json, is_quiet=request.is_quiet) as terminal,
    ):
        seating = await seated(settings, models, wish)
        for warning in seating.warnings:
            terminal.say(warning)
        desk = open_desk(settings, models, terminal, question.place)
        async with desk as opened:
            return await listeners.ask(opened, question, seating.council, is_json=request.is_json)


async def _go_on(settings: Settings, request: Resume | Cancel) -> int:
    from adapters.console import listeners
    from bot.composition.desk import open_desk
    from bot.composition.models import open_models
    from bot.composition.terminal import open_terminal

    is_json = isinstance(request, Resume) and request.is_json
    is_quiet = isinstance(request, Resume) and request.is_quiet
    async with (
        open_models(settings) as models,
        open_terminal(is_json=is_json, is_quiet=is_quiet) as terminal,
        open_desk(settings, models, terminal, _place()) as desk,
    ):
        if isinstance(request, Cancel):
            return await listeners.cancel(desk, request.deliberation_id)
        return await listeners.resume(desk, request.deliberation_id, is_json=is_json)


async def _look_up(settings: Settings, request: Show | History) -> int:
    from adapters.console import listeners
    from bot.composition.records import open_records
    from bot.composition.terminal import open_terminal

    async with (
        open_records(settings) as records,
        open_terminal() as terminal,
    ):
        if isinstance(request, History):
            return await listeners.history(records, terminal, request.words, request.limit)
        return await listeners.show(
            records, terminal, request.deliberation_id, is_json=request.is_json
        )


async def _list_models(settings: Settings, provider: str | None) -> int:
    from adapters.console.listeners import print_models
    from bot.composition.models import open_models, usable

    async with open_models(settings) as models:
        names = (provider,) if provider else usable(settings)
        if not names:
            sys.stderr.write("No provider has a key; `council models ollama` lists local models.\n")
        for name in names:
            print_models(sys.stdout, await models.list(name))
    return DONE


async def _examine(settings: Settings) -> int:
    from adapters.console.checkup import examine
    from bot.composition.checks import checks
    from bot.composition.models import open_models

    async with open_models(settings) as models:
        is_well = await examine(checks(settings, models), sys.stdout)
    return DONE if is_well else FAILED


def _migrate(settings: Settings, to: str | None) -> int:
    from bot.storage.migrate import go_back, migrate

    if to is not None:
        go_back(settings.database_url, to)
        sys.stdout.write(f"The database has the tables of version {to}.\n")
        return DONE
    migrate(settings.database_url)
    sys.stdout.write("The database has this version's tables.\n")
    return DONE


async def _switch(settings: Settings, request: Halt | GoOn) -> int:
    from bot.composition.switch import open_switch

    async with open_switch(settings) as switch:
        if isinstance(request, Halt):
            await switch.halt(request.reason)
            sys.stdout.write("Councils are halted; `council go-on` lets them go on.\n")
        else:
            await switch.go_on()
            sys.stdout.write("Councils may be held.\n")
    return DONE


async def _whole_workspace(settings: Settings, request: Export | Forget) -> int:
    from adapters.console.export import check_known, export
    from bot.composition.archive import open_archive
    from bot.composition.terminal import open_terminal

    async with open_archive(settings) as known, open_terminal(is_quiet=True) as terminal:
        check_known(request.tenant, await known.exports.tenants())
        if isinstance(request, Export):
            return await export(known.exports, terminal, request.tenant, request.output)
        await known.budgets.settle()
        await known.archive.forget_workspace(request.tenant)
        terminal.say("Deleted. The messages in its chat stay.")
        return DONE


async def _serve(settings: Settings, roles: frozenset[Role]) -> int:
    from bot import logs
    from bot.composition.service import serve

    collector.share_heaps()
    # Who reads JSON reads nothing else.
    await serve(settings, logs.say if settings.log_format == "json" else _say, roles)
    return DONE


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _print(request: SlackManifest | NewKey) -> int:
    if isinstance(request, NewKey):
        from bot.storage.sealing import new_key

        sys.stdout.write(f"{new_key()}\n")
    else:
        from adapters.slack.setup.manifest import manifest

        sys.stdout.write(f"{json.dumps(manifest(request.url), indent=2)}\n")
    return DONE


def _invite(settings: Settings, application: str | None) -> int:
    from adapters.discord.setup.invite import invitation
    from bot.config import application_of

    sys.stdout.write(f"{invitation(application or application_of(settings.discord()))}\n")
    return DONE


def _stdin() -> str:
    data = sys.stdin.buffer.read(_MOST_STDIN_BYTES)
    # Broken bytes become lone surrogates, which the council refuses with a sentence of its own.
    return data.decode("utf-8", "surrogateescape").strip("\n")


def _asker() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "you"


def _place() -> Place:
    """Return a place of this process's own, so that it shows nobody else's messages."""
    return Place("console", _asker(), socket.gethostname(), secrets.token_hex(8))


if __name__ == "__main__":
    main()
