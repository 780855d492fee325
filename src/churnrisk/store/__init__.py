"""Where things lie in a workspace, and how they are written and read: whole, or not at all."""
