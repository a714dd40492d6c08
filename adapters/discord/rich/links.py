"""What Discord shows of a link."""

from __future__ import annotations

import re
import unicodedata

# Discord shows a masked link as its source if its label holds an address, an emoji or a mention,
# and takes no escapes in it: discord/discord-api-docs#7721, #7673, #6185.
_UNFIT = re.compile(
    r"[\\*~`|<>\[\]\n]|(?<![^\W_])_|_(?![^\W_])|://|:[\w+-]+:|@(?:everyone|here)",
    re.IGNORECASE,
)
_OF_EMOJI = frozenset({"So", "Sk", "Me", "Cn", "Co"})


def is_mail(url: str) -> bool:
    """Say whether a URL is a mail address, which no label can hide in Discord."""
    return url[:7].casefold() == "mailto:"


def is_label(label: str) -> bool:
    """Say whether Discord shows a text as it is when it is the label of a link."""
    if _UNFIT.search(label) or ("/" in label and "discord" in label.casefold()):
        return False
    return label.isascii() or not any(unicodedata.category(char) in _OF_EMOJI for char in label)
