"""Computing, cloud and network of the city: what is measured, and what its words mean."""
