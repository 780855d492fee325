"""What `featurize` writes: what was known of each snapshot."""

from churnrisk.store.columns import AS_OF, KEYS, SNAPSHOT
from churnrisk.store.files import Column, Record, RecordFile, TableFile


class FeatureDescription(Record):
    """A feature that is on, in words."""

    name: str
    theme: str
    fact: str
    unit: str
    meaning: str
    missing: str


class FeaturesReport(Record):
    """The features that are on; those that are off, with the reason; configured events that no usage has."""

    features: list[FeatureDescription]
    off: dict[str, str]
    unknown_events: list[str]

    @property
    def of_words(self) -> list[str]:
        """The names of the features whose values are words."""
        return [each.name for each in self.features if each.unit == "category"]


_FEATURE = Column("text or number", "one column a feature, as data/features/features.json says", may_be_empty=True)

BLOCK = TableFile(
    path="data/features/block-{number:04d}.parquet",
    stage="featurize",
    says="one row a snapshot of a block of accounts: what can be computed for each account by itself",
    key=tuple(KEYS),
    columns={**SNAPSHOT, "<feature>": _FEATURE},
)
PEERS = TableFile(
    path="data/features/peers-{number:04d}.parquet",
    stage="featurize",
    says="the same rows in the same order: how each account compares with its peers",
    key=tuple(KEYS),
    columns={**SNAPSHOT, "<feature>": _FEATURE},
)
USUAL = TableFile(
    path="data/features/usual.parquet",
    stage="featurize",
    says="one row a date, age band and segment: the means that accounts are compared with",
    key=("as_of", "age", "segment"),
    columns={
        "as_of": AS_OF,
        "age": Column("whole", "the number of the age band"),
        "segment": Column("text", "the segment; an empty text where none is known"),
        "<feature>": Column("number", "mean of the feature; empty where too few accounts have it", may_be_empty=True),
    },
)
FEATURES = RecordFile(
    path="data/features/features.json",
    stage="featurize",
    says="every feature that is on, in words; those that are off, with the reason",
    record=FeaturesReport,
)
