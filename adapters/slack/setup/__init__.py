"""How the bot gets into workspaces, and whether it is set up well."""
