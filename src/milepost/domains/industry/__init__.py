"""Industrial clusters: what is measured, and what its words mean."""
