"""Processes killed with SIGKILL at random moments while they write; `python -m tests.killing --help`."""
