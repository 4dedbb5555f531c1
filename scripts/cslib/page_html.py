"""A page as one self-contained HTML file: inline style, no script, no outside address; light, dark and print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from cslib import svg
from cslib.page import SAMPLE_LINE, Answer, Block, Columns, Command, Heading, Page, Picture, Sentences, Steps

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LINKED_FROM = 3  # sections
SHORT, LONG = 14, 28  # characters of a cell: one that stays on one line, and one that takes several
PRINTED, DENSE = 84, 110  # characters of a printed line of a table in its usual size, and in a smaller one
_DAY = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b", re.ASCII)
ROOM = 12  # characters that a column of words keeps in print, as the style has it
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #5c6570; --line: #d5dae0; \
--mark: #eef3fb; --link: #0b57c4; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --paper: #15181c; --faint: #a3acb7; --line: #3a424c; --mark: #1f2937; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem 1rem 4rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.45rem; line-height: 1.3; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.8rem 0 .4rem; } h2 + .part > h3 { margin-top: .8rem; }
a { color: var(--link); } :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.answer { font-size: 1.15rem; font-weight: 600; padding: .8rem 1rem; background: var(--mark);
  border-left: 4px solid var(--link); border-radius: .4rem; }
.day { white-space: nowrap; }
.sample { border: 2px dashed var(--faint); padding: .4rem .8rem; font-weight: 600; }
.watermark { position: fixed; inset: 0; z-index: -1; display: grid; place-items: center; overflow: hidden;
  font-size: 22vmin; font-weight: 800; color: var(--ink); opacity: .06; pointer-events: none; }
.watermark span { transform: rotate(-24deg); }
nav { font-size: .88rem; } nav ul { list-style: none; margin: 0; padding: .5rem 0; }
nav li { margin: .15rem 1rem .15rem 0; } nav a { display: inline-block; padding: .15rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
main { min-width: 0; }
.wide { overflow-x: auto; margin: .9rem 0; } table { border-collapse: separate; border-spacing: 0;
  font-size: .92rem; min-width: min(100%, 27rem); }
th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { min-width: calc(var(--room, 0) * 1ch + 1rem); }
th { color: var(--faint); font-weight: 600; vertical-align: bottom; }
tbody th { color: var(--ink); font-weight: inherit; vertical-align: top; }
.figure { text-align: right; font-variant-numeric: tabular-nums; }
.picture { margin: 1.6rem 0; } figcaption { font-weight: 600; }
h1, p, li, figcaption { max-width: 48rem; } code { font-size: .92em; white-space: pre-wrap; } li { margin: .2rem 0; }
footer { margin-top: 3rem; font-size: .88rem; }
@media screen and (min-width: 76rem) {
  body:has(nav) { display: grid; grid-template-columns: 13rem minmax(0, 1fr); column-gap: 2.5rem; max-width: 94rem; }
  header, footer { grid-column: 2; } main { grid-column: 2; grid-row: 2; }
  nav { grid-column: 1; grid-row: 2; position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem);
    overflow-y: auto; } nav li { margin: .3rem 0; } }
@media screen and (max-width: 75.99rem) { thead th { min-width: calc(min(var(--room, 0), 14) * 1ch + 1rem); }
  nav { border-block: 1px solid var(--line); }
  nav ul { display: flex; flex-wrap: wrap; } }
@media screen and (max-width: 40rem) { nav ul { flex-wrap: nowrap; overflow-x: auto; white-space: nowrap; }
  nav a { padding: .6rem 0; } thead th:first-child, tbody th { position: sticky; left: 0; background: var(--paper); }
  tbody th { max-width: 9.5rem; } .picture svg:not(.narrow) { min-width: 36rem; } }
@page { margin: 15mm 14mm 17mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
@media screen { .tight { font-size: .85rem; } .tight th, .tight td { padding-right: .6rem; } .wide {
  background: linear-gradient(to left, var(--paper) 1rem, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to left, #8886, transparent) right / .8rem 100% no-repeat scroll; } }
@media print { :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; background: none; color: #000; }
  nav, footer { display: none; } h1, h2, h3, figcaption, .answer { break-after: avoid; }
  .picture, tr, li, .answer, .wide:not(:has(tr:nth-child(13))) { break-inside: avoid; }
  p, li { orphans: 3; widows: 3; } .wide { overflow: visible; }
  table { font-size: 8pt; } th, td { padding: .2rem .5rem .2rem 0; }
  thead th { min-width: calc(min(var(--room, 0), 12) * 1ch + .5rem); }
  .tight { font-size: 7pt; } .dense { font-size: 5.5pt; } .dense th, .dense td { padding-right: .25rem; }
  .tight tbody th, .tight td:not(.figure) { overflow-wrap: anywhere; }
  .picture svg { max-height: 95mm; } }
"""
SAMPLE_STYLE = '@page { @top-center { content: "SAMPLE DATA"; font: 8pt sans-serif; } }\n'


def rendered(page: Page) -> str:
    """The page as an HTML document under a policy that allows nothing but its own style."""
    opening, sections = _split(page.blocks, 2)
    links = "".join(f'<li><a href="#section-{n}">{escape(heading.text)}</a></li>'
                    for n, (heading, _) in enumerate(sections, 1))
    linked = len(sections) >= LINKED_FROM
    lines = ("<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
             f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
             '<meta name="viewport" content="width=device-width, initial-scale=1">',
             f"<title>{escape(page.title)}</title>", f"<style>{_style(page)}</style>", "</head>", "<body>", "<header>",
             *([f'<p class="sample">{escape(SAMPLE_LINE)}</p>'] if page.sample else ()),
             f"<h1>{_sentence(page.title)}</h1>", "</header>",
             *([f'<nav aria-label="Sections"><ul>{links}</ul></nav>'] if linked else ()),
             "<main>", *_said(page.title, opening, 2),
             *(line for n, section in enumerate(sections, 1) for line in _section(n, *section)), "</main>",
             *(['<footer><a href="#top">To the top</a></footer>'] if linked else ()),
             *(['<div class="watermark" aria-hidden="true"><span>SAMPLE</span></div>'] if page.sample else ()),
             "</body>", "</html>")
    return "\n".join(lines) + "\n"


def _style(page: Page) -> str:
    drawn = any(isinstance(block, Picture) for block in page.blocks)
    return STYLE + (SAMPLE_STYLE if page.sample else "") + (svg.STYLE if drawn else "")


def _split(blocks: Sequence[Block], level: int) -> tuple[list[Block], list[tuple[Heading, list[Block]]]]:
    """What stands before the first heading of the level, then each such heading with what is under it."""
    opening: list[Block] = []
    parts: list[tuple[Heading, list[Block]]] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == level:
            parts.append((block, []))
        else:
            (parts[-1][1] if parts else opening).append(block)
    return opening, parts


def _section(number: int, heading: Heading, blocks: list[Block]) -> list[str]:
    return ["<section>", f'<h2 id="section-{number}">{escape(heading.text)}</h2>',
            *_said(heading.text, blocks, 3), "</section>"]


def _said(above: str, blocks: list[Block], level: int) -> list[str]:
    """What stands under a heading; parts under it have headings of the level, so that none is left out."""
    opening, parts = _split(blocks, 3)
    lines = [_block(block, above) for block in opening]
    for heading, under in parts:
        lines += ['<div class="part">', f"<h{level}>{escape(heading.text)}</h{level}>",
                  *(_block(block, heading.text) for block in under), "</div>"]
    return lines


def _block(block: Block, above: str) -> str:
    """One block; `above` is the heading that it stands under, which names a table."""
    if isinstance(block, Answer):
        return f'<p class="answer">{_sentence(block.text)}</p>'
    if isinstance(block, Sentences):
        return f"<p>{_sentence(block.text)}</p>"
    if isinstance(block, Steps):
        name = "ol" if block.numbered else "ul"
        return f"<{name}>" + "".join(f"<li>{_sentence(item)}</li>" for item in block.items) + f"</{name}>"
    if isinstance(block, Columns):
        return _table(block, above)
    if isinstance(block, Picture):
        return (f'<figure class="picture"><figcaption>{_sentence(block.title)}</figcaption>\n'
                f'<div class="wide" role="img" aria-label="{escape(block.alt)}" tabindex="0">{block.drawing}</div>\n'
                f"{_table(block.table, block.title)}</figure>")
    assert isinstance(block, Command)
    return f"<p><code>{escape(block.text)}</code></p>"


def _table(block: Columns, above: str) -> str:
    """A table in a box that scrolls, by keyboard too; the first column names the rows unless it holds figures."""
    rooms = [_room(n, block) for n in range(len(block.header))]
    head = "".join(_header(cell, n in block.figures, room) for n, (cell, room) in enumerate(zip(block.header, rooms)))
    rows = ("<tr>" + "".join(_cell(n, cell, block) for n, cell in enumerate(row)) + "</tr>" for row in block.rows)
    return (f'<div class="wide" role="group" aria-label="{escape(above)}" tabindex="0">'
            f'<table{_tightness(block, rooms)}><thead><tr>{head}</tr></thead>'
            f'<tbody>{"".join(rows)}</tbody></table></div>')


def _tightness(block: Columns, rooms: list[int]) -> str:
    """How a table is set in print, where it cannot scroll, from the longest words of its columns."""
    words = [max(len(word) for row in (block.header, *block.rows) for word in row[n].split() or [""])
             for n in range(len(block.header))]
    whole = sum(max(word, min(room, ROOM)) + 2 for word, room in zip(words, rooms))
    parted = sum((min(word, ROOM) if room else word) + 2 for word, room in zip(words, rooms))
    return ' class="tight dense"' if parted > DENSE else ' class="tight"' if whole > PRINTED else ""


def _room(column: int, block: Columns) -> int:
    """The characters that a line of a column of words has at least; 0 for figures, which are never parted."""
    longest = max((len(row[column]) for row in block.rows), default=0)
    return 0 if column in block.figures else 20 if column and longest > LONG else min(longest, SHORT)


def _header(text: str, figure: bool, room: int) -> str:
    name = ' class="figure"' if figure else f' style="--room: {room}"'
    return f'<th scope="col"{name}>{escape(text)}</th>'


def _cell(column: int, text: str, block: Columns) -> str:
    if column in block.figures:
        return f'<td class="figure">{escape(text)}</td>'
    return f"<td>{escape(text)}</td>" if column else f'<th scope="row">{escape(text)}</th>'


def _sentence(text: str) -> str:
    """A sentence; its days stay on one line."""
    return _DAY.sub(r'<span class="day">\g<0></span>', escape(text))
