// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/secrets_dialog.h"

#include "diagnostics/transport/secrets.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace medic {

QList<Error> SecretsDialog::answerable(const QList<Error>& wanted)
{
    QList<Error> result;
    for (const Error& error : wanted) {
        const bool ours = error.code == ErrorCode::HostKeyUnknown || error.code == ErrorCode::PassphraseNeeded
            || error.code == ErrorCode::PasswordNeeded || error.code == ErrorCode::SudoPasswordNeeded;
        const bool known = std::any_of(result.begin(), result.end(), [&](const Error& one) {
            return one.code == error.code && one.where == error.where && (error.code != ErrorCode::HostKeyUnknown || one.detail == error.detail);
        });
        if (ours && !known)
            result.append(error);
    }
    return result;
}

SecretsDialog::SecretsDialog(std::shared_ptr<Secrets> secrets, const QList<Error>& wanted, const QStringList& nodes, QWidget* parent)
    : QDialog(parent), m_secrets(std::move(secrets)), m_nodes(nodes)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::pageMargin, theme::pageMargin, theme::pageMargin, theme::pageMargin);
    layout->setSpacing(theme::groupGap);
    m_head = new PlainLabel(PlainLabel::Kind::Heading);
    layout->addWidget(m_head);
    auto* page = new QWidget;
    auto* list = new QVBoxLayout(page);
    list->setContentsMargins(0, 0, theme::gridStep, 0);
    list->setSpacing(theme::innerGap);
    for (const Error& error : answerable(wanted)) {
        Row row {.error = error};
        row.title = new PlainLabel(PlainLabel::Kind::Strong);
        list->addWidget(row.title);
        if (error.code == ErrorCode::HostKeyUnknown) {
            auto* print = new PlainLabel(lineSafe(error.detail), PlainLabel::Kind::Monospace);
            print->setTextInteractionFlags(Qt::TextSelectableByMouse);
            print->setWordWrap(true);
            list->addWidget(print);
            row.trust = new QCheckBox;
            list->addWidget(row.trust);
        } else {
            row.secret = new QLineEdit;
            row.secret->setEchoMode(QLineEdit::Password);
            row.title->setBuddy(row.secret);
            list->addWidget(row.secret);
        }
        list->addSpacing(theme::groupGap);
        m_rows.append(row);
    }
    list->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(page);
    layout->addWidget(scroll, 1);
    m_note = new PlainLabel(PlainLabel::Kind::Muted);
    m_note->setWordWrap(true);
    layout->addWidget(m_note);
    auto* buttons = new QHBoxLayout;
    m_skip = new QPushButton;
    m_use = new PrimaryButton;
    m_use->setDefault(true);
    buttons->addStretch(1);
    buttons->addWidget(m_skip);
    buttons->addWidget(m_use);
    layout->addLayout(buttons);
    connect(m_skip, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_use, &QPushButton::clicked, this, &SecretsDialog::answer);
    retranslate();
    resize(560, qMin(620, 190 + int(m_rows.size()) * 84));
    for (const Row& row : m_rows)
        if (row.secret) {
            row.secret->setFocus();
            break;
        }
}

void SecretsDialog::retranslate()
{
    setWindowTitle(tr("Needed to reach the nodes"));
    m_head->setText(tr("%n node(s) could not be reached without this:", nullptr, int(m_nodes.size())));
    m_note->setText(tr("Kept in memory until the window closes; never in a file, a log or a report."));
    m_skip->setText(tr("Leave these nodes out"));
    m_use->setText(tr("Try again"));
    for (const Row& row : m_rows) {
        const QString where = lineSafe(row.error.where);
        row.title->setText(row.error.code == ErrorCode::HostKeyUnknown         ? tr("Unknown host key of %1").arg(where)
                               : row.error.code == ErrorCode::PassphraseNeeded ? tr("Passphrase of %1").arg(where)
                               : row.error.code == ErrorCode::PasswordNeeded   ? tr("Password of %1").arg(where)
                                                                               : tr("sudo password of %1").arg(where));
        if (row.secret)
            row.secret->setAccessibleName(row.title->text());
        if (row.trust)
            row.trust->setText(tr("I have compared the fingerprint: remember this key in known_hosts"));
    }
}

void SecretsDialog::changeEvent(QEvent* event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate(); // what was typed stays
}

void SecretsDialog::answer()
{
    for (const Row& row : m_rows) {
        if (row.trust) {
            if (row.trust->isChecked())
                m_secrets->acceptHostKey(row.error.detail);
            continue;
        }
        const std::string secret = row.secret->text().toStdString();
        if (secret.empty())
            continue;
        if (row.error.code == ErrorCode::PassphraseNeeded)
            m_secrets->setPassphrase(row.error.where, secret);
        else if (row.error.code == ErrorCode::PasswordNeeded)
            m_secrets->setPassword(row.error.where, secret);
        else
            m_secrets->setSudoPassword(row.error.where, secret);
        row.secret->clear();
    }
    accept();
    Q_EMIT answered(m_nodes);
}

} // namespace medic
