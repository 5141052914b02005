#!/usr/bin/env bash
# Measures Quarry beside other NBD servers, in one run on one machine, and prints a Markdown table
# of requests per second, MB/s and the server's CPU per request: medians over the rounds.
#
#   bench/nbd-vs-peers.sh [unix|tcp]...       unix if nothing is said
#
# Every server serves SIZE_MIB of random data that lies in the page cache. Each round goes through all
# servers once per workload, so that whatever else the machine does hits all alike. Compare within
# one table only.
#
# Needs (Debian): libnbd-bin nbdkit nbd-server qemu-utils util-linux, and a load generator: fio with its nbd
# engine, or a program named by NBDLOAD that takes nbdload's options
#   -E raw -u URI -b BYTES -p rand|seq -m READ_PERCENT -q DEPTH -c CONNECTIONS -w SECONDS -t SECONDS
#   [-f] -P PID -o kv
# and prints iops=, MBps= and server_us_per_op=. fio itself uses more CPU than a fast server; with
# it, trust the CPU column more than the rates, and not for nbd-server, which has a process a client.
#
# Settings, from the environment:
#   SERVERS    quarry nbdkit qemu-nbd nbd-server; qemu-nbd takes io_uring, qemu-nbd-threads does not;
#              encrypted: quarry-encrypted, and its peers nbdkit-luks and
#              qemu-luks, all with AES-256-XTS. The first is compared with the others.
#   WORKLOADS  see workload()
#   ROUNDS     repeats that count (5), after one that does not
#   SECONDS_EACH  measured time of a run, after one second not measured (5)
#   NBDLOAD    the load generator; fio if there is none
#   SIZE_MIB   size of each volume and file (4096)
#   WORK       scratch folder, room for one SIZE_MIB more than there are servers (a new one under TMPDIR, removed at the end)
#   QUARRY     the launcher (quarry beside this folder)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
SERVERS=${SERVERS:-quarry nbdkit qemu-nbd nbd-server}
WORKLOADS=${WORKLOADS:-read-1 read-32 read-32x4 write-1 write-32 write-32x4 seqread-8 seqwrite-8 seqread1m-4 seqwrite1m-4 fua-1}
ROUNDS=${ROUNDS:-5}
SECONDS_EACH=${SECONDS_EACH:-5}
NBDLOAD=${NBDLOAD:-}
QUARRY=${QUARRY:-$here/../quarry}
size_mib=${SIZE_MIB:-4096}
base_port=${BASE_PORT:-11900}

fail() {
  echo "nbd-vs-peers: $1" >&2
  exit 1
}

# Sets what a workload does: block size, pattern, percent of reads, depth, connections, FUA.
workload() {
  block=4096 pattern=rand reads=100 depth=1 connections=1 fua=
  case $1 in
    read-1) ;;
    read-32) depth=32 ;;
    read-32x4) depth=32 connections=4 ;;
    write-1) reads=0 ;;
    write-32) reads=0 depth=32 ;;
    write-32x4) reads=0 depth=32 connections=4 ;;
    seqread-8) block=131072 pattern=seq depth=8 ;;
    seqwrite-8) block=131072 pattern=seq reads=0 depth=8 ;;
    seqread1m-4) block=1048576 pattern=seq depth=4 ;;
    seqwrite1m-4) block=1048576 pattern=seq reads=0 depth=4 ;;
    fua-1) reads=0 fua=1 ;;
    *) fail "no such workload: $1" ;;
  esac
}

describe() {
  workload "$1"
  local what=random kind=read
  [ $pattern = rand ] || what=sequential
  [ $reads != 0 ] || kind=write
  echo "$((block / 1024)) KiB $what $kind${fua:+, FUA}, QD $depth × $connections"
}

# --- The servers: each start sets pid and uri ---------------------------------------------------

start_quarry() { # TRANSPORT PORT SOCKET FOLDER [OPTION_OF_VOLUME]
  "$QUARRY" serve --data "$4" --listen "127.0.0.1:$2" --socket "$3" >"$4.log" 2>&1 &
  pid=$!
  local volume
  for _ in $(seq 300); do
    volume=$("$QUARRY" volume create --data "$4" --size "${size_mib}MiB" --type unlimited \
      ${5:+"$5"} --output json 2>/dev/null) &&
      break
    kill -0 "$pid" 2>/dev/null || fail "quarry did not start: $(tail -5 "$4.log")"
    sleep 0.2
  done
  volume=$(grep -o 'vol-[0-9a-f]\{17\}' <<<"$volume" | head -n 1)
  uri=$(address "$1" "$2" "$3" "$volume")
}

start_quarry-encrypted() {
  start_quarry "$@" --encrypted
}

# A LUKS image as QEMU makes it: AES-256-XTS in sectors of 512 bytes, as ours.
luks_image() { # FILE
  qemu-img create -q -f luks --object secret,id=key,data=bench -o key-secret=key,iter-time=10 "$1" \
    "${size_mib}M"
}

start_nbdkit-luks() {
  luks_image "$4"
  local where=(-U "$3")
  [ "$1" = unix ] || where=(-i 127.0.0.1 -p "$2")
  nbdkit -f "${where[@]}" --filter=luks file "$4" passphrase=bench >"$4.log" 2>&1 &
  pid=$!
  uri=$(address "$1" "$2" "$3" "")
}

start_qemu-luks() {
  luks_image "$4"
  local where=(-k "$3")
  [ "$1" = unix ] || where=(-b 127.0.0.1 -p "$2")
  qemu-nbd -t -e 8 "${where[@]}" --cache=writeback --object secret,id=key,data=bench --image-opts \
    "driver=luks,key-secret=key,file.driver=file,file.aio=threads,file.filename=$4" >"$4.log" 2>&1 &
  pid=$!
  uri=$(address "$1" "$2" "$3" "")
}

start_nbdkit() {
  truncate -s "${size_mib}M" "$4"
  local where=(-U "$3")
  [ "$1" = unix ] || where=(-i 127.0.0.1 -p "$2")
  nbdkit -f "${where[@]}" file "$4" >"$4.log" 2>&1 &
  pid=$!
  uri=$(address "$1" "$2" "$3" "")
}

start_qemu-nbd() {
  qemu_nbd io_uring "$@"
}

start_qemu-nbd-threads() {
  qemu_nbd threads "$@"
}

qemu_nbd() { # AIO TRANSPORT PORT SOCKET FILE
  local aio=$1
  shift
  truncate -s "${size_mib}M" "$4"
  local where=(-k "$3")
  [ "$1" = unix ] || where=(-b 127.0.0.1 -p "$2")
  qemu-nbd -t -e 8 "${where[@]}" -f raw --cache=writeback --aio="$aio" "$4" >"$4.log" 2>&1 &
  pid=$!
  uri=$(address "$1" "$2" "$3" "")
}

start_nbd-server() {
  truncate -s "${size_mib}M" "$4"
  cat >"$4.conf" <<END
[generic]
listenaddr = 127.0.0.1
port = $2
$([ "$1" = tcp ] || echo "unixsock = $3")
max_threads = 8
[disk]
exportname = $4
flush = true
fua = true
END
  # It makes a daemon of itself; without, it serves one client and ends.
  nbd-server -C "$4.conf" -p "$4.pid" >"$4.log" 2>&1
  for _ in $(seq 50); do
    [ ! -s "$4.pid" ] || break
    sleep 0.1
  done
  pid=$(cat "$4.pid")
  uri=$(address "$1" "$2" "$3" disk)
}

address() { # TRANSPORT PORT SOCKET EXPORT
  if [ "$1" = unix ]; then
    echo "nbd+unix:///$4?socket=$3"
  else
    echo "nbd://127.0.0.1:$2/$4"
  fi
}

start_all() { # TRANSPORT
  local server port=$base_port
  for server in $SERVERS; do
    port=$((port + 1))
    "start_$server" "$1" "$port" "$WORK/$server.sock" "$WORK/$server"
    pids[$server]=$pid
    uris[$server]=$uri
    for _ in $(seq 100); do
      nbdinfo --size "$uri" >/dev/null 2>&1 && break
      kill -0 "$pid" 2>/dev/null || fail "$server did not start: $(tail -5 "$WORK/$server.log")"
      sleep 0.1
    done
  done
}

stop_all() {
  local server
  for server in "${!pids[@]}"; do
    kill "${pids[$server]}" 2>/dev/null || true
    while [ "$server" = nbd-server ] && kill -0 "${pids[$server]}" 2>/dev/null; do sleep 0.1; done
    wait "${pids[$server]}" 2>/dev/null || true
  done
  pids=()
  for server in $SERVERS; do
    rm -rf "${WORK:?}/$server" "$WORK/$server.sock"
  done
}

# Fills a server with the random data, in requests of 4 KiB: a file that came into the page cache in
# large pieces makes small writes slow on some kernels, for reasons that are no server's own.
fill() { # SERVER
  nbdcopy --connections=1 --requests=64 --request-size=4096 --flush "$WORK/seed" "${uris[$1]}"
}

data_file() { # SERVER
  find "$WORK/$1" -type f -size +$((size_mib * 1024 - 1))k | head -n 1
}

# Fills it again if much of its file has left the page cache.
warm() { # SERVER
  local file have
  file=$(data_file "$1")
  have=$(fincore -nb -o PAGES "$file" | tr -d ' ')
  [ "$have" -ge $((size_mib * 255)) ] || fill "$1"
}

# --- The load: prints "iops MB/s microseconds-of-CPU-per-request" ---------------------------------

load() { # WORKLOAD URI PID
  workload "$1"
  if [ -n "$NBDLOAD" ]; then
    local figures
    # shellcheck disable=SC2086
    figures=$("$NBDLOAD" -E raw -u "$2" -b $block -p $pattern -m $reads -q $depth -c $connections \
      -w 1 -t "$SECONDS_EACH" ${fua:+-f} -P "$3" -o kv)
    figure() { sed -n "s/.*\\b$1=\\([0-9.]*\\).*/\\1/p" <<<"$figures"; }
    echo "$(figure iops) $(figure MBps) $(figure server_us_per_op)"
  else
    fio_load "$2" 1 >/dev/null
    local before after result
    before=$(cpu_ticks "$3")
    result=$(fio_load "$2" "$SECONDS_EACH")
    after=$(cpu_ticks "$3")
    # Terse version 3: of reads and of writes the KiB in all, KiB/s and IOPS.
    awk -F';' -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v block=$block '{
      requests = ($6 + $47) * 1024 / block
      printf "%d %.1f %.3f\n", $8 + $49, ($7 + $48) * 1024 / 1e6, ticks / hz * 1e6 / requests
    }' <<<"$result"
  fi
}

fio_load() { # URI SECONDS
  local direction=read
  [ $reads != 0 ] || direction=write
  [ $pattern = seq ] || direction=rand$direction
  # Forced writes: fio asks for a flush behind each, as it knows no FUA over NBD.
  fio --name=load --ioengine=nbd --uri="$1" --rw="$direction" --bs=$block --iodepth=$depth \
    --numjobs=$connections --size="${size_mib}m" --time_based --runtime="$2" --group_reporting \
    ${fua:+--fsync=1} --randrepeat=0 --output-format=terse --terse-version=3 | grep '^3;'
}

cpu_ticks() { # PID
  sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'
}

# --- The table ------------------------------------------------------------------------------------

median() { # COLUMN SERVER WORKLOAD
  awk -v c="$1" -v s="$2" -v w="$3" '$1 == s && $2 == w {print $c}' "$WORK/results" | sort -g |
    awk '{v[NR] = $1} END {
      if (NR == 0) print "-"
      else print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
    }'
}

ratio() { # OURS THEIRS
  awk -v a="$1" -v b="$2" 'BEGIN {if (b > 0) printf "%.2f", a / b; else printf "-"}'
}

table() { # TRANSPORT
  local server workload first rate cpu rates cpus
  echo
  echo "### $1: median of $ROUNDS rounds of $SECONDS_EACH s, ${size_mib} MiB in page cache," \
    "$(nproc) processors, $(basename "${NBDLOAD:-fio}")"
  echo
  printf '| workload |'
  for server in $SERVERS; do printf ' %s IOPS | MB/s | CPU µs |' "$server"; done
  for server in ${SERVERS#* }; do printf ' IOPS ÷ %s | CPU ÷ |' "$server"; done
  printf '\n|---|'
  for server in $SERVERS; do printf -- '---:|---:|---:|'; done
  for server in ${SERVERS#* }; do printf -- '---:|---:|'; done
  echo
  first=${SERVERS%% *}
  for workload in $WORKLOADS; do
    printf '| %s |' "$(describe "$workload")"
    for server in $SERVERS; do
      printf ' %s | %s | %s |' "$(median 3 "$server" "$workload")" \
        "$(median 4 "$server" "$workload")" "$(median 5 "$server" "$workload")"
    done
    rate=$(median 3 "$first" "$workload") cpu=$(median 5 "$first" "$workload")
    for server in ${SERVERS#* }; do
      rates=$(median 3 "$server" "$workload") cpus=$(median 5 "$server" "$workload")
      printf ' **%s** | **%s** |' "$(ratio "$rate" "$rates")" "$(ratio "$cpu" "$cpus")"
    done
    echo
  done
}

measure() { # TRANSPORT
  local round server workload line
  : >"$WORK/results"
  start_all "$1"
  for server in $SERVERS; do fill "$server"; done
  for round in $(seq 0 "$ROUNDS"); do # the first does not count
    for workload in $WORKLOADS; do
      for server in $SERVERS; do
        warm "$server"
        sync "$(data_file "$server")"
        line=$(load "$workload" "${uris[$server]}" "${pids[$server]}") ||
          fail "$workload on $server failed"
        echo "round $round $1: $server $workload $line" >&2
        [ "$round" = 0 ] || echo "$server $workload $line" >>"$WORK/results"
      done
    done
  done
  stop_all
  table "$1"
}

for tool in nbdcopy nbdinfo nbdkit qemu-nbd nbd-server fincore; do
  command -v $tool >/dev/null || fail "$tool is not installed"
done
[ -n "$NBDLOAD" ] || { fio --enghelp 2>/dev/null | grep -qw nbd; } ||
  fail "set NBDLOAD to a load generator, or install a fio that has the nbd engine"

remove=
if [ -z "${WORK:-}" ]; then
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/nbd-vs-peers.XXXXXX")
  remove=1
fi
mkdir -p "$WORK"
declare -A pids=() uris=()
trap 'stop_all; [ -z "$remove" ] || rm -rf "$WORK"' EXIT
trap 'exit 1' INT TERM
[ -s "$WORK/seed" ] || dd if=/dev/urandom of="$WORK/seed" bs=1M count=$size_mib status=none

[ $# -gt 0 ] || set -- unix
for transport in "$@"; do
  case $transport in
    unix | tcp) measure "$transport" ;;
    *) fail "no such transport: $transport" ;;
  esac
done
