"""Read YAML safely, with every fault placed by file, line and column."""
