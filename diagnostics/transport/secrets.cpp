// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/secrets.h"

namespace medic {

namespace {

std::optional<std::string> look(const std::map<std::string, std::string>& values, const std::string& key)
{
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
}

/// The fingerprint alone, also out of "SHA256:… ED25519" as an Error's detail has it.
std::string fingerprintIn(const std::string& text)
{
    const auto begin = text.find("SHA256:");
    return begin == std::string::npos ? text : text.substr(begin, text.find_first_of(" ,;", begin) - begin);
}

} // namespace

void Secrets::setPassword(const std::string& userAtHost, std::string password)
{
    const std::scoped_lock lock(m_mutex);
    m_passwords.insert_or_assign(userAtHost, std::move(password));
}

void Secrets::setPassphrase(const std::string& keyFile, std::string passphrase)
{
    const std::scoped_lock lock(m_mutex);
    m_passphrases.insert_or_assign(keyFile, std::move(passphrase));
}

void Secrets::setSudoPassword(const std::string& userAtHost, std::string password)
{
    const std::scoped_lock lock(m_mutex);
    m_sudo.insert_or_assign(userAtHost, std::move(password));
}

void Secrets::acceptHostKey(const std::string& fingerprint)
{
    const std::scoped_lock lock(m_mutex);
    m_hostKeys.insert(fingerprintIn(fingerprint));
}

std::optional<std::string> Secrets::password(const std::string& userAtHost) const
{
    const std::scoped_lock lock(m_mutex);
    return look(m_passwords, userAtHost);
}

std::optional<std::string> Secrets::passphrase(const std::string& keyFile) const
{
    const std::scoped_lock lock(m_mutex);
    return look(m_passphrases, keyFile);
}

std::optional<std::string> Secrets::sudoPassword(const std::string& userAtHost) const
{
    const std::scoped_lock lock(m_mutex);
    const auto own = look(m_sudo, userAtHost);
    return own ? own : look(m_sudo, "");
}

bool Secrets::hostKeyAccepted(const std::string& fingerprint) const
{
    const std::scoped_lock lock(m_mutex);
    return m_hostKeys.contains(fingerprintIn(fingerprint));
}

} // namespace medic
