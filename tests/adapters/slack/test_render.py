"""What is sent to Slack fits, hides nothing, and mentions nobody but the person who asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.render import render
from adapters.slack.rich.pages import plain
from adapters.slack.rich.richtext import rich_text
from adapters.slack.thread.blocks import Block
from adapters.slack.thread.messages import Message
from adapters.slack.thread.permalinks import permalink
from bot.domain import (
    Answer,
    Ballot,
    Dissent,
    Failure,
    FailureKind,
    MemberFailure,
    Review,
    Seat,
    Standing,
    State,
)
from bot.domain.reports import Report, SeatStatus
from bot.marks import mark
from bot.reports import REHEARSAL_NOTE, report, root_report
from bot.untrusted import harmless
from tests.adapters.samples import BEGUN, DONE, SLOTS, SYNTHESIS
from tests.fakes.slack.mentions import links_in, mentions_in
from tests.fakes.slack.validator import fault_of

ASKER = "<@U0KIM>"
LINK = "https://acme.slack.com/archives/C1/p1?x=1&y=2"
_ANGLE_LINK = re.compile(r"<([a-z]+:[^|>]*)[|>]")
_FRAGMENTS = [
    "<!channel>",
    "<!here|x>",
    "<@U1>",
    "<!subteam^S1>",
    "<#C1>",
    "@channel",
    "<https://evil.example|https://good.example>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/?q=secret)",
    "```",
    "~~~",
    "`",
    "**",
    "# ",
    "> ",
    "- ",
    "1. ",
    "| a | b |\n|---|---|\n| c | d |\n",
    "\n\n",
    "&amp;",
    "&lt;!channel&gt;",
    "\ud800",
    "\u202e",
    "\0",
    "😀",
    "漢字",
    "word ",
]
TEXTS = st.lists(st.sampled_from(_FRAGMENTS), max_size=30).map("".join) | st.text(max_size=200)
NAMES = st.text(min_size=1, max_size=40) | st.sampled_from(_FRAGMENTS)
LONG = st.tuples(TEXTS, st.integers(1, 400)).map(lambda pair: pair[0] * pair[1])


def body_of(message: Message, blocks: Sequence[Block]) -> dict[str, object]:
    return {
        "channel": "C1",
        "text": message.text,
        "blocks": list(blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def check(given_report: Report) -> tuple[Message, ...]:
    """Check all messages of a report, also in their plainer form; return them."""
    messages = render(given_report, answer_link=LINK)
    for message in messages:
        if message.file is not None:
            message.file.content.encode()
            continue
        for blocks in (message.blocks, message.plain_blocks):
            body = body_of(message, blocks)
            assert fault_of("chat.postMessage", body) is None
            assert fault_of("chat.update", {**body, "ts": "1700000000.000100"}) is None
            assert set(mentions_in(body)) <= {ASKER}
            assert all(map(_is_safe, links_in({"blocks": _rich(blocks)})))
            ours = [block for block in blocks if block not in _rich(blocks)]
            marked = _ANGLE_LINK.findall(f"{message.text} {ours}")
            assert set(marked) <= {LINK.replace("&", "&amp;")}
        kinds = {str(block["type"]) for block in message.plain_blocks}
        assert "table" not in kinds
    return messages


def _is_safe(link: str) -> bool:
    return link.startswith(("https://", "http://", "mailto:"))


def _rich(blocks: Sequence[Block]) -> list[Block]:
    # In our own lines only Slack's angle brackets make links.
    return [block for block in blocks if block["type"] in {"rich_text", "table"}]


def said(messages: Sequence[Message]) -> str:
    """Return the visible text of what models wrote."""
    return "\n".join(
        message.file.content if message.file else plain(message.blocks) for message in messages
    )


@pytest.mark.parametrize("slot", SLOTS)
def test_a_usual_deliberation_fits(slot: str) -> None:
    assert len(check(report(DONE, slot))) == 1


@given(TEXTS, NAMES)
def test_no_answer_breaks_out(text: str, name: str) -> None:
    answer = Answer(name, text, f"work/{name}", 1.0, text, 0.5, revised_because=text)
    deliberation = replace(DONE, answers=(answer,))

    check(report(deliberation, f"answer:{name}"))
    check(report(deliberation, f"revision:{name}"))


@given(TEXTS, NAMES)
def test_no_review_breaks_out(text: str, name: str) -> None:
    ballot = Ballot(name, ((name, text),))
    review = Review(name, text, f"work/{name}", 1.0, ballot=ballot)

    check(report(replace(DONE, reviews=(review,)), f"review:{name}:0"))


@given(TEXTS, NAMES, st.integers(0, 8))
def test_no_final_answer_breaks_out(text: str, name: str, count: int) -> None:
    synthesis = replace(
        SYNTHESIS,
        text=text,
        chairman=name,
        stand_in=text or None,
        final_answer=text,
        dissent=(Dissent(name, text, text),) * count,
        unresolved=(text,) * count,
    )
    failures = (MemberFailure(name, Failure(FailureKind.TIMED_OUT, text)),) * count

    check(report(replace(DONE, synthesis=synthesis, failures=failures), "synthesis"))


@given(TEXTS, NAMES, st.sampled_from(State))
def test_no_question_breaks_out(text: str, name: str, state: State) -> None:
    seats = tuple(Seat(f"{name} {number}", f"work/{name}") for number in range(9))
    council = replace(DONE.council, members=seats, chairman=Seat(name, name))
    question = replace(DONE.question, text=text, asker=name)
    failures = (MemberFailure(seats[0].name, Failure(FailureKind.TIMED_OUT, text)),)
    synthesis = replace(SYNTHESIS, final_answer=text)
    deliberation = replace(
        DONE,
        question=question,
        council=council,
        state=state,
        failures=failures,
        reason=text,
        synthesis=synthesis,
    )

    (root,) = check(replace(root_report(deliberation), remark=text))

    assert ASKER in mentions_in(body_of(root, root.blocks))
    anonymous = replace(root_report(deliberation), asker_id=None)
    (root,) = render(anonymous)
    assert mentions_in(body_of(root, root.blocks)) == []


@given(TEXTS, NAMES)
def test_no_failure_and_no_standings_break_out(text: str, name: str) -> None:
    failed = replace(DONE, synthesis=None, state=State.FAILED, reason=text)
    order = tuple(Standing(f"{name} {n}", n, 1.0, 0.5, None) for n in range(9))
    assert DONE.standings is not None
    standings = replace(DONE.standings, order=order)

    check(report(failed, "synthesis"))
    check(report(replace(DONE, standings=standings), "standings"))


@settings(max_examples=25)
@given(LONG)
def test_a_long_answer_is_cut_and_loses_nothing(text: str) -> None:
    deliberation = replace(DONE, answers=(Answer("Ada", text, "work/a", 1.0),))

    messages = check(report(deliberation, "answer:Ada"))

    assert 1 <= len(messages) <= 4
    if messages[-1].file is not None:
        assert messages[-1].file.content == harmless(text)
    else:
        assert letters(said(messages)) == letters(plain(rich_text(text)))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("words", [1, 1_500, 3_000, 5_000, 20_000])
def test_every_word_of_a_long_answer_is_there(words: int) -> None:
    text = " ".join(f"word{number}" for number in range(words))
    deliberation = replace(DONE, answers=(Answer("Ada", text, "work/a", 1.0),))

    messages = check(report(deliberation, "answer:Ada"))

    whole = messages[-1].file.content if messages[-1].file else said(messages).replace("\n", " ")
    assert whole.split() == text.split()


def test_what_is_too_long_for_a_thread_comes_as_a_file() -> None:
    text = "Another paragraph.\n\n" * 5_000
    deliberation = replace(DONE, synthesis=replace(SYNTHESIS, text=text))

    messages = check(report(deliberation, "synthesis"))

    assert len(messages) == 3
    assert messages[-1].file is not None
    assert messages[-1].file.content == text
    assert "The rest is in the file below" in str(messages[1].blocks)
    assert "council_follow_up" in str(messages[1].blocks)


def test_each_part_says_whose_it_is() -> None:
    text = "Another paragraph with some words in it.\n\n" * 500
    deliberation = replace(DONE, answers=(Answer("Ada", text, "work/a", 1.0, confidence=0.5),))

    first, second, *_, last = check(report(deliberation, "answer:Ada"))

    assert "*Ada*" in str(first.blocks[0])
    assert "Ada · 1.0 s · part 2 of" in str(second.blocks[0])
    assert "own confidence 50%" in str(last.blocks[-1])
    assert "own confidence" not in str(first.blocks)


def test_the_final_answer_says_first_what_must_be_known() -> None:
    (message,) = check(report(DONE, "synthesis"))
    shown = [str(block) for block in message.blocks]

    def position(words: str) -> int:
        return next(number for number, block in enumerate(shown) if words in block)

    order = ["Final answer", "Moderate", "did not answer", "ClickHouse", "Dissent", "tokens"]
    assert [position(words) for words in order] == sorted(position(words) for words in order)
    assert "One member disagrees" in shown[position("Moderate")]


def test_a_rehearsal_says_so_in_every_message() -> None:
    rehearsal = replace(DONE, is_rehearsal=True)

    for slot in SLOTS:
        (message,) = check(report(rehearsal, slot))
        assert "rehearsal" in str(message.blocks).lower()
    assert REHEARSAL_NOTE in str(check(report(rehearsal, "root"))[0].blocks)


def test_the_root_message_can_stop_what_runs_and_links_what_is_done() -> None:
    (running,) = render(root_report(BEGUN))
    (done,) = render(root_report(DONE), answer_link="https://acme.slack.com/p1")

    assert "council_stop" in str(running.blocks)
    assert "council_stop" not in str(done.blocks)
    assert "<https://acme.slack.com/p1|Read the final answer>" in str(done.blocks)


def test_the_root_message_shows_what_every_seat_is_doing() -> None:
    doing = {"gpt-6.1-terra": SeatStatus.ANSWERING}

    (root,) = render(root_report(BEGUN, doing, {"gpt-6.1-terra": 12}))

    assert "✎ 🟢 *gpt-6.1-terra* · answering · 12 words" in str(root.blocks)
    assert "· 🟠 *claude-sonnet-5.5* · waiting" in str(root.blocks)


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        ("openrouter/anthropic/claude-5", "🟠"),
        ("anthropic/claude-5", "🟠"),
        ("openrouter/unknown/x", "⚪"),
        ("ollama/llama3.3", "🏠"),
        ("ollama/hf.co/qwen/x", "🏠"),
        ("rehearsal/alder", "🎭"),
        ("", "⚪"),
    ],
)
def test_a_mark_tells_the_maker(model: str, shown: str) -> None:
    assert mark(model) == shown


def test_links_lead_to_messages_and_into_threads() -> None:
    url = "https://acme.slack.com/"

    assert permalink(url, "C1", "17.000100", None) == f"{url}archives/C1/p17000100"
    assert permalink(url, "C1", "17.000100", "17.000100") == f"{url}archives/C1/p17000100"
    assert permalink(url, "C1", "18.000200", "17.000100") == (
        f"{url}archives/C1/p18000200?thread_ts=17.000100&cid=C1"
    )
