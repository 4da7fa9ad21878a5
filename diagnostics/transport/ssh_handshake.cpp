// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_handshake.h"

#include "diagnostics/transport/known_hosts.h"
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_config_text.h"
#include "diagnostics/transport/ssh_keys.h"

#include <algorithm>

namespace medic::ssh {

namespace {

using Strict = SshHostConfig::StrictHostKey;

// libssh's own default without the SHA-1 signature of RSA; the order is put right per host.
constexpr const char* usualHostKeys = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
                                      "rsa-sha2-512,rsa-sha2-256";

std::string hostKeyOrder(const KnownHosts& known, const std::vector<std::string>& names)
{
    const std::vector<std::string> usual = sshtext::splitList(usualHostKeys, ',');
    std::vector<std::string> order;
    const auto add = [&order](const std::string& algorithm) {
        if (std::find(order.begin(), order.end(), algorithm) == order.end())
            order.push_back(algorithm);
    };
    for (const std::string& name : names) {
        for (const std::string& algorithm : known.algorithmsFor(name)) {
            if (std::find(usual.begin(), usual.end(), algorithm) != usual.end())
                add(algorithm);
        }
    }
    for (const std::string& algorithm : usual)
        add(algorithm);
    std::string out;
    for (const std::string& algorithm : order)
        out += (out.empty() ? "" : ",") + algorithm;
    return out;
}

Result<void> setOptions(Link& link, const SshHostConfig& config, const std::string& hostKeys)
{
    const auto set = [&](ssh_options_e option, const char* keyword, const std::string& value) -> Result<void> {
        if (value.empty() || ssh_options_set(link.session(), option, value.c_str()) == SSH_OK)
            return {};
        return failure(ErrorCode::BadValue, keyword, value + ": " + ssh_get_error(link.session()));
    };
    struct Option {
        ssh_options_e option;
        const char* keyword;
        const std::string& value;
    };
    for (const Option& option : {Option {SSH_OPTIONS_USER, "User", config.user}, Option {SSH_OPTIONS_HOSTKEYS, "HostKeyAlgorithms", hostKeys},
             Option {SSH_OPTIONS_CIPHERS_C_S, "Ciphers", config.ciphers}, Option {SSH_OPTIONS_CIPHERS_S_C, "Ciphers", config.ciphers},
             Option {SSH_OPTIONS_KEY_EXCHANGE, "KexAlgorithms", config.kexAlgorithms}, Option {SSH_OPTIONS_HMAC_C_S, "MACs", config.macs},
             Option {SSH_OPTIONS_HMAC_S_C, "MACs", config.macs},
             Option {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, "PubkeyAcceptedAlgorithms", config.pubkeyAcceptedAlgorithms}}) {
        if (auto done = set(option.option, option.keyword, option.value); !done)
            return done;
    }
    return {};
}

Result<HostKey> serverKey(Link& link, const Deadline& deadline)
{
    ssh_key raw = nullptr;
    if (ssh_get_server_publickey(link.session(), &raw) != SSH_OK)
        return tl::unexpected(link.failed(deadline));
    const Key key(raw);
    HostKey out {.type = {}, .blob = publicBlob(key.get())};
    if (out.blob.size() > 4) // the blob names its own type (RFC 4253 6.6)
        out.type = out.blob.substr(4, std::min<std::size_t>(static_cast<unsigned char>(out.blob[3]), out.blob.size() - 4));
    return out;
}

class HostKeyCheck final {
public:
    HostKeyCheck(const SshHostConfig& config, const KnownHosts& known, const Secrets& secrets, std::vector<std::string>& warnings) :
        m_config(config), m_known(known), m_secrets(secrets), m_warnings(warnings)
    {
    }

    /// Under which names the host may be found: an alias stands alone; another port's host may be listed without it.
    static std::vector<std::string> names(const SshHostConfig& config)
    {
        if (!config.hostKeyAlias.empty())
            return {sshtext::lowered(config.hostKeyAlias)};
        std::vector<std::string> out {knownHostName(config.hostName, config.port)};
        if (config.port != 22)
            out.push_back(knownHostName(config.hostName, 22));
        return out;
    }

    Result<void> check(const HostKey& key)
    {
        const auto hostNames = names(m_config);
        const std::string& name = hostNames.front();
        const std::string offered = hostKeyFingerprint(key);
        KnownHosts::Answer answer = m_known.check(name, key);
        if (hostNames.size() > 1 && (answer.state == KnownHosts::State::Unknown || answer.state == KnownHosts::State::OtherType)) {
            // Without the port only what it confirms or revokes counts: another daemon's key there is no contradiction.
            const auto plain = m_known.check(hostNames.back(), key);
            if (plain.state == KnownHosts::State::Known || plain.state == KnownHosts::State::Revoked)
                answer = plain;
        }
        switch (answer.state) {
        case KnownHosts::State::Known: return {};
        case KnownHosts::State::Revoked:
            return failure(ErrorCode::HostKeyRevoked, answer.where, name + ": " + offered + " (" + hostKeyTypeWord(key.type) + ") is marked @revoked");
        case KnownHosts::State::Changed:
            return failure(ErrorCode::HostKeyChanged, answer.where,
                           name + ": offered " + offered + " (" + hostKeyTypeWord(key.type) + "), on record " + answer.knownFingerprints);
        case KnownHosts::State::Unknown:
        case KnownHosts::State::OtherType: break;
        }
        return unknown(name, key, offered, answer);
    }

private:
    Result<void> unknown(const std::string& name, const HostKey& key, const std::string& offered, const KnownHosts::Answer& answer)
    {
        // A host that is known by another type of key is not new: that one is for the engineer to confirm.
        const bool isNew = answer.state == KnownHosts::State::Unknown;
        const bool byConfiguration = isNew && (m_config.strictHostKey == Strict::AcceptNew || m_config.strictHostKey == Strict::No);
        if (!byConfiguration && !m_secrets.hostKeyAccepted(offered)) {
            std::string detail = offered + ' ' + hostKeyTypeWord(key.type);
            if (!isNew)
                detail += "; known by " + answer.knownFingerprints + " at " + answer.where;
            return failure(ErrorCode::HostKeyUnknown, name, detail);
        }
        if (m_config.userKnownHosts.empty())
            return {};
        const auto form = m_config.hashKnownHosts ? HostNameForm::Hashed : HostNameForm::Plain;
        // A file that cannot be written to is no reason to turn back from a host that was accepted.
        if (auto written = appendKnownHost(m_config.userKnownHosts.front(), name, key, form); !written)
            m_warnings.push_back(written.error().where + ": " + written.error().detail);
        return {};
    }

    const SshHostConfig& m_config;
    const KnownHosts& m_known;
    const Secrets& m_secrets;
    std::vector<std::string>& m_warnings;
};

} // namespace

Result<void> handshake(Link& link, const SshHostConfig& config, const Secrets& secrets, const Deadline& deadline,
                       std::vector<std::string>& warnings)
{
    const Link::StopGuard guard(link, deadline.stop);
    std::vector<std::string> files = config.userKnownHosts;
    files.insert(files.end(), config.globalKnownHosts.begin(), config.globalKnownHosts.end());
    const KnownHosts known = KnownHosts::read(files);
    warnings.insert(warnings.end(), known.warnings().begin(), known.warnings().end());
    const std::string hostKeys = config.hostKeyAlgorithms.empty() ? hostKeyOrder(known, HostKeyCheck::names(config)) : config.hostKeyAlgorithms;
    if (auto set = setOptions(link, config, hostKeys); !set)
        return set;
    const auto connected = link.drive(deadline, SSH_AGAIN, [&link] { return link.connectStep(); });
    if (!connected)
        return tl::unexpected(connected.error());
    if (*connected != SSH_OK)
        return tl::unexpected(link.failed(deadline));
    const auto key = serverKey(link, deadline);
    if (!key)
        return tl::unexpected(key.error());
    return HostKeyCheck(config, known, secrets, warnings).check(*key);
}

} // namespace medic::ssh
