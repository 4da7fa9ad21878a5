// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/connection.h"

#include "app/ctl/command.h"
#include "diagnostics/checks/suite.h"
#include "diagnostics/transport/kubeconfig.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSysInfo>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace medic::ctl {

namespace {

Result<void> checkFile(const QString& file)
{
    const QFileInfo info(file);
    if (!info.exists())
        return failure(ErrorCode::FileNotFound, file.toStdString());
    if (info.isDir())
        return failure(ErrorCode::BadSyntax, file.toStdString(), std::strerror(EISDIR));
    if (!info.isReadable())
        return failure(ErrorCode::FileNotReadable, file.toStdString(), std::strerror(EACCES));
    return {};
}

Result<ClusterProfile> savedProfile(const std::string& name)
{
    std::vector<Error> problems;
    std::string known;
    for (ClusterProfile& profile : savedProfiles(&problems)) {
        if (profile.name == name)
            return std::move(profile);
        known += (known.empty() ? "" : ", ") + profile.name;
    }
    if (!problems.empty())
        return tl::unexpected(problems.front());
    return failure(ErrorCode::BadValue, "--profile " + name,
                   known.empty() ? QCoreApplication::translate("ctl", "no profile is saved").toStdString()
                                 : QCoreApplication::translate("ctl", "saved are: %1").arg(QString::fromStdString(known)).toStdString());
}

} // namespace

std::vector<OptionSpec> connectionOptions()
{
    return {
        {"--kubeconfig", "FILE", QT_TRANSLATE_NOOP("ctl", "how the apiserver is reached, as for kubectl")},
        {"--context", "NAME", QT_TRANSLATE_NOOP("ctl", "context of the kubeconfig; alone: of kubectl's own files")},
        {"--nodes", "FILE", QT_TRANSLATE_NOOP("ctl", "nodes for SSH, one a line or YAML: host, user, port, jump …")},
        {"--ssh-config", "FILE", QT_TRANSLATE_NOOP("ctl", "instead of ~/.ssh/config")},
        {"--identity", "FILE", QT_TRANSLATE_NOOP("ctl", "private key for SSH"), nullptr, true},
        {"--jump", "HOST", QT_TRANSLATE_NOOP("ctl", "[user@]host[:port] to go through; several from the outside in"), nullptr, true},
        {"--sudo", nullptr, QT_TRANSLATE_NOOP("ctl", "become root by sudo")},
        {"--local", nullptr, QT_TRANSLATE_NOOP("ctl", "this machine is the node")},
        {"--profile", "NAME", QT_TRANSLATE_NOOP("ctl", "a cluster saved in the window")},
        {"--node", "NAME", QT_TRANSLATE_NOOP("ctl", "only this node (repeatable)"), nullptr, true},
        {"--suite", "NAME", QT_TRANSLATE_NOOP("ctl", "only this suite (repeatable)"), nullptr, true},
    };
}

bool namesConnection(const Arguments& arguments)
{
    for (const char* option : {"--kubeconfig", "--context", "--nodes", "--ssh-config", "--local", "--profile"})
        if (arguments.has(option))
            return true;
    return false;
}

std::vector<std::string> stringsOf(const QStringList& values)
{
    std::vector<std::string> result;
    for (const QString& value : values)
        result.push_back(value.toStdString());
    return result;
}

Result<ClusterProfile> profileFrom(const Arguments& arguments)
{
    ClusterProfile profile;
    if (arguments.has("--profile")) {
        auto saved = savedProfile(arguments.value("--profile").toStdString());
        if (!saved)
            return saved;
        profile = std::move(*saved);
    }
    for (const char* option : {"--nodes", "--ssh-config"})
        if (arguments.has(option))
            if (const auto there = checkFile(arguments.value(option)); !there)
                return tl::unexpected(there.error());
    for (const QString& identity : arguments.values("--identity"))
        if (const auto there = checkFile(identity); !there)
            return tl::unexpected(there.error());

    if (arguments.has("--kubeconfig")) {
        for (const QString& file : arguments.value("--kubeconfig").split(u':', Qt::SkipEmptyParts))
            if (const auto there = checkFile(file); !there)
                return tl::unexpected(there.error());
        profile.kubeconfig = arguments.value("--kubeconfig").toStdString();
    } else if (arguments.has("--context") && profile.kubeconfig.empty()) {
        const QString files = qEnvironmentVariable("KUBECONFIG", QDir::home().filePath(QStringLiteral(".kube/config")));
        profile.kubeconfig = files.toStdString();
    }
    if (arguments.has("--kubeconfig") || (arguments.has("--context") && !arguments.has("--profile")))
        if (const auto read = readKubeconfig(profile.kubeconfig, arguments.value("--context").toStdString()); !read)
            return tl::unexpected(read.error());
    if (arguments.has("--context"))
        profile.context = arguments.value("--context").toStdString();
    if (arguments.has("--ssh-config"))
        profile.ssh.configFile = arguments.value("--ssh-config").toStdString();
    if (arguments.has("--identity"))
        profile.ssh.identities = stringsOf(arguments.values("--identity"));
    if (arguments.has("--jump")) {
        profile.ssh.jumps.clear();
        for (const QString& jumps : arguments.values("--jump"))
            for (const QString& jump : jumps.split(u',', Qt::SkipEmptyParts))
                profile.ssh.jumps.push_back(jump.trimmed().toStdString());
    }
    profile.ssh.useSudo = profile.ssh.useSudo || arguments.has("--sudo");
    if (arguments.has("--nodes")) {
        auto nodes = readHostsFile(arguments.value("--nodes").toStdString());
        if (!nodes)
            return tl::unexpected(nodes.error());
        if (nodes->empty())
            return failure(ErrorCode::BadValue, arguments.value("--nodes").toStdString(), QCoreApplication::translate("ctl", "no node is in it").toStdString());
        profile.nodes = std::move(*nodes);
        profile.hostsFile.clear();
    }
    if (arguments.has("--local")) {
        NodeTarget here;
        here.name = QSysInfo::machineHostName().section(u'.', 0, 0).toStdString();
        here.local = true;
        profile.nodes.push_back(std::move(here));
    }
    // A list that is whole (an apiserver may know more nodes): who is not on it does not exist.
    if (profile.kubeconfig.empty() && profile.hostsFile.empty() && !profile.nodes.empty())
        for (const QString& name : arguments.values("--node")) {
            std::string known;
            bool found = false;
            for (const NodeTarget& node : profile.nodes) {
                found = found || node.name == name.toStdString();
                known += (known.empty() ? "" : ", ") + node.name;
            }
            if (!found)
                return failure(ErrorCode::BadValue, "--node " + name.toStdString(), QCoreApplication::translate("ctl", "the nodes are: %1").arg(QString::fromStdString(known)).toStdString());
        }
    // Without any list the nodes are those that were named.
    if (profile.kubeconfig.empty() && profile.nodes.empty() && profile.hostsFile.empty())
        for (const QString& node : arguments.values("--node")) {
            NodeTarget target;
            target.name = node.toStdString();
            profile.nodes.push_back(std::move(target));
        }
    if (profile.kubeconfig.empty() && profile.nodes.empty() && profile.hostsFile.empty())
        return failure(ErrorCode::MissingValue, "--nodes", QCoreApplication::translate("ctl", "neither an apiserver nor a node is named").toStdString());
    if (profile.name.empty())
        profile.name = !profile.context.empty() ? profile.context
            : arguments.has("--kubeconfig")     ? QFileInfo(arguments.value("--kubeconfig").section(u':', 0, 0)).completeBaseName().toStdString()
            : arguments.has("--nodes")          ? QFileInfo(arguments.value("--nodes")).completeBaseName().toStdString()
                                                : profile.nodes.front().name;
    return profile;
}

collect::SweepRequest requestFrom(const Arguments& arguments, const ClusterProfile& profile)
{
    collect::SweepRequest request;
    request.nodes = stringsOf(arguments.values("--node"));
    request.suites = stringsOf(arguments.values("--suite"));
    request.cluster = !profile.kubeconfig.empty();
    return request;
}

bool suitesAreKnown(const Arguments& arguments)
{
    for (const QString& name : arguments.values("--suite")) {
        if (checks::findSuite(name.toStdString()) != nullptr)
            continue;
        QStringList known;
        for (const checks::Suite& suite : checks::suites())
            known.append(QString::fromUtf8(suite.id.data(), static_cast<qsizetype>(suite.id.size())));
        usageError(QCoreApplication::translate("ctl", "unknown suite %1; there are: %2").arg(name, known.join(QStringLiteral(", "))));
        return false;
    }
    return true;
}

} // namespace medic::ctl
