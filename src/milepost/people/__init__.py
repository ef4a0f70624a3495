"""Who may do and see what: a person, a role, a right, a scope, and yes or no."""
