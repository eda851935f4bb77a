#!/bin/sh
# clang-format on what is written by hand in native/: `sh tools/format-c.sh -i` changes it, `... --dry-run -Werror` only judges.
cd "$(dirname -- "$0")/.." || exit 1
if ! command -v clang-format >/dev/null; then
  echo "strongroom: clang-format is missing; install it (Debian: clang-format)." >&2
  exit 1
fi
# The second line of a generated file may be the one that says so.
for file in native/*/*.c native/*/*.cc native/*/*.h native/kit/*/*.c native/kit/*/*.h; do
  head -n 2 "$file" | grep -q GENERATED || set -- "$@" "$file"
done
exec clang-format "$@"
