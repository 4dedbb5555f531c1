"""A report before it has a format: blocks of finished strings. Renderers know no number, writers know no format."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple, Union


class Answer(NamedTuple):
    """The first sentence: the answer with its number."""

    text: str


class Heading(NamedTuple):
    """The name of a section (level 2) or of a part of one (level 3)."""

    text: str
    level: int = 2


class Sentences(NamedTuple):
    """One paragraph."""

    text: str


class Steps(NamedTuple):
    """Short lines of equal rank, numbered when their order is the order of doing."""

    items: tuple[str, ...]
    numbered: bool = False


class Columns(NamedTuple):
    """A table: header, rows of as many strings, and which columns hold figures (set to the right)."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()


class Picture(NamedTuple):
    """A drawing: the finding that it shows, a complete `<svg>` safe as it stands, that in words, and its figures."""

    title: str
    drawing: str
    alt: str
    table: Columns


class Command(NamedTuple):
    """A line to type."""

    text: str


Block = Union[Answer, Heading, Sentences, Steps, Columns, Picture, Command]


class Page(NamedTuple):
    """A report: its title, whether it speaks of the sample company, and its blocks in reading order."""

    title: str
    sample: bool
    blocks: tuple[Block, ...]


SAMPLE_LINE = "SAMPLE DATA: a fictional company; give a file of your own for your own answer."


def rendered(page: Page, name: str) -> str:
    """The page as `text`, `markdown` or `html`."""
    return import_module(f"cslib.page_{name}").rendered(page)
