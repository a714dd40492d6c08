"""Slack as a way in."""
