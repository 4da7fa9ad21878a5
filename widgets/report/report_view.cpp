// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/report/report_view.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/collect/words.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/empty_state.h"
#include "widgets/report/page_preview.h"
#include "widgets/report/page_renderer.h"
#include "widgets/report/report_pages.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QPushButton>
#include <QRadioButton>
#include <QSaveFile>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace medic {

using collect::Session;

ReportView::ReportView(const ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_renderer(new PageRenderer(this))
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState(QStringLiteral("report")))
    , m_preview(new PagePreview)
    , m_languageHead(new PlainLabel(PlainLabel::Kind::Strong))
    , m_english(new QRadioButton(QStringLiteral("English")))
    , m_chinese(new QRadioButton(QStringLiteral("中文")))
    , m_partsHead(new PlainLabel(PlainLabel::Kind::Strong))
    , m_timeline(new QCheckBox)
    , m_evidence(new QCheckBox)
    , m_appendix(new QCheckBox)
    , m_saveHead(new PlainLabel(PlainLabel::Kind::Strong))
    , m_pdf(new PrimaryButton)
    , m_html(new QPushButton)
    , m_markdown(new QPushButton)
    , m_json(new QPushButton)
    , m_note(new PlainLabel(PlainLabel::Kind::Muted))
    , m_page(new PlainLabel(PlainLabel::Kind::Muted))
{
    m_askFile = [this](const QString& proposed, const QString& filter) { return QFileDialog::getSaveFileName(this, tr("Save the report"), proposed, filter); };
    for (QCheckBox* part : {m_timeline, m_evidence, m_appendix})
        part->setChecked(true);
    m_pdf->setObjectName(QStringLiteral("savePdf"));
    m_html->setObjectName(QStringLiteral("saveHtml"));
    m_markdown->setObjectName(QStringLiteral("saveMarkdown"));
    m_json->setObjectName(QStringLiteral("saveJson"));
    m_english->setObjectName(QStringLiteral("english"));
    m_chinese->setObjectName(QStringLiteral("chinese"));
    m_appendix->setObjectName(QStringLiteral("appendix"));
    m_note->setWordWrap(true);

    auto* side = new QWidget;
    side->setFixedWidth(220);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(theme::pageMargin, theme::groupGap, theme::groupGap, theme::groupGap);
    column->setSpacing(theme::innerGap);
    const auto group = [&](PlainLabel* head, const QList<QWidget*>& items) {
        column->addWidget(head);
        for (QWidget* item : items)
            column->addWidget(item);
        column->addSpacing(theme::groupGap);
    };
    group(m_languageHead, {m_english, m_chinese});
    group(m_partsHead, {m_timeline, m_evidence, m_appendix});
    group(m_saveHead, {m_pdf, m_html, m_markdown, m_json});
    column->addWidget(m_note);
    column->addStretch(1);
    column->addWidget(m_page);
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(side);
    row->addWidget(m_preview, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    m_timer.setSingleShot(true);
    m_timer.setInterval(300);
    connect(&m_timer, &QTimer::timeout, this, &ReportView::refresh);
    for (QRadioButton* button : {m_english, m_chinese})
        connect(button, &QRadioButton::clicked, this, [this] {
            m_languageChosen = true;
            refresh();
        });
    for (QCheckBox* part : {m_timeline, m_evidence, m_appendix})
        connect(part, &QCheckBox::toggled, this, &ReportView::refresh);
    connect(m_pdf, &QAbstractButton::clicked, this, [this] { saveAs(Format::Pdf); });
    connect(m_html, &QAbstractButton::clicked, this, [this] { saveAs(Format::Html); });
    connect(m_markdown, &QAbstractButton::clicked, this, [this] { saveAs(Format::Markdown); });
    connect(m_json, &QAbstractButton::clicked, this, [this] { saveAs(Format::Json); });
    connect(m_preview, &PagePreview::pageChanged, this, [this](int number, int count) {
        m_page->setText(count == 0 ? QString() : tr("Page %1 of %2").arg(number + 1).arg(count));
    });
    connect(m_preview, &PagePreview::pictureWanted, m_renderer, &PageRenderer::render);
    connect(m_renderer, &PageRenderer::loaded, this, [this](int pages) {
        m_loading = false;
        m_preview->setPageCount(pages);
    });
    connect(m_renderer, &PageRenderer::rendered, m_preview, &PagePreview::setPicture);
    connect(m_renderer, &PageRenderer::written, this, &ReportView::sayHow);
    connect(m_empty, &EmptyState::pressed, this, [this] { Q_EMIT placeWanted({.view = QStringLiteral("start"), .key = {}, .detail = {}}); });
    connect(&session(), &Session::opened, this, &ReportView::refreshLater);
    connect(&session(), &Session::closed, this, &ReportView::refreshLater);
    connect(&session(), &Session::findingsChanged, this, &ReportView::refreshLater);
    connect(&session(), &Session::sweepFinished, this, &ReportView::refreshLater);
    retranslate();
}

IncidentFile* ReportView::incident() const { return m_incident != nullptr ? m_incident : session().incident(); }
Language ReportView::language() const { return m_chinese->isChecked() ? Language::Chinese : Language::English; }

void ReportView::setIncident(IncidentFile* incident)
{
    m_incident = incident;
    m_asked.clear();
    refreshLater();
}

void ReportView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    refresh(); // the journal may have grown since
}

bool ReportView::busy() const { return m_loading || (incident() != nullptr && m_report && !m_preview->complete()); }

void ReportView::refreshLater()
{
    if (isVisible() || incident() == nullptr)
        m_timer.start();
}

void ReportView::refresh()
{
    IncidentFile* file = incident();
    m_stack->setCurrentIndex(file == nullptr ? 0 : 1);
    if (file == nullptr) {
        m_report.reset();
        m_asked.clear();
        m_preview->setPageCount(0);
        return;
    }
    if (!isVisible())
        return;
    ReportOptions options;
    options.generated = std::chrono::system_clock::now();
    options.timeline = m_timeline->isChecked();
    options.evidence = m_evidence->isChecked();
    options.appendix = m_appendix->isChecked();
    const std::vector<Finding>* findings = m_incident == nullptr && session().isOpen() ? &session().findings() : nullptr;
    auto report = buildReport(*file, catalogue(), language(), options, findings);
    for (QAbstractButton* button : {static_cast<QAbstractButton*>(m_pdf), m_html, m_markdown, m_json})
        button->setEnabled(report.has_value());
    if (!report) {
        m_note->setText(lineSafe(words::sentence(report.error())));
        return;
    }
    m_note->setText({});
    m_report = std::move(*report);
    m_preview->setWords(tr("Laying out the pages …"));
    m_loading = true;
    m_renderer->load(std::make_shared<const Report>(*m_report), packets());
}

/// Read here, where the file is used; followed in the renderer's thread.
PageRenderer::Packets ReportView::packets()
{
    if (incident() == nullptr)
        return {};
    m_asked = playbooks::askedPackets(*incident(), library(), m_asked);
    return [asked = m_asked] { return playbooks::followPackets(asked); };
}

Result<void> ReportView::save(Format format, const QString& file) const
{
    if (!m_report)
        return failure(ErrorCode::MissingValue, file.toStdString(), "there is no report");
    if (format == Format::Pdf)
        return ReportPages(*m_report, incident() == nullptr ? std::vector<playbooks::FollowedPacket>() : playbooks::followPackets(playbooks::askedPackets(*incident(), library(), m_asked))).writePdf(file);
    const std::string text = format == Format::Html ? reportHtml(*m_report) : format == Format::Markdown ? reportMarkdown(*m_report) : reportJson(*m_report);
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size()) || !target.commit())
        return failure(target.error() == QFileDevice::ResourceError ? ErrorCode::DiskFull : ErrorCode::FileNotWritable, file.toStdString(),
                       target.errorString().toStdString());
    return {};
}

void ReportView::saveAs(Format format)
{
    refresh(); // what is saved holds everything that has been recorded until now
    IncidentFile* file = incident();
    if (file == nullptr || !m_report)
        return;
    struct Kind {
        QString ending, filter;
    };
    const QMap<Format, Kind> kinds {{Format::Pdf, {QStringLiteral("pdf"), tr("PDF (*.pdf)")}},
                                    {Format::Html, {QStringLiteral("html"), tr("Web page (*.html)")}},
                                    {Format::Markdown, {QStringLiteral("md"), tr("Markdown (*.md)")}},
                                    {Format::Json, {QStringLiteral("json"), tr("JSON (*.json)")}}};
    const QFileInfo from(QString::fromStdString(file->path().string()));
    const QString proposed = QStringLiteral("%1/%2.%3").arg(from.absolutePath(), from.completeBaseName(), kinds[format].ending);
    QString path = m_askFile(proposed, kinds[format].filter);
    if (path.isEmpty())
        return;
    if (QFileInfo(path).suffix().isEmpty())
        path += u'.' + kinds[format].ending;
    if (format == Format::Pdf) {
        m_note->setText(tr("Writing …"));
        m_renderer->writePdf(std::make_shared<const Report>(*m_report), path, packets());
    } else {
        const auto saved = save(format, path);
        sayHow(path, saved ? std::nullopt : std::optional(saved.error()));
    }
}

void ReportView::sayHow(const QString& path, const std::optional<Error>& problem)
{
    const QString sentence = problem ? lineSafe(words::sentence(*problem)) : tr("Saved: %1").arg(lineSafe(path));
    m_note->setText(sentence);
    Q_EMIT said(sentence);
}

void ReportView::retranslate()
{
    m_languageHead->setText(tr("Language"));
    m_partsHead->setText(tr("Parts"));
    m_timeline->setText(tr("Timeline"));
    m_evidence->setText(tr("Evidence"));
    m_appendix->setText(tr("Appendix"));
    m_saveHead->setText(tr("Save as"));
    m_pdf->setText(tr("PDF …"));
    m_html->setText(tr("Web page …"));
    m_markdown->setText(tr("Markdown …"));
    m_json->setText(tr("JSON …"));
    m_preview->setAccessibleName(tr("Preview of the report"));
    m_empty->setWords(tr("No incident"), tr("The report is made from an incident: connect to a cluster or open a recorded one."), tr("Go to the start page"));
    if (!m_languageChosen)
        (currentLanguage() == Language::Chinese ? m_chinese : m_english)->setChecked(true);
    refresh();
}

} // namespace medic
