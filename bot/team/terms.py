"""What holds in a place: the channel's settings, before the workspace's, before the operator's."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

from bot.domain import Council, Limits, PlaceSettings, Terms

_NO_LIMITS = Limits()

T = TypeVar("T")


def merged(usual: Terms, workspace: PlaceSettings, channel: PlaceSettings) -> Terms:
    """Return the terms of a place; `usual` are the operator's."""
    own = over(workspace, channel)
    return replace(
        usual,
        council=_council(usual.council, own),
        time_zone=_or(own.time_zone, usual.time_zone),
        askers=_or(own.askers, usual.askers),
        configurers=_or(own.configurers, usual.configurers),
        channel=_or(channel.limits, _NO_LIMITS),
        workspace=_or(workspace.limits, _NO_LIMITS),
        person=_or(workspace.per_person, _NO_LIMITS),
        questions_per_hour=_stricter(workspace.questions_per_hour, usual.questions_per_hour),
        refuses_unknown_prices=usual.refuses_unknown_prices
        or workspace.refuses_unknown_prices is True,
        retention_days=_or(workspace.retention_days, usual.retention_days),
        workspace_time_zone=_or(workspace.time_zone, usual.time_zone),
    )


def over(below: PlaceSettings, above: PlaceSettings) -> PlaceSettings:
    """Lay settings over others: what is set above counts."""
    is_set = {
        field.name: value
        for field in fields(above)
        if (value := getattr(above, field.name)) is not None
    }
    return replace(below, **is_set)


def _council(usual: Council, own: PlaceSettings) -> Council:
    return Council(
        members=_or(own.members, usual.members),
        chairman=_or(own.chairman, usual.chairman),
        mode=_or(own.mode, usual.mode),
        is_revising=_or(own.is_revising, usual.is_revising),
        deadlines=_or(own.deadlines, usual.deadlines),
        language=_or(own.language, usual.language) or None,
        instructions=_or(own.instructions, usual.instructions) or None,
        shown=_or(own.shown, usual.shown),
        pins=_or(own.pins, usual.pins),
    )


def _or(own: T | None, inherited: T) -> T:
    return inherited if own is None else own


def _stricter(own: int | None, operator: int | None) -> int | None:
    """Return the lower of two limits: a workspace may not lift the operator's."""
    return min((limit for limit in (own, operator) if limit is not None), default=None)
