"""Slack over the wire: calls at its pace, files and sockets, with errors of our own."""
