"""The files of a workspace: where they are, what they hold, and how they are written and read, whole or not at all."""
