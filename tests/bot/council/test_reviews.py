"""Reading reviews, whatever a model wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.council.anonymity import Disguise
from bot.council.reviews import parse_ranking, parse_review, uphold
from bot.domain import Check, Flag, Verdict
from tests.bot.council.stories import at_most

SHOWN = Disguise({"K7": "Ada", "Q2": "Ben", "M4": "Cy"})
ANSWERS = {
    "Ada": "The Eiffel Tower is 330 metres tall.\nIt stands in Paris.",
    "Ben": "It is 300 metres tall.",
    "Cy": "Nobody knows.",
}


def review(**fields: Any) -> str:
    return json.dumps(
        {"reference_points": [], "reviews": [], "ranking": [["K7"], ["Q2", "M4"]], **fields}
    )


def entry(label: str = "K7", **fields: Any) -> dict[str, Any]:
    return {"label": label, "verdict": "mixed", "scores": {}, "flags": [], **fields}


def flag(quote: str, **fields: str) -> dict[str, str]:
    return {"quote": quote, "type": "wrong", "severity": "major", "why": "It is not.", **fields}


def read(text: str, *, is_truncated: bool = False) -> Any:
    return parse_review(text, SHOWN, ANSWERS, reviewer="Ben", is_truncated=is_truncated)


def test_a_ballot_carries_names() -> None:
    parsed = read(review())

    assert parsed.ballot.tiers == (("Ada",), ("Ben", "Cy"))
    assert parsed.ballot.reviewer == "Ben"


def test_labels_are_found_among_marks_and_words() -> None:
    parsed = read(review(ranking=["Answer k7 (best)", ["[Q2]"], "**M4**"]))

    assert parsed.ballot.tiers == (("Ada",), ("Ben",), ("Cy",))


def test_json_is_found_in_a_fence_and_in_prose() -> None:
    fenced = read(f"Here it is:\n```json\n{review()}\n```\nDone.")
    loose = read(f"Sure! {review()} Hope that helps.")

    assert fenced.ballot == loose.ballot == read(review()).ballot


def test_a_list_after_the_last_header_counts_too() -> None:
    parsed = read("K7 is best.\n\nFINAL RANKING:\n1. K7\n2. Q2 = M4\nThanks")

    assert parsed.ballot.tiers == (("Ada",), ("Ben", "Cy"))
    assert parsed.text.startswith("Ada is best.")


def test_a_truncated_list_ties_the_missing_last() -> None:
    parsed = read("FINAL RANKING:\n1. K7\n2. Q2", is_truncated=True)

    assert parsed.ballot.is_truncated
    assert read("FINAL RANKING:\n1. K7", is_truncated=True).ballot.tiers == (
        ("Ada",),
        ("Ben", "Cy"),
    )
    assert read("FINAL RANKING:\n1. K7").ballot is None


def test_without_a_ranking_the_text_stays_readable() -> None:
    parsed = read("I like K7.\u200b")

    assert parsed.ballot is None
    assert parsed.text == "I like Ada."


def test_an_unusable_ranking_is_no_ballot() -> None:
    assert read(review(ranking="K7")).ballot is None
    assert read(review(ranking=[["K7"], ["ZZ"]])).ballot is None


def test_a_true_quote_makes_a_flag_whatever_its_case_and_spacing() -> None:
    entries = [entry(flags=[flag("  the eiffel TOWER is\n330 metres ", fix="It is 324.")])]

    parsed = read(review(reviews=entries))

    assert [(f.author, f.kind, f.severity, f.fix) for f in parsed.flags] == [
        ("Ada", "wrong", "major", "It is 324.")
    ]
    assert "Major, wrong: “the eiffel TOWER is 330 metres”" in parsed.text


def test_a_flag_without_a_true_quote_is_dropped() -> None:
    false = [flag("It is 400 metres."), flag(""), flag(" \u200b"), flag("It is", type="ugly")]

    parsed = read(review(reviews=[entry(flags=false)]))

    assert parsed.flags == ()


def test_a_quote_from_another_answer_is_dropped() -> None:
    assert read(review(reviews=[entry("Q2", flags=[flag("It stands in Paris.")])])).flags == ()


def test_unknown_labels_and_second_mentions_are_dropped() -> None:
    entries = [entry("ZZ"), entry("K7", verdict="correct"), entry("K7", verdict="wrong"), "noise"]

    parsed = read(review(reviews=entries))

    assert [(a.author, a.verdict) for a in parsed.appraisals] == [("Ada", "correct")]


def test_values_of_the_wrong_type_cost_nothing() -> None:
    odd = entry(
        verdict=["?"],
        scores={"accuracy": "1e999", "clarity": 99, "reasoning": True},
        flags="none",
        strengths="Short.",
        unique_points=[1, None, {"a": 1}],
    )

    parsed = read(review(reviews=[odd], reference_points=None))

    appraisal = parsed.appraisals[0]
    assert appraisal.verdict == "cannot_tell"
    assert appraisal.scores == (("clarity", 10.0),)
    assert appraisal.strengths == ("Short.",)
    assert appraisal.unique_points == ("1",)


def test_prose_speaks_of_names_not_labels() -> None:
    entries = [entry(strengths=["Clearer than Q2 and answer M4"], unique_points=["The year"])]

    parsed = read(review(reviews=entries, reference_points=["A height [K7]"]))

    assert parsed.text == (
        "**Ada**: mixed. Clearer than Ben and Cy. Only here: The year.\n\n"
        "A correct answer needs: A height [Ada]."
    )


@pytest.mark.parametrize(
    "text",
    [
        review(),
        "{}",
        f"```json\n{review()}\n```",
        '{"reference_points": ["A height"], "reviews": [{"label": "K7", "verd',
        '```json\n{"reviews": [{"label"',
        '[{"label": "K7"}]',
    ],
)
def test_a_review_never_shows_as_json(text: str) -> None:
    assert read(text).text == "This review came as data that could not be read."


def test_an_object_without_a_ranking_still_says_what_it_says() -> None:
    parsed = read(json.dumps({"reviews": [entry(flags=[flag("Eiffel Tower")])]}))

    assert parsed.ballot is None
    assert parsed.text.startswith("**Ada**: mixed.")
    assert [f.author for f in parsed.flags] == ["Ada"]


def test_an_object_that_a_review_quotes_is_not_taken_for_it() -> None:
    parsed = read(f'It says:\n```json\n{{"a": 1}}\n```\nSo:\n```json\n{review()}\n```')

    assert parsed.ballot == read(review()).ballot


def test_endless_prose_is_cut() -> None:
    assert len(read("x" * 200_000).text) < 101_000


def test_huge_numbers_and_deep_nesting_do_not_raise() -> None:
    deep = "[" * 100_000
    assert read(deep).ballot is None
    assert read('{"ranking": ' + "9" * 5_000 + "}").ballot is None
    assert read('{"ranking": [["K7"], ["Q2"]], "x": ' + deep).ballot is None


def test_long_lines_are_read_in_no_time() -> None:
    assert parse_ranking("FINAL RANKING\n" + "1. " + "*" * 200_000, ("K7", "Q2"))[0] == ()
    assert parse_ranking("\n" * 200_000 + "1." + "=" * 200_000, ("K7", "Q2"))[0] == ()


@pytest.mark.parametrize(
    "line", ["1. K7" + "=" * 190, "1. " + " =" * 90, "1. K7" + " =" * 90, "1. " + "answer " * 25]
)
def test_hostile_lists_cost_no_time(line: str) -> None:
    with at_most(seconds=4.0):
        parse_ranking("FINAL RANKING\n" + f"{line}\n" * (1_000_000 // len(line)), ("K7", "Q2"))


def test_hostile_fences_cost_no_time() -> None:
    with at_most(seconds=4.0):
        assert read("```" + " " * 1_000_000 + "!").ballot is None
        assert read("```" + "x" * 1_000_000 + "!").ballot is None


def test_words_behind_a_label_are_left_aside() -> None:
    tiers, _ = parse_ranking(
        "FINAL RANKING\n1. K7 = **Answer Q2** best = M4\n2. M4", ("K7", "Q2", "M4")
    )

    assert tiers == (("K7", "Q2"), ("M4",))


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text()
    | st.sampled_from(["K7", "Q2", "M4", "X1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["ranking", "reviews", "label", "flags", "quote", "scores", "type", "verdict"]
            )
            | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


def assert_sound(parsed: Any) -> None:
    if parsed.ballot is not None:
        named = [name for tier in parsed.ballot.tiers for name in tier]
        assert len(named) == len(set(named)) >= 2
        assert set(named) <= {"Ada", "Ben", "Cy"}


@given(st.text(), st.booleans())
def test_no_text_makes_the_parser_raise_or_vote_wrongly(text: str, is_truncated: bool) -> None:  # noqa: FBT001  drawn
    assert_sound(read(text, is_truncated=is_truncated))


@given(
    st.lists(
        st.sampled_from(
            [
                "FINAL RANKING:",
                "\n",
                "1. ",
                "2)",
                "K7",
                "Q2",
                "M4",
                "ZZ",
                " = ",
                "Response ",
                "x",
                "٣.",
            ]
        )
    ).map("".join)
)
def test_no_list_makes_the_parser_raise_or_vote_wrongly(text: str) -> None:
    assert_sound(read(text))


@given(ANYTHING)
def test_no_json_makes_the_parser_raise_or_vote_wrongly(value: Any) -> None:
    assert_sound(read(json.dumps(value)))
    assert_sound(read(json.dumps({"ranking": value, "reviews": [value]})))


def raised(reviewer: str, quote: str, **fields: str) -> Flag:
    values = {"author": "Ada", "kind": "wrong", "severity": "major", "why": "", **fields}
    return Flag(
        reviewer, values["author"], quote, values["kind"], values["severity"], values["why"]
    )


class TestUpholding:
    def test_two_others_on_overlapping_text_uphold(self) -> None:
        flags = [raised("Ben", "Tower is 330 metres"), raised("Cy", "330 METRES tall")]

        assert [f.is_upheld for f in uphold(flags, ANSWERS, {})] == [True, True]

    def test_one_reviewer_twice_does_not(self) -> None:
        flags = [raised("Ben", "330 metres"), raised("Ben", "330 metres tall")]

        assert not any(f.is_upheld for f in uphold(flags, ANSWERS, {}))

    def test_the_author_does_not_count(self) -> None:
        flags = [raised("Ben", "330 metres"), raised("Ada", "330 metres")]

        assert not any(f.is_upheld for f in uphold(flags, ANSWERS, {}))

    def test_other_text_minor_faults_and_other_kinds_do_not(self) -> None:
        flags = [
            raised("Ben", "330 metres"),
            raised("Cy", "It stands in Paris"),
            raised("Cy", "330 metres", severity="minor"),
            raised("Cy", "330 metres", kind="unsupported"),
        ]

        assert not any(f.is_upheld for f in uphold(flags, ANSWERS, {}))

    def test_a_checker_that_agrees_upholds_alone(self) -> None:
        checks = {"Ada": Check(Verdict.FAIL, "330 is not 324.")}

        assert uphold([raised("Ben", "330 metres")], ANSWERS, checks)[0].is_upheld


def test_numbers_out_of_range_are_held_or_dropped() -> None:
    scores = {"accuracy": 10**400, "reasoning": "abc", "completeness": -5, "clarity": "7.5"}

    appraisal = read(review(reviews=[entry(scores=scores)])).appraisals[0]

    assert appraisal.scores == (("completeness", 0.0), ("clarity", 7.5))
