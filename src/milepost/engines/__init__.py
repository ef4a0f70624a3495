"""Where tables are computed and stored: the only room that speaks to databases."""
