"""Rows are read as they came and handed on as a Batch; nothing is mended here."""
