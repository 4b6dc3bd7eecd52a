"""The register of what was issued, and its verification."""
