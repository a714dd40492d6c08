"""Markdown as Slack's rich text, in messages that fit."""
