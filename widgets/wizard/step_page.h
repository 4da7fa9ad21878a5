// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/wizard/wizard_driver.h"

#include <QWidget>

#include <functional>

class QAbstractButton;
class QLineEdit;
class QProgressBar;
class QScrollArea;
class QVBoxLayout;

namespace medic {

class ActionCard;
class OptionButton;
class PlainLabel;
class PrimaryButton;

/// The middle of the wizard: one question, check or action at a time, large, with the reason for asking. The next action
/// is one button, always in the same place. Shows a step that was left as well, with what was decided and why.
/// Screen's thread; `catalogue` outlives it.
class StepPage final : public QWidget
{
    Q_OBJECT

public:
    explicit StepPage(const Catalogue& catalogue, QWidget* parent = nullptr);

    /// `shown`: a step that was left; empty: the current one.
    void display(WizardDriver& driver, const QString& shown);
    void tick(); ///< only the countdown or the progress moved
    void retranslate();

    [[nodiscard]] PrimaryButton* primary() const { return m_primary; }
    [[nodiscard]] const QList<OptionButton*>& options() const { return m_options; }
    [[nodiscard]] ActionCard* card() const { return m_card; }
    void takeFocus();

Q_SIGNALS:
    void stepWanted(const QString& step); ///< look back at it
    void currentWanted();
    void anewWanted();
    void reportWanted();
    void linkedWanted();
    void referenceWanted(const QString& findingId);
    void evidenceWanted(const medic::Evidence& evidence);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Action {
        QString words;
        std::function<void()> act;
        bool enabled = true;
    };

    void rebuild();
    void buildHead(const QString& kind, const playbooks::Step& step);
    void buildQuestion(const playbooks::Step& step);
    void buildRunning(const playbooks::Step& step);
    void buildAction(const playbooks::Step& step);
    void buildWait(const playbooks::Step& step);
    void buildVerdicts(const playbooks::Step& step);
    void buildReview(const playbooks::Step& step, const playbooks::Visit& visit);
    void buildFinished();
    void addVerdict(const playbooks::VerdictGiven& given, bool canReject);
    int addVerdicts(const std::string& step); ///< how many
    void addOpen(const std::string& step, const std::vector<const playbooks::VerdictGiven*>& open, bool alone);
    void addOption(const QString& id, const QString& words, const QString& help);
    void addOutputs(const std::vector<std::string>& outputs);
    bool addPath(const std::string& step);
    void addTables(const playbooks::Step& step);
    void addNotes(const playbooks::Visit& visit);
    void addNotices();
    PlainLabel* paragraph(const QString& words, int kind);
    void setPrimary(const QString& words, std::function<void()> act, bool enabled = true, bool dangerous = false);
    void setSecondary(const QList<Action>& actions);
    void choose();
    void keepNote();
    void send(const playbooks::Event& event);
    [[nodiscard]] QString signature() const;
    [[nodiscard]] QString filled(const playbooks::Step& step, const Text& text) const;
    [[nodiscard]] QString subject() const; ///< the step that notes are about

    const Catalogue& m_catalogue;
    WizardDriver* m_driver = nullptr;
    QString m_shown, m_signature, m_started;

    PlainLabel* m_kind;
    PlainLabel* m_title;
    PlainLabel* m_why;
    QScrollArea* m_scroll;
    QVBoxLayout* m_body = nullptr;
    QVBoxLayout* m_confirm; ///< where the cluster's name is typed: beside the button that it unlocks, never out of sight
    QWidget* m_noteBar;
    QLineEdit* m_noteLine;
    QAbstractButton* m_keepNote;
    QAbstractButton* m_back;
    QAbstractButton* m_note;
    QList<QAbstractButton*> m_secondary;
    PrimaryButton* m_primary;
    PlainLabel* m_problem;
    std::function<void()> m_act;
    // Of the body as it stands
    QList<OptionButton*> m_options;
    QStringList m_optionIds;
    QLineEdit* m_free = nullptr;
    ActionCard* m_card = nullptr;
    PlainLabel* m_countdown = nullptr;
    PlainLabel* m_progress = nullptr;
};

} // namespace medic
