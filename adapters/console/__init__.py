"""The council in a terminal."""
