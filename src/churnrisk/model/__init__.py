"""What precedes churn: the split, scorers of three kinds, tuning, calibration, and the bundle that a model is kept
as.
"""
