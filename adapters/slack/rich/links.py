"""What a link shows."""

from __future__ import annotations

from bot.markdown.links import is_written_out, names_only, target


def labelled(label: str, url: str) -> str:
    """Return what a link shows: its label, and the target unless it is the only one named there."""
    shown = " ".join(label.split())
    name = target(url) or url
    return shown if is_written_out(shown, url) or names_only(shown, name) else f"{shown} ({name})"
