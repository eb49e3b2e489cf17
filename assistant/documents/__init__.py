"""Paper: Word, PDF, HTML, workbooks and pictures, read and written."""
