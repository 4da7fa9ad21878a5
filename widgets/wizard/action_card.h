// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/runner.h"

#include <QLineEdit>
#include <QPointer>
#include <QWidget>

class QVBoxLayout;

namespace medic {

/// An action before it is run: what it does, the exact command on each node, the risk, what it touches, how it is
/// verified and taken back; the cluster's name to be typed where it is asked for. It runs nothing itself.
class ActionCard final : public QWidget
{
    Q_OBJECT

public:
    ActionCard(const playbooks::Runner& runner, const playbooks::Step& step, const playbooks::Want& want, const playbooks::World& world,
               QWidget* parent = nullptr);
    ~ActionCard() override;

    [[nodiscard]] QString typed() const;
    [[nodiscard]] bool ready() const; ///< nothing is refused, and the name is right
    [[nodiscard]] QString commandText() const; ///< all its commands, to paste
    void setTyped(const QString& text);
    /// The line in which the cluster's name is typed, to be put beside the button; null: none is wanted. Without a parent
    /// until it is put there.
    [[nodiscard]] QWidget* confirmation() const { return m_confirmation; }

Q_SIGNALS:
    void changed();
    void confirmed(); ///< Enter in the name's field

private:
    void addCommand(QVBoxLayout* layout, const QString& head, const QString& command);

    QString m_mustType, m_commands;
    bool m_refused = false;
    QPointer<QWidget> m_confirmation;
    QPointer<QLineEdit> m_name;
};

/// A command as it will be run: monospace, wrapped, selectable, with a button that copies it.
class CommandLine final : public QWidget
{
    Q_OBJECT

public:
    explicit CommandLine(const QString& command, QWidget* parent = nullptr);
    [[nodiscard]] const QString& command() const { return m_command; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_command;
};

} // namespace medic
