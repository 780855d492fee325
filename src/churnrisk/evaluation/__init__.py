"""Would past lists have been right? Judged on dates that had no part in making the model."""
