"""Rules of the plant: what is said of several points, or of one over time."""
