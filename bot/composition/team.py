"""What teams set and spend, put together."""

from __future__ import annotations

from bot.composition.archive import archive_of
from bot.composition.workspaces import Workspaces
from bot.config import Seating, Settings, presets
from bot.domain import Limits, Terms
from bot.storage.database import Database
from bot.storage.team.budgets import SqlBudgets
from bot.storage.team.schedules import SqlSchedules
from bot.storage.team.settings import SqlTeamSettings
from bot.storage.team.statistics import SqlStatistics
from bot.storage.team.switch import SqlSwitch
from bot.team.asking import Team


def open_team(
    settings: Settings, database: Database, seating: Seating, workspaces: Workspaces
) -> Team:
    """Return what teams set and spend; `seating` sits where nothing is set."""
    return Team(
        usual=_usual(settings, seating),
        settings=SqlTeamSettings(database),
        budgets=SqlBudgets(database),
        switch=SqlSwitch(database),
        keys=workspaces.keys,
        catalog=workspaces.catalog,
        schedules=SqlSchedules(database),
        statistics=SqlStatistics(database),
        archive=archive_of(settings, database),
        question_chars=settings.file.limits.question_chars,
        presets=presets(settings),
    )


def _usual(settings: Settings, seating: Seating) -> Terms:
    """Return what holds where nothing is set."""
    limits = settings.file.limits
    return Terms(
        seating.council,
        operator=Limits(
            usd_day=limits.usd_day,
            usd_month=limits.usd_month,
            councils_day=limits.councils_day,
            councils_month=limits.councils_month,
        ),
        questions_per_hour=limits.questions_per_hour,
        refuses_unknown_prices=limits.unknown_prices == "refuse",
        retention_days=settings.file.retention.days,
    )
