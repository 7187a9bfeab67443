"""The dependency rule. Each folder is a library whose link list (its CMakeLists.txt) says what it may include, with what
those folders may; every include of every source is checked against it, and packages against the table below.

    layering_test.py SOURCE LAYERS           the tree as it is
    layering_test.py SOURCE LAYERS --plant   plants a forbidden include in every folder: each must be caught
"""
import re
import sys
from pathlib import Path

# What may only be included where, as the beginning of a folder's path; first examples to plant.
PACKAGES = [
    (["<boost/spirit/home/x3.hpp>"], r"<boost/spirit", ["grammar"]),
    (["<llvm/IR/Module.h>", "<llvm-c/Core.h>"], r"<llvm(-c)?/", ["codegen"]),
    (["<Eigen/Dense>"], r"<Eigen/", ["runtime", "evaluation"]),
    (["<cblas.h>"], r"<cblas\.h>", ["runtime/algebra"]),
    (["<Random123/philox.h>"], r"<Random123/", ["runtime/points"]),
    (["<CLI/CLI.hpp>"], r"<CLI/", ["driver"]),
    (["<nlohmann/json.hpp>"], r"<nlohmann/", ["driver", "equations"]),
    # What runs a compiled program speaks to nobody: results are values, errors diagnostics, progress goes to a Monitor.
    (["<iostream>", "<csignal>", "<unistd.h>"], r"<iostream>|<csignal>|<unistd\.h>", ["driver", "base", "runtime"]),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])', re.MULTILINE)


def read_layers(path):
    """folder -> the folders of its link list."""
    layers = {}
    for line in Path(path).read_text().splitlines():
        folder, _, links = line.partition(":")
        layers[folder] = links.split()
    return layers


def reachable(layers, folder):
    """What a folder may include. A cycle is reported as the folder reaching itself."""
    found, todo = set(), list(layers[folder])
    while todo:
        link = todo.pop()
        if link not in found:
            found.add(link)
            todo += layers.get(link, [])
    return found


def sources_of(root, layers):
    """Text by path of every source outside of tests/ and bench/."""
    tops = {folder.split("/")[0] for folder in layers}
    return {
        str(path.relative_to(root)): path.read_text(encoding="latin-1")
        for top in sorted(tops)
        for path in sorted((root / top).rglob("*"))
        if path.suffix in {".h", ".cpp", ".def"}
    }


def folder_of(path, layers):
    """The library a path of the tree belongs to; nothing if there is none."""
    folder = path.rpartition("/")[0]
    # The C interface has one folder more, for those who install it.
    folder = "runtime/include" if folder == "runtime/include/tpc" else folder
    return folder if folder in layers else None


def forbidden(include, folder, layers, allowed):
    """Why `folder` may not include it; nothing if it may."""
    for _, pattern, places in PACKAGES:
        if re.match(pattern, include):
            inside = any(folder == place or folder.startswith(place + "/") for place in places)
            return None if inside else f"only in {', '.join(places)}"
    path = include[1:-1]
    path = "runtime/include/" + path if path.startswith("tpc/") else path
    target = folder_of(path, layers)
    if target is None and include.startswith('"') and "/" in path and path.split("/")[0] in {f.split("/")[0] for f in layers}:
        return "belongs to no library"
    if target is None or target == folder or target in allowed:
        return None
    return f"{target} is not among the links of {folder}"


def violations(sources, layers):
    result = [f"{folder}: its links lead back to it" for folder in layers if folder in reachable(layers, folder)]
    allowed = {folder: reachable(layers, folder) for folder in layers}
    for path, text in sources.items():
        if path.endswith("main.cpp"):  # a program: above everything
            continue
        folder = folder_of(path, layers)
        if folder is None:
            result.append(f"{path}: its folder is no library")
            continue
        for include in INCLUDE.findall(text):
            why = forbidden(include, folder, layers, allowed[folder])
            if why:
                result.append(f"{path}: {include}: {why}")
    return result


def planted(layers, folder):
    """Includes that are wrong in this folder: of every folder out of reach, and of the packages that belong elsewhere."""
    for other in layers:
        if other != folder and other not in reachable(layers, folder):
            header = "tpc/runtime.h" if other == "runtime/include" else other + "/planted.h"
            yield f'"{header}"'
    for examples, _, places in PACKAGES:
        if not any(folder == place or folder.startswith(place + "/") for place in places):
            yield from examples


def main():
    root, layers = Path(sys.argv[1]), read_layers(sys.argv[2])
    if "--plant" in sys.argv:
        count = 0
        for folder in layers:
            for include in planted(layers, folder):
                found = violations({f"{folder}/planted.cpp": f"#include {include}\n"}, layers)
                if len(found) != 1 or include not in found[0]:
                    sys.exit(f"the planted include {include} in {folder} was not caught: {found}")
                count += 1
        print(f"{count} planted includes in {len(layers)} folders, each caught")
        return
    sources = sources_of(root, layers)
    found = violations(sources, layers)
    if found:
        sys.exit("includes against the dependency rule:\n  " + "\n  ".join(found))
    print(f"{len(sources)} files in {len(layers)} folders keep the dependency rule")


main()
