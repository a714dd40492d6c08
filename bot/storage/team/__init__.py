"""What teams set, spend and look back on."""
