"""The record of every trained model."""
