"""The base of every table: types, names, personal data, triggers, transactions."""
