"""What we have promised to tell other systems, and how each promise went."""
