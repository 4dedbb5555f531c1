"""Two packages in dist/, from the last commit: one to upload to claude.ai, one for clients that read Agent Plugins.

The same commit gives the same bytes on any machine. Nothing is written unless both packages pass every check.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAME = "cs-strategist"
UPLOAD, PLUGIN = f"{NAME}.zip", f"{NAME}-plugin.zip"
FOLDERS = {UPLOAD: f"{NAME}/", PLUGIN: f"skills/{NAME}/"}
PARTS = ("SKILL.md", "LICENSE", "scripts", "references", "rules", "samples")
MANIFEST = "plugin.json"
# claude.ai takes a shorter description than SKILL.md has: the same first words, and the words that people use.
SHORT = ("Answers strategic customer-success (CS) questions with figures from the user's own data: NRR, GRR, churn, "
         "tiers, ICP, how many CSMs, which role to hire, KPIs, health-score, QBR, at-risk, renewal")
LONGEST = {UPLOAD: 200, PLUGIN: 1024}
MOST_FILES = 199
FRONT_KEYS = {"name", "description", "license", "allowed-tools", "metadata", "compatibility"}
TEXTS, WORDS, OBJECT = (str,), (list,), (dict,)
MANIFEST_KEYS = {"$schema": TEXTS, "name": TEXTS, "version": TEXTS, "description": TEXTS, "author": OBJECT,
                 "homepage": TEXTS, "repository": TEXTS, "license": TEXTS, "keywords": WORDS, "extensions": OBJECT}
ROOMS = "scripts/cslib/"
PACKED = f"{ROOMS}rooms.zip"
UNPACK = b"""
# In a package the rooms lie in one file, because the number of its files is limited.
__path__.append(__path__[0] + "/rooms.zip")
"""
# A page may also name what is in tests/: how it was made or measured, which a user does not run.
NAMED = re.compile(r"\b(?:references|rules|samples|scripts)/(?:[\w-]+/)*[\w-]+\.\w+")
ABSOLUTE = re.compile(rb"(?<![\w.$~}])/(?:home|root|Users|tmp|opt|usr|var|mnt|work)/\w(?!in/env)|\b[A-Z]:\\Users\b")
INTAKE = "prepare_inputs.py"


class Refused(Exception):
    """What stands against a package, as a sentence."""


# --- what is committed


def git(repository: Path, *arguments: str, sent: bytes = b"") -> bytes:
    """What git prints; it takes no lock and writes nothing."""
    try:
        done = subprocess.run(["git", "--no-optional-locks", "-C", str(repository), *arguments], input=sent,
                              capture_output=True, check=False)
    except FileNotFoundError:
        raise Refused("git is not installed, and packages are built from what is committed") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise Refused(f"packages are built from what is committed, and git finds no commit in {repository}: {said}")
    return done.stdout


def commit_of(repository: Path) -> str:
    """The last commit; refused where the folder is not the top of a repository with one."""
    top = git(repository, "rev-parse", "--show-toplevel").decode("utf-8").rstrip("\n")
    if not Path(top).samefile(repository):
        raise Refused(f"packages are built from what is committed, and {repository} is no repository of its own: "
                      f"it lies in that of {top}")
    return git(repository, "rev-parse", "--verify", "HEAD").decode("ascii").strip()


def committed(repository: Path, commit: str) -> dict[str, bytes]:
    """Path to content of every file of the packages, as stored and not as checked out."""
    listed = git(repository, "ls-tree", "-r", "-z", commit, "--", *PARTS, MANIFEST).decode("utf-8").split("\0")[:-1]
    entries = [(line.split("\t", 1)[1], *line.split("\t", 1)[0].split()) for line in listed]
    if odd := [path for path, mode, _, _ in entries if mode not in ("100644", "100755")]:
        raise Refused(f"only plain files can be packed: {', '.join(odd)}")
    stored = io.BytesIO(git(repository, "cat-file", "--batch", sent="".join(f"{e[3]}\n" for e in entries).encode()))
    files = {}
    for path, *_ in entries:
        size = int(stored.readline().split()[2])
        files[path] = stored.read(size)
        stored.read(1)
    return files


def uncommitted(repository: Path) -> list[str]:
    """What is changed or new among the files of the packages, and therefore not in them."""
    said = git(repository, "status", "--porcelain", "--untracked-files=all", "--", *PARTS, MANIFEST)
    return [line[3:] for line in said.decode("utf-8").splitlines()]


# --- the packages


def packages(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """File name to bytes of both packages."""
    skill = few({path: content for path, content in files.items() if path != MANIFEST})
    page = files["SKILL.md"].decode("utf-8")
    uploaded = {**skill, "SKILL.md": shortened(page).encode("utf-8")}
    return {UPLOAD: zipped({FOLDERS[UPLOAD] + path: content for path, content in uploaded.items()}),
            PLUGIN: zipped({MANIFEST: files[MANIFEST],
                            **{FOLDERS[PLUGIN] + path: content for path, content in skill.items()}})}


def few(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same with the rooms in one zip beside what they read, which Python imports from as from a folder.

    A room that asks where it lies stays a file, so that it finds what lies beside it.
    """
    first = f"{ROOMS}__init__.py"
    inside = {path: content for path, content in files.items()
              if path.startswith(ROOMS) and path.endswith(".py") and path != first and b"__file__" not in content}
    kept = {path: content for path, content in files.items() if path not in inside}
    rooms = zipped({path[len(ROOMS):]: content for path, content in inside.items()})
    return {**kept, first: files[first] + UNPACK, PACKED: rooms}


def shortened(page: str) -> str:
    """SKILL.md with the short description."""
    changed, found = re.subn(r"(?m)^description:.*\n(?:[ \t]+.*\n)*", lambda _: f"description: >-\n  {SHORT}\n", page,
                             count=1)
    if not found:
        raise Refused("SKILL.md has no description")
    return changed


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip whose bytes follow from names and contents alone: sorted, one time, two modes, stored as they are."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = (0o100755 if files[path].startswith(b"#!") else 0o100644) << 16
            archive.writestr(entry, files[path])
    return written.getvalue()


# --- the checks


def check(name: str, package: bytes) -> int:
    """How many files a package has; refused with every fault at once."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    found = list(faults(name, files)) or list(silent_doors(name, package))
    if found:
        raise Refused("\n".join(f"{name}: {fault}" for fault in found))
    return len(files)


def faults(name: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """What is wrong with names and contents."""
    folder = FOLDERS[name]
    if len(files) > MOST_FILES:
        yield f"{len(files)} files, and at most {MOST_FILES} are taken"
    if len({path.lower() for path in files}) != len(files):
        yield "two names differ in capitals alone"
    for path, content in files.items():
        if not re.fullmatch(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*", path, re.ASCII) or path.startswith(f"{folder}tests/"):
            yield f"{path} is no name for a file of a package"
        if not path.startswith(folder) and not (name == PLUGIN and path == MANIFEST):
            yield f"{path} lies outside {folder}"
        if path.endswith(".json"):
            yield from unread(path, content)
        if found := ABSOLUTE.search(content):
            yield f"{path} holds an absolute path: {found.group().decode('utf-8', 'replace')}"
    if name == PLUGIN:
        yield from manifest_faults(files.get(MANIFEST, b"{}"))
    skill = {path[len(folder):]: content for path, content in files.items() if path.startswith(folder)}
    yield from (f"{part} is missing" for part in PARTS
                if not any(PurePosixPath(path).parts[0] == part for path in skill))
    page = skill.get("SKILL.md", b"").decode("utf-8")
    yield from front_faults(page, LONGEST[name])
    have = {PurePosixPath(path).name for path in skill}
    yield from (f"SKILL.md names {each}, which is missing" for each in sorted(named(page) - have))
    for path, content in skill.items():
        if path.endswith(".md"):
            yield from (f"{path} names {each}, which is missing"
                        for each in sorted(set(NAMED.findall(content.decode("utf-8"))) - skill.keys()))


def unread(path: str, content: bytes) -> Iterator[str]:
    try:
        json.loads(content.decode("utf-8"))
    except ValueError as error:
        yield f"{path} is not JSON: {error}"


def named(page: str) -> set[str]:
    """The scripts and pages in code marks; `a-{b,c}.md` names two."""
    found = re.findall(r"([\w-]*)(?:\{([\w,-]+)\})?([\w-]*\.(?:md|py))\b", " ".join(re.findall(r"`([^`\n]+)`", page)))
    return {f"{before}{each}{after}" for before, middle, after in found for each in middle.split(",")}


def front_matter(page: str) -> dict[str, str]:
    """Key to text, for the forms that SKILL.md uses: on the line, or folded below it. Empty where there is none."""
    parts = re.match(r"---\n(.*?\n)---\n", page, re.DOTALL)
    read = re.findall(r"^([\w-]+):[ \t]*(?:>-)?(.*\n(?:[ \t]+.*\n)*)", parts.group(1) if parts else "", re.MULTILINE)
    return {key: " ".join(text.split()) for key, text in read}


def front_faults(page: str, longest: int) -> Iterator[str]:
    """What is wrong with the head of SKILL.md."""
    front = front_matter(page)
    yield from (f"SKILL.md has a key that is not allowed: {key}" for key in sorted(front.keys() - FRONT_KEYS))
    if front.get("name") != NAME:
        yield f"SKILL.md is not named {NAME}, as its folder is"
    description = front.get("description", "")
    if not 0 < len(description) <= longest:
        yield f"the description has {len(description)} characters; it takes 1 to {longest}"
    if set("<>") & set(description):
        yield "the description has an angle bracket"
    if len(front.get("compatibility", "")) > 500:
        yield "compatibility has over 500 characters"


def manifest_faults(content: bytes) -> Iterator[str]:
    """What is wrong with plugin.json under the closed schema of Agent Plugins."""
    try:
        manifest: Any = json.loads(content.decode("utf-8"))
    except ValueError:
        return
    if not isinstance(manifest, dict):
        yield f"{MANIFEST} is no object"
        return
    for key, value in manifest.items():
        if key not in MANIFEST_KEYS:
            yield f"{MANIFEST} has a key that is not allowed: {key}"
        elif not isinstance(value, MANIFEST_KEYS[key]):
            yield f"{MANIFEST}: {key} has the wrong type"
    if manifest.get("name") != NAME or not re.fullmatch(r"\d+\.\d+\.\d+", str(manifest.get("version"))):
        yield f"{MANIFEST} needs the name {NAME} and a version"
    words, author = manifest.get("keywords", []), manifest.get("author", {"name": ""})
    if not all(isinstance(word, str) for word in words):
        yield f"{MANIFEST}: keywords are texts"
    if not isinstance(author, dict) or "name" not in author or author.keys() - {"name", "email", "url"}:
        yield f"{MANIFEST}: author is a name, an email and a url"


def silent_doors(name: str, package: bytes) -> Iterator[str]:
    """The doors that do not answer their sample from an unpacked copy, on this Python with nothing installed."""
    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            archive.extractall(place)
        skill = Path(place, FOLDERS[name])
        for door in sorted((skill / "scripts").glob("*.py")):
            exports = sorted(map(str, (skill / "samples" / "exports").glob("*.csv")))
            given = [*exports, "--as-of", "2026-09-30", "--currency", "USD", "--out-dir", "out"]
            done = subprocess.run([sys.executable, "-I", "-S", str(door), *(given if door.name == INTAKE else [])],
                                  cwd=place, capture_output=True, check=False)
            answered = door.name == INTAKE or done.stdout.startswith(b"SAMPLE DATA")
            if done.returncode or done.stderr or not answered:
                last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
                yield f"{door.name} does not answer its sample (exit {done.returncode}): {last}"


def main(repository: Path = ROOT) -> int:
    try:
        commit = commit_of(repository)
        made = packages(committed(repository, commit))
        counts = {name: check(name, package) for name, package in made.items()}
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    left = uncommitted(repository)
    if left:
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        print(f"Not in the packages, because not committed: {', '.join(left[:3])}{more}.", file=sys.stderr)
    folder = repository / "dist"
    folder.mkdir(exist_ok=True)
    for name, package in made.items():
        (folder / name).write_bytes(package)
        print(f"dist/{name}: {counts[name]} files, {len(package):,} bytes, of commit {commit[:12]}, "
              f"sha256 {hashlib.sha256(package).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
