"""What the bot says to one person alone: help, lists, files, and deliberations again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.incoming import Names
from adapters.discord.rich.untrusted import escaped, in_fence, safe, size
from adapters.discord.thread.again import again
from adapters.discord.thread.components import file, mention, text
from adapters.discord.thread.links import message_link
from adapters.discord.thread.messages import MOST_CHARS, File, Message
from adapters.discord.thread.posting import NOBODY, V2, plain
from adapters.discord.wire.http import Json
from bot.desk import Aside
from bot.replies import Entry, Reply, seating
from bot.untrusted import harmless

HELP = """**Ask one question, get one well-founded answer.** Several models answer on their own, \
review each other's answers without knowing whose they are, and a chairman writes the final answer.

- `/council ask` asks, with a file if you like; so does mentioning me, in a thread too, or writing \
to me directly
- A mention takes along what was said before it, and the message that you reply to with its files
- **Apps › Ask the council** in a message's menu asks about that message, with its files
- `/council status` shows what the council is working on in this channel, `cancel` stops it
- `/council history` finds earlier questions of this channel, `show` shows one again
- `/council stats` tells how the members fared, `budget` what was spent and what is left
- `/council forget` deletes what you asked
- `/council config edit` changes who sits here, who may ask, and what it may cost
- `/council schedule add` asks a question again and again, `list` shows which there are
- `/council keys add` brings a provider's key along

Where I speak of a workspace, I mean the whole server."""

_BLIND = (
    "I see only messages that mention me, so I cannot take a discussion along: my operator has not "
    "switched on the Message Content Intent."
)
_WRITTEN = "You had written:"

# https://docs.discord.com/developers/resources/message: of a content, and of all components.
_CONTENT_CHARS, COMPONENTS_CHARS = 2_000, 4_000
# Ten lines of them, with their links, fit into components.
_QUESTION_CHARS, _MORE_CHARS = 160, 80
_POINT_CHARS = 1_500
_NAME_CHARS = 60
# https://docs.discord.com/developers/reference#snowflakes
_ID = re.compile(r"(?<![\w/-])\d{17,20}(?![\w/-])")
_SEATING_CHARS = 1_200
_SHORT_CHARS = 80  # is soon typed again

# What a listener says to one person: a sentence in our own markup, messages, or nothing.
Said: TypeAlias = str | tuple[Message, ...] | None


async def help_text(desk: DiscordDesk, caller: Caller) -> str:
    """Say what the bot can do and who sits."""
    terms = await desk.team.terms(caller.home)
    parts = [HELP, safe(seating(terms.council), _SEATING_CHARS)]
    return "\n\n".join(parts if desk.can_read else [*parts, _BLIND])


def shown(reply: Reply, names: Names) -> Said:
    """Return a reply in our own markup: as a sentence if that is all, else as messages."""
    if reply.deliberation is not None:
        links = map(_link, reply.entries)
        return again(reply.deliberation, next(filter(None, links), None))
    lines = [escaped(reply.sentence)] if reply.sentence else []
    lines += [*map(_line, reply.entries), *(point(line, names) for line in reply.lines)]
    whole = "\n".join(lines)
    if reply.file is None and size(whole) <= COMPONENTS_CHARS:
        return whole
    messages = [Message("", [text(page)]) for page in _pages(lines)]
    if reply.file is not None:
        messages = [*messages[:-1], _with_file(messages[-1:], *reply.file)]
    return tuple(messages)


def point(line: str, names: Names, most: int = _POINT_CHARS) -> str:
    """Return a line as a point of a list; ids of people and roles become their names."""
    return f"- {_ID.sub(lambda found: _named(found[0], names), safe(line, most))}"


def named(whoever: str, names: Names) -> str:
    """Return the name of a person or a role; what is no id of Discord's stands as it is."""
    return _named(whoever, names) if is_id(whoever) else safe(whoever, _NAME_CHARS)


def is_id(text: str) -> bool:
    """Say whether a text can be an id of Discord's; others may come with imported settings."""
    return _ID.fullmatch(text) is not None


def returned(sentence: str, typed: str) -> str:
    """Give back what was typed with the sentence on why nothing came of it, to be copied."""
    if len(typed) <= _SHORT_CHARS or isinstance(sentence, Aside):
        return sentence
    head, kept = f"{sentence}\n{_WRITTEN}\n```\n", in_fence(harmless(typed))
    room = COMPONENTS_CHARS - size(head) - len("…\n```")
    if size(kept) > room:
        kept = f"{kept[: len(kept) * room // size(kept)]}…"
    return f"{head}{kept}\n```"


def message_of(sentence: str) -> Json:
    """Return a message in our own markup; what is too long for a plain one comes as components."""
    if size(sentence) <= _CONTENT_CHARS:
        return plain(sentence)
    return {"components": [text(sentence)], "allowed_mentions": NOBODY, "flags": V2}


def _named(number: str, names: Names) -> str:
    return mention(number) if names.role(number) is None else f"<@&{number}>"


def _pages(lines: Sequence[str]) -> list[str]:
    """Lay lines out on as few pages as they fit."""
    pages: list[str] = []
    for line in lines:
        both = f"{pages[-1]}\n{line}" if pages else line
        if pages and size(both) <= MOST_CHARS:
            pages[-1] = both
        else:
            pages.append(line)
    return pages


def _with_file(before: Sequence[Message], name: str, content: str) -> Message:
    told = [component for message in before for component in message.components]
    return Message("", [*told, file(name)], File(name, content))


def _line(entry: Entry) -> str:
    line = f"- {safe(entry.question, _QUESTION_CHARS)} · {safe(entry.more, _MORE_CHARS)}"
    link = _link(entry)
    return line if link is None else f"{line} · {link}"


def _link(entry: Entry) -> str | None:
    """Return where a deliberation can be read, once that is there."""
    if entry.root is None:
        return None
    place = entry.deliberation.question.place
    room = place.thread or place.channel
    return message_link(place.workspace, room, entry.root.message_id or "")
