"""Technology transfer and high-tech enterprises: what is measured, and what its words mean."""
