# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#
# Sourced by the build tests: a work folder that is removed at the end, a copy of this tree, checks.

top=$(cd "$(dirname "$0")/../.." && pwd)
name=$(basename "$0")
work=$(mktemp -d "${TMPDIR:-/tmp}/mod_tls-build-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
jobs=$(nproc)

fail() {
  echo "$name: $*" >&2
  exit 1
}

say() {
  echo "$name: $*"
}

# quiet COMMAND...: shows the output only if the command fails.
quiet() {
  if ! "$@" >"$work/output" 2>&1; then
    tail -n 40 "$work/output" >&2
    fail "failed: $*"
  fi
}

# Compiles at low priority: ./check does it beside tests that mostly wait.
make() {
  nice -n 19 make "$@"
}

# copy_tree TO: the sources of this tree, and nothing that was built.
copy_tree() {
  mkdir -p "$1"
  (cd "$top" && tar -c --exclude-vcs --exclude=./build --exclude=./.quickstart --exclude=./obj \
    --exclude=__pycache__ --exclude=./autom4te.cache --exclude=./configure --exclude='./Makefile' \
    --exclude='./config.*' --exclude='*.so' .) | tar -x -C "$1"
}

# exports FILE: the names that a module shows to the rest of the process.
exports() {
  nm -D --defined-only "$1" | awk '{print $3}' | sort | tr '\n' ' '
}

ALL_EXPORTS="tls_log tls_module tls_ocsp_cache_register tls_ocsp_cache_unregister"
ALL_EXPORTS="$ALL_EXPORTS tls_sess_cache_register tls_sess_cache_unregister "
