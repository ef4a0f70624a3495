"""Command line, site and reports: the only room where people meet the plan, and the only door out."""
