"""Services that tell somebody something, by the library apprise: text messages, pushes."""
