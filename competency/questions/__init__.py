"""Banks of questions for knowledge tests: their files, and the rules of drawing and scoring."""
