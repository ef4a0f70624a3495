"""What leaves the house as files: readings and registers, in forms that other programs read."""
