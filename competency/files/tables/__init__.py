"""Files of any kind as tables that a person can fill in, and back again."""
