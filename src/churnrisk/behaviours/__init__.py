"""What accounts do that stay: churn rates by group of every feature, of all accounts and of the most valuable ones."""
