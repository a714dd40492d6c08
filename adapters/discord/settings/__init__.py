"""The form for what is set in a channel or a server: a message with menus, and small forms."""
