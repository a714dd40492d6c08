"""Requests for tests, and both ways to send them."""

from __future__ import annotations

from contextlib import aclosing

from bot.llm.models import HttpModels
from bot.ports import Completion, ModelRequest


def request(**changes: object) -> ModelRequest:
    fields: dict[str, object] = {
        "model": "work/model-a",
        "system": "",
        "prompt": "Why?",
        "purpose": "answer",
        "deadline_s": 5.0,
    }
    return ModelRequest(**{**fields, **changes})  # pyright: ignore[reportArgumentType] - field by field as above


async def ask(models: HttpModels, asked: ModelRequest, *, is_stream: bool) -> Completion:
    if not is_stream:
        return await models.complete(asked)
    async with aclosing(models.stream(asked)) as stream:
        pieces = [piece async for piece in stream]
    completion = pieces[-1]
    assert isinstance(completion, Completion)
    assert "".join(map(str, pieces[:-1])) == completion.text
    return completion
