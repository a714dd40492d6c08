"""Waiting for what must happen, without sleeping."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TypeVar

# A condition may also look at what the server cannot see, such as the app's own state.
LOOK_AGAIN_S = 0.05

T = TypeVar("T")


class Watch:
    """Something that changes, and can be waited for."""

    def __init__(self) -> None:
        self._change = asyncio.Event()

    def changed(self) -> None:
        """Wake those who wait."""
        self._change.set()
        self._change = asyncio.Event()

    def describe(self) -> str:
        """Say how things stand, for the message of a wait that ended in vain."""
        return ""

    async def until(self, condition: Callable[[], T], patience_s: float = 10) -> T:
        """Wait until the condition is true and give its value.

        It is looked at after every change here, and a few times each second besides. Raises
        AssertionError that quotes the condition and says how things stand.
        """
        try:
            async with asyncio.timeout(patience_s):
                return await self._see(condition)
        except TimeoutError:
            message = f"Not within {patience_s} s: {_source(condition)}\n{self.describe()}"
        raise AssertionError(message)

    async def _see(self, condition: Callable[[], T]) -> T:
        while not (value := condition()):
            change = self._change
            try:
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await change.wait()
            except TimeoutError:
                continue
        return value


def _source(condition: Callable[[], object]) -> str:
    try:
        return inspect.getsource(condition).strip()
    except (OSError, TypeError):
        return repr(condition)
