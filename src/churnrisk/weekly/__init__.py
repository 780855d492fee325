"""The week of a scheduler: one list by the champion, and which bundle is the champion."""
