"""KPIs: what operations measure, defined once."""
