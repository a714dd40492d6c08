"""The screen that suits where the output goes."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from adapters.console.listeners import Terminal
from adapters.console.screen import BlankScreen, FinalScreen, PlainScreen, Screen


@asynccontextmanager
async def open_terminal(
    *, is_json: bool = False, is_quiet: bool = False
) -> AsyncGenerator[Terminal]:
    """Open the screen that suits the output: live on a terminal, plain text in a pipe."""
    async with AsyncExitStack() as stack:
        screen: Screen
        if is_json:
            screen = BlankScreen()
        elif is_quiet:
            screen = FinalScreen(sys.stdout)
        elif sys.stdout.isatty():
            screen = await stack.enter_async_context(_interactive())
        else:
            screen = PlainScreen(sys.stdout)
        yield Terminal(screen, sys.stdout, sys.stderr)


@asynccontextmanager
async def _interactive() -> AsyncGenerator[Screen]:
    # rich is slow to load, and pipes do without it.
    from adapters.console.live import LiveScreen, terminal_console  # noqa: PLC0415

    console = terminal_console()
    if console.is_dumb_terminal:
        yield PlainScreen(sys.stdout)
        return
    async with LiveScreen(console) as screen:
        yield screen
