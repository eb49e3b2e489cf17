"""Paper: what is read from files (Word, PDF, pages, workbooks, pictures) and what is written to them."""
