#!/usr/bin/env bash
# Measures how exactly Quarry holds volumes to the limits of their types, through its NBD server in
# real time, beside nbdkit's rate filter and QEMU's throttle, and prints two Markdown tables: rates
# and largest windows against the formula; the server's CPU per request, with limits and without.
#
#   bench/shaping-vs-peers.sh
#
# Every server serves the same 1 GiB of random data from the page cache. Quarry's is one volume of
# 100 GiB, at last 1 TiB, that is modified from limit to limit. Credits are emptied in the record of
# the stopped node. nbdkit knows no limit on requests, so it gets the bytes that they make; QEMU
# gets the requests. Neither has credits: for a bucket that is full or empty they get its rate.
#
# Needs (Debian): libnbd-bin nbdkit qemu-system-common qemu-utils, and a load generator: fio with
# its nbd engine, or a program named by NBDLOAD that takes nbdload's options
#   -E raw -u URI -b BYTES -p rand|seq -m READ_PERCENT -q DEPTH -c CONNECTIONS -s BYTES
#   -w SECONDS -t SECONDS -i SECONDS -P PID -o kv
# and prints iops= and server_us_per_op=, and to standard error for each interval its end, from the
# start of the warm-up, and the requests per second in it.
#
# Settings, from the environment:
#   SERVERS       quarry nbdkit qemu
#   LIMITS        see limit()
#   LOADS         queue depth, or depth x connections (1 4 32 8x4)
#   SECONDS_EACH  measured time of a run (20)
#   PEER_SECONDS  the same for the others (SECONDS_EACH)
#   WARMUP        time before it, in which credits that came back are spent (2)
#   READS         percent of reads (100)
#   NBDLOAD       the load generator; fio if there is none
#   WORK          scratch folder, about 2 GiB (a new one under TMPDIR, removed at the end)
#   QUARRY        the launcher (quarry beside this folder)
#   JAVA          a JDK's java, 22 or newer (the newest under /usr/lib/jvm)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
SERVERS=${SERVERS:-quarry nbdkit qemu}
LIMITS=${LIMITS:-unlimited unlimited-1m gp3-3000 gp3-16000 io1-1000 gp2-full gp2-empty st1-full st1-empty}
LOADS=${LOADS:-1 4 32 8x4}
SECONDS_EACH=${SECONDS_EACH:-20}
PEER_SECONDS=${PEER_SECONDS:-$SECONDS_EACH}
WARMUP=${WARMUP:-2}
READS=${READS:-100}
NBDLOAD=${NBDLOAD:-}
QUARRY=${QUARRY:-$here/../quarry}
size_mib=1024
tolerance=0.05 # seconds of the rate: what Quarry states that may go through besides rate x time
window=0.1
balance=$here/../node/src/test/java/dev/quarry/interop/ShapingBalance.java

fail() {
  echo "shaping-vs-peers: $1" >&2
  exit 1
}

# Sets what a limit is: how Quarry is told, requests a second by the formulas of EBS (0 for as many
# as there can be), block size, pattern, credits, and whether the peers have a run of their own.
limit() {
  modify=() rate=0 block=4096 pattern=rand credits= peers=1 baseline=unlimited
  case $1 in
    unlimited) modify=(--type unlimited) baseline= ;;
    unlimited-1m) modify=(--type unlimited) block=1048576 pattern=seq baseline= ;;
    gp3-3000) modify=(--type gp3 --iops 3000) rate=3000 ;;
    gp3-16000) modify=(--type gp3 --iops 16000) rate=16000 ;;
    io1-1000) modify=(--type io1 --iops 1000) rate=1000 ;;
    gp2-full) modify=(--type gp2) rate=3000 credits=full peers= ;; # theirs is that of gp3-3000
    gp2-empty) modify=(--type gp2) rate=300 credits=empty ;;       # 3 a GiB, 100 GiB
    # Of 1 TiB: 250 MiB/s with credits, 40 MiB/s without.
    st1-full | st1-empty)
      modify=(--size 1TiB --type st1) block=1048576 pattern=seq baseline=unlimited-1m
      if [ "$1" = st1-full ]; then rate=250 credits=full; else rate=40 credits=empty; fi
      ;;
    *) fail "no such limit: $1" ;;
  esac
}

describe() {
  limit "$1"
  local figure="$rate IOPS"
  [ "$block" != 1048576 ] || figure="$rate MiB/s"
  [ "$rate" != 0 ] || figure="no limit"
  local name=${1%-*}
  echo "$name${credits:+ ($credits)}: $figure, $((block / 1024)) KiB"
}

# Sets depth and connections of a load.
load() {
  depth=${1%x*} connections=1
  [ "$depth" = "$1" ] || connections=${1#*x}
}

# --- Servers: each start sets pid and uri --------------------------------------------------------

quarry() {
  "$QUARRY" "$@" --data "$WORK/quarry"
}

serve_quarry() {
  "$QUARRY" serve --data "$WORK/quarry" --listen 127.0.0.1:0 --socket "$WORK/quarry.sock" \
    >"$WORK/quarry.log" 2>&1 &
  pid=$!
  for _ in $(seq 300); do
    ! grep -q '^READY' "$WORK/quarry.log" || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  fail "quarry did not start: $(tail -5 "$WORK/quarry.log")"
}

# Starts Quarry with the data in a volume.
prepare_quarry() {
  serve_quarry
  volume=$(quarry volume create --size 100GiB --type unlimited --output json |
    grep -o 'vol-[0-9a-f]\{17\}' | head -n 1)
  warm=$(quarry volume create --size 32GiB --type unlimited --output json |
    grep -o 'vol-[0-9a-f]\{17\}' | head -n 1)
  nbdcopy --connections=1 --requests=64 --request-size=4096 --flush "$WORK/seed" \
    "$(quarry_uri)"
  sync
  warm_quarry
}

quarry_uri() {
  echo "nbd+unix:///$volume?socket=$WORK/quarry.sock"
}

start_quarry() { # LIMIT
  pid=$quarry_pid
  quarry volume modify "$volume" --type unlimited >/dev/null # figures of another kind: new credits
  quarry volume modify "$volume" "${modify[@]}" >/dev/null || fail "cannot modify to $1"
  uri=$(quarry_uri)
  [ "$credits" != empty ] || empty_quarry
}

# Starts Quarry again with no credits in the volume, and as warm as before.
empty_quarry() {
  kill "$pid"
  wait "$pid" || true
  "$JAVA" "$balance" "$WORK/quarry" "$volume" 0
  serve_quarry
  quarry_pid=$pid
  warm_quarry
  raw_load "$uri" 32 1 0 5 >/dev/null # spends what came back meanwhile
}

# Lets the JVM compile what serves requests with limits and without, on another volume.
warm_quarry() {
  local type
  for type in unlimited gp3; do
    quarry volume modify "$warm" --type $type >/dev/null
    raw_load "nbd+unix:///$warm?socket=$WORK/quarry.sock" 8 4 0 5 >/dev/null
  done
}

start_nbdkit() {
  local filter=()
  [ "$rate" = 0 ] || filter=(--filter=rate)
  nbdkit -f -U "$WORK/nbdkit.sock" "${filter[@]}" file "$WORK/seed" \
    ${filter:+rate=$((rate * block * 8))} >"$WORK/nbdkit.log" 2>&1 &
  pid=$!
  uri="nbd+unix:///?socket=$WORK/nbdkit.sock"
}

start_qemu() {
  local group=() node=file
  if [ "$rate" != 0 ]; then
    local what=x-iops-total=$rate
    [ "$block" = 4096 ] || what=x-bps-total=$((rate * block))
    group=(--object "throttle-group,id=limit,$what"
      --blockdev throttle,node-name=limited,throttle-group=limit,file=file)
    node=limited
  fi
  # glibc would return large buffers to the kernel with each request, and page faults cost QEMU more
  # than anything else it does: with 1 MiB, twenty times as much CPU on one machine.
  MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296 \
    qemu-storage-daemon --blockdev "file,node-name=file,filename=$WORK/seed,aio=threads" \
    "${group[@]}" --nbd-server "addr.type=unix,addr.path=$WORK/qemu.sock,max-connections=0" \
    --export "nbd,id=export,node-name=$node,name=data,writable=on" >"$WORK/qemu.log" 2>&1 &
  pid=$!
  uri="nbd+unix:///data?socket=$WORK/qemu.sock"
}

await() { # SERVER
  for _ in $(seq 100); do
    ! nbdinfo --size "$uri" >/dev/null 2>&1 || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  fail "$1 did not start: $(tail -5 "$WORK/$1.log")"
}

stop_peer() { # SERVER
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  pid=
  rm -f "$WORK/$1.sock"
}

# --- The load: prints "requests/s largest-window-in-percent microseconds-of-CPU-per-request" -----

measure() { # SECONDS
  local seconds=$1
  if [ -n "$NBDLOAD" ]; then
    local figures
    figures=$(raw_load "$uri" "$depth" "$connections" "$WARMUP" "$seconds" -i $window -P "$pid" \
      -o kv 2>"$WORK/windows") || fail "the load failed: $(tail -3 "$WORK/windows")"
    figure() { sed -n "s/.*\\b$1=\\([0-9.]*\\).*/\\1/p" <<<"$figures"; }
    echo "$(figure iops) $(largest_window "$WARMUP" <"$WORK/windows") $(figure server_us_per_op)"
  else
    raw_load "$uri" "$depth" "$connections" 0 "$WARMUP" >/dev/null
    local before after result
    before=$(cpu_ticks "$pid")
    result=$(raw_load "$uri" "$depth" "$connections" 0 "$seconds" --write_iops_log="$WORK/fio" \
      --log_avg_msec=100 --per_job_logs=0 | grep '^3;')
    after=$(cpu_ticks "$pid")
    # Its log: milliseconds, requests per second, and more, for each connection.
    awk -F', *' '{t = int(($1 + 50) / 100); iops[t] += $2; if (t > last) last = t}
      END {for (t = 1; t <= last; t++) print t / 10, iops[t] + 0}' "$WORK"/fio_iops*.log \
      >"$WORK/windows"
    # Terse version 3: of reads and of writes the KiB in all, KiB/s and IOPS.
    awk -F';' -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v block="$block" \
      -v largest="$(largest_window 0 <"$WORK/windows")" '{
      requests = ($6 + $47) * 1024 / block
      printf "%.0f %s %.3f\n", ($7 + $48) * 1024 / block, largest, ticks / hz * 1e6 / requests
    }' <<<"$result"
  fi
}

# One load of the block size and pattern at hand. fio knows no warm-up whose end it would tell us.
raw_load() { # URI DEPTH CONNECTIONS WARMUP SECONDS OPTION...
  local uri=$1 depth=$2 connections=$3 warmup=$4 seconds=$5 direction=rw
  shift 5
  if [ -n "$NBDLOAD" ]; then
    "$NBDLOAD" -E raw -u "$uri" -b "$block" -p $pattern -m "$READS" -q "$depth" \
      -c "$connections" -s $((size_mib << 20)) -w "$warmup" -t "$seconds" "$@"
    return
  fi
  [ $pattern = seq ] || direction=randrw
  fio --name=load --ioengine=nbd --uri="$uri" --rw=$direction --rwmixread="$READS" \
    --bs="$block" --iodepth="$depth" --numjobs="$connections" --size="${size_mib}m" --time_based \
    --runtime="$seconds" --group_reporting --randrepeat=0 --output-format=terse --terse-version=3 \
    "$@"
}

cpu_ticks() { # PID
  sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'
}

# Of lines "end requests/s", the most requests in a window after the warm-up, in percent of what may
# be in one of its length: 1.05 x rate x length and the tolerance.
largest_window() { # WARMUP
  awk -v warmup="$1" -v rate="$rate" -v tolerance=$tolerance '
    {
      length_ = $1 - end
      end = $1
      if (rate > 0 && length_ > 0 && end - length_ >= warmup - 0.001) {
        most = 1.05 * rate * length_ + tolerance * rate
        if ($2 * length_ / most > largest) largest = $2 * length_ / most
      }
    }
    END {printf "%.0f", largest * 100}'
}

# --- Tables ---------------------------------------------------------------------------------------

result() { # COLUMN SERVER LIMIT LOAD
  awk -v c="$1" -v s="$2" -v m="$3" -v l="$4" \
    '$1 == s && $2 == m && $3 == l {v = $c} END {print v == "" ? "-" : v}' "$WORK/results"
}

ratio() { # A B FORMAT [FACTOR]
  awk -v a="$1" -v b="$2" -v format="$3" -v f="${4:-1}" \
    'BEGIN {if (a + 0 > 0 && b + 0 > 0) printf format, f * a / b; else printf "-"}'
}

describe_load() {
  load "$1"
  echo "QD $depth × $connections"
}

rates() {
  local server name at
  echo
  echo "### Rates: $SECONDS_EACH s (others: $PEER_SECONDS s) after $WARMUP s, $READS % reads, $(nproc) processors," \
    "$(basename "${NBDLOAD:-fio}")"
  echo
  echo "Rate in % of the formula; the largest window of 100 ms in % of 1.05 × limit + 50 ms of it;"
  echo "microseconds of the server's CPU per request. Without a limit: requests per second."
  echo
  printf '| limit | load |'
  for server in $SERVERS; do printf ' %s %% | window | CPU µs |' "$server"; done
  printf '\n|---|---|'
  for server in $SERVERS; do printf -- '---:|---:|---:|'; done
  echo
  for name in $LIMITS; do
    for at in $LOADS; do
      printf '| %s | %s |' "$(describe "$name")" "$(describe_load "$at")"
      limit "$name"
      for server in $SERVERS; do
        if [ "$rate" = 0 ]; then
          printf ' %s/s | - | %s |' "$(result 4 "$server" "$name" "$at")" \
            "$(result 6 "$server" "$name" "$at")"
        else
          printf ' **%s** | %s | %s |' \
            "$(ratio "$(result 4 "$server" "$name" "$at")" "$rate" %.2f 100)" \
            "$(result 5 "$server" "$name" "$at")" "$(result 6 "$server" "$name" "$at")"
        fi
      done
      echo
    done
  done
}

costs() {
  local server name at cpu others=${SERVERS#quarry}
  echo
  echo "### CPU per request, Quarry with a limit ÷ ..."
  echo
  echo "... Quarry without one at the same depth, and at depth 1, the lowest rate there is without;"
  echo "... the others held to the same limit. Behind: theirs with a limit ÷ without."
  echo
  printf '| limit | load | CPU µs | ÷ unlimited | ÷ unlimited, QD 1 |'
  for server in $others; do printf ' ÷ %s limited | its own limited ÷ not |' "$server"; done
  printf '\n|---|---|---:|---:|---:|'
  for server in $others; do printf -- '---:|---:|'; done
  echo
  for name in $LIMITS; do
    limit "$name"
    [ -n "$baseline" ] || continue
    for at in $LOADS; do
      cpu=$(result 6 quarry "$name" "$at")
      printf '| %s | %s | %s |' "$(describe "$name")" "$(describe_load "$at")" "$cpu"
      printf ' **%s** | %s |' "$(ratio "$cpu" "$(result 6 quarry $baseline "$at")" %.2f)" \
        "$(ratio "$cpu" "$(result 6 quarry $baseline 1)" %.2f)"
      for server in $others; do
        printf ' %s | %s |' "$(ratio "$cpu" "$(result 6 "$server" "$name" "$at")" %.2f)" \
          "$(ratio "$(result 6 "$server" "$name" "$at")" \
            "$(result 6 "$server" $baseline "$at")" %.2f)"
      done
      echo
    done
  done
}

run() { # LIMIT
  local server at line
  for server in $SERVERS; do
    limit "$1"
    [ "$server" = quarry ] || [ -n "$peers" ] || continue
    "start_$server" "$1"
    await "$server"
    for at in $LOADS; do
      load "$at"
      line=$(measure "$([ "$server" = quarry ] && echo "$SECONDS_EACH" || echo "$PEER_SECONDS")")
      echo "$server $1 $at $line" | tee -a "$WORK/results" >&2
    done
    [ "$server" = quarry ] || stop_peer "$server"
  done
}

for tool in nbdcopy nbdinfo; do
  command -v $tool >/dev/null || fail "$tool is not installed"
done
case " $SERVERS " in *' nbdkit '*) command -v nbdkit >/dev/null || fail "nbdkit is not installed" ;; esac
case " $SERVERS " in
  *' qemu '*) command -v qemu-storage-daemon >/dev/null || fail "qemu-storage-daemon is not installed" ;;
esac
[ -n "$NBDLOAD" ] || { fio --enghelp 2>/dev/null | grep -qw nbd; } ||
  fail "set NBDLOAD to a load generator, or install a fio that has the nbd engine"
JAVA=${JAVA:-$(find /usr/lib/jvm -path '*/bin/java' 2>/dev/null | grep -e '-2[2-9]' | sort -V | tail -n 1)}
[ -x "$JAVA" ] || fail "set JAVA to the java of a JDK 22 or newer"

remove=
if [ -z "${WORK:-}" ]; then
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/shaping-vs-peers.XXXXXX")
  remove=1
fi
mkdir -p "$WORK"
pid= quarry_pid=
end() {
  local left
  for left in $pid $quarry_pid; do
    kill "$left" 2>/dev/null || true
    wait "$left" 2>/dev/null || true
  done
  [ -z "$remove" ] || rm -rf "$WORK"
}
trap end EXIT
trap 'exit 1' INT TERM
[ -s "$WORK/seed" ] || dd if=/dev/urandom of="$WORK/seed" bs=1M count=$size_mib status=none
: >"$WORK/results"

case " $SERVERS " in
  *' quarry '*)
    rm -rf "$WORK/quarry"
    limit unlimited
    "$QUARRY" --help >/dev/null # builds it, if it has to be
    prepare_quarry
    quarry_pid=$pid
    ;;
esac
for name in $LIMITS; do run "$name"; done
rates
costs
