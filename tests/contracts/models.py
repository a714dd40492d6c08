"""What every implementation of the `Models` port keeps; subclass it and give it `models`."""

from __future__ import annotations

import json
from contextlib import aclosing

import pytest

from bot.domain import FailureKind
from bot.errors import ModelError, NotFound
from bot.ports import Completion, ModelRequest, Models

PROMPT = (
    "The question:\n<<<QUESTION Q n0nce>>>\nTea or coffee?\n<<<END Q n0nce>>>\n\n"
    "<<<ANSWER K7 n0nce>>>\nTea, since it keeps.\n<<<END K7 n0nce>>>\n\n"
    "<<<ANSWER Q2 n0nce>>>\nCoffee, since it wakes.\n<<<END Q2 n0nce>>>"
)


class ModelsContract:
    """A suite; its subclasses provide the fixtures `models` and `model`, a model's full name."""

    def request(self, model: str, purpose: str = "answer", **changes: object) -> ModelRequest:
        fields: dict[str, object] = {
            "model": model,
            "system": "reference_points" if purpose == "review" else "",
            "prompt": PROMPT,
            "purpose": purpose,
            "deadline_s": 10.0,
        }
        return ModelRequest(**{**fields, **changes})  # pyright: ignore[reportArgumentType] - field by field as above

    async def test_a_plain_call_returns_text_and_what_it_cost(self, models: Models, model: str):
        completion = await models.complete(self.request(model))

        assert completion.text.strip()
        assert not completion.is_truncated
        assert completion.latency_s >= 0
        (call,) = completion.calls
        assert (call.model, call.purpose, call.failure) == (model, "answer", None)
        assert call.prompt_tokens is not None
        assert call.completion_tokens

    async def test_a_stream_yields_its_text_in_pieces_and_the_completion_last(
        self, models: Models, model: str
    ):
        async with aclosing(models.stream(self.request(model))) as stream:
            *pieces, completion = [piece async for piece in stream]

        assert isinstance(completion, Completion)
        assert len(pieces) > 0
        assert "".join(str(piece) for piece in pieces) == completion.text

    async def test_a_schema_brings_json(self, models: Models, model: str):
        request = self.request(model, "review", schema={"type": "object"})

        completion = await models.complete(request)

        assert {tier for [tier] in json.loads(completion.text)["ranking"]} == {"K7", "Q2"}

    async def test_a_stream_may_be_left_at_any_time(self, models: Models, model: str):
        async with aclosing(models.stream(self.request(model))) as stream:
            first = await anext(stream)

        assert isinstance(first, str)
        assert (await models.complete(self.request(model))).text

    async def test_an_unknown_model_fails_in_words(self, models: Models):
        with pytest.raises(ModelError) as raised:
            await models.complete(self.request("nobody/nothing"))

        assert raised.value.failure.kind is FailureKind.NOT_FOUND
        assert "nobody" in raised.value.failure.sentence
        assert raised.value.calls == ()

    async def test_models_are_listed_by_full_name(self, models: Models, model: str):
        names = [info.name for info in await models.list(model.partition("/")[0])]

        assert model in names

    async def test_an_unknown_provider_is_not_listed(self, models: Models):
        with pytest.raises(NotFound, match="nobody"):
            await models.list("nobody")
