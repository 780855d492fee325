"""What precedes leaving: columns, forward folds, tuning, a calibrated booster, and the rules and simple models beside
it.
"""
