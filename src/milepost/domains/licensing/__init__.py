"""The one integrated licence: what is measured, and what its words mean."""
