# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for IPVS in a kernel that has none: after the iptables rules had their say (priority -100), what is still for a
Service's address is sent to one of its endpoints in turn, as ip_vs would in LOCAL_IN. A hostPort's DNAT comes first, as it
does there. The node's own nft does not show this table: no node would have it."""

TABLE = "lab-ipvs"


def ruleset(services, node_addresses):
    rules = []
    for service in services:
        for port in service["ports"]:
            ends = [f"{address}:{port['targetPort']}" for address in service.get("endpoints", [])]
            targets = [(service["clusterIP"], port["port"])] + [(address, port["nodePort"]) for address in node_addresses if port.get("nodePort")]
            for address, number in targets:
                for index, end in enumerate(ends):
                    left = len(ends) - index
                    turn = "" if left == 1 else f"numgen inc mod {left} 0 "
                    rules.append(f"ip daddr {address} {port['protocol'].lower()} dport {number} {turn}dnat to {end}")
    body = "\n".join("    " + rule for rule in rules)
    chains = "".join(f"  chain {hook} {{\n    type nat hook {hook} priority -90;\n{body}\n  }}\n" for hook in ("prerouting", "output"))
    return f"add table ip {TABLE}\ndelete table ip {TABLE}\ntable ip {TABLE} {{\n{chains}}}\n"


def nothing():
    return f"add table ip {TABLE}\ndelete table ip {TABLE}\n"
