# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#
# Sourced by ./quickstart and ./check: installs Debian packages, and leaves the services of the
# system as they were.

POLICY=/usr/sbin/policy-rc.d

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Runs a command as root, by sudo if need be.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Some packages start a server and enable it. For a machine that had none, we do not want that: a
# policy refuses the start (others are asked what the policy before would have said).
SERVERS="proftpd-core:proftpd memcached:memcached redis-server:redis-server"

# The services of packages that are not installed yet.
new_servers() {
  for server in $SERVERS; do
    installed "${server%:*}" || printf '%s ' "${server#*:}"
  done
}

# deny_start SERVICE...
deny_start() {
  [ ! -e "$POLICY" ] || as_root mv "$POLICY" "$POLICY.before-mod_tls"
  printf '%s\n' '#!/bin/sh' "case \" $* \" in *\" \$1 \"*) exit 101;; esac" \
    "[ ! -x $POLICY.before-mod_tls ] || exec $POLICY.before-mod_tls \"\$@\"" 'exit 0' |
    as_root tee "$POLICY" >/dev/null
  as_root chmod 755 "$POLICY"
}

allow_start() {
  as_root rm -f "$POLICY"
  [ ! -e "$POLICY.before-mod_tls" ] || as_root mv "$POLICY.before-mod_tls" "$POLICY"
}

apt_install() {
  as_root apt-get -q -o DPkg::Lock::Timeout=600 update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
      install --no-install-recommends "$@"
}

apt_install_without_services() (
  servers=$(new_servers)
  trap allow_start EXIT
  trap 'exit 1' INT TERM HUP
  deny_start $servers
  apt_install "$@" || exit
  for server in $servers; do
    [ ! -e "/etc/init.d/$server" ] || as_root update-rc.d "$server" disable
  done
)

# Says which are missing, if any.
missing_packages() {
  for package in "$@"; do
    installed "$package" || printf '%s ' "$package"
  done
}

# Shows the interesting part of what apt says, all of it goes to the given log.
show_apt() {
  tee "$1" | grep --line-buffered -E '^(Get:|Unpacking|Setting up|E:|W:|As root|This is not)' |
    cut -c1-96 | sed -u 's/^/    /'
}

# install_packages PACKAGE...: nothing to do and no root needed if they are all there.
install_packages() {
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "This is not Debian (no apt-get). Install what these packages hold: $missing" >&2
    return 1
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "As root (there is no sudo here), install: apt-get install $missing" >&2
    return 1
  fi
  apt_install_without_services $missing
}
