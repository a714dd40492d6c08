"""Addresses of messages, made without asking Slack."""

from __future__ import annotations

from urllib.parse import urlencode


def permalink(workspace_url: str, channel: str, message_id: str, thread: str | None) -> str:
    """Return the address of a message; `workspace_url` ends with a slash."""
    link = f"{workspace_url}archives/{channel}/p{message_id.replace('.', '')}"
    if thread is None or thread == message_id:
        return link
    return f"{link}?{urlencode({'thread_ts': thread, 'cid': channel})}"
