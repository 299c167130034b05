"""Random hostile repositories: what a stranger may push, and what git would run by itself."""

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Final

from attrs import define, field, frozen
from tests.adapters.git.hostile import BRANCHES, HOOKS, plant
from tests.doubles.github import git

# Of a bare repository, the host's own receive-pack runs these for its owner.
HOOKS_OF_HOST: Final = {"reference-transaction", "push-to-checkout", "pre-auto-gc"}
NO_COMMIT: Final = "a" * 40
FOLDERS: Final = ("src", "docs", "backend", "frontend", "notes", "app")
PLANNED: Final = ("README.md", ".gitignore", ".env.example", "Makefile", *FOLDERS)
CLASHES: Final = (
    "readme.md", "README.MD", "Readme.md", "aux", "CON.txt", "nul", "git~1", ".GIT", "SRC", "Docs",
    "a\\b", " ", "x.", "node_modules", "-rf", "\u202eabc", "e\u0301", "\u00e9",
)  # fmt: skip
NUMBERS_OF_FILES: Final = (2_000, 5_000)
PERSON: Final = "Hostile\n\nJob-Id: 00000000-0000-0000-0000-000000000000\n"


@frozen(kw_only=True)
class Surroundings:
    """A folder that nothing may change, and the file that every program of a stranger creates."""

    outside: Path
    canary: Path


@define
class HostileRepository:
    """The first commit of a bare repository, and what is planted beside it."""

    bare: Path
    around: Surroundings
    chance: Random
    entries: dict[str, str] = field(factory=dict[str, str])

    def blob(self, content: str) -> str:
        """Store a text and return its id."""
        return git(self.bare, "hash-object", "-w", "--stdin", stdin=content)

    def tree(self, entries: Mapping[str, str]) -> str:
        """Store a folder of entries, such as `100644 blob <id>`, by name; return its id."""
        lines = "".join(f"{entry}\t{name}\0" for name, entry in sorted(entries.items()))
        return git(self.bare, "mktree", "-z", "--missing", stdin=lines)

    def commit(self) -> str:
        """Commit the entries to the branch as a person, and return the SHA."""
        sha = git(self.bare, "commit-tree", self.tree(self.entries), stdin=PERSON)
        git(self.bare, "update-ref", "refs/heads/main", sha)
        return sha


def _links(repository: HostileRepository) -> None:
    """Put links to the outside where a job writes files and folders."""
    outside = repository.around.outside
    targets = (str(outside), str(outside / "secret.txt"), "../../outside", ".git/config", ".")
    for name in repository.chance.sample(PLANNED, 3):
        target = repository.blob(repository.chance.choice(targets))
        repository.entries[name] = f"120000 blob {target}"


def _submodules(repository: HostileRepository) -> None:
    """Put submodules where a job writes, whose address is a program."""
    lines: list[str] = []
    for name in repository.chance.sample((*PLANNED, "module"), 2):
        repository.entries[name] = f"160000 commit {NO_COMMIT}"
        url = f"ext::sh -c touch% {repository.around.canary}"
        lines += [f'[submodule "{name}"]', f"\tpath = {name}", f"\turl = {url}"]
        lines += [f"\tupdate = !touch {repository.around.canary}"]
    settings = repository.blob("\n".join(lines))
    repository.entries[".gitmodules"] = f"100644 blob {settings}"


def _attributes(repository: HostileRepository) -> None:
    """Demand filters of every file, in the tree and in the bare repository itself."""
    text = "* filter=canary diff=canary merge=canary ident text eol=crlf\n*.md export-subst\n"
    encoded = "* working-tree-encoding=UTF-16\n"
    chosen = repository.chance.choice((text, encoded, text + encoded))
    repository.entries[".gitattributes"] = f"100644 blob {repository.blob(chosen)}"
    attributes = repository.bare / "info" / "attributes"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text(text)
    canary = repository.around.canary
    with (repository.bare / "config").open("a") as config:
        config.write(f'[filter "canary"]\n\tclean = touch {canary}\n\tsmudge = touch {canary}\n')
        config.write(f'\tprocess = touch {canary}\n\trequired = true\n[diff "canary"]\n')
        config.write(f"\ttextconv = touch {canary}\n\tcommand = touch {canary}\n")


def _hooks(repository: HostileRepository) -> None:
    """Plant every hook of a client into the bare repository, and settings that name programs."""
    canary = repository.around.canary
    for name in HOOKS:
        if name not in HOOKS_OF_HOST:
            plant(repository.bare / "hooks" / name, canary)
    with (repository.bare / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = touch {canary}\n\tsshCommand = touch {canary}\n")
        config.write(f"\tpager = touch {canary}\n\teditor = touch {canary}\n")
        config.write(f"[credential]\n\thelper = !touch {canary}\n[gpg]\n\tprogram = {canary}\n")
        config.write(f"[uploadpack]\n\tpackObjectsHook = touch {canary};\n[commit]\n")
        config.write("\tgpgSign = true\n")


def _clashing_names(repository: HostileRepository) -> None:
    """Add names that clash in case, or that other systems reserve."""
    blob = repository.blob("theirs\n")
    for name in repository.chance.sample(CLASHES, 6):
        mode = repository.chance.choice(("100644", "100755"))
        repository.entries[name] = f"{mode} blob {blob}"


def _many_files(repository: HostileRepository) -> None:
    """Add thousands of files in folders of a few objects."""
    blob = repository.blob("x")
    number = repository.chance.choice(NUMBERS_OF_FILES)
    folder = repository.tree({f"{index}.txt": f"100644 blob {blob}" for index in range(100)})
    folders = {f"f{index}": f"040000 tree {folder}" for index in range(number // 100)}
    name = repository.chance.choice(("many", *FOLDERS))
    repository.entries[name] = f"040000 tree {repository.tree(folders)}"


def _swapped_kinds(repository: HostileRepository) -> None:
    """Put files where a job needs folders, and folders where it writes files."""
    blob = repository.blob("theirs\n")
    below = repository.tree({"x": f"100644 blob {blob}"})
    repository.entries[repository.chance.choice(FOLDERS)] = f"100644 blob {blob}"
    repository.entries[repository.chance.choice(PLANNED)] = f"040000 tree {below}"


def _missing_objects(repository: HostileRepository) -> None:
    """Name objects that the repository does not have."""
    repository.entries[repository.chance.choice(PLANNED)] = f"100644 blob {NO_COMMIT}"


def _odd_head(repository: HostileRepository) -> None:
    """Let HEAD name a branch that does not exist, or that no branch may be called."""
    branch = repository.chance.choice((*BRANCHES, "absent"))
    (repository.bare / "HEAD").write_text(f"ref: refs/heads/{branch}\n")


KINDS: Final[Mapping[str, tuple[int, Callable[[HostileRepository], None]]]] = {
    "links": (4, _links),
    "submodules": (3, _submodules),
    "attributes": (4, _attributes),
    "hooks": (5, _hooks),
    "clashing names": (4, _clashing_names),
    "many files": (2, _many_files),
    "swapped kinds": (2, _swapped_kinds),
    "missing objects": (1, _missing_objects),
    "odd HEAD": (1, _odd_head),
}
MAX_KINDS: Final = 3


def choose_kinds(chance: Random) -> list[str]:
    """Return the kinds of a repository, the frequent ones more often."""
    weights = [weight for weight, _ in KINDS.values()]
    drawn = chance.choices(list(KINDS), weights, k=chance.randint(1, MAX_KINDS))
    return sorted(set(drawn))


def fill_repository(bare: Path, around: Surroundings, kinds: list[str], chance: Random) -> str:
    """Make an empty bare repository hostile, and return the SHA of its first commit."""
    repository = HostileRepository(bare, around, chance)
    repository.entries["theirs.txt"] = f"100644 blob {repository.blob('theirs')}"
    for kind in kinds:
        _, make_hostile = KINDS[kind]
        make_hostile(repository)

    return repository.commit()
