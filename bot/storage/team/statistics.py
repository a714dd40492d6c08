"""How members fared, counted from what is on record."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from sqlalchemy import ColumnElement, Connection, select

from bot.council.reviewers import agreements, earned
from bot.domain import Ballot, MemberRecord, Place, Tenant
from bot.storage.database import Database
from bot.storage.statements import FINAL_STATES
from bot.storage.tables import ballots, deliberations, reviews
from bot.storage.team.tallies import tallied
from bot.storage.team_tables import owned

# The newest of a place: enough for any judgement of a member, and counted in about 0.2 s however
# many there are.
_LOOKED_BACK = 500
# The newest of a workspace that weights rest on: some 1,000 reviews, looked at while somebody waits
# for an acknowledgement.
_WEIGHED = 250
# A weight moves by a hundredth in a day; and no more workspaces than that are busy at once.
_REMEMBERED_S = 600.0
_MOST_REMEMBERED = 1000
_ROW = deliberations.c


@dataclass(slots=True)
class _Remembered:
    """The weights of a workspace's models, until they are counted anew."""

    counting: asyncio.Lock = field(default_factory=asyncio.Lock)
    until: float = -inf
    weights: Mapping[str, float] = field(default_factory=dict[str, float])


class SqlStatistics:
    """`bot.ports.Statistics` on a database; `now` tells the seconds that weights are kept for."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._remembered: dict[Tenant, _Remembered] = {}

    async def members(self, place: Place) -> tuple[MemberRecord, ...]:
        """Return how members fared in the newest deliberations of a channel, or of a workspace.

        Those that won most come first.
        """
        weights = await self._weights(place.tenant)
        here = list(owned(deliberations, place.tenant))
        if place.channel:
            here.append(_ROW.channel == place.channel)

        def read(connection: Connection) -> tuple[MemberRecord, ...]:
            return tallied(connection, _newest(connection, here, limit=_LOOKED_BACK), weights)

        return await self._database.read(read)

    async def weights(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, float]:
        """Return what the ballots of models count in a workspace; counted anew now and then."""
        weights = await self._weights(tenant)
        return {model: weights[model] for model in models if model in weights}

    async def _weights(self, tenant: Tenant) -> Mapping[str, float]:
        known = self._remembered.setdefault(tenant, _Remembered())
        async with known.counting:
            if known.until <= self._now():
                here = owned(deliberations, tenant)
                known.weights = await self._database.read(lambda to: _weighed(to, here))
                known.until = self._now() + _REMEMBERED_S
        while len(self._remembered) > _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        return known.weights


def _newest(
    connection: Connection, where: Sequence[ColumnElement[bool]], *, limit: int
) -> list[str]:
    """Return the ids of the newest deliberations that have ended."""
    found = select(_ROW.id).where(*where, _ROW.state.in_(FINAL_STATES))
    newest_first = found.order_by(_ROW.created_at.desc(), _ROW.id.desc())
    return list(connection.scalars(newest_first.limit(limit)))


def _weighed(connection: Connection, where: Sequence[ColumnElement[bool]]) -> dict[str, float]:
    """Return what the ballots of each model count by what it has reviewed."""
    ids = _newest(connection, where, limit=_WEIGHED)
    joined = ballots.join(reviews)
    columns = (*ballots.c, reviews.c.model)
    theirs = select(*columns).select_from(joined).where(ballots.c.deliberation_id.in_(ids))
    cast: dict[str, list[tuple[str, Ballot]]] = defaultdict(list)
    for row in connection.execute(theirs):
        cast[row.deliberation_id].append((row.model, Ballot(row.voter, row.tiers)))
    agreed: dict[str, list[float]] = defaultdict(list)
    for together in cast.values():
        found = agreements([ballot for _, ballot in together])
        for (model, _), agreement in zip(together, found, strict=True):
            if agreement is not None:
                agreed[model].append(agreement)
    return {model: earned(values) for model, values in agreed.items()}
