"""What good looks like: framework files, their schema, the catalogue of published versions."""
