"""Every file between stages, declared once, in the module of the stage that writes it.

Stages read and write through these declarations, `dvc.yaml` is held against them, and docs/files.md is made from them.
A stage depends on the declarations of the files that it reads and writes, and on no others.
"""
