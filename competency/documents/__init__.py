"""Facts in, PDF bytes out: the only user of reportlab; pure."""
