/**
 * The one script of an active test. It is fixed text: what to test comes as arguments, never as shell. Each record is
 * framed by the character 0x1E, so that output without a last newline cannot run into the next one.
 *
 *   sh -c SCRIPT pod-triage SECONDS [CHECK ARGUMENT...]...
 *
 * Tools are called by their full path: a BusyBox that prefers its own applets would answer for `nc` and `ping`
 * otherwise. Every step has its time limit, and no step begins after SECONDS.
 */
export const PROBE_SCRIPT = `end=$(($(date +%s) + $1)); shift
tool() {
  for d in /usr/bin /bin /usr/sbin /sbin /usr/local/bin; do
    if [ -x "$d/$1" ]; then echo "$d/$1"; return; fi
  done
  echo "/usr/bin/$1"
}
timeout=$(tool timeout) dig=$(tool dig) nc=$(tool nc) curl=$(tool curl) ping=$(tool ping) cat=$(tool cat)
record() {
  id=$1; shift
  printf '\\036>%s\\n' "$id"
  if [ "$(date +%s)" -ge "$end" ]; then printf '\\036<%s skipped\\n' "$id"; return; fi
  "$timeout" 8 "$@" 2>&1
  printf '\\036<%s %s\\n' "$id" "$?"
}
servers=
while read -r key value rest; do
  [ "$key" = nameserver ] && servers="$servers $value"
done </etc/resolv.conf
record resolv "$cat" /etc/resolv.conf
record listen "$cat" /proc/net/tcp /proc/net/tcp6
n=0
while [ $# -gt 0 ]; do
  case $1 in
    lookup)
      for s in $servers; do
        record "$n/udp/$s" "$dig" +search +tries=1 +time=2 +noall +comments +answer +stats "@$s" "$2" A
        record "$n/tcp/$s" "$dig" +search +tcp +tries=1 +time=2 +noall +comments +answer +stats "@$s" "$2" A
      done
      shift 2 ;;
    ask)
      record "$n" "$dig" +search +tries=1 +time=2 +noall +comments +answer +stats "@$2" -p "$3" "$4" A
      shift 4 ;;
    connect)
      record "$n" "$nc" -zvw3 "$2" "$3"
      shift 3 ;;
    http)
      record "$n" "$curl" -q -g -sS -k -o /dev/null --noproxy '*' --connect-timeout 3 --max-time 6 -w '%{json}' "$2"
      shift 2 ;;
    packets)
      for z in 56 1272 1372 1422 1472; do
        record "$n/$z" "$ping" -n -c1 -W1 -M do -s "$z" "$2"
      done
      shift 2 ;;
    *) break ;;
  esac
  n=$((n + 1))
done
printf '\\036.\\n'
`;
