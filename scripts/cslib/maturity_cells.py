"""The words of each stage of each dimension, from maturity.json beside this room: what it asks, what proves it."""

from __future__ import annotations

from cslib import source


def read() -> dict[str, dict[str, dict[str, str]]]:
    """`{dimension: {stage: words}}`. The words are `criterion` and, above reactive, `question`, `proof` and `helps`.

    A criterion above reactive is a sentence that is true or not; `helps` names a script with a flag, or a page.
    """
    return source.own("maturity.json")
