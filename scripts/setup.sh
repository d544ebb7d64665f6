#!/bin/sh
# Everything `npm run demo` and `npm test` need on a machine with Node and npm: bubblewrap, the packages, the
# executable, and the shipped profiles in the store. Safe to run again; does only what is missing.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "setup: $*" >&2; }

# Debian packages for what is missing. `--tests`: also what the tests compile and start.
missing=''
if [ "$(uname -s)" = Linux ]; then
  [ -x /usr/bin/bwrap ] || missing="$missing bubblewrap"
  if [ "${1:-}" = --tests ]; then
    command -v gcc >/dev/null 2>&1 || missing="$missing gcc"
    [ -n "$(find /usr/lib /usr/lib64 -maxdepth 2 -name libc.a -print -quit 2>/dev/null)" ] || missing="$missing libc6-dev"
    [ -x /usr/bin/setpriv ] && [ -x /usr/bin/unshare ] || missing="$missing util-linux"
    [ "$(id -u)" != 0 ] || [ -x /usr/sbin/useradd ] || missing="$missing passwd"
    # Clients of the egress tests; of Python the system's own, which the sandbox shows.
    [ -x /usr/bin/curl ] || missing="$missing curl"
    [ -x /usr/bin/openssl ] || missing="$missing openssl"
    /usr/bin/python3 -c 'import requests' 2>/dev/null || missing="$missing python3-requests"
    command -v go >/dev/null 2>&1 || missing="$missing golang-go"
    # Where people keep secrets: a keyring behind a session bus, and pass.
    [ -x /usr/bin/secret-tool ] || missing="$missing libsecret-tools"
    [ -x /usr/bin/gnome-keyring-daemon ] || missing="$missing gnome-keyring"
    [ -x /usr/bin/dbus-daemon ] || missing="$missing dbus"
    [ -x /usr/bin/pass ] || missing="$missing pass"
    # Signs what bundles are tested with.
    [ -x /usr/bin/ssh-keygen ] || missing="$missing openssh-client"
    # Reads the policies for macOS, which are Scheme.
    [ -x /usr/bin/tinyscheme ] || missing="$missing tinyscheme"
    # The HTML report of a review is read in it.
    [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ] || missing="$missing chromium"
  fi
fi
if [ -n "$missing" ]; then
  root=''
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
      say "missing:$missing; install with: apt-get install$missing"
      exit 1
    fi
    root='sudo'
  fi
  say "installing$missing"
  $root apt-get update -qq >/dev/null
  # shellcheck disable=SC2086 # a list of names
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# Beside the packages: it takes longest, and nothing of ours needs it.
clients=''
if [ "${1:-}" = --tests ]; then
  folder=test/clients
  if [ ! -f $folder/node_modules/.package-lock.json ] || [ $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]; then
    say 'installing clients for the tests (npm ci, 1.5 GB)'
    npm ci --prefix $folder --ignore-scripts --no-audit --no-fund --loglevel=error &
    clients=$!
  fi
fi

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say 'installing packages (npm ci)'
  npm ci --no-audit --no-fund --loglevel=error
fi

if [ "${1:-}" = --tests ]; then
  source=test/fixtures/clients/egress-client.go
  if [ ! -x .cache/egress-client ] || [ $source -nt .cache/egress-client ]; then
    say 'building the Go client of the egress tests'
    CGO_ENABLED=0 go build -o .cache/egress-client $source
  fi
fi

if [ ! -x dist/cordon ] || [ -n "$(find src scripts/build.mjs package.json -newer dist/cordon -print -quit)" ]; then
  say 'building dist/cordon'
  node scripts/build.mjs
fi
[ -z "$clients" ] || wait "$clients"
