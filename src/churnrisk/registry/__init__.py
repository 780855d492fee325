"""Where trained models are recorded."""
