"""Documents that staff hand in, read exactly: paragraphs, sections and raw tables, whatever the format."""
