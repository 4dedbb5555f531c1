"""What is handed out: two packages that hold what a user needs, from the last commit, always the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

import make_dist
import matrix
from conftest import BARE, DOORS, INTAKE, ROOT, ran
from make_dist import FOLDERS, MANIFEST, PLUGIN, SHORT, UPLOAD

NAMES = (UPLOAD, PLUGIN)
TOP = {"SKILL.md", "LICENSE", "scripts", "references", "rules", "samples"}
SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A",
            "GIT_COMMITTER_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_EMAIL": "a@example.com"}
package = pytest.mark.parametrize("name", NAMES)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def as_it_lies() -> dict[str, bytes]:
    """The files of the packages as they are in the folder now, committed or not."""
    roots = [ROOT / part for part in (*make_dist.PARTS, MANIFEST)]
    found = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*")) if path.is_file()]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in found
            if path.suffix != ".pyc" and not re.search(r"/\.", path.relative_to(ROOT).as_posix())}


def held(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True,
                   env={**os.environ, **SETTINGS})


def written(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def repository(folder: Path, files: dict[str, bytes]) -> Path:
    written(folder, files)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "make_dist.py", folder / "tests")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All of it")
    return folder


def small(**changed: str) -> dict[str, bytes]:
    """A bundle of a few files that has no fault."""
    texts = {"SKILL.md": "---\nname: cs-strategist\ndescription: Short\nlicense: MIT\n---\n`page.md` and `ask.py`\n",
             "LICENSE": "MIT\n", "references/page.md": "As samples/one.json.\n", "rules/a.md": "A\n",
             "samples/one.json": "{}\n",
             "scripts/ask.py": "import sys, os\nsys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))\n"
                               "from cslib import room\nprint(room.SAID)\n",
             "scripts/cslib/__init__.py": "", "scripts/cslib/room.py": "SAID = 'SAMPLE DATA: none'\n",
             "plugin.json": '{"name": "cs-strategist", "version": "1.0.0"}'}
    return {path: text.encode("utf-8") for path, text in {**texts, **changed}.items()}


def printed(repository: Path) -> subprocess.CompletedProcess:
    return subprocess.run([*BARE, str(repository / "tests" / "make_dist.py")], capture_output=True, text=True,
                          check=False, env={**os.environ, **SETTINGS})


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return as_it_lies()


@pytest.fixture(scope="module")
def made(files) -> dict[str, bytes]:
    return make_dist.packages(files)


@pytest.fixture(scope="module")
def unpacked(made, tmp_path_factory) -> dict[str, Path]:
    """The folder of the skill of each package, unpacked."""
    folders = {}
    for name, packed in made.items():
        place = tmp_path_factory.mktemp(name.partition(".")[0])
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(place)
        folders[name] = place / FOLDERS[name]
    return folders


@pytest.fixture(scope="module")
def plain(files, tmp_path_factory) -> Path:
    """The scripts of the same files, each a file."""
    place = tmp_path_factory.mktemp("plain")
    written(place, files)
    return place / "scripts"


# --- what is in a package


@package
def test_a_package_has_no_fault(made, name):
    assert list(make_dist.faults(name, held(made[name]))) == []


@package
def test_a_package_has_under_200_files(made, name):
    assert 50 < len(held(made[name])) < 200


@package
def test_the_skill_in_a_package_has_what_a_user_needs_and_nothing_else(unpacked, name):
    assert {path.name for path in unpacked[name].iterdir()} == TOP


def test_the_upload_is_one_folder_named_as_the_skill(made):
    assert {path.split("/")[0] for path in held(made[UPLOAD])} == {"cs-strategist"}


def test_the_plugin_is_its_manifest_and_the_skill_under_skills(made):
    files = held(made[PLUGIN])
    assert {path for path in files if not path.startswith("skills/cs-strategist/")} == {"plugin.json"}
    assert files["plugin.json"] == (ROOT / "plugin.json").read_bytes()


@package
def test_every_page_sample_and_door_is_in_a_package_as_it_is(files, made, name):
    there = held(made[name])
    for path, content in files.items():
        if not path.startswith("scripts/cslib/") and path not in ("SKILL.md", MANIFEST):
            assert there[FOLDERS[name] + path] == content, path


def test_every_room_is_in_a_package_once_and_whole(files, made):
    there = held(made[PLUGIN])
    packed = held(there[FOLDERS[PLUGIN] + make_dist.PACKED])
    beside = {path[len(FOLDERS[PLUGIN] + make_dist.ROOMS):]: content for path, content in there.items()
              if path.startswith(FOLDERS[PLUGIN] + make_dist.ROOMS) and not path.endswith(".zip")}
    assert not packed.keys() & beside.keys() and len(packed) > 100 and "source.py" in beside
    rooms = {path[len(make_dist.ROOMS):]: content for path, content in files.items()
             if path.startswith(make_dist.ROOMS)}
    assert beside.pop("__init__.py").startswith(rooms.pop("__init__.py"))
    assert {**packed, **beside} == rooms


def test_the_page_of_the_plugin_is_that_of_the_repository(made):
    assert held(made[PLUGIN])[f"{FOLDERS[PLUGIN]}SKILL.md"] == (ROOT / "SKILL.md").read_bytes()


def test_the_page_of_the_upload_differs_in_its_description_alone(made):
    ours = (ROOT / "SKILL.md").read_text(encoding="utf-8")
    theirs = held(made[UPLOAD])[f"{FOLDERS[UPLOAD]}SKILL.md"].decode("utf-8")
    assert theirs.split("---\n", 2)[2] == ours.split("---\n", 2)[2]
    before, after = make_dist.front_matter(ours), make_dist.front_matter(theirs)
    assert list(before) == list(after) and after.pop("description") == SHORT
    before.pop("description")
    assert before == after


def test_the_short_description_begins_as_the_long_one_and_has_only_its_words():
    long = make_dist.front_matter((ROOT / "SKILL.md").read_text(encoding="utf-8"))["description"]
    assert len(SHORT) <= 200
    assert SHORT.split()[:7] == long.split()[:7]
    words = set(re.findall(r"[\w'-]+", long))
    assert set(re.findall(r"[\w'-]+", SHORT)) - words <= {"from"}
    assert {"NRR", "GRR", "churn", "CSMs", "renewal", "QBR"} <= set(re.findall(r"[\w'-]+", SHORT))


def test_an_entry_has_one_time_no_extra_field_and_one_of_two_modes(made):
    for packed in made.values():
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
        assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
        assert {(entry.date_time, entry.extra, entry.comment, entry.compress_type, entry.create_system)
                for entry in entries} == {((1980, 1, 1, 0, 0, 0), b"", b"", zipfile.ZIP_STORED, 3)}
        modes = {entry.filename: entry.external_attr >> 16 for entry in entries}
        assert set(modes.values()) == {0o100644, 0o100755}
        assert all((mode == 0o100755) == bool(re.search(r"scripts/\w+\.py$", path)) for path, mode in modes.items())


# --- what a package does


@package
@pytest.mark.parametrize("door", DOORS)
def test_a_door_of_a_package_says_what_that_of_the_repository_says(unpacked, plain, name, door, tmp_path):
    answer = ran(unpacked[name] / "scripts" / f"{door}.py", python=BARE, cwd=tmp_path)
    assert answer.out.startswith("SAMPLE DATA") and answer.err == ""
    assert answer == ran(plain / f"{door}.py", python=BARE, cwd=tmp_path)


@package
def test_the_intake_of_a_package_reads_the_sample_exports(unpacked, name, tmp_path):
    exports = sorted((unpacked[name] / "samples" / "exports").glob("*.csv"))
    answer = ran(unpacked[name] / "scripts" / f"{INTAKE}.py", *exports, "--as-of", "2026-09-30", "--currency", "USD",
                 "--out-dir", tmp_path, python=BARE)
    assert answer.code == 0 and len(exports) > 1
    assert json.loads((tmp_path / "cohorts.json").read_text(encoding="utf-8"))["as_of"] == "2026-09-30"


def test_the_oldest_and_the_newest_python_here_run_a_package(unpacked, tmp_path):
    found = list(matrix.interpreters().values())
    door = unpacked[UPLOAD] / "scripts" / "retention_decomposition_analyzer.py"
    old, new = (ran(door, "--format", "html", python=(python, "-I", "-S"), cwd=tmp_path)
                for python in (found[0], found[-1]))
    assert old == new and old.code == 0


def test_a_package_runs_through_a_link_and_from_a_folder_with_a_blank_in_its_name(unpacked, plain, tmp_path):
    place = tmp_path / "a folder"
    shutil.copytree(unpacked[UPLOAD], place)
    (tmp_path / "linked").symlink_to(place)
    answer = ran(tmp_path / "linked" / "scripts" / "cs_scorecard.py", "--schema", python=BARE, cwd=tmp_path)
    assert answer == ran(plain / "cs_scorecard.py", "--schema", python=BARE)


def test_a_refusal_of_a_package_is_that_of_the_repository(unpacked, plain, tmp_path):
    (tmp_path / "bad.json").write_text('{"as_of": "never"}')
    for door in DOORS:
        answer = ran(unpacked[UPLOAD] / "scripts" / f"{door}.py", "bad.json", python=BARE, cwd=tmp_path)
        assert answer == ran(plain / f"{door}.py", "bad.json", python=BARE, cwd=tmp_path), door
        assert answer.code in (1, 2), door


# --- what is refused


FAULTY = {
    "a long description": ({"SKILL.md": f"---\nname: cs-strategist\ndescription: {'a ' * 600}\n---\n"}, "characters"),
    "another name": ({"SKILL.md": "---\nname: other\ndescription: A\n---\n"}, "not named"),
    "a key of a client's own": ({"SKILL.md": "---\nname: cs-strategist\ndescription: A\nmodel: x\n---\n"}, "model"),
    "a bracket": ({"SKILL.md": "---\nname: cs-strategist\ndescription: <A>\n---\n"}, "angle bracket"),
    "no head": ({"SKILL.md": "# A page\n"}, "not named"),
    "a page that is not there": ({"SKILL.md": small()["SKILL.md"].decode() + "`b-{one,two}.md`"}, "b-two.md"),
    "a sample that is not there": ({"references/page.md": "samples/two.json"}, "samples/two.json"),
    "broken JSON": ({"samples/one.json": "{"}, "not JSON"),
    "a path of a machine": ({"rules/a.md": "see /home" + "/anna/book.json"}, "absolute path"),
    "a name in two cases": ({"rules/A.md": "A"}, "capitals"),
    "a strange name": ({"rules/a b.md": "A"}, "no name"),
    "too many files": ({f"rules/{n}.md": "A" for n in range(200)}, "at most 199"),
    "a key beyond the schema": ({MANIFEST: '{"name": "cs-strategist", "version": "1.0.0", "skills": "./"}'}, "skills"),
    "a wrong type": ({MANIFEST: '{"name": "cs-strategist", "version": "1.0.0", "keywords": "a"}'}, "keywords"),
    "an author without a name": ({MANIFEST: '{"name": "cs-strategist", "version": "1.0.0", "author": {}}'}, "author"),
    "no version": ({MANIFEST: '{"name": "cs-strategist"}'}, "version"),
    "a door that fails": ({"scripts/ask.py": "raise SystemExit(1)"}, "does not answer"),
    "a door that says nothing": ({"scripts/ask.py": "pass"}, "does not answer"),
    "a door that needs a package": ({"scripts/ask.py": "import pytest"}, "pytest"),
}


def test_a_small_bundle_passes_every_check():
    for name, packed in make_dist.packages(small()).items():
        assert make_dist.check(name, packed) == len(held(packed))


@pytest.mark.parametrize("changed, said", FAULTY.values(), ids=FAULTY)
def test_a_package_with_a_fault_is_refused_and_the_fault_named(changed, said):
    packed = {FOLDERS[PLUGIN] * (path != MANIFEST) + path: content
              for path, content in make_dist.few(small(**changed)).items()}
    with pytest.raises(make_dist.Refused, match=re.escape(said)):
        make_dist.check(PLUGIN, make_dist.zipped(packed))


def test_a_page_without_a_description_cannot_be_shortened():
    with pytest.raises(make_dist.Refused, match="no description"):
        make_dist.shortened("---\nname: cs-strategist\n---\n")


# --- from what is committed


@needs_git
def test_the_packages_come_from_the_last_commit_and_say_which(tmp_path):
    folder = repository(tmp_path, small())
    (folder / "rules" / "a.md").write_text("changed")
    (folder / "rules" / "new.md").write_text("new")
    done = printed(folder)
    assert done.returncode == 0, done.stderr
    assert "not committed: rules/a.md, rules/new.md" in done.stderr
    commit = make_dist.commit_of(folder)
    assert all(f"dist/{name}: " in done.stdout for name in NAMES) and done.stdout.count(commit[:12]) == 2
    for name in NAMES:
        files = held((folder / "dist" / name).read_bytes())
        assert files[f"{FOLDERS[name]}rules/a.md"] == b"A\n" and f"{FOLDERS[name]}rules/new.md" not in files


@needs_git
def test_the_same_commit_gives_the_same_bytes_elsewhere(files, made, tmp_path):
    (tmp_path / "here").mkdir()
    here = repository(tmp_path / "here", files)
    git(tmp_path, "clone", "--quiet", "--config", "core.autocrlf=true", str(here), "there")
    there = tmp_path / "there"
    os.utime(there / "SKILL.md", (0, 0))
    (there / "LICENSE").chmod(0o600)
    built = make_dist.packages(make_dist.committed(here, make_dist.commit_of(here)))
    python = list(matrix.interpreters().values())[-1]
    code = ("import sys; sys.path.insert(0, 'tests'); import make_dist as m; import hashlib\n"
            "made = m.packages(m.committed(m.ROOT, m.commit_of(m.ROOT)))\n"
            "print(*(hashlib.sha256(made[name]).hexdigest() for name in sorted(made)))")
    digests = subprocess.run([python, "-c", code], cwd=there, check=True, capture_output=True, text=True,
                             env={**os.environ, **SETTINGS, "TZ": "Asia/Tokyo", "LC_ALL": "C"}).stdout.split()
    assert digests == [hashlib.sha256(built[name]).hexdigest() for name in sorted(built)]
    assert built == made


@needs_git
def test_outside_a_repository_nothing_is_built_and_the_reason_is_one_sentence(tmp_path):
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "make_dist.py", tmp_path / "tests")
    done = printed(tmp_path)
    assert (done.returncode, done.stdout) == (1, "") and len(done.stderr.splitlines()) == 1
    assert "built from what is committed" in done.stderr and not (tmp_path / "dist").exists()


@needs_git
def test_a_copy_inside_another_repository_is_not_built_from_that(tmp_path):
    outer = repository(tmp_path, small())
    (outer / "inner" / "tests").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "make_dist.py", outer / "inner" / "tests")
    done = printed(outer / "inner")
    assert done.returncode == 1 and "no repository of its own" in done.stderr


@needs_git
def test_a_fault_leaves_an_earlier_package_as_it_was(tmp_path):
    folder = repository(tmp_path, small(**{"scripts/ask.py": "raise SystemExit('broken')"}))
    (folder / "dist").mkdir()
    (folder / "dist" / UPLOAD).write_bytes(b"before")
    done = printed(folder)
    assert done.returncode == 1 and "ask.py does not answer its sample (exit 1): broken" in done.stderr
    assert (folder / "dist" / UPLOAD).read_bytes() == b"before" and "Traceback" not in done.stderr


@needs_git
def test_a_link_is_not_packed(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "link.md").symlink_to("a.md")
    folder = repository(tmp_path, small())
    assert "only plain files can be packed: rules/link.md" in printed(folder).stderr


def test_without_git_the_reason_is_said(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert make_dist.main() == 1
    assert "git is not installed" in capsys.readouterr().err


def test_what_is_built_is_not_committed():
    assert "/dist/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
