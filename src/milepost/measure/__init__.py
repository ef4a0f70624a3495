"""Kept records become Readings by declared meaning; a forecast never feeds a measure."""
