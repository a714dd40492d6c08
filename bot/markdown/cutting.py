"""Where text is cut when it goes on in another message."""

from __future__ import annotations

import re
import unicodedata

# Stands for each character of what is not cut, in an outline of the text.
WHOLE = "\ufffc"

_SENTENCE_END = re.compile(r"""[.!?…]["'”’»)\]]*\s|[\u3002\uff01\uff1f][\u300d\u300f\uff09]*""")
_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def last_stop(outline: str) -> int:
    """Return where the last line, sentence or word of the second half ends, 0 if none does."""
    half = len(outline) // 2
    sentences = [found.end() for found in _SENTENCE_END.finditer(outline, half)]
    last_sentence = max(sentences, default=0)
    return outline.rfind("\n", half) + 1 or last_sentence or outline.rfind(" ", half) + 1


def is_joined(before: str, after: str) -> bool:
    """Say whether two code points are parts of one character, as people see them."""
    is_mark = unicodedata.category(after).startswith("M") or ord(after) in _SKIN_TONES
    return is_mark or _ZERO_WIDTH_JOINER in (before, after)
