"""The autonomous-driving zone: what is measured, and what its words mean."""
