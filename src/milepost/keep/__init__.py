"""Accepted rows are stored as a new Version; nothing is overwritten."""
