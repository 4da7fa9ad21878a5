// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/node_state.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/model/snapshot.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace medic::netfilter {

namespace {

using Text = std::shared_ptr<const std::string>;

template<typename T>
Part<T> part(T value)
{
    return std::make_shared<const T>(std::move(value));
}

template<typename T>
void splitFamilies(std::vector<T> all, Part<std::vector<T>>& four, Part<std::vector<T>>& six)
{
    std::vector<T> first, second;
    for (T& one : all)
        (one.family == IpFamily::V6 ? second : first).push_back(std::move(one));
    if (!first.empty() || !four)
        four = part(std::move(first));
    if (!second.empty())
        six = part(std::move(second));
}

bool sameRules(const iptables::IptablesSave& a, const iptables::IptablesSave& b)
{
    if (a.ruleCount() != b.ruleCount() || a.tables().size() != b.tables().size())
        return false;
    for (const auto& table : a.tables()) {
        const auto* const other = b.table(table.name);
        if (!other)
            return false;
        for (const auto& chain : table.chains) {
            const auto* const same = other->find(chain.name);
            if (!same || same->rules.size() != chain.rules.size())
                return false;
            for (std::size_t i = 0; i < chain.rules.size(); ++i)
                if (same->rules[i].text != chain.rules[i].text)
                    return false;
        }
    }
    return true;
}

struct FileOfProbe {
    std::string_view file, probe;
};

/// The order matters: what names its backend comes before plain iptables-save, which is put where there is room.
constexpr std::array<FileOfProbe, 20> parts {{
    {"iptables-legacy-save.txt", probe::iptablesLegacySave}, {"iptables-nft-save.txt", probe::iptablesNftSave},
    {"ip6tables-legacy-save.txt", probe::ip6tablesLegacySave}, {"ip6tables-nft-save.txt", probe::ip6tablesNftSave},
    {"iptables-save.txt", probe::iptablesSave}, {"ip6tables-save.txt", probe::ip6tablesSave},
    {"nft-ruleset.json", probe::nftRuleset}, {"ipset-save.txt", probe::ipsetSave},
    {"ipvsadm-Sn.txt", probe::ipvsadmSave}, {"ipvsadm-Lcn.txt", probe::ipvsadmConnections},
    {"ip-link.json", probe::ipLink}, {"ip-addr.json", probe::ipAddr}, {"ip-route-all.json", probe::ipRouteAll},
    {"ip6-route-all.json", probe::ip6RouteAll}, {"ip-rule.json", probe::ipRule}, {"ip6-rule.json", probe::ip6Rule},
    {"sysctl.txt", probe::sysctl}, {"conntrack-L.txt", probe::conntrackList}, {"xt-recent.txt", probe::xtRecent},
    {"uname.txt", probe::uname},
}};

Text readFile(const std::filesystem::path& path, bool& failed)
{
    std::error_code error;
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, error)) {
        failed = true;
        return nullptr;
    }
    file.seekg(0, std::ios::end);
    const auto size = file.tellg();
    std::string text;
    if (size > 0) {
        text.resize(static_cast<std::size_t>(size));
        file.seekg(0);
        file.read(text.data(), size);
    }
    failed = file.bad();
    if (text.starts_with("\xef\xbb\xbf")) // what Windows' editors put before the first line
        text.erase(0, 3);
    return std::make_shared<const std::string>(std::move(text));
}

bool blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

/// Links come from `ip link` (kinds, hairpin) and `ip addr` (addresses): one joined list.
void mergeLinks(Part<std::vector<iproute::Link>>& known, std::vector<iproute::Link> more)
{
    if (!known) {
        known = part(std::move(more));
        return;
    }
    std::vector<iproute::Link> joined = *known;
    for (auto& link : more) {
        const auto same = std::find_if(joined.begin(), joined.end(), [&](const auto& one) { return one.name == link.name; });
        if (same == joined.end()) {
            joined.push_back(std::move(link));
            continue;
        }
        if (same->addresses.empty())
            same->addresses = std::move(link.addresses);
        if (same->kind.empty())
            same->kind = std::move(link.kind);
        if (same->tunnelPort == 0)
            same->tunnelPort = link.tunnelPort;
        if (same->tunnelLocal.isNone())
            same->tunnelLocal = link.tunnelLocal;
        if (same->master.empty())
            same->master = std::move(link.master);
        if (!same->hairpin)
            same->hairpin = link.hairpin;
        same->groups = same->groups || link.groups;
        same->promiscuity = std::max(same->promiscuity, link.promiscuity);
    }
    known = part(std::move(joined));
}

} // namespace

const std::vector<std::string_view>& dumpFileNames()
{
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> all;
        for (const auto& [file, probe] : parts)
            all.push_back(file);
        return all;
    }();
    return names;
}

Result<void> NodeState::setPart(std::string_view fileName, Text text)
{
    using iptables::Backend;
    const bool v6 = fileName.starts_with("ip6");
    if (fileName.ends_with("tables-save.txt") || fileName.ends_with("-legacy-save.txt") || fileName.ends_with("-nft-save.txt")) {
        const auto save = iptables::IptablesSave::parse(text, v6 ? IpFamily::V6 : IpFamily::V4, fileName);
        if (!save)
            return tl::unexpected(save.error());
        auto& legacy = v6 ? legacy6 : legacy4;
        auto& nft = v6 ? nft6 : nft4;
        if (fileName.ends_with("-legacy-save.txt")) {
            legacy = *save;
        } else if (fileName.ends_with("-nft-save.txt")) {
            nft = *save;
        } else if ((legacy && sameRules(*legacy, **save)) || (nft && sameRules(*nft, **save))) {
            return {}; // the same rules, printed by the alternative's own name
        } else if ((*save)->backend() == Backend::Nft) {
            if (!nft)
                nft = *save;
        } else if ((*save)->backend() == Backend::Legacy) {
            if (!legacy)
                legacy = *save;
        } else {
            (legacy ? nft : legacy) = *save;
        }
    } else if (fileName == "nft-ruleset.json") {
        auto read = parse::nft::readNftJson(*text, fileName);
        if (!read)
            return tl::unexpected(read.error());
        ruleset = part(std::move(*read));
    } else if (fileName == "ipset-save.txt") {
        auto read = ipset::Sets::parse(*text, fileName);
        if (!read)
            return tl::unexpected(read.error());
        sets = std::move(*read);
    } else if (fileName == "ipvsadm-Sn.txt") {
        auto read = ipvs::parseServers(*text, fileName);
        if (!read)
            return tl::unexpected(read.error());
        ipvs = part(std::move(*read));
    } else if (fileName == "ipvsadm-Lcn.txt") {
        ipvsConnections = part(ipvs::parseConnections(*text));
    } else if (fileName == "ip-link.json" || fileName == "ip-addr.json") {
        const bool withAddresses = fileName == "ip-addr.json";
        auto read = withAddresses ? iproute::parseAddresses(*text, fileName) : iproute::parseLinks(*text, fileName);
        if (!read)
            return tl::unexpected(read.error());
        mergeLinks(links, std::move(*read));
        addressesKnown = addressesKnown || withAddresses;
    } else if (fileName == "ip-route-all.json" || fileName == "ip6-route-all.json") {
        auto read = iproute::parseRoutes(*text, fileName, v6 ? IpFamily::V6 : IpFamily::V4);
        if (!read)
            return tl::unexpected(read.error());
        if (v6)
            routes6 = part(std::move(*read));
        else
            splitFamilies(std::move(*read), routes4, routes6);
    } else if (fileName == "ip-rule.json" || fileName == "ip6-rule.json") {
        auto read = iproute::parseRules(*text, fileName, v6 ? IpFamily::V6 : IpFamily::V4);
        if (!read)
            return tl::unexpected(read.error());
        (v6 ? rules6 : rules4) = part(std::move(*read));
    } else if (fileName == "sysctl.txt") {
        auto read = Sysctls::parse(*text);
        if (read.all().empty() && !blank(*text))
            return failure(ErrorCode::BadSyntax, std::string(fileName) + ":1", "expected the output of sysctl -a");
        sysctls = part(std::move(read));
    } else if (fileName == "conntrack-L.txt") {
        auto read = conntrack::parseList(*text);
        if (read.entries.empty() && !blank(*text) && !text->starts_with("conntrack v"))
            return failure(ErrorCode::BadSyntax, std::string(fileName) + ":1", "expected the output of conntrack -L");
        conntrack = part(std::move(read));
    } else if (fileName == "xt-recent.txt") {
        recent = part(XtRecent::parse(*text));
    } else if (fileName == "uname.txt") {
        kernel = text->substr(0, text->find('\n'));
    }
    return {};
}

void NodeState::setFailedPart(std::string_view fileName, std::string_view errors)
{
    // ipvsadm without the module in the kernel: there is no IPVS, which is known and not unknown.
    if (fileName == "ipvsadm-Sn.txt"
        && (errors.find("Can't initialize ipvs: Protocol not available") != std::string_view::npos || errors.find("IPVS is not loaded in the kernel") != std::string_view::npos))
        ipvs = part(std::vector<medic::ipvs::VirtualServer>());
}

void NodeState::finish()
{
    const auto judge = [&](const Part<iptables::IptablesSave>& legacy, const Part<iptables::IptablesSave>& nft,
                           const std::string& tool) {
        if (legacy && nft && !legacy->empty() && !nft->empty())
            warnings.push_back("both " + tool + "-legacy and " + tool + "-nft hold rules: the packet passes both");
        if (!nft)
            return;
        for (const auto& remark : nft->remarks())
            if (remark.kind == iptables::Remark::Kind::LegacyTablesPresent && !legacy)
                warnings.push_back(tool + "-nft-save says that legacy tables are present, but they were not collected");
    };
    judge(legacy4, nft4, "iptables");
    judge(legacy6, nft6, "ip6tables");
    for (const auto* save : {legacy4.get(), nft4.get(), legacy6.get(), nft6.get()}) {
        if (!save)
            continue;
        for (const auto& remark : save->remarks()) {
            if (remark.kind == iptables::Remark::Kind::CutOff)
                warnings.push_back("the rules end at line " + std::to_string(remark.line) + " without COMMIT: the dump was cut off");
            else if (remark.kind == iptables::Remark::Kind::Unreadable)
                warnings.push_back("line " + std::to_string(remark.line) + " of the rules could not be read whole: "
                                   + std::string(remark.text.substr(0, 160)));
        }
    }
    if (links)
        for (const auto& link : *links)
            if (link.name.starts_with("cilium_")) {
                warnings.push_back("Cilium devices are present: its eBPF programs act before and beside these rules and "
                                   "are not followed");
                break;
            }
}

Result<NodeState> NodeState::fromDirectory(const std::filesystem::path& directory)
{
    NodeState state;
    std::error_code error;
    if (!std::filesystem::is_directory(directory, error))
        return failure(std::filesystem::exists(directory, error) ? ErrorCode::BadSyntax : ErrorCode::FileNotFound, directory.string(),
                       "expected a folder with a node's outputs");
    std::size_t found = 0;
    for (const auto& [file, probe] : parts) {
        auto path = directory / file;
        if (!std::filesystem::exists(path, error)) {
            if (file != "uname.txt" || !std::filesystem::exists(path = directory / "uname", error))
                continue;
        }
        if (std::filesystem::is_directory(path, error))
            return failure(ErrorCode::BadSyntax, path.string(), "expected a file, not a folder");
        bool failed = false;
        const Text text = readFile(path, failed);
        if (failed || !text)
            return failure(ErrorCode::FileNotReadable, path.string());
        if (const auto zero = text->find('\0'); zero != std::string::npos)
            return failure(ErrorCode::BadSyntax, path.string() + ':' + std::to_string(1 + std::count(text->begin(), text->begin() + static_cast<std::ptrdiff_t>(zero), '\n')),
                           "expected text, not binary data");
        // A tool that failed leaves an empty file and its exit status beside it: that is not "no rules".
        const auto rcPath = directory / (std::string(file) + ".rc");
        if (text->empty() && std::filesystem::exists(rcPath, error)) {
            const Text rc = readFile(rcPath, failed);
            if (rc && !rc->empty() && !rc->starts_with('0')) {
                const Text errors = readFile(directory / (std::string(file) + ".err"), failed);
                if (errors)
                    state.setFailedPart(file, *errors);
                continue;
            }
        }
        if (text->empty() && file.ends_with(".json"))
            continue;
        // "ipvsadm -Sn > ipvsadm-Sn.txt 2>&1" on a kernel without IPVS.
        if (text->starts_with("Can't initialize ipvs: Protocol not available")) {
            state.setFailedPart(file, *text);
            ++found;
            continue;
        }
        if (auto set = state.setPart(file, text); !set) {
            Error why = set.error();
            why.where = (directory / why.where).string();
            return tl::unexpected(std::move(why));
        }
        ++found;
    }
    if (found == 0)
        return failure(ErrorCode::FileNotFound, (directory / "iptables-save.txt").string(), "expected at least one of iptables-save.txt, nft-ruleset.json …");
    state.finish();
    return state;
}

NodeState NodeState::fromSnapshot(const Snapshot& snapshot, std::string_view node)
{
    NodeState state;
    state.node = node;
    for (const auto& [file, probe] : parts) {
        const ObservationPtr seen = snapshot.find(node, probe);
        if (seen && (seen->state == ProbeState::NotApplicable || (seen->state == ProbeState::Complete && seen->exitStatus != 0)))
            state.setFailedPart(file, seen->err);
        if (!seen || !seen->good())
            continue;
        if (seen->out.empty() && file.ends_with(".json"))
            continue;
        // The text is not copied: it lives as long as the observation, which the part keeps alive.
        const Text text(seen, &seen->out);
        if (const auto set = state.setPart(file, text); !set)
            state.warnings.push_back(set.error().where + ": " + set.error().detail);
    }
    state.finish();
    return state;
}

std::optional<long> NodeState::deviceSysctl(bool v6, const std::string& device, std::string_view name) const
{
    return sysctls ? sysctls->ofDevice(v6, device, name) : std::nullopt;
}

} // namespace medic::netfilter
