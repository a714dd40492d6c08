"""The one way in which every question is asked: rights, terms, limits, and then the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.app import App
from bot.domain import (
    Charge,
    Council,
    Deliberation,
    Mode,
    Person,
    Place,
    PlaceSettings,
    Question,
    SettingsChange,
    Tenant,
    Terms,
)
from bot.errors import BadConfig, NotAllowed
from bot.ports import (
    Archive,
    Budgets,
    Catalog,
    ProviderKeys,
    Schedules,
    Statistics,
    Switch,
    TeamSettings,
)
from bot.team.rights import check_asking
from bot.team.seats import is_mixed
from bot.team.spending.budgets import caps
from bot.team.spending.estimates import check_prices, estimated
from bot.team.spending.halting import halted
from bot.team.terms import merged

_MIXED = (
    "Rehearsal models and real ones would sit together here. Somebody who may configure must "
    "choose the members and the chairman anew, under /council config."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """What teams have set and spent; `usual` is what holds where nothing is set.

    `presets` are the operator's, by name. `question_chars` is how long a question may be.
    """

    usual: Terms
    settings: TeamSettings
    budgets: Budgets
    switch: Switch
    keys: ProviderKeys
    catalog: Catalog
    schedules: Schedules
    statistics: Statistics
    archive: Archive
    presets: Mapping[str, PlaceSettings] = field(default_factory=dict[str, PlaceSettings])
    question_chars: int = 3000

    async def terms(self, place: Place) -> Terms:
        """Return what holds in a place at the moment. Raises `StorageError`."""
        workspace, channel = await self.settings.at(place)
        return merged(self.usual, workspace.settings, channel.settings)

    async def note(self, person: Person, tenant: Tenant, line: str) -> None:
        """Note what is no setting among the changes to a workspace's settings, which stay.

        Raises `Changed` if somebody changed them at this moment.
        """
        place = Place(tenant.platform, tenant.workspace, "")
        workspace, _ = await self.settings.at(place)
        change = SettingsChange("", person.id, person.name, datetime.now(UTC), (line,))
        await self.settings.change(place, workspace.settings, change, number=workspace.number)


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks questions for people and for schedules."""

    app: App
    team: Team

    async def ask(
        self,
        person: Person,
        question: Question,
        *,
        delivery: str,
        mode: Mode | None = None,
        home: Place | None = None,
    ) -> Deliberation:
        """Store a question, unless something speaks against it; nothing was paid by then.

        What is set for `home` and spent there counts, if that is not where the question is.
        A delivery that came before returns what it brought then. Raises `NotAllowed`, `OverLimit`,
        `BadConfig`, `BadQuestion`, `StorageError`.
        """
        place = question.place
        home = home or place
        terms = await self.team.terms(home)
        check_asking(person, terms)
        if (reason := await self.team.switch.reason()) is not None:
            raise NotAllowed(halted(reason))
        # A channel may set only a part, and what it inherits may change after that.
        if is_mixed(terms.council.seats):
            raise BadConfig(_MIXED)
        seated = terms.council if mode is None else replace(terms.council, mode=mode)
        council = await self._weighted(seated, place)
        prices = await self.team.catalog.priced(place.tenant, council.models)
        estimate = estimated(question, council, prices)
        check_prices(estimate, terms)
        charge = Charge(estimate, caps(terms, person, home, datetime.now(UTC)))
        return await self.app.put(question, council, delivery=delivery, charge=charge)

    async def _weighted(self, council: Council, place: Place) -> Council:
        """Give each member the weight that it has earned in this workspace."""
        models = {seat.model for seat in council.members}
        weights = await self.team.statistics.weights(place.tenant, models)
        members = (replace(seat, weight=weights.get(seat.model, 1.0)) for seat in council.members)
        return replace(council, members=tuple(members))
