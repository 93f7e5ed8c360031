"""What really changed, and why: signals in the weeks, and changes of mix told from changes within."""
