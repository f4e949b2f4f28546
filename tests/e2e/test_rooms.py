"""The sources keep to the plan of rooms: what CMake does not refuse to build, and a reader relies on."""

import functools
import pathlib
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from support.program import ROOT

PLANS = [ROOT / folder / "CMakeLists.txt" for folder in ("libhealth", "apps/backfill-health", "apps/manual")]
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
UNIT_TESTS = ROOT / "tests/unit"
PROGRAM_TESTS = ROOT / "tests/e2e"
COMMANDS = ROOT / "apps/backfill-health/commands"
LIBRARY = ROOT / "libhealth"
MOST_FLOORS = 7
MOST_SOURCES = 20  # of a folder
MOST_LINES = 350


@dataclass(frozen=True)
class Room:
    name: str
    folder: pathlib.Path
    needs: tuple[str, ...]  # as the plan has them

    def files(self) -> list[pathlib.Path]:
        return sources(self.folder)


def sources(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".cpp", ".hpp"))


def scripts() -> list[pathlib.Path]:
    """In Python; not those that CMake writes into folders of builds."""
    return [path for folder in ROOT.iterdir() if not folder.name.startswith(("build", ".")) for path in folder.rglob("*.py")]


def includes(file: pathlib.Path) -> list[str]:
    """What stands between the brackets or quotes, with these."""
    return re.findall(r"""^ *# *include *([<"][^>"]+[>"])""", file.read_text(), re.M)


Graph = dict[str, set[str]]


def include_graph(rooms: list[pathlib.Path], group: Callable[[pathlib.PurePath], pathlib.PurePath]) -> Graph:
    """Which groups of files include which others. `rooms` are folders, of which a header's name begins with the last
    part; `group` maps such a name, room/name.hpp, to what it belongs to."""
    files = {pathlib.PurePath(room.name) / file.relative_to(room): file for room in rooms for file in sources(room)}
    graph: Graph = {str(group(name)): set() for name in files}
    for name, file in files.items():
        included = [pathlib.PurePath(include[1:-1]) for include in includes(file)]
        graph[str(group(name))].update(str(group(header)) for header in included if header in files)
    return {name: needs - {name} for name, needs in graph.items()}


def stem(name: pathlib.PurePath) -> pathlib.PurePath:
    """A header and its source are one."""
    return name.with_suffix("")


def folder(name: pathlib.PurePath) -> pathlib.PurePath:
    return name.parent


def circle(graph: Graph) -> list[str]:
    """A way that leads back to where it begins; empty when there is none."""
    clear: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name):], name]
        if name in clear:
            return []
        for needed in sorted(graph[name]):
            if found := walk(needed, [*way, name]):
                return found
        clear.add(name)
        return []

    return next(filter(None, (walk(name, []) for name in sorted(graph))), [])


def included_rooms(file: pathlib.Path) -> list[str]:
    names = [include[1:-1].partition("/")[0] for include in includes(file) if "/" in include]
    return [name for name in names if name in ROOMS]


def plan() -> dict[str, Room]:
    rooms = {}
    for file in PLANS:
        for name, rest in re.findall(r"^room\((\w+)([^)]*)\)", file.read_text(), re.M):
            needs = re.search(r"\bNEEDS((?:\s+[a-z]\w*)+)", rest)
            rooms[name] = Room(name, file.parent / name, tuple(needs[1].split()) if needs else ())
    return rooms


ROOMS = plan()
FILES = [file for room in ROOMS.values() for file in room.files()]
FOLDERS = sorted({file.parent for file in FILES})


@functools.cache
def floor(name: str, above: tuple[str, ...] = ()) -> int:
    assert name not in above, f"a circle: {' needs '.join([*above[above.index(name):], name])}"
    return 1 + max((floor(needed, (*above, name)) for needed in ROOMS[name].needs), default=0)


def shown(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_folder_is_a_room():
    for file in PLANS:
        folders = {path.name for path in file.parent.iterdir() if path.is_dir() and sources(path)}
        assert folders == {room.name for room in ROOMS.values() if room.folder.parent == file.parent}
    assert all(set(room.needs) <= ROOMS.keys() for room in ROOMS.values())


def test_no_circle_and_few_floors():
    program = 1 + max(map(floor, ROOMS))
    assert 2 < program <= MOST_FLOORS


@pytest.mark.parametrize("group", [stem, folder])
def test_no_file_and_no_folder_includes_itself_by_way_of_others(group):
    graph = include_graph([room.folder for room in ROOMS.values()], group)
    assert len(graph) > len(ROOMS)
    assert any(graph.values())
    assert circle(graph) == [], "a circle of includes: " + " includes ".join(circle(graph))


def circles_of(house: pathlib.Path, files: dict[str, str]) -> tuple[list[str], list[str]]:
    """The circle of the files and the one of the folders, of files that include these headers."""
    for name, included in files.items():
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).write_text("".join(f"#include <{header}>\n" for header in included.split()))
    rooms = list(house.iterdir())
    return circle(include_graph(rooms, stem)), circle(include_graph(rooms, folder))


PLANTED = {
    "none": ({"base/text.hpp": "string",
              "base/text.cpp": "base/text.hpp cctype",
              "store/store.hpp": "base/text.hpp",
              "store/store.cpp": "store/store.hpp store/checks/size.hpp",
              "store/checks/size.hpp": "base/text.hpp"}, [], []),
    "of two headers": ({"base/text.hpp": "base/time.hpp", "base/time.hpp": "base/text.hpp"},
                       ["base/text", "base/time", "base/text"], []),
    "by way of a source": ({"base/text.hpp": "",
                            "base/text.cpp": "base/text.hpp base/url.hpp",
                            "base/url.hpp": "base/time.hpp",
                            "base/time.hpp": "base/text.hpp"},
                           ["base/text", "base/url", "base/time", "base/text"], []),
    "across rooms": ({"base/text.cpp": "store/spool.hpp", "base/text.hpp": "", "store/spool.hpp": "base/text.hpp"},
                     ["base/text", "store/spool", "base/text"], ["base", "store", "base"]),
    "of folders, though not of files": ({"store/store.cpp": "store/checks/size.hpp",
                                         "store/checks/size.hpp": "store/names.hpp",
                                         "store/names.hpp": ""},
                                        [], ["store", "store/checks", "store"]),
}


@pytest.mark.parametrize(("files", "of_files", "of_folders"), PLANTED.values(), ids=PLANTED)
def test_a_circle_is_found(files, of_files, of_folders, tmp_path):
    assert circles_of(tmp_path, files) == (of_files, of_folders)


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_an_include_is_of_a_room_that_the_plan_lets_it_see(room):
    for file in room.files():
        unseen = set(included_rooms(file)) - {room.name, *room.needs}
        assert not unseen, f"{shown(file)} includes {unseen}, which {room.name} does not need by the plan"
        for include in includes(file):
            name, _, header = include[1:-1].partition("/")
            assert include.startswith("<") and ".." not in include, f"{shown(file)}: {include} is not <room/name.hpp>"
            assert name not in ROOMS or (ROOMS[name].folder / header).exists(), f"{shown(file)}: {include}"


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_what_the_plan_says_it_needs_it_includes(room):
    assert set(room.needs) <= {name for file in room.files() for name in included_rooms(file)}


def test_no_folder_is_a_hall():
    crowded = {shown(folder): len(list(folder.glob("*.cpp"))) for folder in FOLDERS}
    assert {folder: count for folder, count in crowded.items() if count > MOST_SOURCES} == {}


def test_no_file_is_long():
    lines = {shown(file): file.read_text().count("\n") for file in [*FILES, *sources(ROOT / "tests"), *scripts()]}
    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}


def folder_it_does_not_include(file: pathlib.Path, root: pathlib.Path = UNIT_TESTS) -> str:
    """Empty when one of the headers that a unit test includes stands in the folder of the rooms that the test's own
    folder mirrors; else that folder."""
    wanted = file.parent.relative_to(root)
    headers = {pathlib.PurePath(include[1:-1]) for include in includes(file) if include.startswith("<")}
    return "" if wanted in {header.parent for header in headers} else str(wanted)


@pytest.mark.parametrize("file", sorted(UNIT_TESTS.rglob("*_test.cpp")), ids=shown)
def test_a_unit_test_stands_where_what_it_tests_does(file):
    room, *folders = file.relative_to(UNIT_TESTS).parent.parts
    assert room in ROOMS
    folder = ROOMS[room].folder.joinpath(*folders)
    assert folder.is_dir(), f"there is no {shown(folder)}"
    assert not (missing := folder_it_does_not_include(file)), f"{shown(file)} includes no <{missing}/...>: what it tests is elsewhere"


@pytest.mark.parametrize(("place", "included", "missing"), [
    ("store", "<store/spool.hpp>", ""),
    ("store/checks", "<base/text.hpp> <store/checks/size.hpp>", ""),
    ("store", "<store/checks/size.hpp>", "store"),
    ("store/checks", "<store/spool.hpp>", "store/checks"),
    ("store", '"store/helpers.hpp" <string>', "store"),
])
def test_a_unit_test_in_another_folder_is_found(place, included, missing, tmp_path):
    file = tmp_path / place / "some_test.cpp"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"#include {header}\n" for header in included.split()))
    assert folder_it_does_not_include(file, tmp_path) == missing


def test_tests_of_the_program_are_named_by_command_room_or_folder():
    commands = {path.stem for path in COMMANDS.iterdir()}
    ours = {path.name for path in ROOT.iterdir() if path.is_dir()}
    tests = [path for path in PROGRAM_TESTS.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))]
    names = {path.stem.removeprefix("test_") for path in tests if path != pathlib.Path(__file__)}
    assert names
    assert names <= commands | ROOMS.keys() | ours


def test_the_floors_that_contributing_shows():
    shown_at = {name: int(number) for number, line in re.findall(r"^ +([1-7]) +(.+)$", CONTRIBUTING.read_text(), re.M)
                for name in re.findall(r"[a-z]+", line) if name in ROOMS}
    assert shown_at == {name: floor(name) for name in ROOMS}


# A flag, a variable or a command.
NAMES = re.compile(r"--[a-z]|\b(?:ES|BACKFILL|KIBANA)_[A-Z]|\b(?:create-index|import-dashboard|emit|doctor|bootstrap|validate)\b"
                   r"|(?<!docs/)\bserve\b|\bbackfill-health ")
LITERAL = re.compile(r'R"\((.*?)\)"|"((?:[^"\\\n]|\\.)*)"', re.S)


def literals(source: str) -> list[str]:
    code = re.sub(r"^\s*(?:#include .*|///?.*)$", "", source, flags=re.M)
    return [raw or plain for raw, plain in LITERAL.findall(code)]


def test_literals_are_found():
    source = '#include "--a"\n/// "--b"\nfail("use \\"--c\\"", R"(--d "x")"); // said\n'
    assert literals(source) == ['use \\"--c\\"', '--d "x"']


def test_the_library_names_no_flag_variable_or_command():
    """It speaks in facts (remedy.hpp of its rooms); what they mean for a user stands in apps/backfill-health/cli/hints.cpp."""
    named = [f"{shown(file)}: {text}" for file in sources(LIBRARY) for text in literals(file.read_text())
             if NAMES.search(text)]
    assert named == []
