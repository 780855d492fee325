"""The chosen boosters, fitted side by side and joined into one."""

from concurrent.futures import ThreadPoolExecutor

from churnrisk.model.boosted import Boosted, dataset
from churnrisk.model.examples import Examples, require_both
from churnrisk.model.matrix import columns_of, matrix
from churnrisk.model.parts import parts_of
from churnrisk.model.tune import Choice
from churnrisk.params.sections import Train


def fit_joined(examples: Examples, choice: Choice, settings: Train) -> Boosted:
    """One booster of all that were chosen, each with a seed of its own and, where rows are many, a part of its own.

    Raises ModelError unless there is churn and staying to learn from.
    """
    require_both(examples.label)
    columns = columns_of(examples.features)
    x = matrix(examples.features, columns)
    parts = [
        dataset(x[part.rows], examples.label[part.rows], columns, weight=part.weight)
        for part in parts_of(examples.accounts, examples.label)
    ]
    each = [chosen for chosen in choice.chosen for _ in range(chosen.boosters)]

    def fit(number: int) -> Boosted:
        own = {
            **each[number].settings,
            "learning_rate": settings.learning_rate,
            "seed": settings.seed + number,
            "trees": each[number].trees_for(len(examples.label), settings.max_trees),
        }
        return Boosted.fit_to(parts[number % len(parts)], columns, own)

    with ThreadPoolExecutor(settings.threads) as pool:
        return Boosted.joined(list(pool.map(fit, range(len(each)))))
