#!/bin/sh
# Builds the library's own files with audit.c, as the library is built, and runs it.
set -eu
cd "$(dirname -- "$0")/../.."
program=$(mktemp)
trap 'rm -f "$program"' EXIT
cc -std=c11 -D_GNU_SOURCE -O3 -fPIC -fvisibility=hidden -Inative/pkcs11 -Inative/shared -o "$program" test/bench/audit.c native/pkcs11/*.c -lpthread -ldl
"$program"
