"""Signatures of HTTP requests: docs.slack.dev/authentication/verifying-requests-from-slack."""

from __future__ import annotations

import hashlib
import hmac
import time


class Signer:
    """Signs as Slack does, or as someone else would."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def signed(
        self, body: str | bytes, *, at: float | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """Give the headers for a body, signed at a Unix time, now if None, with any secret."""
        stamp = str(int(time.time() if at is None else at))
        raw = body.encode() if isinstance(body, str) else body
        base = b":".join((b"v0", stamp.encode(), raw))
        key = (self._secret if secret is None else secret).encode()
        digest = hmac.new(key, base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
