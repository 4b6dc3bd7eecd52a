"""``make bench``: the system beside bare floors, in one run on one machine."""
