"""Facts as a council may yield them, for hypothesis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from bot.domain import (
    Answer,
    Appraisal,
    Ballot,
    Check,
    Confidence,
    Dissent,
    Failure,
    FailureKind,
    Flag,
    ModelCall,
    Review,
    Standing,
    Standings,
    State,
    Synthesis,
    Timings,
    Verdict,
)
from bot.domain.events import (
    AnswerArrived,
    AnswerRevised,
    CallsUsed,
    CallsWasted,
    DeliberationCancelled,
    DeliberationFailed,
    Fact,
    MemberFailed,
    ObjectionRaised,
    ReviewArrived,
    StageBegan,
    StandingsReady,
    SynthesisReady,
)

_MEMBERS = st.sampled_from(["Ada", "Bob", "Çem 🦉"])
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_MAYBE_TEXTS = st.none() | _TEXTS
_LISTS = st.lists(_TEXTS, max_size=2).map(tuple)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
_MAYBE_NUMBERS = st.none() | _NUMBERS
_COUNTS = st.integers(0, 10**9)

_CALLS = st.lists(
    st.builds(
        ModelCall,
        model=_TEXTS,
        purpose=_TEXTS,
        latency_s=_NUMBERS,
        failure=st.none() | st.sampled_from(FailureKind),
        prompt_tokens=st.none() | _COUNTS,
        completion_tokens=st.none() | _COUNTS,
        cost_usd=_MAYBE_NUMBERS,
    ),
    max_size=2,
).map(tuple)
_ANSWERS = st.builds(
    Answer,
    member=_MEMBERS,
    text=_TEXTS,
    model=_TEXTS,
    latency_s=_NUMBERS,
    final_answer=_MAYBE_TEXTS,
    confidence=_MAYBE_NUMBERS,
    key_claims=_LISTS,
    is_late=st.booleans(),
    revised_because=_MAYBE_TEXTS,
)
_FAILURES = st.builds(Failure, kind=st.sampled_from(FailureKind), sentence=_TEXTS)


def _flags(reviewers: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Flag, ...]]:
    flags = st.builds(
        Flag,
        reviewer=reviewers,
        author=_MEMBERS,
        quote=_TEXTS,
        kind=_TEXTS,
        severity=_TEXTS,
        why=_TEXTS,
        fix=_TEXTS,
        is_upheld=st.booleans(),
    )
    return st.lists(flags, max_size=2).map(tuple)


def _reviews(reviewer: str) -> st.SearchStrategy[Review]:
    ballots = st.builds(
        Ballot,
        reviewer=st.sampled_from([reviewer, None]),
        tiers=st.lists(st.lists(_MEMBERS, max_size=2).map(tuple), max_size=2).map(tuple),
        weight=_NUMBERS,
        is_truncated=st.booleans(),
    )
    appraisals = st.builds(
        Appraisal,
        author=_MEMBERS,
        verdict=_TEXTS,
        scores=st.lists(st.tuples(_TEXTS, _NUMBERS), max_size=2).map(tuple),
        strengths=_LISTS,
        unique_points=_LISTS,
    )
    return st.builds(
        Review,
        reviewer=st.just(reviewer),
        text=_TEXTS,
        model=_TEXTS,
        latency_s=_NUMBERS,
        turn=st.integers(0, 1),
        ballot=st.none() | ballots,
        flags=_flags(st.just(reviewer)),
        appraisals=st.lists(appraisals, max_size=2).map(tuple),
    )


_STANDINGS = st.builds(
    Standings,
    order=st.lists(
        st.builds(
            Standing,
            member=_MEMBERS,
            place=st.integers(1, 9),
            copeland=_NUMBERS,
            share=_NUMBERS,
            mean_rank=_MAYBE_NUMBERS,
            check=st.builds(Check, verdict=st.sampled_from(Verdict), detail=_TEXTS),
        ),
        max_size=3,
    ).map(tuple),
    confidence=st.sampled_from(Confidence),
    ballots_used=_COUNTS,
    agreement=_MAYBE_NUMBERS,
    kendall_w=_MAYBE_NUMBERS,
    upheld=_flags(_MEMBERS),
)
_SYNTHESES = st.builds(
    Synthesis,
    text=_TEXTS,
    chairman=_TEXTS,
    model=_TEXTS,
    confidence=st.sampled_from(Confidence),
    latency_s=_NUMBERS,
    stand_in=_MAYBE_TEXTS,
    final_answer=_MAYBE_TEXTS,
    dissent=st.lists(st.builds(Dissent, who=_TEXTS, claim=_TEXTS, reason=_TEXTS), max_size=2).map(
        tuple
    ),
    unresolved=_LISTS,
)
_FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(StageBegan, state=st.sampled_from(State)),
    st.builds(AnswerArrived, answer=_ANSWERS, calls=_CALLS),
    st.builds(MemberFailed, member=_MEMBERS, failure=_FAILURES, calls=_CALLS),
    st.builds(ReviewArrived, review=_MEMBERS.flatmap(_reviews), calls=_CALLS),
    st.builds(CallsWasted, member=_MEMBERS, purpose=_TEXTS, failure=_FAILURES, calls=_CALLS),
    st.builds(CallsUsed, member=_MEMBERS, purpose=_TEXTS, calls=_CALLS),
    st.builds(StandingsReady, standings=_STANDINGS),
    st.builds(AnswerRevised, answer=_ANSWERS, calls=_CALLS),
    st.builds(ObjectionRaised, objection=_ANSWERS, calls=_CALLS),
    st.builds(SynthesisReady, synthesis=_SYNTHESES, calls=_CALLS),
    st.builds(DeliberationFailed, reason=_TEXTS),
    st.just(DeliberationCancelled()),
)

TIMINGS = st.builds(
    Timings,
    first_answer_s=_MAYBE_NUMBERS,
    answers_s=_MAYBE_NUMBERS,
    reviews_s=_MAYBE_NUMBERS,
    total_s=_MAYBE_NUMBERS,
)


def _plausible(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Leave out first answers of members that have revised theirs: they are not asked again."""
    kept: list[Fact] = []
    revised: set[str] = set()
    for fact in facts:
        if isinstance(fact, AnswerRevised):
            revised.add(fact.answer.member)
        if not isinstance(fact, AnswerArrived) or fact.answer.member not in revised:
            kept.append(fact)
    return tuple(kept)


# Whole courses; some facts come more than once.
HISTORIES: st.SearchStrategy[Sequence[Fact]] = (
    st.lists(_FACTS, max_size=12)
    .flatmap(
        lambda facts: st.tuples(
            st.just(facts), st.lists(st.sampled_from(facts), max_size=3) if facts else st.just([])
        )
    )
    .map(lambda both: _plausible([*both[0], *both[1]]))
)
