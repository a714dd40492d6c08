"""Every fault of the test server, through both protocols, plain and streaming."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from bot.domain import FailureKind
from bot.errors import ModelError
from bot.llm.models import HttpModels
from bot.llm.patience import Waits
from bot.ports import ModelRequest
from tests.bot.llm.asked import ask
from tests.bot.llm.asked import request as ask_for
from tests.bot.llm.conftest import KEY
from tests.fakes.model_faults import FAULTS
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.model_wires import FOREIGN_TEXT

DEADLINE_S = 0.8
SHORT = Waits(first_token_s=0.4, idle_s=0.4)
PROVIDERS = ("work", "claude")
BAD = [name for name, fault in FAULTS.items() if fault.kind is not None]
HARMLESS = [name for name, fault in FAULTS.items() if fault.kind is None]
# After these a stream may not even have begun with an answer.
ONCE = {
    "429-no-credit",
    "400-too-long",
    "400",
    "401",
    "402",
    "403",
    "404",
    "redirect",
    "hang",
    "html",
    "empty",
    "refusal",
    "cut",
}


def request(provider: str, deadline_s: float = DEADLINE_S) -> ModelRequest:
    return ask_for(model=f"{provider}/bad", deadline_s=deadline_s)


@pytest.fixture
def impatient(build: Callable[..., HttpModels]) -> HttpModels:
    return build(waits=SHORT)


@pytest.mark.parametrize("is_stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", BAD)
async def test_a_fault_ends_in_a_sentence_in_time(
    impatient: HttpModels, server: ModelServer, fault: str, provider: str, *, is_stream: bool
):
    server.scripts["bad"] = Script(fault=fault)
    began = time.monotonic()

    with pytest.raises(ModelError) as raised:
        await ask(impatient, request(provider), is_stream=is_stream)

    assert time.monotonic() - began < DEADLINE_S + 0.5
    error = raised.value
    assert error.failure.kind is FAULTS[fault].kind
    assert provider in error.failure.sentence
    assert error.failure.sentence.endswith(".")
    assert FOREIGN_TEXT not in error.failure.sentence
    assert KEY not in repr(error) + repr(error.failure) + repr(error.calls)
    assert len(error.calls) == server.calls("bad") >= 1
    assert {call.failure for call in error.calls} == {error.failure.kind}
    if fault in ONCE:
        assert len(error.calls) == 1


@pytest.mark.parametrize("is_stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", HARMLESS)
async def test_a_harmless_fault_costs_nothing(
    impatient: HttpModels, server: ModelServer, fault: str, provider: str, *, is_stream: bool
):
    server.scripts["bad"] = Script(fault=fault, text="Because — of 日本.")

    completion = await ask(impatient, request(provider), is_stream=is_stream)

    assert completion.text == "Because — of 日本."
    assert all(call.prompt_tokens is None for call in completion.calls)


async def test_a_refused_connection_is_tried_three_times(impatient: HttpModels):
    with pytest.raises(ModelError) as raised:
        await impatient.complete(request("gone"))

    assert raised.value.failure.kind is FailureKind.UNREACHABLE
    assert "gone cannot be reached" in raised.value.failure.sentence
    assert len(raised.value.calls) == 3


@pytest.mark.parametrize("is_stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("fault", ["huge", "no-newline", "gzip-bomb"])
async def test_a_flood_takes_little_memory(
    impatient: HttpModels, server: ModelServer, fault: str, *, is_stream: bool
):
    server.scripts["bad"] = Script(fault=fault)
    with pytest.raises(ModelError):  # what is built once, such as the bomb, does not count
        await ask(impatient, request("work"), is_stream=is_stream)

    tracemalloc.start()
    try:
        with pytest.raises(ModelError):
            await ask(impatient, request("work", deadline_s=10), is_stream=is_stream)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 24_000_000


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("401", "work: the key was refused (401). Check WORK_KEY's value."),
        ("402", "work: the account has no credit left (402). Top it up."),
        ("429-no-credit", "work: the account has no credit left (402). Top it up."),
        ("400-too-long", "work: the question with its context is too long for bad (413)."),
        ("404", "work has no model bad (404). `council models work` lists its models."),
        (
            "429-retry-after-huge",
            "work: too many requests for bad (429); it asks to wait 86400 s.",
        ),
        ("529", "work is overloaded (529)."),
        ("hang", "work/bad said nothing for 0.4 s."),
        ("hang-after-first", "work/bad fell silent in the middle of its answer, for 0.4 s."),
        ("drip", "work/bad did not finish within 0.8 s."),
        ("keep-alive-only", "work/bad said nothing for 0.4 s."),
        ("html", "work sent a web page instead of an answer. Check its base_url."),
        ("huge", "work/bad sent more than 4 MB; the rest was not read."),
        ("no-newline", "work/bad sent more than 256 kB a line; the rest was not read."),
        ("tool-call", "work/bad called a tool instead of answering."),
        ("refusal", "work/bad declined to answer."),
        ("white-space", "work/bad gave an empty answer."),
        ("drop", "work closed the connection before it answered."),
        ("redirect", "work redirects elsewhere (302), which is not followed. Check its base_url."),
    ],
)
async def test_the_sentence_says_what_happened(
    impatient: HttpModels, server: ModelServer, fault: str, sentence: str
):
    server.scripts["bad"] = Script(fault=fault)

    with pytest.raises(ModelError) as raised:
        await ask(impatient, request("work"), is_stream=True)

    assert str(raised.value) == sentence
