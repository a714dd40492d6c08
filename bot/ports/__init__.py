"""What the council needs from the world; each has a real implementation and a fake."""

from bot.ports.chat import Chat, Draft, Files, Sent
from bot.ports.models import Completion, ModelInfo, ModelRequest, Models
from bot.ports.records import Outbox, Records, Scope, Work
from bot.ports.workspaces import Feedback, Installation, Installations, Pace, Pins, Tickets

__all__ = [
    "Chat",
    "Completion",
    "Draft",
    "Feedback",
    "Files",
    "Installation",
    "Installations",
    "ModelInfo",
    "ModelRequest",
    "Models",
    "Outbox",
    "Pace",
    "Pins",
    "Records",
    "Scope",
    "Sent",
    "Tickets",
    "Work",
]
