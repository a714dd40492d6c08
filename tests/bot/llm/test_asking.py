"""One request's course: retries, suspension, limits, abilities, usage and cost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing

import pytest
from structlog.testing import capture_logs

from bot.domain import Attachment, FailureKind
from bot.errors import ModelError
from bot.llm.http import Http
from bot.llm.models import HttpModels
from bot.llm.patience import Waits
from bot.llm.providers import Provider
from bot.ports import Completion, ModelInfo
from tests.bot.llm.asked import ask, request
from tests.bot.llm.conftest import KEY, NoPauses
from tests.fakes.model_server import ModelServer, Script

IMAGE = Attachment("dot.png", "image/png", b"\x89PNG dot")
SCHEMA = {"type": "object", "properties": {"ranking": {"type": "array"}}}


async def failure_of(models: HttpModels, *, is_stream: bool = False, **changes: object):
    with pytest.raises(ModelError) as raised:
        await ask(models, request(**changes), is_stream=is_stream)
    return raised.value


async def test_an_overloaded_model_is_asked_again(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(fault="529", times=2, text="Because.")

    completion = await models.complete(request())

    assert completion.text == "Because."
    assert [call.failure for call in completion.calls] == [
        FailureKind.OVERLOADED,
        FailureKind.OVERLOADED,
        None,
    ]


async def test_a_stream_that_fails_before_its_first_piece_is_asked_again(
    models: HttpModels, server: ModelServer
):
    server.scripts["model-a"] = Script(fault="error-inside-200", times=1, text="Because.")

    completion = await ask(models, request(), is_stream=True)

    assert completion.text == "Because."
    assert server.calls("model-a") == 2


async def test_a_stream_that_fails_after_its_first_piece_is_not_asked_again(
    models: HttpModels, server: ModelServer
):
    server.scripts["model-a"] = Script(fault="error-after-first", times=1)
    pieces: list[object] = []

    with pytest.raises(ModelError) as raised:
        async with aclosing(models.stream(request())) as stream:
            pieces.extend([piece async for piece in stream])

    assert raised.value.failure.kind is FailureKind.SERVER_ERROR
    assert server.calls("model-a") == 1


async def test_a_provider_may_ask_for_patience(http: Http, server: ModelServer):
    server.scripts["model-a"] = Script(fault="429-retry-after-2", times=1)
    models = HttpModels(
        {"work": Provider("work", "openai", server.base_url)}, http, random=NoPauses()
    )
    began = time.monotonic()

    completion = await models.complete(request())

    assert 1.9 < time.monotonic() - began < 3
    assert len(completion.calls) == 2


async def test_a_wait_beyond_the_deadline_is_not_begun(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(fault="429-retry-after-huge")
    began = time.monotonic()

    error = await failure_of(models, deadline_s=60.0)

    assert time.monotonic() - began < 1
    assert len(error.calls) == 1


async def test_a_dead_model_is_soon_left_alone(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(fault="500")
    asked = [models.complete(request(deadline_s=20.0)) for _ in range(100)]

    results = await asyncio.gather(*asked, return_exceptions=True)

    assert all(isinstance(result, ModelError) for result in results)
    assert server.calls("model-a") <= 60
    error = await failure_of(models)
    assert error.failure.kind is FailureKind.SUSPENDED
    assert "is left alone for 30 s more. Before that: work: the server failed (500)." in str(error)
    assert error.calls == ()


async def test_it_is_logged_once_that_a_model_is_left_alone(
    models: HttpModels, server: ModelServer
):
    server.scripts["model-a"] = Script(fault="500")

    with capture_logs() as lines:
        for _ in range(4):
            await failure_of(models)

    assert lines == [
        {
            "event": "model left alone",
            "log_level": "warning",
            "model": "work/model-a",
            "seconds": 30,
            "failure": "server_error",
        }
    ]


async def test_other_models_of_the_provider_go_on(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(fault="500")
    for _ in range(3):
        await failure_of(models)

    assert (await models.complete(request(model="work/model-b"))).text


async def test_a_refused_key_is_not_tried_again_at_once(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(fault="401", times=1)
    await failure_of(models)

    error = await failure_of(models)

    assert error.failure.kind is FailureKind.SUSPENDED
    assert "Check WORK_KEY's value." in str(error)
    assert server.calls("model-a") == 1


async def test_a_probe_that_is_cancelled_does_not_block_the_next(
    build: Callable[..., HttpModels], server: ModelServer
):
    now = [0.0]
    models = build(clock=lambda: now[0])
    server.scripts["model-a"] = Script(fault="500")
    for _ in range(2):
        await failure_of(models)
    now[0] = 31.0
    server.scripts["model-a"] = Script(latency_s=60)
    calls = server.calls()

    probe = asyncio.create_task(models.complete(request(deadline_s=60.0)))
    await server.wait_for_calls(calls + 1)
    assert (await failure_of(models)).failure.kind is FailureKind.SUSPENDED
    probe.cancel()
    await asyncio.wait([probe])

    server.scripts["model-a"] = Script()
    assert (await models.complete(request())).text


async def test_short_deadlines_suspend_nobody(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(fault="hang")
    for _ in range(6):
        await failure_of(models, deadline_s=0.05)
    server.scripts["model-a"] = Script()

    assert (await models.complete(request())).text


async def test_a_retry_budget_bounds_the_retries_of_a_provider(
    models: HttpModels, server: ModelServer
):
    server.default = Script(fault="429")
    for number in range(20):
        await failure_of(models, model=f"work/model-{number}")

    assert server.calls() <= 20 * 1.2 + 6


async def test_no_more_requests_run_than_the_provider_allows(http: Http, server: ModelServer):
    server.default = Script(latency_s=0.1)
    provider = Provider("work", "openai", server.base_url, concurrency=2)
    models = HttpModels({"work": provider}, http)

    await asyncio.gather(*(models.complete(request()) for _ in range(6)))

    began = sorted(asked.at_s for asked in server.requests)
    assert all(later - earlier > 0.08 for earlier, later in zip(began, began[2:], strict=False))


async def test_waiting_for_a_turn_counts_against_the_deadline(http: Http, server: ModelServer):
    server.default = Script(fault="hang")
    provider = Provider("work", "openai", server.base_url, concurrency=1, requests_per_minute=600)
    models = HttpModels({"work": provider}, http)
    holder = asyncio.create_task(failure_of(models, deadline_s=0.6))
    await server.wait_for_calls(1)

    error = await failure_of(models, deadline_s=0.1)

    assert error.failure.kind is FailureKind.TIMED_OUT
    assert str(error) == (
        "work is too busy: our limits for it (1 requests at once, 600 a minute) "
        "left no turn in time."
    )
    assert error.calls == ()
    await holder


async def test_requests_keep_to_the_pace_per_minute(http: Http, server: ModelServer):
    provider = Provider("work", "openai", server.base_url, requests_per_minute=2)
    models = HttpModels({"work": provider}, http)
    await models.complete(request())
    await models.complete(request())

    error = await failure_of(models, deadline_s=0.1)

    assert "2 a minute" in str(error)
    assert server.calls() == 2


async def test_a_cancelled_request_gives_its_place_back(http: Http, server: ModelServer):
    server.scripts["model-a"] = Script(fault="hang", times=1)
    provider = Provider("work", "openai", server.base_url, concurrency=1)
    models = HttpModels({"work": provider}, http)
    task = asyncio.create_task(models.complete(request(deadline_s=30.0)))
    await server.wait_for_calls(1)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await models.complete(request())).text


@pytest.mark.parametrize("names_it", [True, False], ids=["named", "unnamed"])
async def test_a_schema_that_is_refused_becomes_json_mode_for_good(
    models: HttpModels, server: ModelServer, *, names_it: bool
):
    server.scripts["model-a"] = Script(
        text='{"ranking": []}', structure="json", names_what_it_refuses=names_it
    )

    first = await models.complete(request(schema=SCHEMA))
    second = await models.complete(request(schema=SCHEMA))

    assert first.text == second.text
    assert (len(first.calls), len(second.calls)) == (2, 1)
    last = server.requests[-1].body
    assert last["response_format"] == {"type": "json_object"}
    assert '"ranking"' in last["messages"][1]["content"]


@pytest.mark.parametrize("provider", ["work", "claude"])
async def test_json_is_asked_for_in_words_where_nothing_else_is_accepted(
    models: HttpModels, server: ModelServer, provider: str
):
    server.scripts["model-a"] = Script(text='{"ranking": []}', structure="text")

    completion = await models.complete(request(model=f"{provider}/model-a", schema=SCHEMA))

    assert completion.text == '{"ranking": []}'
    last = server.requests[-1].body
    assert not {"response_format", "output_config"} & last.keys()
    assert "JSON schema" in last["messages"][-1]["content"]


async def test_answers_do_not_undo_what_reviews_have_learnt(
    models: HttpModels, server: ModelServer
):
    server.scripts["model-a"] = Script(structure="json", pause_s=0.03)
    slow = asyncio.create_task(ask(models, request(), is_stream=True))
    await server.wait_for_calls(1)
    await models.complete(request(schema=SCHEMA))
    assert not slow.done()
    await slow

    again = await models.complete(request(schema=SCHEMA))

    assert len(again.calls) == 1


@pytest.mark.parametrize("provider", ["work", "claude"])
@pytest.mark.parametrize("names_it", [True, False], ids=["named", "unnamed"])
async def test_a_model_that_cannot_see_is_asked_without_images(
    models: HttpModels, server: ModelServer, provider: str, *, names_it: bool
):
    server.scripts["model-a"] = Script(sees=False, names_what_it_refuses=names_it)
    asked = request(model=f"{provider}/model-a", images=(IMAGE,))

    first = await models.complete(asked)
    second = await models.complete(asked)

    assert (len(first.calls), len(second.calls)) == (2, 1)


async def test_a_refusal_that_images_did_not_cause_teaches_nothing(
    models: HttpModels, server: ModelServer
):
    server.scripts["model-a"] = Script(fault="400", times=2)
    await failure_of(models, images=(IMAGE,))

    await models.complete(request(images=(IMAGE,)))

    assert "iVBOR" in str(server.requests[-1].body) or "base64" in str(server.requests[-1].body)


async def test_token_counts_come_with_a_stream(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(text="eight letters", cost_usd=0.25)

    completion = await ask(models, request(), is_stream=True)

    (call,) = completion.calls
    assert (call.prompt_tokens, call.completion_tokens, call.cost_usd) == (1, 3, 0.25)


async def test_the_price_of_an_unknown_provider_is_unknown(models: HttpModels):
    completion = await models.complete(request())

    assert completion.calls[0].cost_usd is None


async def test_a_local_provider_costs_nothing(
    build: Callable[..., HttpModels], server: ModelServer
):
    models = build(Provider("ollama", "openai", server.base_url, is_local=True))

    completion = await models.complete(request(model="ollama/model-a"))

    assert completion.calls[0].cost_usd == 0.0


async def test_a_failed_call_still_tells_its_tokens(models: HttpModels, server: ModelServer):
    server.scripts["model-a"] = Script(text="   ")

    error = await failure_of(models)

    assert error.failure.kind is FailureKind.EMPTY
    assert error.calls[0].prompt_tokens == 1


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("provider", ["work", "claude"])
async def test_an_answer_that_ran_into_its_limit_is_still_an_answer(
    models: HttpModels, server: ModelServer, provider: str, *, is_stream: bool
):
    server.scripts["model-a"] = Script(text="Because it", finish="length")

    completion = await ask(models, request(model=f"{provider}/model-a"), is_stream=is_stream)

    assert completion.text == "Because it"
    assert completion.is_truncated


async def test_nothing_after_the_last_word_can_spoil_an_answer(
    models: HttpModels, server: ModelServer
):
    server.scripts["model-a"] = Script(fault="keep-alive-after-finish", text="Because.")
    began = time.monotonic()

    completion = await ask(models, request(), is_stream=True)

    assert completion.text == "Because."
    assert time.monotonic() - began < 3


async def test_a_slow_reader_does_not_make_a_model_silent(
    build: Callable[..., HttpModels], server: ModelServer
):
    server.scripts["model-a"] = Script(text="one two three four", pieces=4, pause_s=0.05)
    models = build(waits=Waits(first_token_s=1, idle_s=0.2))
    pieces: list[str] = []

    async with aclosing(models.stream(request())) as stream:
        async for piece in stream:
            if isinstance(piece, Completion):
                break
            pieces.append(piece)
            await asyncio.sleep(0.3)  # longer than a model may stay silent

    assert "".join(pieces) == "one two three four"


async def test_connections_are_used_again(models: HttpModels, server: ModelServer):
    await ask(models, request(), is_stream=True)
    await ask(models, request(), is_stream=True)
    await models.complete(request())

    assert len({asked.port for asked in server.requests}) == 1


async def test_a_logged_failure_holds_no_foreign_words(
    models: HttpModels, caplog: pytest.LogCaptureFixture
):
    error = await failure_of(models, model="gone/model-a")
    logging.getLogger("test").error("failed", exc_info=error)

    assert "gone cannot be reached" in caplog.text
    assert "Cannot connect" not in caplog.text
    assert "aiohttp" not in caplog.text


async def test_the_key_is_nowhere_but_on_the_wire(
    models: HttpModels, server: ModelServer, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    await models.complete(request())
    await models.complete(request(model="claude/model-a"))
    server.default = Script(fault="500")
    error = await failure_of(models)
    logging.getLogger("test").error("failed", exc_info=error)

    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    assert server.requests[1].headers["x-api-key"] == KEY
    assert KEY not in caplog.text
    assert KEY not in repr(vars(models))


async def test_a_key_that_cannot_be_sent_is_named(
    build: Callable[..., HttpModels], server: ModelServer
):
    provider = Provider("typo", "openai", server.base_url, api_key="key\n", key_name="TYPO_KEY")

    error = await failure_of(build(provider), model="typo/model-a")

    assert str(error) == (
        "typo: the key holds characters that cannot be sent. Check TYPO_KEY's value."
    )
    assert server.calls() == 0


@pytest.mark.parametrize(
    "base_url", ["http://", "ftp://127.0.0.1/v1", "nonsense", "http://[::1", "http://a b/"]
)
async def test_an_address_that_cannot_be_used_is_named(
    build: Callable[..., HttpModels], base_url: str
):
    provider = Provider("typo", "openai", base_url)

    error = await failure_of(build(provider), model="typo/model-a")

    assert "typo" in str(error)
    assert "base_url" in str(error)


async def test_text_that_is_no_text_is_sent_and_received_harmlessly(
    models: HttpModels, server: ModelServer
):
    server.scripts["model-a"] = Script(text="half \ud83d pair\0")

    completion = await models.complete(request(prompt="lone \udc80 surrogate"))

    assert completion.text == "half ? pair"
    assert server.requests[0].body["messages"][1]["content"] == "lone ? surrogate"


async def test_models_are_listed_with_the_prices_that_the_provider_tells(
    models: HttpModels, server: ModelServer
):
    server.scripts["free"] = Script()
    server.listing = [
        {"id": "b", "pricing": {"prompt": "0.000003", "completion": "0.000015"}},
        {"id": "models/a", "pricing": {"prompt": "-1"}},
        {"nothing": 1},
    ]

    assert await models.list("work") == (
        ModelInfo("work/a"),
        ModelInfo("work/b", 3.0, 15.0),
    )


async def test_models_are_listed_with_whether_they_take_images(
    models: HttpModels, server: ModelServer
):
    server.listing = [
        {"id": "seeing", "architecture": {"input_modalities": ["text", "image"]}},
        {"id": "blind", "architecture": {"input_modalities": ["text"]}},
        {"id": "silent", "architecture": {"input_modalities": []}},
        {"id": "odd", "architecture": {"input_modalities": "image"}},
    ]

    assert {model.name: model.sees_images for model in await models.list("work")} == {
        "work/seeing": True,
        "work/blind": False,
        "work/silent": None,
        "work/odd": None,
    }


async def test_a_list_that_is_not_there_is_named_as_such(
    build: Callable[..., HttpModels], server: ModelServer
):
    models = build(Provider("odd", "openai", f"{server.base_url}/odd"))

    with pytest.raises(ModelError, match=r"^odd did not send its list of models\."):
        await models.list("odd")


async def test_no_time_is_a_failure_like_any_other(models: HttpModels):
    error = await failure_of(models, deadline_s=0.0)

    assert error.failure.kind is FailureKind.TIMED_OUT


async def test_a_list_that_cannot_be_fetched_fails_in_words(models: HttpModels):
    with pytest.raises(ModelError, match="gone cannot be reached"):
        await models.list("gone")
