"""The composition root: builds what a command needs, and closes it again."""
