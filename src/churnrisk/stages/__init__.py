"""The stages of the pipeline, one short file each: read, a few pure calls, write.

Each has `run(workspace, params)`; the command line has a verb and `dvc.yaml` a stage of the same name.
"""
