"""Discord over the wire: calls at its pace, files and the gateway, with errors of our own."""
