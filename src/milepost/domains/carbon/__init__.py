"""Zero-carbon factories and workshops: what is measured, and what its words mean."""
