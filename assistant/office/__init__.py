"""What the office writes and keeps: letters, the guided choice that leads to one, and the register of requests."""
