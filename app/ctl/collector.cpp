// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/collector.h"

#include "app/ctl/output.h"
#include "diagnostics/collect/words.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace medic::ctl {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void onInterrupt(int)
{
    if (interrupted != 0)
        _exit(130);
    interrupted = 1;
}

QString ctlText(const char* text) { return QCoreApplication::translate("ctl", text); }

/// One line from the terminal, not shown while it is typed.
std::string hiddenLine(const QString& prompt)
{
    std::fprintf(stderr, "%s", prompt.toUtf8().constData());
    termios before {};
    const bool hidden = tcgetattr(STDIN_FILENO, &before) == 0;
    if (hidden) {
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    std::string line;
    std::getline(std::cin, line);
    if (hidden)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fputs("\n", stderr);
    return line;
}

} // namespace

Collector::Collector() : m_secrets(std::make_shared<Secrets>())
{
    connect(&m_session, &collect::Session::progressChanged, this, &Collector::showProgress);
    connect(&m_session, &collect::Session::problem, this, [this](const Error& error) {
        if (m_outcome.problems.contains(error))
            return; // a full disk is met at every result, and said once
        m_outcome.problems.append(error);
        printError(QStringLiteral("medicctl: ") + safe(words::sentence(error).toStdString()));
    });
    connect(&m_session, &collect::Session::secretsNeeded, this, [this](const QList<Error>& wanted, const QStringList& nodes) {
        m_wanted += wanted;
        m_wantedBy += nodes;
    });
    struct sigaction action {};
    action.sa_handler = onInterrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

Collector::~Collector() = default;

Result<void> Collector::open(const ClusterProfile& profile, const QString& incidentPath)
{
    return m_session.openLive(profile, m_secrets, incidentPath);
}

void Collector::showProgress(const QList<collect::NodeProgress>& changed)
{
    using State = collect::NodeProgress::State;
    for (const collect::NodeProgress& node : changed) {
        const State before = m_states.value(node.node, State::Waiting);
        m_states[node.node] = node.state;
        if (node.state == before || node.state == State::Waiting || node.state == State::Running)
            continue;
        const QString name = safe(node.node.toStdString());
        const QString why = node.error ? QStringLiteral(": ") + safe(words::sentence(*node.error).toStdString()) : QString();
        switch (node.state) {
        case State::Done: printError(ctlText(QT_TRANSLATE_NOOP("ctl", "%1: done, %2 probes")).arg(name).arg(node.total)); break;
        case State::Partial:
            printError(ctlText(QT_TRANSLATE_NOOP("ctl", "%1: %2 of %3 probes")).arg(name).arg(node.done).arg(node.total) + why);
            break;
        case State::Failed: printError(ctlText(QT_TRANSLATE_NOOP("ctl", "%1: failed")).arg(name) + why); break;
        case State::Cancelled: printError(ctlText(QT_TRANSLATE_NOOP("ctl", "%1: cancelled")).arg(name)); break;
        case State::Waiting:
        case State::Connecting:
        case State::Running: break;
        }
    }
}

void Collector::sweepOnce(const collect::SweepRequest& request)
{
    QEventLoop loop;
    bool finished = false;
    const auto done = connect(&m_session, &collect::Session::sweepFinished, &loop, [&](bool cancelled) {
        m_outcome.cancelled = cancelled;
        finished = true;
        loop.quit();
    });
    QTimer watch;
    connect(&watch, &QTimer::timeout, &loop, [this] {
        if (interrupted == 1) {
            interrupted = 2;
            printError(ctlText(QT_TRANSLATE_NOOP("ctl", "cancelling …")));
            m_session.cancel();
        }
    });
    watch.start(100);
    m_session.sweep(request);
    if (!finished && m_session.sweeping())
        loop.exec();
    disconnect(done);
}

Collector::Outcome Collector::sweep(collect::SweepRequest request)
{
    sweepOnce(request);
    for (int round = 0; round < 4 && !m_wanted.isEmpty() && !m_outcome.cancelled; ++round) {
        const QList<Error> wanted = std::exchange(m_wanted, {});
        const QStringList nodes = std::exchange(m_wantedBy, {});
        if (!ask(wanted))
            break;
        request.nodes.clear();
        for (const QString& node : nodes)
            request.nodes.push_back(node.toStdString());
        // What the apiserver wanted itself has no node.
        request.cluster = request.cluster && nodes.contains(QString());
        sweepOnce(request);
    }
    m_outcome.failed = 0;
    for (const auto state : m_states)
        if (state != collect::NodeProgress::State::Done)
            ++m_outcome.failed;
    return m_outcome;
}

bool Collector::ask(const QList<Error>& wanted)
{
    bool answered = false;
    for (const Error& error : wanted) {
        const QString key = QString::fromStdString(std::string(errorName(error.code)) + '\n' + error.where + '\n'
                                                   + (error.code == ErrorCode::HostKeyUnknown ? error.detail : std::string()));
        const QString said = safe(words::sentence(error).toStdString());
        if (m_asked.contains(key) && error.code == ErrorCode::HostKeyUnknown)
            continue;
        if (isatty(STDIN_FILENO) != 1) {
            if (!m_asked.contains(key))
                printError(QStringLiteral("medicctl: ") + said);
            m_asked.append(key);
            continue;
        }
        const bool again = m_asked.contains(key);
        m_asked.append(key);
        if (error.code == ErrorCode::HostKeyUnknown) {
            const QString question = ctlText(QT_TRANSLATE_NOOP("ctl", "%1. Trust it from now on? [y/N] ")).arg(said);
            std::fprintf(stderr, "%s", question.toUtf8().constData());
            std::string line;
            std::getline(std::cin, line);
            if (line == "y" || line == "Y" || line == "yes") {
                m_secrets->acceptHostKey(error.detail);
                answered = true;
            }
            continue;
        }
        const QString prompt = (again ? ctlText(QT_TRANSLATE_NOOP("ctl", "That was not right. ")) : QString()) + said + QStringLiteral(": ");
        std::string secret = hiddenLine(prompt);
        if (secret.empty())
            continue;
        answered = true;
        switch (error.code) {
        case ErrorCode::PassphraseNeeded: m_secrets->setPassphrase(error.where, std::move(secret)); break;
        case ErrorCode::PasswordNeeded: m_secrets->setPassword(error.where, std::move(secret)); break;
        case ErrorCode::SudoPasswordNeeded:
        case ErrorCode::SudoDenied: m_secrets->setSudoPassword(error.where, std::move(secret)); break;
        default: answered = false; break;
        }
    }
    return answered;
}

} // namespace medic::ctl
