"""What the project measures and writes about itself: speed and generated documents."""
