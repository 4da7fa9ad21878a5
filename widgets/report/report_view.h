// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/report.h"
#include "widgets/report/page_renderer.h"
#include "widgets/views/view.h"

#include <QTimer>

#include <functional>
#include <optional>

class QAbstractButton;
class QButtonGroup;
class QCheckBox;
class QRadioButton;
class QStackedWidget;

namespace medic {

class EmptyState;
class PagePreview;
class PlainLabel;
class PrimaryButton;

/// The report as it will print: language and parts on the left, the pages beside; saved as PDF, HTML, Markdown or JSON.
/// The model is read in the screen's thread (the incident file is used by one), pages are laid out in another.
class ReportView final : public View
{
    Q_OBJECT

public:
    enum class Format { Pdf, Html, Markdown, Json };
    /// Asks where to save; empty: nowhere. Replaced by tests.
    using AskFile = std::function<QString(const QString& proposed, const QString& filter)>;

    explicit ReportView(const ViewContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("report"); }
    [[nodiscard]] QString name() const override { return tr("Report"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("report"); }
    void retranslate() override;
    [[nodiscard]] bool busy() const override;

    void setAskFile(AskFile ask) { m_askFile = std::move(ask); }
    [[nodiscard]] PagePreview* preview() const { return m_preview; }
    [[nodiscard]] const std::optional<Report>& report() const { return m_report; }

    /// Another incident than the session's, for tests.
    void setIncident(IncidentFile* incident);
    /// Writes the report as it is shown; says what went wrong.
    [[nodiscard]] Result<void> save(Format format, const QString& file) const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refreshLater();
    void refresh();
    void saveAs(Format format);
    void sayHow(const QString& path, const std::optional<Error>& problem);
    [[nodiscard]] IncidentFile* incident() const;
    [[nodiscard]] Language language() const;
    [[nodiscard]] PageRenderer::Packets packets();

    IncidentFile* m_incident = nullptr;
    AskFile m_askFile;
    std::optional<Report> m_report;
    bool m_loading = false; ///< its pages are being laid out
    std::vector<playbooks::AskedPacket> m_asked; ///< of the incident as it was last looked at
    QTimer m_timer;
    PageRenderer* m_renderer;

    QStackedWidget* m_stack;
    EmptyState* m_empty;
    PagePreview* m_preview;
    PlainLabel* m_languageHead;
    QRadioButton* m_english;
    QRadioButton* m_chinese;
    PlainLabel* m_partsHead;
    QCheckBox* m_timeline;
    QCheckBox* m_evidence;
    QCheckBox* m_appendix;
    PlainLabel* m_saveHead;
    PrimaryButton* m_pdf;
    QAbstractButton* m_html;
    QAbstractButton* m_markdown;
    QAbstractButton* m_json;
    PlainLabel* m_note;
    PlainLabel* m_page;
    bool m_languageChosen = false; ///< by hand: it no longer follows the window
};

} // namespace medic
