// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/incident/fixtures.h"

#include <QProcess>

#include <algorithm>
#include <map>

/// medicctl as somebody else calls it, on a small node of an iptables cluster that a test may spoil: tests/data/contract.
namespace medic::contract {

using namespace medic::test;
namespace fs = std::filesystem;

struct Run {
    int status = -1;
    std::string out, err;
};

inline Run medicctl(const QStringList& arguments, const QStringList& environment = {}, const QString& folder = {})
{
    QProcess process;
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const QString& one : environment)
        variables.insert(one.section(u'=', 0, 0), one.section(u'=', 1));
    process.setProcessEnvironment(variables);
    process.setStandardInputFile(QProcess::nullDevice());
    if (!folder.isEmpty())
        process.setWorkingDirectory(folder);
    process.start(QStringLiteral(MEDIC_BIN_DIR "/medicctl"), arguments);
    if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, "did not end", process.readAllStandardError().toStdString()};
    return {process.exitCode(), process.readAllStandardOutput().toStdString(), process.readAllStandardError().toStdString()};
}

using Files = std::map<std::string, std::string>;

inline Files readFolder(const char* name)
{
    Files all;
    for (const auto& entry : fs::directory_iterator(fs::path(MEDIC_TEST_DATA) / name))
        all[entry.path().filename()] = bytesOf(entry.path());
    return all;
}

/// A node of an iptables cluster with the Service default/web (10.96.0.7:80, nodePort 30080): two endpoints here, one elsewhere.
inline const Files& node()
{
    static const Files files = readFolder("contract/node");
    return files;
}

/// What the apiserver says of it: web, and empty (10.96.0.99:80), which has no endpoints.
inline const Files& api()
{
    static const Files files = readFolder("contract/api");
    return files;
}

inline void replace(std::string& text, std::string_view what, std::string_view by)
{
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
}

inline QString write(const Folder& folder, const Files& files, const char* as = "dump")
{
    const fs::path dump = folder / as;
    fs::remove_all(dump);
    fs::create_directory(dump);
    for (const auto& [name, text] : files)
        writeBytes(dump / name, text);
    return QString::fromStdString(dump.string());
}

inline std::ptrdiff_t lineCount(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

} // namespace medic::contract
