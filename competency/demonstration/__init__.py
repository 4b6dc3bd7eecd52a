"""The demonstration organisation, filled through the operations that everyone uses.

Only the passwords are set directly: one known password, hashed once, for all. The cast
is plainly fictional. The same day of filling gives the same people, levels, texts and
days; only identifiers, numbers of the register's codes and moments differ.
"""
