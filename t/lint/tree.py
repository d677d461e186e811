# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the lint scripts share: which files there are, and how findings are told."""
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

CODE_SUFFIXES = (".cc", ".h", ".c")
FOLDERS = ("lib", "t", "bench")
# What builds, autotools and test runs leave behind.
NOT_OURS = ("__pycache__", ".pytest_cache", "corpus", "configure", "configure~", "config.status",
            "config.guess", "config.sub", "install-sh", "ltmain.sh", "libtool")


def root_from(arguments):
    """The tree to look at: the one argument, or the one this script stands in."""
    return pathlib.Path(arguments[1]).resolve() if len(arguments) > 1 else TOP


def files(root):
    """Every file of ours below `root`, as paths relative to it."""
    found = [path for path in root.iterdir() if path.is_file() and not path.is_symlink()]
    for folder in FOLDERS:
        found += [path for path in (root / folder).rglob("*") if path.is_file()]
    relative = sorted(path.relative_to(root) for path in found)
    return [path for path in relative if not set(path.parts) & set(NOT_OURS)]


def code_files(root):
    """C and C++ sources: lib/, t/, bench/, and mod_*.cc, mod_*.h at the top."""
    return [path for path in files(root) if path.suffix in CODE_SUFFIXES
            and (len(path.parts) > 1 or path.name.startswith("mod_"))]


def lines(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace").splitlines()


def finish(name, findings, looked_at):
    """Prints the findings and ends the script with the fitting status."""
    for finding in findings:
        print(finding)
    print(f"{name}: {looked_at} files, {len(findings)} findings")
    sys.exit(1 if findings else 0)
