"""What is set for a channel or a workspace: read, checked, told, changed."""
