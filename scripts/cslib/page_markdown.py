"""A page as Markdown that pastes into a document or an issue. Every character that Markdown reads is escaped."""

from __future__ import annotations

import re

from cslib.page import SAMPLE_LINE, Answer, Columns, Command, Heading, Page, Picture, Sentences, Steps

_MARKS = re.compile(r"([\\`*_\[\]<>|#~&])")
_OPENING = re.compile(r"^(\d*)([-+=.)])")


def rendered(page: Page) -> str:
    """The page with one `#` title, `##` and `###` headings and pipe tables."""
    parts = [f"> {_escaped(SAMPLE_LINE)}"] if page.sample else []
    parts.append("# " + _escaped(page.title))
    return "\n\n".join(parts + [_block(block) for block in page.blocks]) + "\n"


def _block(block: object) -> str:
    if isinstance(block, Heading):
        return "#" * block.level + " " + _escaped(block.text)
    if isinstance(block, Answer):
        return f"**{_escaped(block.text)}**"
    if isinstance(block, Picture):
        return f"**{_escaped(block.title)}**\n\n{_block(block.table)}"
    if isinstance(block, Sentences):
        return _opening(block.text)
    if isinstance(block, Steps):
        return "\n".join(f"{n if block.numbered else ''}{'.' if block.numbered else '-'} {_opening(item)}"
                         for n, item in enumerate(block.items, 1))
    if isinstance(block, Columns):
        rule = ["---:" if n in block.figures else "---" for n in range(len(block.header))]
        rows = [block.header, tuple(rule), *block.rows]
        return "\n".join("| " + " | ".join(cell if row is rows[1] else _escaped(cell) for cell in row) + " |"
                         for row in rows)
    assert isinstance(block, Command)
    return f"    {block.text}"


def _opening(text: str) -> str:
    return _OPENING.sub(r"\1\\\2", _escaped(text))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
