// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/view.h"
#include "widgets/wizard/wizard_driver.h"

#include <memory>

class QSplitter;
class QStackedWidget;
class QToolButton;

namespace medic {

class EmptyState;
class EvidenceColumn;
class PlainLabel;
class PlaybookList;
class StepPage;
class StepsList;

/// The guides: choose one, then left its steps, in the middle one question, check or action at a time, right the
/// evidence. Key of a place: the playbook's id.
class GuideView final : public View
{
    Q_OBJECT

public:
    explicit GuideView(const ViewContext& context, QWidget* parent = nullptr);
    /// For tests: another host than the session.
    GuideView(const ViewContext& context, std::unique_ptr<WizardHost> host, QWidget* parent = nullptr);
    ~GuideView() override;

    [[nodiscard]] QString id() const override { return QStringLiteral("guide"); }
    [[nodiscard]] QString name() const override { return tr("Guide"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("guide"); }
    bool open(const Place& place) override;
    bool stepBack() override;
    bool focusFilter() override;
    [[nodiscard]] QList<PaletteItem> paletteItems() const override;
    void retranslate() override;

    void setTracer(WizardDriver::Tracer tracer) { m_tracer = std::move(tracer); }
    void setLongestWait(std::chrono::seconds wait) { m_longestWait = wait; } ///< of the guides begun from now on

    [[nodiscard]] WizardDriver* driver() const { return m_driver.get(); } ///< null: none is open
    [[nodiscard]] PlaybookList* list() const { return m_list; }
    [[nodiscard]] StepsList* steps() const { return m_steps; }
    [[nodiscard]] StepPage* page() const { return m_page; }
    [[nodiscard]] EvidenceColumn* evidence() const { return m_evidence; }

private:
    void begin(const QString& playbook);
    void closeGuide();
    void refresh(); ///< the list and the empty state
    void display(); ///< the wizard
    void openLinked();

    std::unique_ptr<WizardHost> m_host;
    std::unique_ptr<WizardDriver> m_driver;
    WizardDriver::Tracer m_tracer;
    std::optional<std::chrono::seconds> m_longestWait;
    QString m_shown; ///< a step that is looked back at; empty: the current one

    QStackedWidget* m_stack;
    EmptyState* m_empty;
    PlaybookList* m_list;
    QWidget* m_wizard;
    QToolButton* m_leave;
    PlainLabel* m_title;
    QSplitter* m_split;
    StepsList* m_steps;
    StepPage* m_page;
    EvidenceColumn* m_evidence;
};

} // namespace medic
