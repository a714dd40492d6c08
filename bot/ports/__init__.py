"""What the council needs from the world; each has a real implementation and a fake."""

from bot.ports.archive import Archive, Exports, Holdings, Statistics
from bot.ports.chat import Chat, Draft, Files, Sent
from bot.ports.models import Catalog, Completion, ModelInfo, ModelRequest, Models
from bot.ports.places import Places
from bot.ports.records import Outbox, Records, Scope, Work
from bot.ports.schedules import Rooms, Schedules
from bot.ports.team import Budgets, ProviderKeys, Switch, TeamSettings
from bot.ports.turns import Turns
from bot.ports.workspaces import Feedback, Installation, Installations, Pace, Pins, Tickets

__all__ = [
    "Archive",
    "Budgets",
    "Catalog",
    "Chat",
    "Completion",
    "Draft",
    "Exports",
    "Feedback",
    "Files",
    "Holdings",
    "Installation",
    "Installations",
    "ModelInfo",
    "ModelRequest",
    "Models",
    "Outbox",
    "Pace",
    "Pins",
    "Places",
    "ProviderKeys",
    "Records",
    "Rooms",
    "Schedules",
    "Scope",
    "Sent",
    "Statistics",
    "Switch",
    "TeamSettings",
    "Tickets",
    "Turns",
    "Work",
]
