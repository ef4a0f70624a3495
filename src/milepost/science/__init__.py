"""Published methods as pure functions on arrays, each with units and its reference."""
