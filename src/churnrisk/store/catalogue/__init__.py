"""The catalogue: every file between stages, declared once, in the module of the stage that writes it.

Stages read and write through these declarations, `dvc.yaml` is checked against them, and docs/files.md is made from
them. One module a stage, so that a change to a declaration runs only the stages again that use it.
"""
