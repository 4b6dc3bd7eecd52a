"""Employees, their dated places, accounts, roles and sign-in."""
