// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/runner.h"

#include <QListWidget>

namespace medic {

/// The wizard's steps in the playbook's order: state, title, what came of it and who decided. A visited one can be
/// opened. Screen's thread.
class StepsList final : public QListWidget
{
    Q_OBJECT

public:
    enum Role { TitleRole = Qt::UserRole, SentenceRole, IconRole, InkRole, CurrentRole, IdRole };

    explicit StepsList(QWidget* parent = nullptr);

    /// `shown`: the step that the page shows (the current one, or one that is looked back at).
    void update(const playbooks::Runner& runner, const QString& shown);

Q_SIGNALS:
    void opened(const QString& step);

protected:
    void changeEvent(QEvent* event) override;
};

} // namespace medic
