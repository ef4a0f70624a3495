"""Declared rules are run: a row passes or is set aside with every reason; nothing is mended or lost."""
