"""What teams set and spend, put together."""

from __future__ import annotations

from bot.config import Seating, Settings
from bot.domain import Terms
from bot.llm.catalog import HttpCatalog
from bot.storage.archive import SqlArchive
from bot.storage.budgets import SqlBudgets
from bot.storage.database import Database
from bot.storage.provider_keys import SqlProviderKeys
from bot.storage.schedules import SqlSchedules
from bot.storage.sealing import Seal, parse_keys
from bot.storage.statistics import SqlStatistics
from bot.storage.switch import SqlSwitch
from bot.storage.team_settings import SqlTeamSettings
from bot.team.asking import Team


def open_team(settings: Settings, database: Database, seating: Seating) -> Team:
    """Return what teams set and spend; `seating` sits where nothing is set. Raises `BadConfig`."""
    seal = None if settings.secret_key is None else Seal(parse_keys(settings.secret_key))
    return Team(
        usual=Terms(seating.council),
        settings=SqlTeamSettings(database),
        budgets=SqlBudgets(database),
        switch=SqlSwitch(database),
        keys=SqlProviderKeys(database, seal),
        catalog=HttpCatalog(),
        schedules=SqlSchedules(database),
        statistics=SqlStatistics(database),
        archive=SqlArchive(database),
    )
