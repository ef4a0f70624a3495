"""Parts of the forecast benchmark: the file of series, the made targets, the work on one series, the tables."""
