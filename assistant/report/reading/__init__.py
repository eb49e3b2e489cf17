"""Reads a finished annual report: from the blocks of any document to its figures, chapters and prose."""
