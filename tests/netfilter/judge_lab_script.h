// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace judge {

/// Makes the lab's namespaces, devices, addresses and sets (judge_lab.h); "P-" stands for the namespaces' prefix.
inline std::string labScript()
{
    return R"X(
set -e
for n in client node a b p out; do
  ip netns add P-$n; ip -n P-$n link set lo up
  ip netns exec P-$n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0
  [ $n = node ] || ip netns exec P-$n nft -f - <<'N'
table inet sink {
 chain pre { type filter hook prerouting priority -500; log group 5 prefix "E"; drop; }
 chain out { type filter hook output priority -500; drop; }
}
N
done
wire() { # node's device, place, number of the net, number of the host
  ip link add $1 netns P-node address 02:00:00:00:0$3:01 type veth peer name eth0 netns P-$2 address 02:00:00:00:0$3:0$4
  [ $1 = va ] || [ $1 = vb ] || ip -n P-node addr add 10.99.$3.1/24 dev $1
  [ $1 = va ] || [ $1 = vb ] || ip -n P-node addr add fd99:$3::1/64 dev $1 nodad
  ip -n P-node link set $1 up
  ip -n P-$2 addr add 10.99.$3.$4/24 dev eth0; ip -n P-$2 addr add fd99:$3::$4/64 dev eth0 nodad; ip -n P-$2 link set eth0 up
}
near() { # device, net, host: its neighbour entries on the node never change
  for a in 10.99.$2.$3 fd99:$2::$3; do ip -n P-node neigh replace $a lladdr 02:00:00:00:0$2:0$3 dev $1 nud permanent; done
}
wire nc client 1 2; wire nx out 3 2; near nc 1 2; near nx 3 2
ip -n P-node link add cni0 address 02:00:00:00:02:01 type bridge
ip -n P-node addr add 10.99.2.1/24 dev cni0; ip -n P-node addr add fd99:2::1/64 dev cni0 nodad; ip -n P-node link set cni0 up
wire va a 2 2; wire vb b 2 3
ip -n P-node link set va address 02:00:00:00:02:aa; ip -n P-node link set vb address 02:00:00:00:02:bb; for v in va vb; do ip -n P-node link set $v master cni0; done
bridge -n P-node fdb replace 02:00:00:00:02:02 dev va master static; bridge -n P-node fdb replace 02:00:00:00:02:03 dev vb master static
near cni0 2 2; near cni0 2 3
ip link add cali1 netns P-node address 02:00:00:00:04:01 type veth peer name eth0 netns P-p address 02:00:00:00:04:02
ip -n P-node link set cali1 up; ip -n P-p link set eth0 up
ip -n P-node route add 10.99.4.2 dev cali1; ip -n P-node -6 route add fd99:4::2 dev cali1; near cali1 4 2
ip -n P-node route add default via 10.99.3.2; ip -n P-node -6 route add default via fd99:3::2
ip -n P-node route add local 10.96.0.13 dev lo # never taken back: the kernel remembers that there was one
ip -n P-node link add kube-ipvs0 type bridge
ip -n P-node addr add 10.96.0.12/32 dev kube-ipvs0; ip -n P-node addr add fd96::12/128 dev kube-ipvs0 nodad
ip netns exec P-node sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000
for d in all default nc nx cni0 va vb cali1; do ip netns exec P-node sysctl -qw net.ipv4.conf.$d.rp_filter=0; done
ip netns exec P-node sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
ip netns exec P-node sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
ip netns exec P-node nft -f - <<'N'
table inet judge {
 chain i { type filter hook input priority 2147483646; log group 5 prefix "I"; }
 chain p { type filter hook postrouting priority 2147483646; log group 5 prefix "P"; }
 chain o { type filter hook output priority -500; meta skuid 4242 accept; log group 6 prefix "K"; drop; }
}
N
ip netns exec P-node ipset restore <<'N'
create K-IP hash:ip
create K-NET hash:net
create K-IPPORT hash:ip,port
create K-IPPORTIP hash:ip,port,ip
create K-IPPORTNET hash:ip,port,net
create K-NETPORT hash:net,port
create K-PORT bitmap:port range 0-65535
create K-BIP bitmap:ip range 10.99.0.0/16
create K-IFACE hash:net,iface
create K-LIST list:set
create K6-IP hash:ip family inet6
create K6-NET hash:net family inet6
create K6-IPPORT hash:ip,port family inet6
create K6-IPPORTIP hash:ip,port,ip family inet6
create K6-IPPORTNET hash:ip,port,net family inet6
create K6-NETPORT hash:net,port family inet6
create K6-IFACE hash:net,iface family inet6
add K-IP 10.99.1.2
add K-IP 10.96.0.10
add K-NET 10.99.0.0/16
add K-NET 10.99.3.0/24 nomatch
add K-NET 10.99.3.2
add K-IPPORT 10.96.0.10,tcp:80
add K-IPPORT 10.96.0.10,udp:80
add K-IPPORT 10.99.2.2,udp:8080
add K-IPPORT 10.99.2.2,icmp:8/0
add K-IPPORT 10.99.3.2,sctp:80
add K-IPPORTIP 10.99.2.2,udp:8080,10.99.2.2
add K-IPPORTIP 10.99.2.3,tcp:8080,10.99.1.2
add K-IPPORTNET 10.99.2.2,udp:8080,10.99.0.0/16
add K-IPPORTNET 10.99.2.2,udp:8080,10.99.1.0/24 nomatch
add K-IPPORTNET 10.96.0.10,tcp:80,10.99.1.0/24
add K-NETPORT 10.99.0.0/16,udp:80
add K-NETPORT 10.96.0.0/16,tcp:80-90
add K-PORT 80
add K-PORT 30080
add K-BIP 10.99.2.0/24
add K-IFACE 10.99.1.0/24,nc
add K-IFACE 0.0.0.0/0,nx
add K-IFACE 10.99.2.0/24,physdev:va
add K-LIST K-IP
add K-LIST K-NETPORT
add K6-IP fd99:1::2
add K6-IP fd96::10
add K6-NET fd99::/16
add K6-NET fd99:3::/64 nomatch
add K6-NET fd99:3::2
add K6-IPPORT fd96::10,tcp:80
add K6-IPPORT fd96::10,udp:80
add K6-IPPORT fd99:2::2,udp:8080
add K6-IPPORT fd99:2::2,icmpv6:128/0
add K6-IPPORTIP fd99:2::2,udp:8080,fd99:2::2
add K6-IPPORTNET fd99:2::2,udp:8080,fd99::/16
add K6-NETPORT fd99::/16,udp:80
add K6-IFACE fd99:1::/64,nc
N
)X";
}

} // namespace judge
