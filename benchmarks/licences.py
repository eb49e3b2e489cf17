"""Print the licence of everything that is installed with the program: `python -m benchmarks.licences [EXTRA …]`.

What a package says of itself: `License-Expression`, else its classifiers, else `License`. Nothing is guessed.
"""

import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(name: str, extras: set[str]) -> dict[str, Distribution]:
    """Return every installed distribution that `name` needs, itself included, by canonical name."""
    found: dict[str, Distribution] = {}
    left = [(name, frozenset(extras))]
    seen = set(left)
    while left:
        own, asked = left.pop()
        try:
            part = distribution(own)
        except PackageNotFoundError:
            continue  # of another platform, or an extra that is not installed
        found[canonicalize_name(own)] = part
        for text in part.requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *asked)):
                further = (canonicalize_name(requirement.name), frozenset(requirement.extras))
                if further not in seen:
                    seen.add(further)
                    left.append(further)
    return found


def licence_of(part: Distribution) -> str:
    """Return what a distribution says of its licence, "" where it says nothing."""
    head = part.metadata
    classifiers = [c.rpartition(" :: ")[2] for c in head.get_all("Classifier") or () if c.startswith("License :: ")]
    said = head.get("License-Expression") or "; ".join(classifiers) or (head.get("License") or "").strip()
    return said.splitlines()[0][:80] if said else ""


def main() -> None:
    """Print a Markdown table."""
    parts = needed("gongkai", set(sys.argv[1:]))
    print("| 安装包 | 版本 | 许可 |\n|---|---|---|")
    for name, part in sorted(parts.items()):
        if name != "gongkai":
            print(f"| {name} | {part.version} | {licence_of(part) or '没有写明'} |")


if __name__ == "__main__":
    main()
