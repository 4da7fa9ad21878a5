// SPDX-License-Identifier: GPL-3.0-or-later
// ipset save, ipvsadm, ip -j, conntrack -L, sysctl, xt_recent
#include "diagnostics/parse/conntrack_list.h"
#include "diagnostics/parse/iproute.h"
#include "diagnostics/parse/ipset_save.h"
#include "diagnostics/parse/iptables_recent.h"
#include "diagnostics/parse/ipvs_save.h"
#include "diagnostics/parse/sysctl.h"

#include <QFile>
#include <QTest>

using namespace medic;

namespace {

const char* const json1 = R"([{"ifname":7},{"ifname":"x","flags":3,"addr_info":[{"local":9}]}])";
const char* const json2 = R"([{"dst":"10.1.0.0/16","nexthops":[{"gateway":"10.0.0.1","dev":"a","weight":2,"flags":[]},{"dev":"b","weight":1,"flags":["dead"]}]},
            {"type":"blackhole","dst":"10.2.0.0/16"},{"dst":"default","dev":"c","pref":"medium"}])";
const char* const json3 = R"([{"priority":100,"not":null,"src":"10.0.0.0","srclen":8,"fwmark":"0x7","fwmask":"0xf","iif":"eth0","table":"77"},
            {"priority":0,"src":"all","table":"local"},{"priority":50,"src":"all","goto":32766},{"priority":60,"src":"all","action":"prohibit"},
            {"priority":70,"src":"all","table":"main","suppress_prefixlen":0}])";

std::string fixture(const char* name)
{
    QFile file(QStringLiteral(MEDIC_TEST_DATA "/netfilter/") + QString::fromLatin1(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

template<typename Parse>
void everyPrefix(const std::string& text, Parse parse)
{
    for (std::size_t size = 0; size <= text.size(); size += text.size() > 4000 ? 13 : 1)
        parse(std::string_view(text).substr(0, size));
}

ipset::Query::Dimension address(const char* text, std::uint16_t port = 0) { return {*IpAddress::parse(text), port, {}}; }

} // namespace

class TestNodeTools : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addresses()
    {
        QVERIFY(!IpAddress::parse("10.0.0"));
        QVERIFY(!IpAddress::parse("10.0.0.256"));
        QVERIFY(!IpAddress::parse("10.0.0.1x"));
        QCOMPARE(IpAddress::parse("fd00:0:0::1")->text(), std::string("fd00::1"));
        QVERIFY(IpPrefix::parse("10.0.0.0/255.255.0.0")->contains(*IpAddress::parse("10.0.200.1")));
        QVERIFY(IpPrefix::parse("10.0.0.1/255.0.0.255")->contains(*IpAddress::parse("10.7.7.1")));
        QVERIFY(!IpPrefix::parse("10.0.0.0/33"));
        QVERIFY(IpPrefix::parse("fd00::/8")->contains(*IpAddress::parse("fdff::1")));
        QVERIFY(!IpPrefix::parse("0.0.0.0/0")->contains(*IpAddress::parse("::1")));
        QCOMPARE(IpAddress::parse("10.0.0.255")->plus(1).text(), std::string("10.0.1.0"));
        QCOMPARE(IpAddress::parse("10.0.0.1")->distanceTo(*IpAddress::parse("10.0.1.1")), std::uint64_t(256));
    }

    void ipsets()
    {
        const std::string text = fixture("ipvs-node/ipset-save.txt");
        const auto read = ipset::Sets::parse(text, "ipset-save.txt");
        QVERIFY(read);
        const auto& sets = **read;
        std::string reason;
        const auto in = [&](const char* name, std::vector<ipset::Query::Dimension> dimensions, std::uint8_t protocol = proto::tcp) {
            return sets.contains(*sets.find(name), {std::move(dimensions), protocol, 0}, IpFamily::V4, reason);
        };
        QCOMPARE(in("KUBE-CLUSTER-IP", {address("10.96.0.1", 443), address("10.96.0.1", 443)}), Tri::Yes);
        QCOMPARE(in("KUBE-CLUSTER-IP", {address("10.96.0.1", 443), address("10.96.0.1", 80)}), Tri::No);
        QCOMPARE(in("KUBE-CLUSTER-IP", {address("10.96.0.10", 53), address("10.96.0.10", 53)}, proto::udp), Tri::Yes);
        QCOMPARE(in("KUBE-CLUSTER-IP", {address("10.96.0.1", 443)}), Tri::No); // fewer flags than dimensions
        QCOMPARE(in("KUBE-NODE-PORT-TCP", {address("1.2.3.4", 30080)}), Tri::Yes);
        QCOMPARE(in("KUBE-NODE-PORT-TCP", {address("1.2.3.4", 30080)}, proto::sctp), Tri::No); // bitmap:port: TCP and UDP only
        QCOMPARE(in("KUBE-LOAD-BALANCER-SOURCE-CIDR",
                    {address("198.51.100.20", 80), address("198.51.100.20", 80), address("203.0.113.9")}), Tri::Yes);
        everyPrefix(text, [](std::string_view part) { (void)ipset::Sets::parse(part, "x"); });
    }

    void ipsetNomatchTimeoutAndLists()
    {
        const auto read = ipset::Sets::parse("create N hash:net family inet\nadd N 10.0.0.0/8\nadd N 10.1.0.0/16 nomatch\nadd N 10.1.2.0/24\n"
                                             "create T hash:ip family inet timeout 60\nadd T 10.9.9.9 timeout 5\ncreate L list:set size 8\nadd L N\n"
                                             "create M hash:mac\nadd M 01:02:03:04:05:06\ncreate S hash:net family inet6\nadd S fd00::/8\n", "x");
        QVERIFY(read);
        std::string reason;
        const auto in = [&](const char* name, const char* where) {
            const auto one = address(where);
            return (*read)->contains(*(*read)->find(name), {{one}, proto::tcp, 0}, one.address.family, reason);
        };
        QCOMPARE(in("N", "10.2.0.1"), Tri::Yes);
        QCOMPARE(in("N", "10.1.0.1"), Tri::No);
        QCOMPARE(in("N", "10.1.2.3"), Tri::Yes);
        QCOMPARE(in("T", "10.9.9.9"), Tri::Unknown);
        QCOMPARE(in("L", "10.2.0.1"), Tri::Yes);
        QCOMPARE(in("M", "10.2.0.1"), Tri::Unknown);
        QCOMPARE(in("S", "10.2.0.1"), Tri::No); // another family
        QCOMPARE(in("S", "fd00::9"), Tri::Yes);
        QVERIFY(!ipset::Sets::parse("add NONE 10.0.0.1\n", "x"));
        const auto kept = ipset::Sets::parse("create A hash:ip\nadd A nonsense\nadd A 10.0.0.1\n", "ipset-save.txt");
        QVERIFY(kept.has_value()); // one element that nobody can read costs only itself
        QCOMPARE(static_cast<int>((*kept)->find("A")->unreadable), 1);
    }

    void virtualServers()
    {
        const std::string text = fixture("ipvs-node/ipvsadm-Sn.txt");
        const auto read = ipvs::parseServers(text, "ipvsadm-Sn.txt");
        QVERIFY(read);
        QCOMPARE(read->size(), std::size_t(16));
        const auto& sticky = (*read)[1];
        QCOMPARE(sticky.name(), std::string("TCP 198.51.100.7:8080"));
        QCOMPARE(sticky.persistence.value_or(0), 10800u);
        QCOMPARE(sticky.realServers.front().address.text(), std::string("10.244.0.11"));
        everyPrefix(text, [](std::string_view part) { (void)ipvs::parseServers(part, "x"); });

        const auto more = ipvs::parseServers("-A -f 16384 -6 -s sh -b sh-port\n-a -f 16384 -r [fd00::1]:0 -g -w 0\n-A -u [fd00::9]:53 -s mh -o -p -M 24\n", "x");
        QVERIFY(more);
        QCOMPARE((*more)[0].mark, 16384u);
        QCOMPARE((*more)[0].realServers.front().method, 'g');
        QCOMPARE((*more)[0].realServers.front().weight, 0);
        QVERIFY((*more)[1].onePacket && (*more)[1].persistence);
        const auto listed = ipvs::parseServers("IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n"
                                               "TCP  10.96.0.1:443 rr persistent 10800\n  -> 172.30.0.1:6443              Masq    1      3          0\n", "x");
        QVERIFY(listed);
        QCOMPARE(listed->front().realServers.front().active, 3);
        QCOMPARE(ipvs::parseServers("-A -t 1.2.3.4:5\nwhat\n", "f").error().where, std::string("f:2"));
        const auto connections = ipvs::parseConnections("IPVS connection entries\npro expire state       source             virtual            destination\n"
                                                        "TCP 14:59  ESTABLISHED 10.0.0.1:4711      10.96.0.1:80       10.244.0.2:8080\nTCP 180:00 NONE 10.0.0.1:0 10.96.0.1:80 10.244.0.2:8080\n");
        QCOMPARE(connections.size(), std::size_t(2));
        QCOMPARE(int(connections[1].clientPort), 0);
    }

    void links()
    {
        const std::string text = fixture("iptables-node/ip-link.json");
        const auto read = iproute::parseLinks(text, "ip-link.json");
        QVERIFY(read);
        const auto bridge = std::find_if(read->begin(), read->end(), [](const auto& one) { return one.name == "cni0"; });
        QVERIFY(bridge != read->end());
        QCOMPARE(bridge->kind, std::string("bridge"));
        QVERIFY(std::any_of(read->begin(), read->end(), [](const auto& one) { return one.master == "cni0" && one.hairpin.has_value(); }));
        everyPrefix(text, [](std::string_view part) { (void)iproute::parseLinks(part, "x"); });
        QVERIFY(!iproute::parseLinks("{}", "x"));
        QVERIFY(iproute::parseLinks(json1, "x"));
    }

    void routes()
    {
        const auto read = iproute::parseRoutes(fixture("iptables-node/ip-route-all.json"), "ip-route-all.json");
        QVERIFY(read);
        QCOMPARE(read->front().hops.front().gateway.text(), std::string("192.0.2.1"));
        QVERIFY(std::any_of(read->begin(), read->end(), [](const auto& one) { return one.family == IpFamily::V6; }));
        const auto multi = iproute::parseRoutes(json2, "x");
        QCOMPARE(multi->front().hops.size(), std::size_t(2));
        QVERIFY(multi->front().hops[1].dead);
        QCOMPARE((*multi)[2].family, IpFamily::V6);
        const auto plain = iproute::parseRoutes("default via 10.0.0.1 dev eth0 proto static \n10.1.0.0/16 proto bird \n\tnexthop via 10.0.0.2 dev eth0 weight 1 \n\tnexthop via 10.0.0.3 dev eth1 weight 1 \n"
                                                "local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 \nunreachable default dev lo metric 4294967295 pref medium\n", "x");
        QVERIFY(plain);
        QCOMPARE(plain->size(), std::size_t(4));
        QCOMPARE((*plain)[1].hops.size(), std::size_t(2));
        QCOMPARE((*plain)[2].table, std::string("local"));
    }

    void rules()
    {
        const auto read = iproute::parseRules(json3, "x");
        QVERIFY(read);
        QCOMPARE(read->front().table, std::string("local")); // by priority
        QCOMPARE((*read)[4].mask, 0xfu);
        QVERIFY((*read)[4].invert);
        QCOMPARE((*read)[1].gotoPriority, 32766u);
        QCOMPARE((*read)[2].action, std::string("prohibit"));
        QCOMPARE((*read)[3].suppressPrefixLength.value_or(-1), 0);
        const auto plain = iproute::parseRules("0:\tfrom all lookup local \n100:\tnot from 10.0.0.0/8 fwmark 0x7/0xf iif eth0 lookup 77 \n", "x");
        QCOMPARE((*plain)[1].source.text(), std::string("10.0.0.0/8"));
        QCOMPARE((*plain)[1].mark, 7u);
    }

    void connections()
    {
        const std::string text = fixture("iptables-node/conntrack-L.txt");
        const auto list = conntrack::parseList(text);
        QVERIFY(!list.entries.empty());
        QCOMPARE(list.skipped, std::size_t(0));
        const auto more = conntrack::parseList("udp      17 29 src=10.0.0.1 dst=10.96.0.10 sport=4711 dport=53 [UNREPLIED] src=10.244.0.2 dst=10.0.0.1 sport=53 dport=4711 mark=16384 zone=3 use=1\n"
                                               "ipv4     2 icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=77 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=77 mark=0 use=2\nnonsense\n");
        QCOMPARE(more.entries.size(), std::size_t(2));
        QCOMPARE(more.entries[0].mark, 16384u);
        QCOMPARE(more.entries[0].reply.source.text(), std::string("10.244.0.2"));
        QVERIFY(more.entries[0].unreplied);
        QCOMPARE(int(more.entries[1].protocol), 1);
        QCOMPARE(more.skipped, std::size_t(1));
        everyPrefix(text.substr(0, 600), [](std::string_view part) { (void)conntrack::parseList(part); });
    }

    void sysctls()
    {
        const auto read = Sysctls::parse("net.ipv4.ip_forward = 1\nnet.ipv4.conf.eth0/100.rp_filter=2\r\nnoise\nnet.ipv4.conf.all.forwarding = x\n");
        QCOMPARE(read.number("net.ipv4.ip_forward").value_or(-1), 1L);
        QCOMPARE(read.ofDevice(false, "eth0.100", "rp_filter").value_or(-1), 2L);
        QVERIFY(!read.number("net.ipv4.conf.all.forwarding"));
        QVERIFY(!read.ofDevice(true, "eth0", "forwarding"));
    }

    void recent()
    {
        const auto read = XtRecent::parse("==> /proc/net/xt_recent/KUBE-SEP-A <==\nsrc=10.0.0.1 ttl: 64 last_seen: 4295000000 oldest_pkt: 2 4294999000, 4295000000\n\n==> /proc/net/xt_recent/KUBE-SEP-B <==\n"
                                          "/proc/net/xt_recent/C:src=10.0.0.3 ttl: 64 last_seen: 5 oldest_pkt: 1 5\n");
        QCOMPARE(read.lists.size(), std::size_t(3));
        QCOMPARE(read.lists.at("KUBE-SEP-A").front().stamps.size(), std::size_t(2));
        QVERIFY(read.lists.at("KUBE-SEP-B").empty());
        QCOMPARE(read.lists.at("C").front().address.text(), std::string("10.0.0.3"));
    }
};

QTEST_APPLESS_MAIN(TestNodeTools)
#include "tst_node_tools.moc"
