#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Client CPU seconds and wall time per node of our SSH transport against clush, parallel-ssh and ansible -m raw: the same
# commands in one round trip, the same real sshd on NODES loopback addresses, the same run. CPU is user + system time of the
# client's whole process tree (wait4), not the servers'.
#   usage: tests/bench/ssh_peers.sh [--nodes 100] [--parallel 64] [--rounds 3] [--json FILE] [--program build/bench/bin/bench_ssh]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
nodes=100 parallel=64 rounds=3 json= program=
while [ $# -gt 0 ]; do
  case $1 in
    --nodes) nodes=$2 ;;
    --parallel) parallel=$2 ;;
    --rounds) rounds=$2 ;;
    --json) json=$2 ;;
    --program) program=$2 ;;
    *) sed -n '3,6s/^# *//p' "$0"; exit 2 ;;
  esac
  shift 2
done
[ "$nodes" -le 250 ] || { echo "at most 250 nodes (127.0.1.1 to 127.0.1.250)"; exit 2; }
for tool in /usr/sbin/sshd /usr/bin/ssh-keygen /usr/bin/python3; do
  [ -x "$tool" ] || { echo "skipped: no $tool on this machine"; exit 0; }
done
if [ -z "$program" ]; then
  program=$top/build/bench/bin/bench_ssh
  cmake --preset release -B "$top/build/bench" -S "$top" -DMEDIC_TESTS=ON -DMEDIC_GUI=OFF >/dev/null
  cmake --build "$top/build/bench" --target bench_ssh >/dev/null
fi

work=$(mktemp -d)
sshd=
cleanup() {
  [ -z "$sshd" ] || kill "$sshd" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
chmod 711 "$work"
ssh-keygen -q -t ed25519 -N '' -f "$work/host"
ssh-keygen -q -t ed25519 -N '' -f "$work/id"
cp "$work/id.pub" "$work/authorized_keys"
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
cat >"$work/sshd_config" <<END
Port $port
ListenAddress 0.0.0.0
HostKey $work/host
AuthorizedKeysFile $work/authorized_keys
PidFile none
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin yes
MaxStartups 1000
PrintMotd no
PrintLastLog no
SetEnv HOME=$work
LogLevel ERROR
END
/usr/sbin/sshd -D -e -f "$work/sshd_config" 2>"$work/sshd.log" &
sshd=$!
for _ in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.05
done
cat >"$work/command" <<'END'
uname -a; cat /etc/os-release /proc/loadavg /proc/meminfo /proc/net/dev; df -P; df -iP; cat /proc/mounts; ps -eo pid,ppid,stat,rss,comm | head -200; id
END
for i in $(seq "$nodes"); do
  echo "127.0.1.$i port=$port" >>"$work/hosts"
  echo "127.0.1.$i" >>"$work/names"
  echo "[127.0.1.$i]:$port $(cut -d' ' -f1,2 "$work/host.pub")" >>"$work/known_hosts"
done
cat >"$work/ssh_config" <<END
Host *
  Port $port
  IdentityFile $work/id
  IdentitiesOnly yes
  UserKnownHostsFile $work/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 60
END
{
  echo "[all]"
  sed "s|\$| ansible_port=$port ansible_ssh_private_key_file=$work/id|" "$work/names"
} >"$work/inventory"
export BENCH_WORK=$work BENCH_NODES=$nodes BENCH_PARALLEL=$parallel BENCH_ROUNDS=$rounds BENCH_PROGRAM=$program BENCH_JSON=$json
env -u SSH_AUTH_SOCK HOME="$work" /usr/bin/python3 "$here/ssh_peers.py"
