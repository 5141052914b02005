#!/usr/bin/env bash
# Measures the benchmarks themselves, and prints two Markdown tables, medians over the rounds:
#
#   bench/tiers-and-clients.sh [tiers] [clients]       both if nothing is said
#
#   tiers    `quarry bench tiers` on real volumes beside the same work in virtual time
#   clients  `quarry bench nbd` beside fio on one server, nbdkit's memory: 4 KiB random reads as
#            fast as can be at a depth of 32, and at fixed rates
#
# Each round runs everything once, ours and fio by turns, so that whatever else the machine does
# hits all alike. fio's latency begins when it sends; so does ours, at a rate, where the server did
# not hold the request up (`bench nbd` tells apart how late it was itself: "sent late").
#
# Needs (Debian): nbdkit, libnbd-bin, fio with its nbd engine, python3.
#
# Settings, from the environment:
#   ROUNDS        repeats (3)
#   SECONDS_EACH  measured time of a run (5)
#   WARM_UP       seconds before that, not measured (2)
#   RATES         requests a second of the fixed rates (2000 20000)
#   WORK          scratch folder (a new one under TMPDIR, removed at the end)
#   QUARRY        the launcher (quarry beside this folder)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
ROUNDS=${ROUNDS:-3}
SECONDS_EACH=${SECONDS_EACH:-5}
WARM_UP=${WARM_UP:-2}
RATES=${RATES:-2000 20000}
QUARRY=${QUARRY:-$here/../quarry}

fail() {
  echo "tiers-and-clients: $1" >&2
  exit 1
}

# Prints what a program's JSON on standard input holds, by an expression of Python over `it`.
figure() { # EXPRESSION
  python3 -c '
import json, sys
text = sys.stdin.read()
it = json.loads(text[text.index("{"):])
print(eval(sys.argv[1]))' "$1"
}

# The median of a column of those lines of the results that begin with KEY.
median() { # KEY COLUMN
  awk -v k="$1" -v c="$2" '$1 == k {print $c}' "$WORK/results" | sort -g |
    awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

# --- Tiers ----------------------------------------------------------------------------------------

# The work, and the tiers that it is put on.
works=(
  'rw=randread bs=4k depth=1' 'gp3:100GiB'
  'rw=randrw reads=70 bs=16k depth=16' 'gp3:100GiB io1:100GiB,iops=1000 io2:100GiB,iops=2000'
  'rw=randwrite bs=64k depth=4' 'gp2:100GiB'
  'rw=read bs=1m depth=4' 'st1:1TiB sc1:1TiB standard:100GiB'
)

tier_key() { # WORK TIER
  echo "$1|$2" | tr ' ' '_'
}

run_tiers() { # ROUND
  local i tier work virtual real
  for ((i = 0; i < ${#works[@]}; i += 2)); do
    work=${works[i]}
    for tier in ${works[i + 1]}; do
      virtual=$(tier_iops "$tier" "$work")
      real=$(tier_iops "$tier" "$work" --real-time --scratch "$WORK")
      echo "$(tier_key "$work" "$tier") $virtual $real" >>"$WORK/results"
      echo "round $1: $tier $work: virtual $virtual, real $real" >&2
    done
  done
}

tier_iops() { # TIER WORK [OPTION...]
  "$QUARRY" bench tiers "$1" --job "$2" --for "${SECONDS_EACH}s" --output json "${@:3}" \
    2>"$WORK/log" | figure 'it["tiers"][0]["iops"]' || fail "bench tiers: $(tail -3 "$WORK/log")"
}

table_tiers() {
  local i tier virtual real
  echo
  echo "### Tiers in virtual and in real time: median of $ROUNDS rounds of $SECONDS_EACH s," \
    "$(nproc) processors"
  echo
  echo "| work | tier | virtual IOPS | real IOPS | difference |"
  echo "|---|---|---:|---:|---:|"
  for ((i = 0; i < ${#works[@]}; i += 2)); do
    for tier in ${works[i + 1]}; do
      virtual=$(median "$(tier_key "${works[i]}" "$tier")" 2)
      real=$(median "$(tier_key "${works[i]}" "$tier")" 3)
      awk -v w="${works[i]}" -v t="$tier" -v v="$virtual" -v r="$real" \
        'BEGIN {printf "| %s | %s | %.1f | %.1f | %+.1f %% |\n", w, t, v, r, 100 * (r / v - 1)}'
    done
  done
}

# --- Clients: each prints "IOPS p50 p99 CPU" (µs, ms, µs a request) ---------------------------------

quarry_client() { # RATE, or depth
  local pace="rate=$1"
  [ "$1" != depth ] || pace=depth=32
  "$QUARRY" bench nbd "$uri" --job "rw=randread bs=4k $pace" --for "${SECONDS_EACH}s" \
    --warm-up "${WARM_UP}s" --output json 2>"$WORK/log" | figure '"%.0f %.1f %.3f %.1f" % (
      it["iops"], it["latencyMillis"]["p50"] * 1e3, it["latencyMillis"]["p99"],
      it["clientCpuMicrosPerRequest"])' || fail "bench nbd: $(tail -3 "$WORK/log")"
}

fio_client() { # RATE, or depth
  local pace=(--rate_iops="$1" --rate_process=linear --iodepth=256)
  [ "$1" != depth ] || pace=(--iodepth=32)
  fio --name=load --ioengine=nbd --uri="$uri" --rw=randread --bs=4k "${pace[@]}" --size=1g \
    --randrepeat=0 --norandommap --time_based --runtime="$SECONDS_EACH" --ramp_time="$WARM_UP" \
    --percentile_list=50:99 --output-format=json 2>"$WORK/log" | figure '(
      lambda job: (lambda read, at: "%.0f %.1f %.3f %.1f" % (
        read["iops"], at["50.000000"] / 1e3, at["99.000000"] / 1e6,
        (job["usr_cpu"] + job["sys_cpu"]) / 100 * 1e6 / read["iops"]
      ))(job["read"], job["read"]["clat_ns"]["percentile"]))(it["jobs"][0])' ||
    fail "fio: $(tail -3 "$WORK/log")"
}

run_clients() { # ROUND
  local pace client line
  for pace in depth $RATES; do
    for client in quarry fio; do
      line=$("${client}_client" "$pace")
      echo "$client-$pace $line" >>"$WORK/results"
      echo "round $1: $client $pace: $line" >&2
    done
  done
}

table_clients() {
  local pace client name
  echo
  echo "### Load generators on nbdkit's memory, 4 KiB random reads: median of $ROUNDS rounds of" \
    "$SECONDS_EACH s after $WARM_UP s, $(nproc) processors"
  echo
  echo "| pace | client | IOPS | p50 µs | p99 ms | client CPU µs |"
  echo "|---|---|---:|---:|---:|---:|"
  for pace in depth $RATES; do
    for client in quarry fio; do
      name='`bench nbd`'
      [ $client = quarry ] || name=fio
      echo "| $([ "$pace" = depth ] && echo "depth 32" || echo "$pace/s") | $name |" \
        "$(median $client-"$pace" 2) | $(median $client-"$pace" 3) |" \
        "$(median $client-"$pace" 4) | $(median $client-"$pace" 5) |"
    done
  done
}

start_server() {
  nbdkit -f -U "$WORK/nbd.sock" memory 1G >"$WORK/nbdkit.log" 2>&1 &
  pid=$!
  uri="nbd+unix:///?socket=$WORK/nbd.sock"
  for _ in $(seq 100); do
    nbdinfo --size "$uri" >/dev/null 2>&1 && return
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  fail "nbdkit did not start: $(tail -5 "$WORK/nbdkit.log")"
}

# --- All ------------------------------------------------------------------------------------------

[ $# -gt 0 ] || set -- tiers clients
for part in "$@"; do
  case $part in
    tiers | clients) ;;
    *) fail "no such part: $part" ;;
  esac
done
command -v python3 >/dev/null || fail "python3 is not installed"

remove=
if [ -z "${WORK:-}" ]; then
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/tiers-and-clients.XXXXXX")
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

if [[ " $* " = *" clients "* ]]; then
  for tool in nbdkit nbdinfo fio; do
    command -v $tool >/dev/null || fail "$tool is not installed"
  done
  fio --enghelp 2>/dev/null | grep -qw nbd || fail "this fio has no nbd engine"
  start_server
fi
for round in $(seq "$ROUNDS"); do
  for part in "$@"; do "run_$part" "$round"; done
done
for part in "$@"; do "table_$part"; done
