"""What was promised: goals, actions, items, targets, and the zone they are promised for."""
