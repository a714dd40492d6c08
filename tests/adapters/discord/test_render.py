"""What is sent to Discord fits, hides nothing, and mentions nobody but the person who asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.render import render, reviews
from adapters.discord.thread.accents import of_model
from adapters.discord.thread.components import Component, parts_of, shown_chars
from adapters.discord.thread.links import message_link
from adapters.discord.thread.messages import MOST_CHARS, Message
from adapters.discord.thread.writing import writing
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
from bot.reports import REHEARSAL_NOTE, report, root_report
from bot.untrusted import harmless
from tests.adapters.discord.rich.reading import ACTIVE, everything_in, read, shown
from tests.adapters.samples import BEGUN, DONE, SLOTS, SYNTHESIS
from tests.fakes.discord.components import parts_in
from tests.fakes.discord.validator import breaches_of, fault_of, links_in, mentions_in

KIM = "80351110224678912"
ASKER = f"<@{KIM}>"
LINK = message_link("111", "222", "333")
V2 = 1 << 15
SCHEMES = {"https", "http", "attachment"}
_FRAGMENTS = [
    *("<@1>", "<@&2>", "<#3>", "</ask:4>", "<t:5:R>", "<:x:6>", "@everyone", "@here", ":smile:"),
    *(
        "[click](javascript:alert(1))",
        "![x](https://evil.example/?q=secret)",
        "https://a@b.example",
    ),
    *("```", "~~~", "`", "**", "# ", "> ", "- ", "1. ", "-# ", "||", "\n\n", "&amp;", "&lt;@1&gt;"),
    *("| a | b |\n|---|---|\n| c | d |\n", "\ud800", "\u202e", "\0", "😀", "漢字", "word "),
]
TEXTS = st.lists(st.sampled_from(_FRAGMENTS), max_size=20).map("".join) | st.text(max_size=120)
NAMES = st.text(min_size=1, max_size=40) | st.sampled_from(_FRAGMENTS)
LONG = st.tuples(TEXTS, st.integers(1, 300)).map(lambda pair: pair[0] * pair[1])
FEW = settings(max_examples=40)


def body_of(message: Message) -> dict[str, object]:
    """Return what is sent, with the id by which a message is found again."""
    first, *others = message.components
    allowed = {"parse": [], "users": [KIM]}
    components = [{**first, "id": 2**31 - 1}, *others]
    return {"components": components, "flags": V2, "allowed_mentions": allowed}


def check(messages: Sequence[Message]) -> Sequence[Message]:
    """Check that Discord takes all messages, and that nothing in them is active."""
    for message in messages:
        body = body_of(message)
        for route in ("POST /channels/{id}/messages", "PATCH /channels/{id}/messages/{id}"):
            assert fault_of(route, body) is None
            assert breaches_of(route, body) == []
        assert set(mentions_in({**body, "allowed_mentions": None})) <= {ASKER}
        assert {link.target.partition("://")[0] for link in links_in(body)} <= SCHEMES
        assert shown_chars(message.components) <= MOST_CHARS
        assert all("id" not in part for part in parts_in(message.components))
        for text in texts_in(message.components):
            kinds = {node.kind for node in everything_in(read(text))}
            assert not kinds & (ACTIVE - {"mention"} | {"spoiler", "u", "preview"})
        assert (message.file is not None) == ("attachment://" in str(message.components))
        if message.file is not None:
            message.file.content.encode()
            assert re.fullmatch(r"[a-z0-9._-]+\.md", message.file.name, re.IGNORECASE)
            assert f"attachment://{message.file.name}" in str(message.components)
    return messages


def rendered(given_report: Report) -> Sequence[Message]:
    return check(render(given_report, answer_link=LINK))


def texts_in(components: Sequence[Component]) -> Iterator[str]:
    for component in components:
        if "content" in component:
            yield str(component["content"])
        yield from texts_in(parts_of(component))


def said(messages: Sequence[Message]) -> str:
    """Return the visible text."""
    return "\n".join(
        shown(read(text)) for message in messages for text in texts_in(message.components)
    )


@pytest.mark.parametrize("slot", SLOTS)
def test_a_usual_deliberation_fits(slot: str) -> None:
    assert len(rendered(report(DONE, slot))) == 1


@given(TEXTS, NAMES)
@FEW
def test_no_answer_breaks_out(text: str, name: str) -> None:
    answer = Answer(name, text, f"work/{name}", 1.0, text, 0.5, revised_because=text)
    deliberation = replace(DONE, answers=(answer,))

    rendered(report(deliberation, f"answer:{name}"))
    rendered(report(deliberation, f"revision:{name}"))


@given(TEXTS, NAMES, st.integers(1, 4))
@FEW
def test_no_review_breaks_out(text: str, name: str, count: int) -> None:
    review = Review(name, text, f"work/{name}", 1.0, ballot=Ballot(name, ((name, text),)))
    deliberation = replace(DONE, reviews=(review,) * count)

    rendered(report(deliberation, f"review:{name}:0"))
    check(reviews(deliberation))


@given(TEXTS, NAMES, st.integers(0, 12))
@FEW
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
    failures = (MemberFailure(name, Failure(FailureKind.TIMED_OUT, text)),) * min(count, 9)

    rendered(report(replace(DONE, synthesis=synthesis, failures=failures), "synthesis"))


@given(TEXTS, NAMES, st.sampled_from(State))
@FEW
def test_no_question_breaks_out(text: str, name: str, state: State) -> None:
    seats = tuple(Seat(f"{name} {number}", f"work/{name}") for number in range(9))
    council = replace(DONE.council, members=seats, chairman=Seat(name, name))
    question = replace(DONE.question, text=text, asker=name, asker_id=KIM)
    failures = (MemberFailure(seats[0].name, Failure(FailureKind.TIMED_OUT, text)),)
    deliberation = replace(
        DONE,
        question=question,
        council=council,
        state=state,
        failures=failures,
        reason=text or "Failed.",
        synthesis=replace(SYNTHESIS, final_answer=text),
    )

    (root,) = rendered(replace(root_report(deliberation), remark=text))

    assert mentions_in(body_of(root)) == [ASKER]
    (root,) = render(replace(root_report(deliberation), asker_id=None))
    assert mentions_in({**body_of(root), "allowed_mentions": None}) == []


@given(TEXTS, NAMES)
@FEW
def test_no_failure_and_no_standings_break_out(text: str, name: str) -> None:
    failed = replace(DONE, synthesis=None, state=State.FAILED, reason=text)
    order = tuple(Standing(f"{name} {n}", n, 1.0, 0.5, None) for n in range(9))
    assert DONE.standings is not None
    standings = replace(DONE.standings, order=order)

    rendered(report(failed, "synthesis"))
    rendered(report(replace(DONE, standings=standings), "standings"))


@given(LONG, NAMES, st.booleans())
@settings(max_examples=20)
def test_what_is_being_written_always_fits(text: str, name: str, is_again: bool) -> None:  # noqa: FBT001
    check([writing(text, name, is_again=is_again)])


@given(LONG)
@settings(max_examples=15)
def test_a_long_answer_is_cut_and_loses_nothing(text: str) -> None:
    deliberation = replace(DONE, answers=(Answer("Ada", text, "work/a", 1.0),))

    messages = rendered(report(deliberation, "answer:Ada"))

    assert 1 <= len(messages) <= 4
    if messages[-1].file is not None:
        assert messages[-1].file.content == harmless(text)


@pytest.mark.parametrize("words", [1, 600, 1_200, 20_000])
def test_every_word_of_a_long_answer_is_there(words: int) -> None:
    text = " ".join(f"word{number}" for number in range(words))
    deliberation = replace(DONE, answers=(Answer("Ada", text, "work/a", 1.0),))

    messages = rendered(report(deliberation, "answer:Ada"))

    whole = messages[-1].file.content if messages[-1].file else said(messages)
    assert [word for word in whole.split() if word.startswith("word")] == text.split()


def test_what_is_too_long_for_a_thread_ends_with_a_file() -> None:
    text = "Another paragraph.\n\n" * 5_000
    deliberation = replace(DONE, synthesis=replace(SYNTHESIS, text=text))

    first, last = rendered(report(deliberation, "synthesis"))

    assert first.file is None
    assert last.file is not None
    assert (last.file.name, last.file.content) == ("final-answer-in-full.md", text)
    order = ["part 2 of 2", "The rest is in the file below", "attachment://", "council:after"]
    places = [str(last.components).index(words) for words in order]
    assert places == sorted(places)


def test_each_part_says_whose_it_is() -> None:
    text = "Another paragraph with some words in it.\n\n" * 200
    deliberation = replace(DONE, answers=(Answer("Ada", text, "work/a", 1.0, confidence=0.5),))

    first, second, *_, last = rendered(report(deliberation, "answer:Ada"))

    assert "**Ada** · 1.0 s" in next(texts_in(first.components))
    assert next(texts_in(second.components)) == "-# Ada · 1.0 s · part 2 of 3"
    assert "own confidence 50%" in list(texts_in(last.components))[-1]
    assert "own confidence" not in str(first.components)


def test_members_have_the_colour_of_their_maker() -> None:
    colours = {
        slot: message.components[0]["accent_color"]
        for slot in ("answer:claude-sonnet-5.5", "answer:gpt-6.1-terra", "answer:gemini-3.8-flash")
        for message in rendered(report(DONE, slot))
    }

    assert len(set(colours.values())) == 3
    assert colours["answer:gpt-6.1-terra"] == of_model("openai/gpt")
    assert of_model("openrouter/openai/x") == of_model("openai/y") != of_model("nobody/z")


def test_the_final_answer_says_first_what_must_be_known() -> None:
    (message,) = rendered(report(DONE, "synthesis"))
    whole = "\n".join(texts_in(message.components))

    order = [
        *("# Final answer", "**Moderate", "One member disagrees", "-# ⚠ grok-4.7 did not answer"),
        *("Take **ClickHouse**", "**Dissent** · gpt-6.1-terra", "**Unresolved** · How", "tokens"),
    ]
    places = [whole.index(words) for words in order]
    assert places == sorted(places)


def test_the_final_answer_can_be_followed_rated_and_traced() -> None:
    (message,) = rendered(report(DONE, "synthesis"))

    (row,) = (part for part in parts_in(message.components) if part["type"] == 1)
    assert [button["custom_id"] for button in row["components"]] == [
        "council:after:1m84graz8bzj7zka",
        "council:reviews:1m84graz8bzj7zka",
        "council:good:1m84graz8bzj7zka",
        "council:bad:1m84graz8bzj7zka",
    ]


def test_a_rehearsal_says_so_in_every_message() -> None:
    rehearsal = replace(DONE, is_rehearsal=True)

    for slot in SLOTS:
        (message,) = rendered(report(rehearsal, slot))
        assert "rehearsal" in said([message]).lower()
    assert REHEARSAL_NOTE in said(rendered(report(rehearsal, "root")))
    assert "rehearsal" in said(reviews(rehearsal)).lower()


def test_the_root_message_can_stop_what_runs_and_links_what_is_done() -> None:
    (running,) = render(root_report(BEGUN))
    (done,) = render(root_report(DONE), answer_link=LINK)

    assert "council:stop:1m84graz8bzj7zka" in str(running.components)
    assert "council:stop" not in str(done.components)
    assert [link.target for link in links_in(body_of(done))] == [
        "https://discord.com/channels/111/222/333"
    ]
    assert "Read the final answer" in str(done.components)


def test_the_root_message_shows_the_question_who_asked_and_what_every_seat_is_doing() -> None:
    doing = {"gpt-6.1-terra": SeatStatus.ANSWERING}
    given_report = root_report(BEGUN, doing, {"gpt-6.1-terra": 12})

    (root,) = rendered(replace(given_report, question="# Which *one*?\nNow.", asker_id=KIM))

    question, asked, seats, headline = texts_in(root.components)
    assert question == "> \\# Which \\*one\\*?\n> Now."
    assert asked.startswith(f"-# Asked by {ASKER} · standard · chairman claude-opus-5.5 · id 1m84")
    assert seats.split("\n")[:2] == [
        "· 🟠 **claude-sonnet-5.5** · waiting",
        "✎ 🟢 **gpt-6.1-terra** · answering · 12 words",
    ]
    assert headline == "**The members are answering.**"


def test_a_long_question_leaves_room_for_all_that_is_below_it() -> None:
    failures = tuple(
        MemberFailure(seat.name, Failure(FailureKind.TIMED_OUT, "It did not answer. " * 20))
        for seat in DONE.council.members
    )
    asked = replace(DONE.question, text="Why? *Why?* " * 1_000)

    (root,) = rendered(root_report(replace(DONE, question=asked, failures=failures)))

    question, _, seats, *_ = texts_in(root.components)
    assert question.endswith("…")
    assert len(question) > 2_000
    assert seats.count("failed: It did not answer.") == 4


def test_the_outcome_is_the_short_answer_if_there_is_one() -> None:
    gist = replace(root_report(DONE), gist="*ClickHouse*", remark="It is not pinned.")

    (root,) = rendered(gist)

    *_, outcome, remark = texts_in(root.components)
    assert outcome.startswith("**In short:** \\*ClickHouse\\*\nModerate: ")
    assert remark == "-# ⚠ It is not pinned."


def test_all_reviews_come_in_as_few_messages_as_possible() -> None:
    (message,) = check(reviews(DONE))

    assert [part["type"] for part in message.components] == [17, 17]
    assert "claude-sonnet-5.5 · review" in said([message])
    assert "Ranking: claude-sonnet-5.5, then gemini-3.8-flash" in said([message])

    long = replace(DONE.reviews[0], text="Many words. " * 250)
    assert len(check(reviews(replace(DONE, reviews=(long, *DONE.reviews, long))))) == 2


def test_without_reviews_there_is_a_sentence() -> None:
    assert said(check(reviews(BEGUN))) == "Nobody reviewed these answers."


def test_what_is_being_written_says_who_writes() -> None:
    first = writing("", "maple", is_again=False)
    again = writing("**So", "maple", is_again=True)
    long = writing("Many words. " * 2_000, "maple", is_again=False)

    assert list(texts_in(first.components)) == ["-# ✎ maple writes the final answer …"]
    assert list(texts_in(again.components)) == [
        "-# ✎ Another member takes the chair and writes the final answer …",
        "\\*\\*So",
    ]
    assert list(texts_in(long.components))[-1] == "…"
    assert shown_chars(long.components) > 3_000
