from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import FailureKind
from bot.errors import ModelError
from bot.llm import failures
from bot.llm.models import HttpModels
from bot.llm.providers import Provider
from tests.bot.llm.asked import request
from tests.fakes.sockets import socket


async def test_an_error_that_never_ends_does_not_hold_the_request(
    build: Callable[..., HttpModels],
):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 99\r\n\r\n{")
        await reader.read()

    async with socket(serve) as address:
        models = build(Provider("odd", "openai", f"http://{address}"))
        began = time.monotonic()

        with pytest.raises(ModelError) as raised:
            await models.complete(request(model="odd/a", deadline_s=0.3))

    assert raised.value.failure.kind is FailureKind.SERVER_ERROR
    assert time.monotonic() - began < 0.6


@given(seconds=st.floats(-10, 1e6))
def test_seconds_are_shown_as_people_write_them(seconds: float):
    source = failures.Source(Provider("work", "openai", ""), "a")

    sentence = failures.silent(source, seconds).failure.sentence

    assert re.fullmatch(r"work/a said nothing for (\d\.[1-9]|\d+) s\.", sentence)
