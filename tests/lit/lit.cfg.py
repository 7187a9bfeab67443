"""File tests of every stage. A file is named fail_* if and only if it must produce an error (checked here)."""
import os

import lit.formats

config.name = "tpc"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".tp", ".tpir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = config.source_directory
config.test_exec_root = config.work_directory
os.makedirs(config.work_directory, exist_ok=True)

config.substitutions += [
    ("%tpc-opt", os.path.join(config.tool_directory, "tpc-opt")),
    # `%fails CMD`: CMD must exit with status 1 (a user error), neither succeed nor crash.
    ("%fails", os.path.join(config.source_directory, "fails.sh")),
    ("%tpc", os.path.join(config.tool_directory, "tpc")),
    ("%FileCheck", config.filecheck),
    ("%examples", config.examples),
    # Python as a host of compiled models.
    ("%python", f"env {config.host_environment} python3"),
    # Seconds after which a program that trains has begun to, also where it is slower.
    ("%begun", "8" if config.host_environment else "4"),
]
