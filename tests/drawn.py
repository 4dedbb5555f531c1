"""What a picture draws, read back from its SVG."""
from __future__ import annotations

from xml.etree import ElementTree

from cslib.page import Picture


def parsed(picture: Picture) -> ElementTree.Element:
    """The drawing; its title and description are those of the picture."""
    root = ElementTree.fromstring(picture.drawing)
    assert [child.text for child in root[:2]] == [picture.title, picture.alt]
    return root


def words(picture: Picture) -> str:
    """All text that is drawn, in one line."""
    return " ".join(element.text or "" for element in parsed(picture).iter("text"))
