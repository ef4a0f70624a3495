"""The wings, one folder for each system the plan names; a wing is found by being there."""
