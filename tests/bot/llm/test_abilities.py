from __future__ import annotations

import pytest

from bot.domain import Attachment
from bot.llm.abilities import Ability, Feature, Structure, named_features, without_refused
from tests.bot.llm.asked import request

NOTHING: frozenset[Feature] = frozenset()
IMAGE = Attachment("dot.png", "image/png", b"dot")


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("'response_format' of type 'json_schema' is not supported", {Feature.STRUCTURE}),
        ("No endpoints found that support image input", {Feature.IMAGES}),
        ("Unrecognized request argument supplied: stream_options", {Feature.STREAM_USAGE}),
        ("Use 'max_completion_tokens' instead", {Feature.TOKEN_LIMIT}),
        ("max_tokens: 16000 > 4096", {Feature.TOKEN_LIMIT}),
        ("output_config: Extra inputs are not permitted", {Feature.STRUCTURE}),
        ("The model is not in the mood", set[Feature]()),
    ],
)
def test_refusals_name_features(text: str, features: set[Feature]):
    assert named_features(text) == features


def test_a_named_structure_is_weakened_step_by_step():
    asked, named = request(schema={}), frozenset({Feature.STRUCTURE})

    first = without_refused(Ability(), asked, named, may_guess=False)
    assert first == Ability(structure=Structure.JSON)
    assert first is not None
    second = without_refused(first, asked, named, may_guess=False)
    assert second == Ability(structure=Structure.TEXT)
    assert second is not None
    assert without_refused(second, asked, named, may_guess=True) is None


def test_what_was_not_asked_for_is_not_left_out():
    named = frozenset({Feature.STRUCTURE, Feature.IMAGES})

    assert without_refused(Ability(), request(), named, may_guess=True) is None


def test_without_a_name_images_are_suspected_first_then_the_schema_once():
    asked = request(schema={}, images=(IMAGE,))

    first = without_refused(Ability(), asked, NOTHING, may_guess=True)
    assert first == Ability(sees=False)
    assert first is not None
    second = without_refused(first, asked, NOTHING, may_guess=True)
    assert second == Ability(sees=False, structure=Structure.JSON)
    assert second is not None
    assert without_refused(second, asked, NOTHING, may_guess=True) is None


def test_nothing_is_suspected_where_guessing_is_not_allowed():
    assert without_refused(Ability(), request(schema={}), NOTHING, may_guess=False) is None


@pytest.mark.parametrize(
    ("feature", "weaker"),
    [
        (Feature.STREAM_USAGE, Ability(counts_streams=False)),
        (Feature.TOKEN_LIMIT, Ability(has_other_limit=True)),
    ],
)
def test_other_named_features_are_left_out_once(feature: Feature, weaker: Ability):
    named = frozenset({feature})

    assert without_refused(Ability(), request(), named, may_guess=False) == weaker
    assert without_refused(weaker, request(), named, may_guess=False) is None
