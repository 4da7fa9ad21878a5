// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/finding.h"

#include <QList>
#include <QWidget>

namespace medic {

/// The lit lines of one piece of evidence, a few around nothing else; opens the drawer on click, Enter or Space.
class EvidenceExcerpt final : public QWidget
{
    Q_OBJECT

public:
    explicit EvidenceExcerpt(const Evidence& evidence, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void opened(const medic::Evidence& evidence);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Shown {
        int number = 0;
        QString text;
        bool lit = false;
    };
    Evidence m_evidence;
    QString m_head;
    QString m_more;
    QList<Shown> m_shown;
};

} // namespace medic
