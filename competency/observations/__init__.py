"""Observations: single contacts watched against a form of behaviours (quality monitoring)."""
