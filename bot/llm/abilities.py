"""What an endpoint accepts, learnt from what it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.ports import ModelRequest


class Structure(StrEnum):
    """How JSON is asked for, strongest first."""

    SCHEMA = "schema"
    JSON = "json"
    TEXT = "text"


class Feature(StrEnum):
    """A part of a request that some endpoints refuse."""

    IMAGES = "images"
    STRUCTURE = "structure"
    STREAM_USAGE = "stream usage"
    TOKEN_LIMIT = "token limit"  # noqa: S105 - tokens of text, not a secret


_WORDS = {
    Feature.IMAGES: re.compile(r"image|vision|multi-?modal"),
    Feature.STREAM_USAGE: re.compile(r"stream_options|include_usage"),
    Feature.STRUCTURE: re.compile(
        r"response_format|json|schema|structured|output_config|output_format"
    ),
    Feature.TOKEN_LIMIT: re.compile(r"max_(completion_|output_)?tokens"),
}


@dataclass(frozen=True, slots=True)
class Ability:
    """What a model's endpoint is taken to accept. `has_other_limit`: see the protocol's module."""

    structure: Structure = Structure.SCHEMA
    sees: bool = True
    counts_streams: bool = True
    has_other_limit: bool = False


def named_features(error_text: str) -> frozenset[Feature]:
    """Tell which features an endpoint's refusal speaks of."""
    lowered = error_text.lower()
    return frozenset(feature for feature, words in _WORDS.items() if words.search(lowered))


def without_refused(
    ability: Ability, request: ModelRequest, named: frozenset[Feature], *, may_guess: bool
) -> Ability | None:
    """Return the ability to try next after a refusal, None if there is nothing left to leave out.

    Without a name, `may_guess` allows one guess for images and one for the JSON schema.
    """
    in_use = _in_use(ability, request)
    for feature in _WORDS:
        if feature in named and feature in in_use:
            return _without(ability, feature)
    if not may_guess or named & in_use:
        return None
    if Feature.IMAGES in in_use:
        return _without(ability, Feature.IMAGES)
    if request.schema is not None and ability.structure is Structure.SCHEMA:
        return _without(ability, Feature.STRUCTURE)
    return None


def _in_use(ability: Ability, request: ModelRequest) -> frozenset[Feature]:
    uses = {
        Feature.IMAGES: bool(request.images) and ability.sees,
        Feature.STRUCTURE: request.schema is not None and ability.structure is not Structure.TEXT,
        Feature.STREAM_USAGE: ability.counts_streams,
        Feature.TOKEN_LIMIT: not ability.has_other_limit,
    }
    return frozenset(feature for feature, is_used in uses.items() if is_used)


def _without(ability: Ability, feature: Feature) -> Ability:
    match feature:
        case Feature.IMAGES:
            return replace(ability, sees=False)
        case Feature.STREAM_USAGE:
            return replace(ability, counts_streams=False)
        case Feature.TOKEN_LIMIT:
            return replace(ability, has_other_limit=True)
        case Feature.STRUCTURE:
            is_schema = ability.structure is Structure.SCHEMA
            return replace(ability, structure=Structure.JSON if is_schema else Structure.TEXT)
