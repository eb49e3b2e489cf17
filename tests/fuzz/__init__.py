"""Mutated files and adversarial messages; `python -m tests.fuzz --help` runs as many as one wants."""
