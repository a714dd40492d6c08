"""The council: several language models answer, review each other and agree on one answer."""
