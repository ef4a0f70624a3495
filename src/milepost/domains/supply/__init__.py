"""Sourcing from Tianjin and Hebei: what is measured, and what its words mean."""
