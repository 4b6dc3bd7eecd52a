"""Erasure of a person's data through every table."""
