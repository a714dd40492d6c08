"""The chairman's text, streamed and whole."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.council.anonymity import Disguise
from bot.council.synthesis import Concluded, LiveText, parse_synthesis, settled
from bot.domain import Answer, Confidence, Synthesis
from tests.bot.council.stories import at_most

SHOWN = Disguise({"K7": "Ada", "Q2": "Ben"})
BLOCK = '```council\n{"final_answer": "B", "dissent": [], "unresolved": []}\n```'
SYNTHESIS = Synthesis("Text.", "Chair", "x/chair", Confidence.MODERATE, 1.0)


def live(text: str, sizes: list[int]) -> str:
    stream, shown = LiveText(SHOWN), ""
    for size in sizes:
        shown += stream.feed(text[:size])
        text = text[size:]
    return shown + stream.feed(text) + stream.rest()


def parsed(text: str) -> Concluded:
    concluded = parse_synthesis(text, SHOWN)
    assert concluded is not None
    return concluded


@given(
    st.lists(
        st.sampled_from(
            [
                "So ",
                "[K7]",
                "[K7, Q2]",
                "[Z9]",
                "Answer ",
                "K7",
                "\n\n",
                "`x`",
                "``",
                "```py\n1\n```\n",
                "[a](b)",
                "é",
            ]
        ),
        max_size=12,
    ).map("".join),
    st.lists(st.integers(1, 9), max_size=20),
    st.sampled_from(["", f"\n{BLOCK}", "\n```council\n{", "\n\n```council"]),
)
def test_pieces_of_any_size_show_what_the_whole_shows(
    text: str, sizes: list[int], end: str
) -> None:
    whole = parse_synthesis(text + end, SHOWN)

    assert (
        live(text + end, sizes).strip() == (whole.text if whole else "").strip() or not text.strip()
    )


@pytest.mark.no_cover  # it is timed, and tracing would take most of the time
@pytest.mark.parametrize("hostile", [" ", "\n", "answer ", "[", "`", "x"])
def test_hostile_pieces_cost_no_time(hostile: str) -> None:
    with at_most(seconds=4.0):
        live("Text" + hostile * (200_000 // len(hostile)) + "x y z", [7] * 10_000 + [1_000_000])


def test_the_block_never_shows() -> None:
    assert live(f"Use [K7].\n\n{BLOCK}", [1] * 80) == "Use [Ada]."
    assert live(BLOCK, [1] * 80) == ""


@pytest.mark.parametrize("size", [1, 2, 5, 11, 200])
def test_a_closing_block_of_another_name_never_shows_either(size: int) -> None:
    code = 'Use:\n```json\n{"a": 1}\n```\n'

    shown = live(f'{code}Done.\n```json\n{{\n "dissent": [], "unresolved": []}}\n```', [size] * 99)

    assert shown == f"{code}Done."


def test_nothing_shows_after_the_block_began() -> None:
    stream = LiveText(SHOWN)

    shown = stream.feed(f"Text.\n{BLOCK}") + stream.feed("more") + stream.rest()

    assert shown == "Text."


def test_the_block_is_read() -> None:
    block = {
        "final_answer": "B",
        "dissent": [
            {"label": "Q2", "claim": "It is\nC", "reason": "K7 shows otherwise"},
            {"label": "Z9", "claim": "x", "reason": ""},
            {"label": "K7", "claim": ""},
        ],
        "unresolved": ["Whether [Q2] holds"],
    }

    found = parsed(f"Text [K7].\n```council\n{json.dumps(block)}\n```")

    assert found.text == "Text [Ada]."
    assert found.final_answer == "B"
    assert [(d.who, d.claim, d.reason) for d in found.dissent] == [
        ("Ben", "It is C", "Ada shows otherwise")
    ]
    assert found.unresolved == ("Whether [Ben] holds",)


def test_a_broken_block_is_cut_off() -> None:
    assert parsed("Text.\n```council\n{broken").text == "Text."


def test_without_a_block_the_text_is_the_answer() -> None:
    found = parsed("Text.")

    assert (found.text, found.final_answer, found.dissent) == ("Text.", None, ())


def test_a_final_answer_alone_is_an_answer() -> None:
    assert parsed('```council\n{"final_answer": "B"}\n```').text == "B"


def test_nothing_is_nothing() -> None:
    assert parse_synthesis('```council\n{"dissent": []}\n```', SHOWN) is None


def test_an_open_question_leaves_the_chairman_free() -> None:
    assert settled(SYNTHESIS, None, []) == SYNTHESIS
    assert settled(SYNTHESIS, Answer("Ada", "t", "m", 1.0), []) == SYNTHESIS


def test_the_vote_stands_and_a_chairman_that_differs_is_dissent() -> None:
    winner = Answer("Ada", "t", "m", 1.0, "42")

    same = settled(replace(SYNTHESIS, final_answer="42.0"), winner, ["Ada"])
    other = settled(replace(SYNTHESIS, final_answer="41"), winner, ["Ada", "Ben"])

    assert (same.final_answer, same.dissent) == ("42", ())
    assert same.text == "Text."
    assert other.final_answer == "42"
    assert other.text.startswith("**Final answer: 42** (Ada, Ben)\n\nText.")
    assert (other.dissent[0].who, other.dissent[0].claim) == ("Chair", "41")


def test_a_chairman_that_leaves_the_vote_out_has_it_put_before_its_text() -> None:
    winner = Answer("Ada", "t", "m", 1.0, "42 km")

    silent = settled(SYNTHESIS, winner, ["Ada"])
    said = settled(replace(SYNTHESIS, text="It is **42 km**, no more."), winner, ["Ada"])

    assert silent.text == "**Final answer: 42 km** (Ada)\n\nText."
    assert silent.dissent == ()
    assert (said.text, said.final_answer) == ("It is **42 km**, no more.", "42 km")
