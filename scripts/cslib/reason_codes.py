"""Reason codes as companies write them, and the churn reason that their words propose, from reason_words.json."""

from __future__ import annotations

import re
import shlex
import unicodedata
from functools import cache

from cslib import figures, source
from cslib.cohorts import REASONS, UNKNOWN
from cslib.refusal import Usage

ALL_OTHERS = "*"

# The order in which references/retention_decomposition.md asks for a reason: the first yes is the code.
ASKED_IN_ORDER = ("involuntary", "company_event", "tactical_failure", "product_fit", "no_value_realized",
                  "champion_left", "competitor_loss", "pricing", UNKNOWN)
# Bare, and within double quotes, these mean themselves in every shell, that of Windows included.
_BARE = re.compile(r"[\w.-]+=\w+", re.ASCII)
_QUOTABLE = re.compile(r"[\w .,:;/()+*&=-]+", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def plain(code: str) -> str:
    """The spelling by which codes are compared: `product_fit` of `Product fit`, `ProductFit` and `product-fit`."""
    words = _words(code)
    return "_".join(words) if words else code.casefold()


def proposal(code: str) -> str:
    """The reason that the words of a code speak for; `unknown` when none does.

    The longest phrase decides; between phrases as long, the reason that is asked for first.
    """
    text = " ".join(_words(code))
    return next((reason for pattern, reason in _phrases() if pattern.search(text)), UNKNOWN)


def flag_of(code: str, reason: str) -> str:
    """The flag that maps a code, as a shell takes it."""
    text = f"{code}={reason}"
    quoted = text if _BARE.fullmatch(text) else f'"{text}"' if _QUOTABLE.fullmatch(text) else shlex.quote(text)
    return f"--reason{'=' if code.startswith('-') else ' '}{quoted}"


def answered(text: str) -> tuple[str, str]:
    """The code and the reason in the text of that flag, `code=reason`. Wrong usage: anything else."""
    code, _, reason = text.rpartition("=")
    if not code.strip() or plain(reason) not in REASONS:
        raise Usage(f"--reason: expected CODE=REASON with one of {', '.join(REASONS)}, got {figures.neutral(text)}")
    return code.strip(), plain(reason)


def _words(text: str) -> list[str]:
    parts = _HUMP.sub(" ", text)
    if not parts.isascii():
        parts = unicodedata.normalize("NFKD", parts)
        parts = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return _WORD.findall(parts.casefold())


@cache
def _phrases() -> list[tuple[re.Pattern[str], str]]:
    """One pattern for each reason and length of phrase, the longest phrases first."""
    by_length: dict[tuple[int, int], set[str]] = {}
    for reason, languages in source.own("reason_words.json").items():
        for phrase in (phrase for phrases in languages.values() for phrase in phrases):
            words = phrase.split()
            spellings = {" ".join(words), " ".join(words).translate(_UMLAUTS)}
            by_length.setdefault((-len(words), ASKED_IN_ORDER.index(reason)), set()).update(map(_pattern, spellings))
    return [(re.compile(rf"\b(?:{'|'.join(sorted(by_length[key]))})\b"), ASKED_IN_ORDER[key[1]])
            for key in sorted(by_length)]


def _pattern(phrase: str) -> str:
    return " ".join(rf"\w*{' '.join(_words(word))}" if word.startswith("*") else
                    rf"{' '.join(_words(word))}\w*" if word.endswith("*") else " ".join(_words(word))
                    for word in phrase.split())
