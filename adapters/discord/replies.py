"""What the bot says to one person alone: help, and lists of questions."""

from __future__ import annotations

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.rich.untrusted import escaped, in_fence, safe, size
from adapters.discord.thread.components import text
from adapters.discord.thread.links import message_link
from adapters.discord.thread.posting import NOBODY, V2, plain
from adapters.discord.wire.http import Json
from bot.replies import Entry, Reply, seating
from bot.untrusted import harmless

HELP = """**Ask one question, get one well-founded answer.** Several models answer on their own, \
review each other's answers without knowing whose they are, and a chairman writes the final answer.

- `/council ask` asks, with a file if you like; so does mentioning me, in a thread too, or writing \
to me directly
- A mention takes along what was said before it, and the message that you reply to with its files
- **Apps › Ask the council** in a message's menu asks about that message, with its files
- `/council status` shows what the council is working on in this channel
- `/council cancel` stops it
- `/council history` finds earlier questions of this channel"""

_BLIND = (
    "I see only messages that mention me, so I cannot take a discussion along: my operator has not "
    "switched on the Message Content Intent."
)
_WRITTEN = "You had written:"

# https://docs.discord.com/developers/resources/message: of a content, and of all components.
_CONTENT_CHARS, _COMPONENTS_CHARS = 2_000, 4_000
# Ten lines of them, with their links, fit into components.
_QUESTION_CHARS, _MORE_CHARS = 160, 80
_SEATING_CHARS = 1_200
_SHORT_CHARS = 80  # is soon typed again


async def help_text(desk: DiscordDesk, caller: Caller) -> str:
    """Say what the bot can do and who sits."""
    terms = await desk.team.terms(caller.place)
    parts = [HELP, safe(seating(terms.council), _SEATING_CHARS)]
    return "\n\n".join(parts if desk.can_read else [*parts, _BLIND])


def shown(reply: Reply) -> str:
    """Return a reply in our own markup."""
    lines = [escaped(reply.sentence)] if reply.sentence else []
    return "\n".join([*lines, *map(_line, reply.entries)])


def returned(sentence: str, typed: str) -> str:
    """Give back what was typed with the sentence on why nothing came of it, to be copied."""
    if len(typed) <= _SHORT_CHARS:
        return sentence
    head, kept = f"{sentence}\n{_WRITTEN}\n```\n", in_fence(harmless(typed))
    room = _COMPONENTS_CHARS - size(head) - len("…\n```")
    if size(kept) > room:
        kept = f"{kept[: len(kept) * room // size(kept)]}…"
    return f"{head}{kept}\n```"


def message_of(sentence: str) -> Json:
    """Return a message in our own markup; what is too long for a plain one comes as components."""
    if size(sentence) <= _CONTENT_CHARS:
        return plain(sentence)
    return {"components": [text(sentence)], "allowed_mentions": NOBODY, "flags": V2}


def _line(entry: Entry) -> str:
    place = entry.deliberation.question.place
    line = f"- {safe(entry.question, _QUESTION_CHARS)} · {safe(entry.more, _MORE_CHARS)}"
    if entry.root is None:
        return line
    room = place.thread or place.channel
    return f"{line} · {message_link(place.workspace, room, entry.root.message_id or '')}"
