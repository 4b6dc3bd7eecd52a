"""The append-only, hash-chained record of every change, and who read whose data."""
