"""How good is a ranking, and do probabilities mean what they say?"""
