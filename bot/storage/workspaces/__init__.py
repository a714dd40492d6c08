"""What is kept for chat platforms: installations, pins, pace, tickets, feedback."""
