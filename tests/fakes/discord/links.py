"""The signed addresses of attachments: docs.discord.com/developers/reference, uploading files."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from tests.fakes.discord.clock import Clock
from tests.fakes.discord.records import File


class Links:
    """Signs paths for a while, and knows its signatures again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(16)

    def sign(self, file: File, lifetime_s: float) -> str:
        """Give the path and query of a file; those for ephemeral ones look different."""
        folder = "ephemeral-attachments" if file.is_ephemeral else "attachments"
        path = f"/{folder}/{file.channel_id}/{file.id}/{file.name}"
        now_s = self._clock.now_s()
        ends, begins = f"{int(now_s + lifetime_s):x}", f"{int(now_s):x}"
        return f"{path}?ex={ends}&is={begins}&hm={self._sign(file.id, ends)}&"

    def is_good(self, number: int, query: Mapping[str, str]) -> bool:
        """Tell whether an address is signed and still good."""
        ends = query.get("ex", "0")
        is_signed = hmac.compare_digest(query.get("hm", ""), self._sign(number, ends))
        return is_signed and int(ends, 16) >= self._clock.now_s()

    def _sign(self, number: int, ends: str) -> str:
        return hmac.new(self._secret, f"{number} {ends}".encode(), hashlib.sha256).hexdigest()
