"""The rules of embeds: docs.discord.com/developers/resources/message, embed limits."""

from __future__ import annotations

from datetime import datetime

from tests.fakes.discord.rules import (
    need,
    need_list,
    need_number,
    need_object,
    need_string,
    need_url,
    optional,
)
from tests.fakes.shapes import Json, as_list, as_object

MOST_EMBEDS = 10
WHOLE = 6000  # over all embeds of the message
MOST_FIELDS = 25
TITLE, DESCRIPTION, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 256, 4096, 256, 1024, 2048, 256


def check_embeds(value: object, pointer: str = "/embeds") -> None:
    """Raise Invalid where the embeds of a message break a rule."""
    embeds = need_list(value, pointer, at_most=MOST_EMBEDS)
    for number, embed in enumerate(embeds):
        _check_embed(need_object(embed, f"{pointer}/{number}"), f"{pointer}/{number}")
    total = sum(map(characters_of, embeds))
    need(total <= WHOLE, pointer, f"{total} characters in all embeds, more than {WHOLE}")


def characters_of(embed: Json) -> int:
    """Count what counts towards the limit of 6,000."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [(as_object(embed.get("footer")) or {}).get("text")]
    texts += [(as_object(embed.get("author")) or {}).get("name")]
    for field in as_list(embed.get("fields")) or []:
        texts += [field.get("name"), field.get("value")]
    return sum(len(text.strip()) for text in texts if isinstance(text, str))


def _check_embed(embed: Json, pointer: str) -> None:
    parts = ("title", "description", "fields", "footer", "author", "image", "thumbnail")
    need(any(embed.get(part) for part in parts), pointer, "is empty")
    optional(embed, "title", pointer, at_most=TITLE)
    optional(embed, "description", pointer, at_most=DESCRIPTION)
    for number, field in enumerate(
        need_list(embed.get("fields") or [], f"{pointer}/fields", at_most=MOST_FIELDS)
    ):
        place = f"{pointer}/fields/{number}"
        found = need_object(field, place)
        need_string(found.get("name"), f"{place}/name", at_most=FIELD_NAME)
        need_string(found.get("value"), f"{place}/value", at_most=FIELD_VALUE)
    if (footer := as_object(embed.get("footer"))) is not None:
        need_string(footer.get("text"), f"{pointer}/footer/text", at_most=FOOTER)
    if (author := as_object(embed.get("author"))) is not None:
        need_string(author.get("name"), f"{pointer}/author/name", at_most=AUTHOR)
    _check_rest(embed, pointer)


def _check_rest(embed: Json, pointer: str) -> None:
    if embed.get("color") is not None:
        need_number(embed["color"], f"{pointer}/color", least=0, most=0xFFFFFF)
    if embed.get("url") is not None:
        need_url(embed["url"], f"{pointer}/url")
    for name in ("image", "thumbnail"):
        if (media := as_object(embed.get(name))) is not None:
            need_url(media.get("url"), f"{pointer}/{name}/url", is_media=True)
    for name in ("footer", "author"):
        if (icon := (as_object(embed.get(name)) or {}).get("icon_url")) is not None:
            need_url(icon, f"{pointer}/{name}/icon_url", is_media=True)
    if (stamp := embed.get("timestamp")) is not None:
        need(_is_moment(stamp), f"{pointer}/timestamp", "is no ISO 8601 timestamp")


def _is_moment(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
