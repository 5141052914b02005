#!/bin/sh
# Measures the sector cipher and `openssl speed -evp aes-256-xts` turn by turn on one core each, and
# prints MB/s of both and their ratio (medians of the turns).
#
# Usage: bench/xts-vs-openssl.sh [TURNS]     (default 3; a turn takes about a minute)
set -eu

turns=${1:-3}
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/bench/target/xts-vs-openssl
mkdir -p "$out"
rm -f "$out"/*

cd "$root"
mvn -q -pl bench -am package -DskipTests dependency:build-classpath \
  -Dmdep.outputFile="$out/classpath" -Dmdep.includeScope=runtime >"$out/build.log" 2>&1 ||
  { cat "$out/build.log"; exit 1; }
java=${QUARRY_JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/java}}
for home in /usr/lib/jvm/*25*; do
  [ -n "$java" ] || { [ -x "$home/bin/java" ] && java=$home/bin/java; }
done
java=${java:-java}

# Neither side is to pay for what else runs on the machine: OpenSSL counts its own processor time, and
# of our calls, which JMH times one by one, the median counts (with the clock's 20 ns in it).

openssl_speed() { # size, more flags
  size=$1
  shift
  openssl speed -evp aes-256-xts -bytes "$size" -seconds 3 "$@" 2>/dev/null |
    awk 'END { sub(/k$/, "", $NF); printf "%.1f\n", $NF / 1000 }'
}

quarry_speed() { # size, method
  "$java" -cp "$root/bench/target/classes:$(cat "$out/classpath")" org.openjdk.jmh.Main \
    "SectorCipherBenchmark.$2" -p sizeBytes="$1" -p sourceKind="${SOURCE_KIND:-NATIVE}" \
    -bm sample -wi 3 -w 1 -i 3 -r 1 -f 1 >"$out/jmh.log" 2>&1 || { cat "$out/jmh.log" >&2; exit 1; }
  awk -v size="$1" '/:p0\.50|·p0\.50/ { if ($(NF - 1) > 0) speed = size * 1000 / $(NF - 1) }
    END { printf "%.1f\n", speed }' "$out/jmh.log"
}

turn=1
while [ "$turn" -le "$turns" ]; do
  for size in 4096 524288; do
    echo "openssl encrypt $size $(openssl_speed "$size")" >>"$out/results"
    echo "quarry encrypt $size $(quarry_speed "$size" encrypt)" >>"$out/results"
    echo "openssl decrypt $size $(openssl_speed "$size" -decrypt)" >>"$out/results"
    echo "quarry decrypt $size $(quarry_speed "$size" decrypt)" >>"$out/results"
  done
  turn=$((turn + 1))
done

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
value() { awk -v w="$1" -v d="$2" -v s="$3" '$1 == w && $2 == d && $3 == s { print $4 }' "$out/results" | median; }

printf '%-8s %8s %14s %14s %7s\n' "" bytes "quarry MB/s" "openssl MB/s" ratio
for size in 4096 524288; do
  for direction in encrypt decrypt; do
    ours=$(value quarry $direction $size)
    theirs=$(value openssl $direction $size)
    printf '%-8s %8s %14s %14s %7s\n' $direction $size "$ours" "$theirs" \
      "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')"
  done
done
openssl version
