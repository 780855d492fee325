"""Has the future got into what was learned? Named checks on what the pipeline wrote; they change nothing."""
