"""Ways to continue a series, one file each, by one interface. None of them sees anything but the past."""
