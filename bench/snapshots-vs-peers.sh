#!/usr/bin/env bash
# Measures snapshots beside restic and borg, on the same files in one run, and prints a Markdown
# table: wall seconds, CPU seconds, peak memory and bytes added to the repository; medians over the
# rounds. All three encrypt. "quarry" includes the start of a process, as the others do; "node" is
# the same code in a process that is up, as a node is, and its memory is the most it ever had.
#
#   bench/snapshots-vs-peers.sh
#
# An image of half-compressible pages is backed up in full; then 1 % of its 4 KiB pages changes,
# uniformly (rand) or in runs of 1 MiB (clust), and the change is backed up; the result is restored
# and compared with the image byte by byte. Compare within one table only.
#
# Needs (Debian): restic borgbackup time python3, and Maven's build of this tree.
#
# Settings, from the environment:
#   TOOLS      node quarry restic borg
#   ROUNDS     repeats (3)
#   SIZE_MIB   size of the image (1024)
#   PERCENT    how much changes (1)
#   STORE      folder (the default), or http://HOST:PORT/BUCKET, which borg cannot use; credentials
#              come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
#   BUCKET     the folder that the S3 server keeps the bucket in, to tell how much was stored
#   WORK       scratch folder, about 8 × SIZE_MIB (a new one under TMPDIR, removed at the end)
#   JAVA       a java of JDK 25
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
TOOLS=${TOOLS:-node quarry restic borg}
ROUNDS=${ROUNDS:-3}
SIZE_MIB=${SIZE_MIB:-1024}
PERCENT=${PERCENT:-1}
STORE=${STORE:-folder}
BUCKET=${BUCKET:-}
JAVA=${JAVA:-java}

fail() {
  echo "snapshots-vs-peers: $1" >&2
  exit 1
}

if [ -z "${WORK:-}" ]; then
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
fi
mkdir -p "$WORK"
results=$WORK/results
: >"$results"

export RESTIC_PASSWORD=x RESTIC_CACHE_DIR=$WORK/restic-cache
export BORG_PASSPHRASE=x BORG_BASE_DIR=$WORK/borg-base BORG_RELOCATED_REPO_ACCESS_IS_OK=yes

cat >"$WORK/image.py" <<'PY'
import os, random, sys
# image.py create FILE MIB | rand FILE PERCENT SEED PAGES | clust FILE PERCENT SEED PAGES
what, path = sys.argv[1:3]
PAGE = 4096

def page(r):  # one half noise, one half text
    text = b"%016x the quick brown fox jumps over the lazy dog; " % r.getrandbits(64)
    return r.randbytes(PAGE // 2) + (text * 64)[: PAGE // 2]

if what == "create":
    r = random.Random(1)
    with open(path, "wb", 1 << 22) as f:
        for _ in range(int(sys.argv[3]) * 256):
            f.write(page(r))
else:
    r = random.Random(int(sys.argv[4]))
    unit = PAGE if what == "rand" else 1 << 20
    count = os.path.getsize(path) // unit
    chosen = r.sample(range(count), max(1, int(count * float(sys.argv[3]) / 100)))
    with open(path, "r+b") as f, open(sys.argv[5], "w") as pages:
        for at in chosen:
            f.seek(at * unit)
            for i in range(unit // PAGE):
                f.write(page(r))
                pages.write("%d\n" % (at * (unit // PAGE) + i))
PY

classpath() { # of the bench module: its classes and what the node needs
  (cd "$here/.." && mvn -o -q -pl bench -am process-classes jar:jar </dev/null \
    >"$WORK/build.log" 2>&1) || fail "see $WORK/build.log"
  echo "$here/target/classes:$here/../node/target/classes:$(cat "$here/../node/target/classpath")"
}

jvm_flags=$(sed -n 's:.*<jvm\.flags>\(.*\)</jvm\.flags>.*:\1:p' "$here/../pom.xml")

# Standard output is for answers.
echo '<configuration><root level="OFF"/></configuration>' >"$WORK/logback.xml"
jvm_flags="$jvm_flags -Dlogback.configurationFile=$WORK/logback.xml"

ours() { # VOLUME STORE STEP...: a step of dev.quarry.bench.SnapshotRun
  local volume=$1 store=$2
  shift 2
  [ "$store" != folder ] || store=$WORK/quarry-store
  # shellcheck disable=SC2086 # flags are words
  "$JAVA" $jvm_flags -Xmx512m -XX:+UseParallelGC -cp "$CLASSPATH_OURS" \
    dev.quarry.bench.SnapshotRun "$volume" "$store" "$@"
}

serve() { # starts a process that is told its steps
  node_store=$STORE
  [ "$STORE" != folder ] || node_store=$WORK/node-store
  # shellcheck disable=SC2086 # flags are words
  coproc NODE {
    exec "$JAVA" $jvm_flags -Xmx512m -XX:+UseParallelGC -cp "$CLASSPATH_OURS" \
      dev.quarry.bench.SnapshotRun "$WORK/node-volume" "$node_store" serve 2>"$WORK/node.err"
  }
  tell ready
}

tell() { # WORDS...: has a step done, and reads what it took
  [ "$1" = ready ] || echo "$*" >&"${NODE[1]}"
  read -r answer <&"${NODE[0]}" || fail "node $1: $(tail -n 5 "$WORK/node.err")"
}

unserve() {
  [ -n "${NODE_PID:-}" ] || return 0
  local pid=$NODE_PID in=${NODE[1]}
  exec {in}>&-
  wait "$pid" || fail "node: $(tail -n 5 "$WORK/node.err")"
}

told() { # STEP WORDS...: has a step done and notes what it took
  local step=$1 before after
  shift
  sync
  before=$(stored node)
  tell "$@"
  after=$(stored node)
  echo "node $step $answer $((after - before))" >>"$results"
}

stored() { # bytes in a tool's repository; only one of them works at a time
  if [ "$STORE" != folder ]; then
    [ -z "$BUCKET" ] && echo 0 || du -sb "$BUCKET" | cut -f 1
    return
  fi
  case $1 in
    node) du -sb "$WORK/node-store" 2>/dev/null | cut -f 1 || echo 0 ;;
    quarry) du -sb "$WORK/quarry-store" 2>/dev/null | cut -f 1 || echo 0 ;;
    restic) du -sb "$WORK/restic" | cut -f 1 ;;
    borg) du -sb "$WORK/borg" | cut -f 1 ;;
  esac
}

measured() { # TOOL STEP COMMAND...: runs it and notes what it took
  local tool=$1 step=$2 before after
  shift 2
  sync
  before=$(stored "$tool")
  /usr/bin/time -o "$WORK/time" -f '%e %U %S %M' "$@" >"$WORK/out" 2>"$WORK/err" ||
    fail "$tool $step: $(tail -n 5 "$WORK/err")"
  after=$(stored "$tool")
  echo "$tool $step $(cat "$WORK/time") $((after - before))" >>"$results"
}

export -f ours fail
export WORK STORE JAVA jvm_flags

prepare() {
  cp "$WORK/base.img" "$WORK/disk.img"
  unserve
  rm -rf "$WORK"/quarry-* "$WORK"/node-* "$WORK/restic" "$WORK/restic-cache" "$WORK/borg" "$WORK/borg-base"
  mkdir -p "$WORK/quarry-store" "$WORK/node-store"
  for tool in $TOOLS; do
    case $tool in
      quarry) ours "$WORK/quarry-volume" "$STORE" fill "$WORK/disk.img" ;;
      node)
        ours "$WORK/node-volume" "$STORE" fill "$WORK/disk.img"
        serve
        ;;
      restic)
        restic_repository=$WORK/restic
        [ "$STORE" = folder ] || restic_repository=s3:$STORE/restic-$(date +%s)
        restic init -q --repository-version 2 -r "$restic_repository"
        ;;
      borg) borg init -e repokey "$WORK/borg" >"$WORK/out" 2>&1 ;;
      *) fail "no such tool: $tool" ;;
    esac
  done
}

backup() { # TOOL STEP NAME
  case $1 in
    node) told "$2" snapshot ;;
    quarry) measured quarry "$2" bash -c 'ours "$WORK/quarry-volume" "$STORE" snapshot' ;;
    restic) measured restic "$2" restic -q -r "$restic_repository" backup "$WORK/disk.img" ;;
    borg) measured borg "$2" borg create "$WORK/borg::$3" "$WORK/disk.img" ;;
  esac
}

restore() { # TOOL NAME
  rm -rf "$WORK/out-$1"
  mkdir "$WORK/out-$1"
  case $1 in
    node) told restore restore "$WORK/out-node/disk.img" ;;
    quarry)
      measured quarry restore bash -c \
        'ours "$WORK/quarry-volume" "$STORE" restore "$WORK/out-quarry/disk.img"'
      ;;
    restic) measured restic restore restic -q -r "$restic_repository" restore latest --target "$WORK/out-restic" ;;
    borg) measured borg restore bash -c "cd '$WORK/out-borg' && borg extract '$WORK/borg::$2'" ;;
  esac
  find "$WORK/out-$1" -name disk.img -exec cmp {} "$WORK/disk.img" \; ||
    fail "$1 restored something else"
  rm -rf "$WORK/out-$1"
}

CLASSPATH_OURS=$(classpath)
export CLASSPATH_OURS
python3 "$WORK/image.py" create "$WORK/base.img" "$SIZE_MIB"
for round in $(seq "$ROUNDS"); do
  for pattern in rand clust; do
    prepare
    for tool in $TOOLS; do backup "$tool" full full; done
    python3 "$WORK/image.py" $pattern "$WORK/disk.img" "$PERCENT" "$round" "$WORK/pages"
    for tool in $TOOLS; do
      case $tool in
        quarry) ours "$WORK/quarry-volume" "$STORE" change "$WORK/disk.img" "$WORK/pages" ;;
        node) tell change "$WORK/disk.img" "$WORK/pages" ;;
      esac
    done
    for tool in $TOOLS; do backup "$tool" "incremental-$pattern" changed; done
    for tool in $TOOLS; do restore "$tool" changed; done
  done
done

unserve

echo "| step | tool | wall s | CPU s | memory MB | bytes added MB |"
echo "|---|---|---:|---:|---:|---:|"
for step in full incremental-rand incremental-clust restore; do
  for tool in $TOOLS; do
    awk -v step="$step" -v tool="$tool" '
      function median(list, n,   i, j, t) {
        for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
          t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
        }
        return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
      }
      $1 == tool && $2 == step {
        n++; wall[n] = $3 + 0; cpu[n] = $4 + $5; memory[n] = $6 / 1024; added[n] = $7 / 1e6
      }
      END {
        if (n) printf "| %s | %s | %.2f | %.2f | %.0f | %.1f |\n", step, tool,
          median(wall, n), median(cpu, n), median(memory, n), median(added, n)
      }' "$results"
  done
done
