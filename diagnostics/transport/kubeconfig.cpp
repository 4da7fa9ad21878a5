// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/kubeconfig.h"

#include "diagnostics/transport/api_tls.h"
#include "diagnostics/transport/exec_credential.h"
#include "diagnostics/transport/kubeconfig_files.h"

#include <algorithm>

namespace medic {

namespace {

using kubeconfig::Value;

/// Follows one context through the merged files; the first error stops it.
class Reader {
public:
    explicit Reader(const kubeconfig::Merged& merged) : m_merged(merged) { }

    Result<ApiTarget> read(const std::string& context)
    {
        readContext(context);
        if (!m_error)
            readCluster();
        if (!m_error)
            readUser();
        if (m_error)
            return tl::unexpected(*m_error);
        m_target.execCredentials = std::make_shared<ExecCredentials>();
        return m_target;
    }

private:
    void fail(const tl::unexpected<Error>& error)
    {
        if (!m_error)
            m_error = error.value();
    }

    template<typename T>
    T take(Result<T> result)
    {
        if (result)
            return std::move(*result);
        fail(tl::unexpected(result.error()));
        return {};
    }

    std::string text(const Value& from, const char* key) { return take(from[key].text()); }

    void readContext(const std::string& wanted)
    {
        m_target.context = wanted.empty() ? m_merged.currentContext : wanted;
        const std::string first = m_merged.files.front();
        if (m_target.context.empty())
            return fail(failure(ErrorCode::MissingValue, first + " current-context", "no context was named, and there is no current one"));
        const auto found = m_merged.contexts.find(m_target.context);
        if (found == m_merged.contexts.end())
            return fail(failure(ErrorCode::MissingValue, wanted.empty() ? m_merged.currentContextValue.where() : first + " contexts",
                                "there is no context \"" + m_target.context + "\""));
        m_context = found->second;
        m_target.file = m_context.file();
        m_target.cluster = text(m_context, "cluster");
        m_target.user = text(m_context, "user");
        m_target.nameSpace = text(m_context, "namespace");
        if (m_target.nameSpace.empty())
            m_target.nameSpace = "default";
    }

    void readCluster()
    {
        const auto found = m_merged.clusters.find(m_target.cluster);
        if (m_target.cluster.empty() || found == m_merged.clusters.end())
            return fail(m_context["cluster"].error(ErrorCode::MissingValue, "there is no cluster \"" + m_target.cluster + "\""));
        const Value& cluster = found->second;
        m_target.server = text(cluster, "server");
        m_target.tlsServerName = text(cluster, "tls-server-name");
        m_target.proxyUrl = text(cluster, "proxy-url");
        m_target.insecureSkipTlsVerify = take(cluster["insecure-skip-tls-verify"].flag());
        m_target.caPem = dataOrFile(cluster, "certificate-authority-data", "certificate-authority");
        if (m_error)
            return;
        if (m_target.server.empty())
            return fail(cluster["server"].error(ErrorCode::MissingValue, "the cluster has no server"));
        const Value authority = cluster[cluster["certificate-authority-data"].present() ? "certificate-authority-data" : "certificate-authority"];
        if (!m_target.caPem.empty()) {
            // client-go: "specifying a root certificates file with the insecure flag is not allowed"
            if (m_target.insecureSkipTlsVerify)
                return fail(authority.error(ErrorCode::BadValue, "a certificate authority and insecure-skip-tls-verify exclude each other"));
            if (const auto good = tls::checkAuthority(m_target.caPem, authority.where()); !good)
                return fail(tl::unexpected(good.error()));
        }
        const auto scheme = m_target.server.find("://");
        if (scheme == std::string::npos) { // client-go's DefaultServerURL
            const bool secure = !m_target.caPem.empty() || m_target.insecureSkipTlsVerify;
            m_target.server.insert(0, secure ? "https://" : "http://");
        } else if (const auto name = m_target.server.substr(0, scheme); name != "https" && name != "http") {
            return fail(cluster["server"].error(ErrorCode::BadValue, "expected https://host:port"));
        }
        while (m_target.server.ends_with('/'))
            m_target.server.pop_back();
        const auto extensions = cluster["extensions"].items();
        for (const Value& extension : extensions.value_or(std::vector<Value>()))
            if (extension["name"].text().value_or("") == "client.authentication.k8s.io/exec")
                m_extension = extension["extension"];
    }

    void readUser()
    {
        if (m_target.user.empty()) // kubectl allows it: anonymous
            return;
        const auto found = m_merged.users.find(m_target.user);
        if (found == m_merged.users.end())
            return fail(m_context["user"].error(ErrorCode::MissingValue, "there is no user \"" + m_target.user + "\""));
        const Value& user = found->second;
        if (const Value old = user["auth-provider"]; old.present())
            return fail(old.error(ErrorCode::NotSupported, "auth-provider \"" + old["name"].text().value_or("")
                                                               + "\" was removed from kubectl 1.26; an exec plugin takes its place"));
        m_target.clientCertificatePem = dataOrFile(user, "client-certificate-data", "client-certificate");
        m_target.clientKeyPem = dataOrFile(user, "client-key-data", "client-key");
        m_target.token = text(user, "token");
        if (user["tokenFile"].present())
            m_target.tokenFile = take(user["tokenFile"].path()).string();
        m_target.basicUser = text(user, "username");
        m_target.basicPassword = text(user, "password");
        if (m_error)
            return;
        checkCertificate(user);
        const bool token = !m_target.token.empty() || !m_target.tokenFile.empty();
        if (token && !m_target.basicUser.empty())
            return fail(user.error(ErrorCode::BadValue, "more than one authentication method: token and username"));
        m_target.impersonation.user = text(user, "as");
        m_target.impersonation.uid = text(user, "as-uid");
        m_target.impersonation.groups = take(user["as-groups"].texts());
        if (const Value extra = user["as-user-extra"]; extra.present() && extra.node().IsMap())
            for (const auto& item : extra.node())
                if (item.first.IsScalar())
                    m_target.impersonation.extra[item.first.Scalar()] = take(extra[item.first.Scalar()].texts());
        if (const Value exec = user["exec"]; exec.present())
            readExec(exec);
    }

    void checkCertificate(const Value& user)
    {
        const bool inlineCertificate = user["client-certificate-data"].present();
        const bool inlineKey = user["client-key-data"].present();
        const Value certificate = user[inlineCertificate ? "client-certificate-data" : "client-certificate"];
        const Value key = user[inlineKey ? "client-key-data" : "client-key"];
        if (m_target.clientCertificatePem.empty() && m_target.clientKeyPem.empty())
            return;
        if (m_target.clientCertificatePem.empty())
            return fail(certificate.error(ErrorCode::MissingValue, "there is a client key without its certificate"));
        if (m_target.clientKeyPem.empty())
            return fail(key.error(ErrorCode::MissingValue, "there is a client certificate without its key"));
        if (const auto good = tls::checkPair(m_target.clientCertificatePem, m_target.clientKeyPem, certificate.where(), key.where()); !good)
            fail(tl::unexpected(good.error()));
    }

    void readExec(const Value& from)
    {
        ApiTarget::Exec exec {.apiVersion = text(from, "apiVersion"),
                              .command = text(from, "command"),
                              .arguments = take(from["args"].texts()),
                              .installHint = text(from, "installHint"),
                              .provideClusterInfo = take(from["provideClusterInfo"].flag())};
        const std::string interactive = text(from, "interactiveMode");
        for (const Value& variable : take(from["env"].items()))
            exec.environment.emplace_back(text(variable, "name"), text(variable, "value"));
        if (m_error)
            return;
        if (exec.apiVersion != "client.authentication.k8s.io/v1" && exec.apiVersion != "client.authentication.k8s.io/v1beta1")
            return fail(from["apiVersion"].error(ErrorCode::NotSupported, "exec plugins of \"" + exec.apiVersion
                                                                              + "\"; known are client.authentication.k8s.io/v1 and v1beta1"));
        if (interactive == "Always")
            return fail(from["interactiveMode"].error(ErrorCode::NotSupported, "the exec plugin wants to ask questions on a terminal; there is none"));
        if (exec.command.empty())
            return fail(from["command"].error(ErrorCode::MissingValue, "the exec plugin has no command"));
        if (exec.command.find('/') != std::string::npos) // a bare name is looked for on the PATH
            exec.command = take(from["command"].path()).string();
        if (exec.provideClusterInfo && m_extension.present())
            exec.clusterConfig = take(kubeconfig::toJson(m_extension));
        m_target.exec = std::move(exec);
    }

    /// The inline value where there is one, else the file's content, else "".
    std::string dataOrFile(const Value& from, const char* data, const char* file)
    {
        const std::string encoded = text(from, data);
        if (!encoded.empty())
            return take(tls::fromBase64(encoded, from[data].where()));
        if (text(from, file).empty() || m_error)
            return {};
        return take(kubeconfig::readSmallFile(take(from[file].path()), from[file].where()));
    }

    const kubeconfig::Merged& m_merged;
    ApiTarget m_target;
    Value m_context, m_extension;
    std::optional<Error> m_error;
};

} // namespace

Result<ApiTarget> readKubeconfig(const std::string& files, const std::string& context)
{
    const auto merged = kubeconfig::readAndMerge(files);
    if (!merged)
        return tl::unexpected(merged.error());
    return Reader(*merged).read(context);
}

Result<std::vector<std::string>> kubeconfigContexts(const std::string& files)
{
    auto merged = kubeconfig::readAndMerge(files);
    if (!merged)
        return tl::unexpected(merged.error());
    std::vector<std::string> names = std::move(merged->contextNames);
    if (const auto current = std::find(names.begin(), names.end(), merged->currentContext); current != names.end())
        std::rotate(names.begin(), current, current + 1);
    return names;
}

} // namespace medic
