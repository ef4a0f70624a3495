"""Milepost runs a development zone's plan: records, figures, and the chance of each promise."""
