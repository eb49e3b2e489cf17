"""Saying what was found, each statement with a citation that code has verified."""
