"""Files of the list in the layout of a CRM: which column of the file has what of the list."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Any

from pydantic import BeforeValidator

from churnrisk.errors import did_you_mean

FIELDS = (
    *("list_id", "as_of", "leaves_from", "leaves_to", "currency", "lineage"),
    *("rank", "name", "owner", "group", "probability", "change"),
    *(f"{part}_{number}" for number in (1, 2, 3) for part in ("reason", "points")),
    *("arr", "value_at_risk", "decides_on", "can_leave"),
    *("next_step", "due_on", "by", "held", "opening", "play"),
    *("done", "verdict", "renews_on", "days_to_renewal", "segment", "plan", "moved", "probability_before", "protects"),
    *("fact_1", "fact_2", "fact_3", "adds_up", "median_days_to_churn", "account_id", "crm_id", "owner_email"),
    "warning",
)
"""What a column may have: the columns of the CSV file of the list, but for those of single horizons."""

PERCENT = "percent"
"""How a share is written where the CRM wants 35.2 for 35.2%, and not 0.352."""

SHARES = ("probability", "probability_before")

PRESETS: Mapping[str, Mapping[str, str]] = {
    # Accounts are updated by their Id; custom fields have API names that end in __c, and a percent field takes 35.2.
    "salesforce": {
        "Id": "crm_id",
        "Churn_Risk__c": "{probability:percent}",
        "Churn_Risk_Change__c": "change",
        "Churn_Risk_Group__c": "group",
        "Churn_Reason__c": "reason_1",
        "Churn_Next_Step__c": "next_step",
        "Churn_Next_Step_Due__c": "due_on",
        "Churn_Value_At_Risk__c": "value_at_risk",
        "Churn_List_Date__c": "as_of",
        "Churn_List_Id__c": "list_id",
    },
    # Companies are updated by their Record ID; the import matches headings with the labels of properties.
    "hubspot": {
        "Record ID": "crm_id",
        "Churn risk in percent": "{probability:percent}",
        "Churn risk change in points": "change",
        "Churn risk group": "group",
        "Churn reason": "reason_1",
        "Churn next step": "next_step",
        "Churn next step due": "due_on",
        "Churn value at risk": "value_at_risk",
        "Churn list date": "as_of",
        "Churn list id": "list_id",
    },
    # Loaded to Company; the rule that loads it matches the first column with SFDC Account Id or another identifier.
    "gainsight": {
        "SFDC Account Id": "crm_id",
        "Company Name": "name",
        "CSM Email": "owner_email",
        "Churn Risk Percent": "{probability:percent}",
        "Churn Risk Change": "change",
        "Churn Risk Group": "group",
        "Churn Reason": "reason_1",
        "Churn Next Step": "next_step",
        "Churn Next Step Due": "due_on",
        "Churn ARR At Risk": "value_at_risk",
        "Churn List Date": "as_of",
        "Churn List Id": "list_id",
    },
}
"""Layouts that can be switched on by name. No column assigns an owner, because an import would overwrite the CRM's."""

_NAME = re.compile("[a-z0-9][a-z0-9_-]{0,39}")
_WORD = re.compile("[a-z0-9_]+")


def parts(content: str) -> list[tuple[str, str | None, str]]:
    """The pieces of a column's content: a text, the field after it (None at the end), and how the field is written.

    A field's name alone stands for the field.

    >>> parts("Call {name} ({probability:percent}%)")
    [('Call ', 'name', ''), (' (', 'probability', 'percent'), ('%)', None, '')]
    >>> parts("rank")
    [('', 'rank', '')]
    """
    if content in FIELDS:
        return [("", content, "")]
    return [(before, name, way or "") for before, name, way, _ in Formatter().parse(content)]


def _resolved(settings: Any) -> Any:
    """Layouts by name of file, presets written out; raises ValueError for what can't be written."""
    if not isinstance(settings, Mapping):
        raise ValueError(
            f"risk_list.crm is {settings!r}, but it names files, each with `preset` or its columns, such as"
            " {salesforce: preset}"
        )
    return {str(name): _layout(str(name), columns) for name, columns in settings.items()}


def _layout(name: str, columns: Any) -> dict[str, str]:
    where = f"risk_list.crm.{name}"
    if not _NAME.fullmatch(name):
        raise ValueError(f"{where} can't be a file's name: allowed are up to 40 small letters, digits, _ and -")
    if columns == "preset":
        if name not in PRESETS:
            hint = did_you_mean(name, PRESETS) or "or give its columns"
            raise ValueError(f"{where} is no preset: allowed are {', '.join(PRESETS)} ({hint})")
        return dict(PRESETS[name])
    if not isinstance(columns, Mapping) or not columns:
        raise ValueError(f"{where} is {columns!r}, but it is `preset` or has columns, such as {{Account: account_id}}")
    for heading, content in columns.items():
        _check(f"{where}, column {heading!r}", heading, content)
    return dict(columns)


def _check(where: str, heading: Any, content: Any) -> None:
    if not isinstance(heading, str) or not heading.strip() or not isinstance(content, str):
        raise ValueError(f"{where} has {content!r}: both the heading and what it has must be texts; put them in quotes")
    try:
        asked = parts(content)
    except ValueError as error:
        found = f"{where} has {content!r}, which can't be read ({error})"
        raise ValueError(f"{found}: close every brace, or double it") from error
    if _WORD.fullmatch(content) and content not in FIELDS:
        raise ValueError(f"{_unknown(where, content)}; a text of one word that is no field needs a capital letter")
    for _, name, way in asked:
        if name is not None and name not in FIELDS:
            raise ValueError(_unknown(where, name))
        if way and (way != PERCENT or name not in SHARES):
            raise ValueError(f"{where} has {name}:{way}, but allowed is :{PERCENT} after {' and '.join(SHARES)}")


def _unknown(where: str, name: str) -> str:
    hint = did_you_mean(name, FIELDS)
    return f"{where} has the unknown field {name!r} ({hint + ' ' if hint else ''}allowed: {', '.join(FIELDS)})"


Crm = Annotated[dict[str, dict[str, str]], BeforeValidator(_resolved)]
"""Layouts by name of file: what each column has."""
