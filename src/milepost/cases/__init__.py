"""A process with states, roles and legal clocks as declared data; state follows from events."""
