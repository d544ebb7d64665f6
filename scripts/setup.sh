#!/bin/sh
# Everything `npm run demo` and `npm test` need on a machine with Node and npm: bubblewrap, the packages, the
# executable, and the shipped profiles in the store. Safe to run again; does only what is missing.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "setup: $*" >&2; }

if [ "$(uname -s)" = Linux ] && [ ! -x /usr/bin/bwrap ]; then
  if [ "$(id -u)" = 0 ]; then root=''; elif command -v sudo >/dev/null 2>&1; then root='sudo'; else
    say 'bubblewrap is missing; install it with: apt-get install bubblewrap'
    exit 1
  fi
  say 'installing bubblewrap'
  $root apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq bubblewrap >/dev/null
fi

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say 'installing packages (npm ci)'
  npm ci --no-audit --no-fund --loglevel=error
fi

if [ ! -x dist/cordon ] || [ -n "$(find src scripts/build.mjs package.json -newer dist/cordon -print -quit)" ]; then
  say 'building dist/cordon'
  node scripts/build.mjs
fi
