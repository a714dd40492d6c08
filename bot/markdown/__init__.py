"""Markdown as models write it, read once for every platform that shows it."""
