"""What an operator sets up once: rights, invitation, commands, and whether all is well."""
