"""Addresses of messages, made without asking Discord."""

from __future__ import annotations


def message_link(workspace: str, channel: str, message_id: str) -> str:
    """Return the address of a message; `channel` is the thread if it is in one."""
    return f"https://discord.com/channels/{workspace}/{channel}/{message_id}"
