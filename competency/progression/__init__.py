"""Gaps and development plans."""
