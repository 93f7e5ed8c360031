"""What stands out in a row of points: limits, runs, spikes, steps; and which of many tests to believe."""
