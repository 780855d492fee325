"""docs/files.md: every file between stages, as it is declared."""

from types import ModuleType
from typing import Any, get_args

from pydantic import BaseModel

from churnrisk.contract import TABLES
from churnrisk.store.catalogue.all import STAGES, files_of
from churnrisk.store.files import File, RecordFile, TableFile

_INTRO = """# Files between stages

The files that stages write for later stages, in the order in which the stages run. Each is declared once, in
`src/churnrisk/store/catalogue/`, and written and read through that declaration, which refuses another column, a missing
one, one of another kind, and in a record another field or a value of another type. Empty values where none may be and
keys that come twice are looked for when a table is written; what was written is held by the checksums of its pages, and
a model by its seal. A part of a path in braces, such as `{as_of}`, stands for one file a value; a column with a part in
angle brackets, such as `shap_<feature>`, for any number of columns. Times are UTC.
"""


def files_page() -> str:
    """The page, as Markdown."""
    return _INTRO + "".join(_stage(stage) for stage in STAGES)


def _stage(stage: ModuleType) -> str:
    name = stage.__name__.rpartition(".")[2]
    return f"\n## {name}\n" + "".join(_file(each) for each in files_of(stage))


def _file(file: File) -> str:
    text = f"\n### `{file.path}`\n\n{file.says[0].upper()}{file.says[1:]}.\n"
    if isinstance(file, TableFile):
        return text + _table(file)
    return text + _record(file.record) if isinstance(file, RecordFile) else text


def _table(file: TableFile) -> str:
    if any(file.path.startswith(f"data/tables/{name}") for name in TABLES):
        return "\nIts columns are those of the [contract](tables.md).\n"
    key = ", ".join(f"`{name}`" for name in file.key) or "none; rows may repeat"
    rows = "".join(
        f"| `{name}` | {column.kind} | {'yes' if column.may_be_empty else ''} | {column.meaning} |\n"
        for name, column in file.columns.items()
    )
    return f"\nKey: {key}.\n\n| column | kind | may be empty | meaning |\n|---|---|---|---|\n{rows}"


def _record(record: type[BaseModel], indent: str = "") -> str:
    """The fields of a record, followed by those of the records in it."""
    fields = ", ".join(f"`{name}`" for name in record.model_fields)
    inner = {each for field in record.model_fields.values() for each in _records_in(field.annotation)}
    text = f"\nA record of {fields}.\n" if not indent else f"{indent[2:]}- {record.__doc__} Fields: {fields}.\n"
    below = "".join(_record(each, indent + "  ") for each in sorted(inner, key=lambda each: each.__name__))
    return text + ("\n" if inner and not indent else "") + below


def _records_in(annotation: Any) -> list[type[BaseModel]]:
    """The records in an annotation such as `list[ReportedFinding]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [each for argument in get_args(annotation) for each in _records_in(argument)]
