"""The book as files: a page, a spreadsheet and JSON."""
