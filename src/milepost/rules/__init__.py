"""Decision tables with hit policy, citation and dates in force, evaluated with their reasons."""
