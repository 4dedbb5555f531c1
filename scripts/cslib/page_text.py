"""A page as plain text for a terminal."""

from __future__ import annotations

import textwrap

from cslib.page import SAMPLE_LINE, Answer, Columns, Command, Heading, Page, Picture, Sentences, Steps

WIDTH = 100


def rendered(page: Page) -> str:
    """The page in lines of at most 100 characters, tables aside."""
    parts = [SAMPLE_LINE] if page.sample else []
    parts.append(page.title)
    under_heading = False
    for block in page.blocks:
        if under_heading:
            parts[-1] += "\n" + _block(block)
        else:
            parts.append(_block(block))
        under_heading = isinstance(block, Heading)
    return "\n\n".join(parts) + "\n"


def _filled(text: str, mark: str = "") -> str:
    """Lines of the page's width, the later ones under the text after the mark; flags and words are never cut."""
    return textwrap.fill(text, WIDTH, break_on_hyphens=False, initial_indent=mark, subsequent_indent=" " * len(mark))


def _block(block: object) -> str:
    if isinstance(block, Heading):
        return block.text.upper() if block.level == 2 else block.text
    if isinstance(block, (Answer, Sentences)):
        return _filled(block.text)
    if isinstance(block, Steps):
        marks = [f"{n}. " if block.numbered else "- " for n in range(1, len(block.items) + 1)]
        return "\n".join(_filled(item, mark) for mark, item in zip(marks, block.items))
    if isinstance(block, Columns):
        return _table(block)
    if isinstance(block, Picture):
        return f"{_filled(block.title)}\n{_table(block.table)}"
    assert isinstance(block, Command)
    return "  " + block.text


def _table(block: Columns) -> str:
    aligned = ["right" if n in block.figures else "left" for n in range(len(block.header))]
    try:
        import tabulate
    except ImportError:
        return plain_table(block)
    tabulate.MIN_PADDING = 0
    tabulate.WIDE_CHARS_MODE = False  # else the lines depend on whether wcwidth is installed
    lines = tabulate.tabulate(block.rows, headers=block.header, tablefmt="plain", disable_numparse=True,
                              colalign=aligned)
    return "\n".join(line.rstrip() for line in lines.splitlines())


def plain_table(block: Columns) -> str:
    """The same lines that tabulate's `plain` format gives, without it."""
    rows = (block.header, *block.rows)
    widths = [max(len(row[n]) for row in rows) for n in range(len(block.header))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if n in block.figures else cell.ljust(width)
                 for n, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
