"""Competency frameworks, appraisals, outcomes, certificates and development plans."""

__version__ = "0.1.0"
