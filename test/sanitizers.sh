#!/bin/sh
# Builds the library and the programs that try it with clang's sanitizers, beside build/Release, and runs them: each must end well and
# nothing be complained of; then other people's programs, by their tests. `npm run test:sanitizers [thread|address] [times]`; times multiplies
# the rounds, and 0 is a short form. docs/sanitizers.md says what is left out.
set -eu
cd "$(dirname -- "$0")/.."
kinds=${1-thread address}
times=${2-1}
lockings='none os app'
long=yes
if [ "$times" = 0 ]; then
  times=1 lockings=os long=
fi

library_flags='-std=c11 -D_GNU_SOURCE -O1 -g -fPIC -fvisibility=hidden -fno-omit-frame-pointer -Wall -Wextra -Werror'
program_flags='-std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer -Inative/shared -Itest/module/probes'

library() {
  "$1" $library_flags "$flags" -Inative/pkcs11 -Inative/shared -shared -Wl,-Bsymbolic -Wl,-soname,libstrongroom.so \
    -Wl,--version-script=native/pkcs11/pkcs11.map -o "$2/libstrongroom.so" native/pkcs11/*.c test/sanitizers/witness.c
}

compile() {
  library clang "$folder"
  clang $program_flags "$flags" -Inative/kit/application -o "$folder/hsm-speed" native/kit/hsm-speed/*.c native/kit/application/*.c -ldl -lpthread
  clang $program_flags "$flags" -Inative/kit/lockcheck -Inative/kit/interposer -o "$folder/lockcheck" native/kit/lockcheck/*.c native/kit/interposer/attach.c -ldl -lpthread -lm
  clang $program_flags "$flags" -o "$folder/storm" test/module/probes/storm.c -ldl -lpthread
}

# The sanitizers write their complaints into files of their own: some programs end before their children's exit could tell.
attempt() {
  printf '%-8s %-46s ' "$kind" "$1"
  shift
  rm -f "$folder"/complaint.*
  # A warning alone (of the kit's green threads) is none.
  if output=$("$@" 2>&1) && ! grep -hs 'SUMMARY\|runtime error' "$folder"/complaint.* | grep -qv 'in __interceptor_sigaltstack'; then
    printf '%s\n' "$output" | tail -n 1
  else
    echo "FAILED: $*"
    printf '%s\n' "$output" | tail -n 20
    cat "$folder"/complaint.* 2>/dev/null | head -n 200
    failed=1
  fi
}

speed() {
  "$folder/hsm-speed" --module "$module" --label sanitized --key k --mechanism ecdsa --threads "$2" --iterations "$3" --init "$1"
}

storm() {
  "$folder/storm" "$module" "$@"
}

# Its cases that count calls preload a library, which the sanitizers do themselves; 51 counts pages, which they take; 80 cancels a thread,
# on whose stack AddressSanitizer then trips itself. Those count in the build that is tested otherwise.
kit() {
  found=$(LOCKCHECK_PIN=$STRONGROOM_PIN LOCKCHECK_SO_PIN=$STRONGROOM_SO_PIN "$folder/lockcheck" --module "$module" --token-label sanitized --patience 4) || true
  printf '%s\n' "$found" | grep '"verdict":"FAIL"' | grep -v 'the interposer is not loaded\|"case":51,\|"case":80,' && return 1
  echo "$(printf '%s\n' "$found" | grep -c '"verdict":"PASS"') PASS, $(printf '%s\n' "$found" | grep -c '"verdict":"UNDEFINED') undefined but safe"
}

# They need a sanitizer's runtime from their start on: test/support/sanitizer.ts. That of clang's ThreadSanitizer lets no program come up that is
# not built with it; GCC's does. What is not instrumented is not judged: its locks may be none that are seen.
clients() {
  preloaded=$module runtime=$(clang -print-file-name=libclang_rt.asan-x86_64.so)
  if [ "$kind" = thread ]; then
    preloaded=$PWD/build/thread-clients/libstrongroom.so runtime=$(gcc -print-file-name=libtsan.so)
  fi
  clang -shared -fPIC -O1 -Wl,-z,initfirst -o "$folder/early.so" test/sanitizers/early.c
  LD_PRELOAD=$runtime:$folder/early.so STRONGROOM_MODULE=$preloaded STRONGROOM_WITNESS=$folder/witness \
    ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0:suppressions=$PWD/test/sanitizers/address.supp \
    TSAN_OPTIONS=$TSAN_OPTIONS:ignore_noninstrumented_modules=1 node_modules/.bin/vitest run --project clients --testTimeout 400000 "$@"
}

all_clients() {
  rm -f "$folder/witness"
  without=
  # Where pkcs11-tool reads what it has freed, AddressSanitizer kept it; here somebody else has it already.
  if [ "$kind" = thread ]; then
    without='public key is written as a file'
  fi
  clients --exclude test/clients/lockcheck.test.ts -t "^(?!.*${without:-nothing is left out})"
}

# No complaint means something only where the runtime was there to make it, and stood before the C library.
witnesses() {
  for program in hsm-speed ods-enforcerd ods-hsmspeed ods-signerd openssl p11tool pkcs11-tool; do
    grep -q "^$program .*lib\(clang_rt\.a\|t\)san[^/]*$" "$folder/witness" || { echo "$program did not load the module with its runtime"; return 1; }
  done
  ! grep -v 'lib\(clang_rt\.a\|t\)san[^/]*$' "$folder/witness" && echo "$(wc -l <"$folder/witness") programs"
}

# What the library itself does wrong in a daemon is found, and nothing of it suppressed.
planted() {
  STRONGROOM_PLANT=$1 clients test/clients/opendnssec.test.ts -t ED25519 || true
  found=$(cat "$folder"/complaint.* | grep '^SUMMARY: .*\(planted_\|libstrongroom\)') || return 1
  rm "$folder"/complaint.*
  printf '%s\n' "$found" | head -n 1 | sed 's/:* .*Sanitizer: / /; s/ [^ ]* in / in /'
}

failed=0
export STRONGROOM_PIN=123456 STRONGROOM_SO_PIN=87654321 PROBE_PIN=123456
for kind in $kinds; do
  case $kind in
    thread) flags=-fsanitize=thread ;;
    address) flags=-fsanitize=address,undefined ;;
    *) echo "thread or address?" >&2; exit 2 ;;
  esac
  folder=$PWD/build/$kind
  module=$folder/libstrongroom.so
  mkdir -p "$folder"
  export TSAN_OPTIONS="exitcode=66:log_path=$folder/complaint"
  export ASAN_OPTIONS="exitcode=66:log_path=$folder/complaint"
  export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:log_path=$folder/complaint"
  compile
  STRONGROOM_HOME=$(mktemp -d)
  export STRONGROOM_HOME
  trap 'bin/strongroom stop >/dev/null; rm -rf "$STRONGROOM_HOME"' EXIT
  bin/strongroom init-token --label sanitized >/dev/null
  bin/strongroom keygen --label k --type ec:p256 >/dev/null
  for locking in null os; do attempt "hsm-speed, 8 threads, init $locking" speed "$locking" 8 $((500 * times)); done
  for locking in $lockings; do
    attempt "races of C_Initialize, $locking" storm races $((20 * times)) 32 "$locking"
    attempt "forks, $locking" storm forks $((20 * times)) 4 "$locking"
    attempt "one session, $locking" storm hammer $((100 * times)) 8 "$locking"
    attempt "C_CloseAllSessions, $locking" storm closing $((10 * times)) 8 "$locking"
    attempt "C_Finalize, $locking" storm finalizing $((5 * times)) 4 "$locking"
    attempt "C_DestroyObject, $locking" storm destroying $((10 * times)) 4 "$locking"
  done
  attempt "sessions" storm sessions $((256 * times))
  attempt "leaving without C_Finalize" storm leaving 0 4
  attempt "leaving with C_Finalize" storm leaving 1 4
  attempt "dlopen and dlclose" storm loading $((5 * times))
  if [ -n "$long" ]; then
    attempt "lockcheck" kit
    if [ "$kind" = thread ]; then
      mkdir -p build/thread-clients
      library gcc build/thread-clients
    fi
    attempt "other people's programs" all_clients
    attempt "the runtime in each of them" witnesses
    attempt "a fault planted in a daemon" planted ods-signerd
  fi
  bin/strongroom stop >/dev/null
  rm -rf "$STRONGROOM_HOME"
  trap - EXIT
done
exit $failed
