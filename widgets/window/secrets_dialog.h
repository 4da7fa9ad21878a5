// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <QDialog>
#include <QList>
#include <QStringList>

#include <memory>

class QCheckBox;
class QLineEdit;
class QPushButton;

namespace medic {

class PlainLabel;
class PrimaryButton;
class Secrets;

/// Asks once, after a batch, for everything that the connections lacked: unknown host keys (with fingerprint),
/// passphrases, passwords, sudo passwords. Answers go into Secrets, in memory only. Opened with open().
class SecretsDialog final : public QDialog
{
    Q_OBJECT

public:
    SecretsDialog(std::shared_ptr<Secrets> secrets, const QList<Error>& wanted, const QStringList& nodes, QWidget* parent = nullptr);

    /// Those that a dialog can answer, each once.
    [[nodiscard]] static QList<Error> answerable(const QList<Error>& wanted);

Q_SIGNALS:
    void answered(const QStringList& nodes); ///< sweep these again

protected:
    void changeEvent(QEvent* event) override;

private:
    void answer();
    void retranslate();
    struct Row {
        Error error;
        PlainLabel* title = nullptr;
        QLineEdit* secret = nullptr;
        QCheckBox* trust = nullptr;
    };
    std::shared_ptr<Secrets> m_secrets;
    QStringList m_nodes;
    QList<Row> m_rows;
    PlainLabel* m_head;
    PlainLabel* m_note;
    QPushButton* m_skip;
    PrimaryButton* m_use;
};

} // namespace medic
