"""Questions people ask, answered as frozen view models for the terminal, files and pages alike."""
