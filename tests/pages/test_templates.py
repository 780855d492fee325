"""Templates reach whoever installs the package."""

import tomllib
from fnmatch import fnmatch

from ..company import ROOT
from ..imports import PACKAGE


def test_every_template_is_part_of_the_package():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["churnrisk"]
    files = [str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.j2")]
    assert "pages/base.html.j2" in files
    assert not [file for file in files if not any(fnmatch(file, pattern) for pattern in patterns)]
    assert not [pattern for pattern in patterns if not any(PACKAGE.glob(pattern))]
