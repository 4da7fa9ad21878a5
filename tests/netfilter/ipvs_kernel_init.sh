#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The first process of a User-Mode Linux kernel (tests/netfilter/tst_ipvs_kernel.cpp): a node with IPVS, a client and
# Pods, and for each case in FOLDER its rules loaded, its packet sent, and what the kernel counted and tracked. The
# machine's own file system is the root: nothing is written but in FOLDER and in /run. Processes are dear there: few are
# started for each case.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
folder=@FOLDER@
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs tmpfs /run; mkdir -p /run/netns /run/modules/lib/modules
for version in /usr/lib/uml/modules/*; do ln -s "$version" /run/modules/lib/modules/; done
printf '#!/bin/sh\nexec modprobe -d /run/modules "$@"\n' > /run/modprobe; chmod +x /run/modprobe # for what the kernel loads by itself
echo /run/modprobe > /proc/sys/kernel/modprobe
/run/modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh ip_vs_dh ip_vs_sed ip_vs_nq ip_vs_mh xt_nat xt_MASQUERADE xt_comment xt_set iptable_nat \
  iptable_raw iptable_mangle iptable_filter veth xt_addrtype dummy xt_mark xt_conntrack xt_ipvs ip_set_hash_ipport ip_set_hash_ip ip_set_hash_ipportip \
  ip_set_hash_ipportnet ip_set_bitmap_port xt_tcpudp xt_multiport xt_physdev ipt_REJECT nf_conntrack_netlink xt_statistic 2>/dev/null
ip link set lo up
end() { # place, device on the node, net, host
  ip netns add $1; ip -n $1 link set lo up
  ip link add e0 netns $1 type veth peer name $2
  ip -n $1 addr add 10.99.$3.$4/24 dev e0; ip -n $1 link set e0 up; ip addr add 10.99.$3.1/24 dev $2; ip link set $2 up
  ip -n $1 route add default via 10.99.$3.1
  ip netns exec $1 iptables-legacy -t raw -A PREROUTING -j DROP # silent: what it gets is not answered
}
end client nc 1 2; end a na 2 2; end b nb 3 2
ip route add default via 10.99.1.2; ip route add blackhole 203.0.113.9
ip link add kube-ipvs0 type dummy
echo 1 > /proc/sys/net/ipv4/ip_forward
for d in all default nc na nb; do echo 0 > /proc/sys/net/ipv4/conf/$d/rp_filter; done
ipset restore < "$folder/sets"
sets=$(ipset save)
from() { # place, protocol, address, port: one packet; TCP's is not repeated: whoever waits for an answer is ended first
  local run="ip netns exec $1"; [ "$1" = node ] && run=
  if [ $2 = udp ]; then $run bash -c "echo x > /dev/udp/$3/$4" 2>/dev/null; return; fi
  $run bash -c "( exec 3<>/dev/tcp/$3/$4 ) & waits=\$!
    for ((i = 0; i < 3000; ++i)); do
      mapfile -t sockets < /proc/net/tcp; [[ \${sockets[*]} == *' 02 0000'* ]] && break; kill -0 \$waits || break
    done; kill -9 \$waits" 2>/dev/null
}
for one in "$folder"/*/; do
  cd "$one" || exit 1
  echo 1 > /proc/sys/net/ipv4/vs/conntrack; echo 0 > /proc/sys/net/ipv4/vs/expire_quiescent_template
  { printf 'addr replace 10.96.0.10/32 dev kube-ipvs0\naddr replace 10.96.0.11/32 dev kube-ipvs0\n' | ip -batch -
    ipvsadm -C; ipvsadm -R < ipvs; iptables-legacy-restore < rules; [ -s extra ] && . ./extra; } > errors 2>&1
  iptables-legacy-save -c > iptables-legacy-save.txt; : > iptables-nft-save.txt
  echo "$sets" > ipset-save.txt; ipvsadm -Sn > ipvsadm-Sn.txt; ipvsadm -Lcn > ipvsadm-Lcn.txt
  ip -j -d addr > ip-addr.json; ip -j -4 route show table all > ip-route-all.json
  for file in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/vs/* /proc/sys/net/ipv4/conf/*/{forwarding,rp_filter,route_localnet,accept_local,src_valid_mark,send_redirects}; do
    name=${file#/proc/sys/}; echo "${name//\//.} = $(<"$file")"
  done > sysctl.txt 2>/dev/null
  conntrack -F 2>/dev/null
  read -r place protocol to port < packet
  from "$place" "$protocol" "$to" "$port"
  iptables-legacy-save -c > after
  conntrack -L > tracked 2>/dev/null
  echo > ran
done
echo done > "$folder/done"
sync; halt -f -p 2>/dev/null || echo o > /proc/sysrq-trigger
sleep 5
