"""What to do next: plays lead from what is known of an account to a next step, and rules hold a step back.

`play` is the shape of a play, `reading` reads those of a workspace, `saying` fills in their words, `choosing` picks the
play of an account (a `case`), and `holds` are the rules that hold its step back.
"""
