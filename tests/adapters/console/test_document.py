from __future__ import annotations

import json
from dataclasses import replace

from adapters.console.document import document
from bot.domain import State
from tests.adapters.console.samples import BEGUN, DONE

GOLDEN = {
    "id": "01abc",
    "status": "done",
    "question": "What is the capital of France?",
    "mode": "standard",
    "members": [
        {
            "name": "alder",
            "model": "work/alder",
            "status": "answered",
            "reason": None,
            "latency_s": 1.24,
        },
        {
            "name": "birch",
            "model": "work/birch",
            "status": "late",
            "reason": None,
            "latency_s": 12.6,
        },
        {
            "name": "cedar",
            "model": "work/cedar",
            "status": "failed",
            "reason": "no answer within 120 s.",
            "latency_s": None,
        },
    ],
    "answers": [
        {
            "member": "alder",
            "text": DONE.answers[0].text,
            "final_answer": "Paris",
            "confidence": 0.9,
            "latency_s": 1.24,
        },
        {
            "member": "birch",
            "text": DONE.answers[1].text,
            "final_answer": None,
            "confidence": None,
            "latency_s": 12.6,
        },
    ],
    "reviews": [
        {
            "member": "alder",
            "text": "**birch**: correct.\n- Good: short",
            "ballot": [["alder", "birch"]],
            "flags": [],
        }
    ],
    "standings": [
        {"member": "alder", "place": 1, "copeland": 0.5, "share": 0.5, "mean_rank": 1.5},
        {"member": "birch", "place": 1, "copeland": 0.5, "share": 0.5, "mean_rank": None},
    ],
    "synthesis": {
        "text": "**Paris** [alder, birch].\n\nIt is on the Seine.\n\n1. one\n2. two",
        "chairman": "maple",
        "stand_in": None,
        "confidence": "contested",
        "dissent": [{"who": "birch", "claim": "It depends.", "reason": "No source."}],
        "unresolved": ["Since when?"],
    },
    "usage": {"prompt_tokens": 200, "completion_tokens": 1250, "cost_usd": 0.012},
    "timings": {"first_answer_s": 1.3, "answers_s": 12.7, "reviews_s": 0.9, "total_s": 15.2},
}


def test_the_object_is_what_programs_rely_on() -> None:
    found = json.loads(json.dumps(document(DONE)))

    assert found == GOLDEN
    assert list(found) == list(GOLDEN)


def test_a_member_that_nobody_waited_for_has_failed() -> None:
    members = document(replace(BEGUN, state=State.CANCELLED))["members"]

    assert isinstance(members, list)
    assert members[0]["status"] == "failed"
    assert members[0]["reason"]


def test_nothing_yet_is_empty_and_null() -> None:
    found = document(BEGUN)

    assert (found["answers"], found["standings"], found["synthesis"]) == ([], [], None)
