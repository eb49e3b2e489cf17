"""Writes a paper as Word in the layout of official documents, as a web page, or into an office's own template."""
