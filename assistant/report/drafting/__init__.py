"""Drafting: cells and notes into sentences in which every number knows where it came from."""
