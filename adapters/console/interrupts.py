"""Ctrl-C: the first cancels the deliberation, the second ends the program at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

CANCELLED = 130  # 128 + SIGINT, as shells have it
_SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def interrupts() -> Generator[asyncio.Event]:
    """Give an event that the first Ctrl-C sets."""
    loop = asyncio.get_running_loop()
    pressed = asyncio.Event()

    def press() -> None:
        if pressed.is_set():
            if sys.stdout.isatty():
                os.write(sys.stdout.fileno(), _SHOW_CURSOR.encode())
            os._exit(CANCELLED)  # what is unfinished is recorded; the next start takes it up
        pressed.set()

    loop.add_signal_handler(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        loop.remove_signal_handler(signal.SIGINT)
