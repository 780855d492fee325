"""Making a workspace."""
