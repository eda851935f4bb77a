#!/bin/sh
# From a clean clone to something that runs: installs what is missing, builds what is older than its sources.
# Plain sh: the machine's own Node may be an old one until the pinned one is installed.
set -eu
cd "$(dirname -- "$0")/.."

quietly() {
  what=$1
  shift
  echo "$what ..." >&2
  output=$("$@" 2>&1) || {
    printf '%s\n' "$output" >&2
    echo "strongroom: \`$*\` failed, see above." >&2
    exit 1
  }
}

if ! command -v npm >/dev/null; then
  echo "strongroom: npm is missing; install Node.js 20 or newer, it brings npm along." >&2
  exit 1
fi

installed=node_modules/.package-lock.json
if ! [ -x node_modules/node/bin/node ] || ! [ -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  # --no-save: what the lock file says is installed, and the lock file stays as it is.
  quietly "Installing the dependencies" npm install --no-save
  touch "$installed"
fi
PATH=$PWD/node_modules/.bin:$PATH

products="libstrongroom.so hsm-speed speed lockcheck lockcheck-interposer.so"
for product in $products; do
  if ! [ -e "build/Release/$product" ] || [ -n "$(find native binding.gyp -newer "build/Release/$product" -type f)" ]; then stale=1; fi
done
if [ -n "${stale-}" ]; then
  for tool in cc c++ make python3; do
    command -v "$tool" >/dev/null || {
      echo "strongroom: $tool is missing; install a C and C++ compiler, make and Python (Debian: build-essential python3)." >&2
      exit 1
    }
  done
  # A folder is newer where a source file came or went: the Makefile names each.
  if [ -e build/Makefile ] && ! [ binding.gyp -nt build/Makefile ] && [ -z "$(find native -type d -newer build/Makefile)" ]; then
    quietly "Building" node-gyp build
  else
    quietly "Building" node-gyp rebuild
  fi
  # make leaves a product alone that its changed sources do not touch.
  for product in $products; do touch "build/Release/$product"; done
fi

if ! [ -e build/bundle/main.cjs ] || [ -n "$(find src package-lock.json -newer build/bundle/main.cjs -print -quit)" ]; then
  quietly "Bundling" node tools/bundle.ts
fi
