#!/usr/bin/env bash
# Measures what a guest notices of a snapshot: the latencies of 4 KiB random writes on a volume
# without a snapshot, and on the same volume while one goes to a store that takes 1 MiB/s. Prints a
# Markdown table: medians over the rounds, and the worst of all rounds for the longest one.
#
#   bench/snapshot-latency.sh [--encrypted]
#
# The rounds without a snapshot come first, those with one after them. The first writes to a block
# after the freeze have its old contents put aside, so the first round with a snapshot is the one
# that shows most; it is in the table on its own.
#
# Needs (Debian): fio with its nbd engine, libnbd-bin, python3.
#
# Settings, from the environment:
#   ROUNDS        of each kind (3)
#   SECONDS_EACH  of each (10)
#   RATE          writes a second, arriving at random (2000)
#   STORE_RATE    what the store takes a second (1MiB)
#   WORK          scratch folder, about 3 GiB (a new one under TMPDIR, removed at the end)
#   QUARRY        the launcher (quarry beside this folder)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
ROUNDS=${ROUNDS:-3}
SECONDS_EACH=${SECONDS_EACH:-10}
RATE=${RATE:-2000}
STORE_RATE=${STORE_RATE:-1MiB}
QUARRY=${QUARRY:-$here/../quarry}
size_mib=1024

fail() {
  echo "snapshot-latency: $1" >&2
  exit 1
}

# Prints "p50 p99 p99.9 longest" in microseconds.
load() { # SECONDS
  fio --name=load --ioengine=nbd --uri="$uri" --rw=randwrite --bs=4096 --iodepth=32 \
    --rate_iops="$RATE" --rate_process=poisson --size="${size_mib}m" --time_based --runtime="$1" \
    --randrepeat=0 --norandommap --percentile_list=50:99:99.9 --output-format=json |
    python3 -c '
import json, sys
text = sys.stdin.read()
latency = json.loads(text[text.index("{"):])["jobs"][0]["write"]["clat_ns"]
at = latency["percentile"]
nanos = [at["50.000000"], at["99.000000"], at["99.900000"], latency["max"]]
print(*(round(n / 1000) for n in nanos))'
}

rounds() { # KIND
  local round figures
  for round in $(seq "$ROUNDS"); do
    figures=$(load "$SECONDS_EACH")
    echo "$1 $round $figures" | tee -a "$WORK/results" >&2
  done
}

median() { # COLUMN KIND
  awk -v c="$1" -v k="$2" '$1 == k {print $c}' "$WORK/results" | sort -g |
    awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

worst() { # KIND
  awk -v k="$1" '$1 == k && $6 > most {most = $6} END {print most}' "$WORK/results"
}

row() { # TITLE KIND
  echo "| $1 | $(median 3 "$2") | $(median 4 "$2") | $(median 5 "$2") | $(worst "$2") |"
}

for tool in fio nbdcopy python3; do
  command -v $tool >/dev/null || fail "$tool is not installed"
done

remove=
if [ -z "${WORK:-}" ]; then
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/snapshot-latency.XXXXXX")
  remove=1
fi
mkdir -p "$WORK"
pid=
end() {
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; }
  [ -z "$remove" ] || rm -rf "$WORK"
}
trap end EXIT
trap 'exit 1' INT TERM
: >"$WORK/results"

data=$WORK/data
"$QUARRY" serve --data "$data" --listen 127.0.0.1:0 --api 127.0.0.1:0 --socket "$WORK/nbd.sock" \
  --store "$WORK/store" --store-bandwidth "$STORE_RATE" >"$WORK/node.log" 2>&1 &
pid=$!
for _ in $(seq 300); do
  grep -q READY "$WORK/node.log" && break
  kill -0 "$pid" 2>/dev/null || fail "quarry did not start: $(tail -5 "$WORK/node.log")"
  sleep 0.2
done
"$QUARRY" volume create --data "$data" --size "${size_mib}MiB" --type unlimited --name guest "$@" \
  >/dev/null
uri="nbd+unix:///guest?socket=$WORK/nbd.sock"
dd if=/dev/urandom of="$WORK/seed" bs=1M count=$size_mib status=none
nbdcopy --connections=1 --requests=64 --flush "$WORK/seed" "$uri"
rm "$WORK/seed"
load 10 >/dev/null # not counted

rounds without
"$QUARRY" snapshot create guest --data "$data" >&2
rounds with
awk '$1 == "with" && $2 == 1 {$1 = "first"; print}' "$WORK/results" >>"$WORK/results"
state=$("$QUARRY" snapshot list --data "$data" --output json)
grep -q '"state" : "pending"' <<<"$state" || fail "the snapshot was over too soon: $state"

echo
echo "### 4 KiB random writes, $RATE a second, store of $STORE_RATE a second: latencies in µs"
echo
echo "| | p50 | p99 | p99.9 | longest |"
echo "|---|---:|---:|---:|---:|"
row "without a snapshot" without
row "with one" with
row "… its first $SECONDS_EACH s" first
