from __future__ import annotations

from dataclasses import replace

from adapters.console.plain import plain
from bot.domain import State
from bot.reports import report
from tests.adapters.console.samples import BEGUN, DONE, FLAG, SLOTS, STANDINGS


def test_the_final_answer_reads_as_a_page() -> None:
    assert plain(report(DONE, "synthesis")) == (
        "== Final answer ==\n"
        "\n"
        "Note: cedar did not answer: no answer within 120 s.\n"
        "Note: Late, not reviewed: birch.\n"
        "Note: The answer rests on 2 of 3 members.\n"
        "\n"
        "**Paris** [alder, birch].\n\nIt is on the Seine.\n\n1. one\n2. two\n"
        "\n"
        "Dissent: birch: It depends. (not followed: No source.)\n"
        "Unresolved: Since when?\n"
        "Contested: the members do not agree on a best answer.\n"
        "2 of 3 members · 15 s · 1,450 tokens · at least $0.01 · id 01abc"
    )


def test_ties_are_shown_as_ties() -> None:
    text = plain(report(DONE, "standings"))

    assert " =1  alder: 0.5 wins, 50% of the weight, mean rank 1.5\n" in text
    assert " =1  birch: 0.5 wins, 50% of the weight\n" in text
    assert "Ranking: alder = birch." in plain(report(DONE, "review:alder:0"))


def test_an_upheld_fault_is_quoted() -> None:
    assert f"“{FLAG.quote}”" in plain(report(DONE, "standings"))


def test_no_usable_ballot_is_said() -> None:
    nobody = replace(DONE, standings=replace(STANDINGS, order=()))

    assert "No ballot was usable" in plain(report(nobody, "standings"))


def test_a_late_answer_says_so() -> None:
    assert plain(report(DONE, "answer:birch")).startswith("== birch · 13 s · late, not reviewed ==")


def test_every_message_of_a_rehearsal_says_so() -> None:
    rehearsal = replace(DONE, is_rehearsal=True)

    assert all("rehearsal" in plain(report(rehearsal, slot)) for slot in SLOTS)
    assert "Rehearsal: stand-in models" in plain(report(rehearsal, "synthesis"))


def test_a_failure_is_its_reason() -> None:
    failed = replace(BEGUN, state=State.FAILED, reason="No member answered.")

    assert plain(report(failed, "synthesis")) == "No member answered."


def test_a_revised_answer_says_why() -> None:
    revised = replace(DONE.answers[0], revised_because="since 987 was wrong")
    text = plain(report(replace(DONE, answers=(revised,)), "revision:alder"))

    assert text.startswith("== alder · revised answer · 1.2 s ==")
    assert "Revised because: since 987 was wrong" in text


def test_names_and_texts_of_models_are_harmless() -> None:
    hostile = replace(DONE.answers[0], text="\x1b[2J\u202ebad", final_answer="\x07x")
    text = plain(report(replace(DONE, answers=(hostile,)), "answer:alder"))

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "In short: x" in text
