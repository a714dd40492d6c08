"""What the bot answers to one person alone."""

from bot.replies.answering import answer
from bot.replies.lists import Entry, latest, seating
from bot.replies.reply import Reply

__all__ = ["Entry", "Reply", "answer", "latest", "seating"]
