// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/start_view.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/transport/profile.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/line_button.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>
#include <QVBoxLayout>

#include <utility>

namespace medic {

namespace {

void clear(QVBoxLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

PlainLabel* emptyLine(const QString& words)
{
    auto* label = new PlainLabel(words, PlainLabel::Kind::Muted);
    label->setWordWrap(true);
    label->setContentsMargins(12, 4, 12, 4);
    return label;
}

/// The engineer's own copy: guides record what they do, and what came with the program stays as it came.
QString copyOfSample(const QString& path)
{
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/incidents"));
    const QString copy = folder.filePath(QFileInfo(path).completeBaseName() + QDateTime::currentDateTime().toString(QStringLiteral("-yyyyMMdd-hhmmss-zzz")) + QStringLiteral(".medic"));
    if (!folder.mkpath(QStringLiteral(".")) || !QFile::copy(path, copy))
        return path; // to be looked at, if nothing else
    QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
    return copy;
}

} // namespace

StartView::StartView(const ViewContext& viewContext, QWidget* parent)
    : View(viewContext, parent)
    , m_search(new PasteSearch(catalogue(), library(), this))
    , m_title(new PlainLabel(PlainLabel::Kind::Heading))
    , m_paste(new QLineEdit)
    , m_proposals(new QVBoxLayout)
    , m_connect(new LineButton(LineButton::Size::Large))
    , m_open(new LineButton(LineButton::Size::Large))
    , m_recentTitle(new PlainLabel(PlainLabel::Kind::Strong))
    , m_clustersTitle(new PlainLabel(PlainLabel::Kind::Strong))
    , m_samplesTitle(new PlainLabel(PlainLabel::Kind::Strong))
    , m_recent(new QVBoxLayout)
    , m_clusters(new QVBoxLayout)
    , m_samples(new QVBoxLayout)
{
    auto* page = new QWidget;
    page->setMaximumWidth(980);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme::pageMargin, 2 * theme::pageMargin, theme::pageMargin, theme::pageMargin);
    column->setSpacing(theme::innerGap);
    column->addWidget(m_title);
    column->addSpacing(theme::gridStep);
    m_paste->setMinimumHeight(38);
    m_paste->setClearButtonEnabled(true);
    m_paste->addAction(theme::icon(QStringLiteral("paste"), theme::Ink::Muted), QLineEdit::LeadingPosition);
    column->addWidget(m_paste);
    m_proposals->setSpacing(0);
    column->addLayout(m_proposals);
    column->addSpacing(theme::gridStep);
    m_connect->setMark(theme::icon(QStringLiteral("connect"), theme::Ink::Accent));
    m_open->setMark(theme::icon(QStringLiteral("folder"), theme::Ink::Accent));
    column->addWidget(m_connect);
    column->addWidget(m_open);
    column->addSpacing(theme::pageMargin);
    auto* lists = new QHBoxLayout;
    lists->setSpacing(2 * theme::pageMargin);
    auto* left = new QVBoxLayout;
    auto* right = new QVBoxLayout;
    for (QVBoxLayout* layout : {m_recent, m_clusters, m_samples, left, right})
        layout->setSpacing(0);
    left->addWidget(m_recentTitle);
    left->addSpacing(theme::innerGap);
    left->addLayout(m_recent);
    left->addStretch(1);
    right->addWidget(m_clustersTitle);
    right->addSpacing(theme::innerGap);
    right->addLayout(m_clusters);
    right->addSpacing(theme::pageMargin);
    right->addWidget(m_samplesTitle);
    right->addSpacing(theme::innerGap);
    right->addLayout(m_samples);
    right->addStretch(1);
    lists->addLayout(left, 1);
    lists->addLayout(right, 1);
    column->addLayout(lists);
    column->addStretch(1);

    auto* centred = new QWidget;
    auto* across = new QHBoxLayout(centred);
    across->setContentsMargins(0, 0, 0, 0);
    across->addStretch(1);
    across->addWidget(page, 100);
    across->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(centred);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);

    connect(m_paste, &QLineEdit::textChanged, this, &StartView::propose);
    connect(m_paste, &QLineEdit::returnPressed, this, [this] {
        if (auto* first = m_proposals->count() > 0 ? qobject_cast<LineButton*>(m_proposals->itemAt(0)->widget()) : nullptr)
            first->click();
    });
    connect(m_search, &PasteSearch::found, this, &StartView::showProposals);
    connect(m_connect, &LineButton::clicked, this, [this] { Q_EMIT connectWanted({}); });
    connect(m_open, &LineButton::clicked, this, [this] { Q_EMIT openWanted({}); });
    // The window is on the screen first; then the lists are read.
    QTimer::singleShot(0, this, &StartView::reload);
}

StartView::~StartView()
{
    m_reader.clear();
    m_reader.waitForDone();
}

void StartView::reload()
{
    QSettings settings;
    m_recentList = recentIncidents(settings);
    fillLists();
    if (std::exchange(m_loaded, true))
        return; // the samples are what came with the program
    m_reader.start([this] {
        QList<IncidentSummary> summaries;
        QList<std::pair<Text, Text>> titles;
        for (const Sample& sample : standardSamples())
            if (const auto summary = summariseIncident(QString::fromStdString(sample.path.string()))) {
                summaries.append(*summary);
                titles.append({sample.title, sample.about});
            }
        QMetaObject::invokeMethod(this, [this, summaries, titles] {
            m_sampleList = summaries;
            m_sampleTitles = titles;
            m_samplesRead = true;
            fillLists();
        }, Qt::QueuedConnection);
    });
}

void StartView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    if (m_loaded) // come back to: what was opened meanwhile belongs to the recent ones
        QTimer::singleShot(0, this, &StartView::reload);
}

void StartView::fillLists()
{
    clear(m_recent);
    clear(m_clusters);
    clear(m_samples);
    const auto incident = [this](const IncidentSummary& one) {
        auto* line = new LineButton(LineButton::Size::Large);
        line->setMark(theme::stateIcon(one.worst()));
        const TimePoint opened {std::chrono::milliseconds(one.opened)};
        const QString headline = one.headline(), whose = one.title.isEmpty() ? one.cluster : one.title;
        line->setWords(headline, headline == whose ? one.words() : QStringLiteral("%1 · %2").arg(whose, one.words()), exactTime(opened).left(16));
        connect(line, &LineButton::clicked, this, [this, path = one.path] { Q_EMIT openWanted(path); });
        return line;
    };
    for (const IncidentSummary& one : m_recentList)
        m_recent->addWidget(incident(one));
    if (m_recentList.isEmpty())
        m_recent->addWidget(emptyLine(tr("None yet. Every sweep is kept as an incident and appears here.")));
    const auto profiles = savedProfiles(nullptr);
    for (const ClusterProfile& profile : profiles) {
        auto* line = new LineButton(LineButton::Size::Small);
        line->setMark(theme::icon(QStringLiteral("cluster")));
        const QString name = QString::fromStdString(profile.name);
        line->setWords(name, QString::fromStdString(profile.context), profile.production ? tr("PRODUCTION") : QString());
        line->setMarkColour(QColor(QString::fromStdString(profile.colour)));
        connect(line, &LineButton::clicked, this, [this, name] { Q_EMIT connectWanted(name); });
        m_clusters->addWidget(line);
    }
    if (profiles.empty())
        m_clusters->addWidget(emptyLine(tr("None saved yet.")));
    for (qsizetype i = 0; i < m_sampleList.size(); ++i) {
        auto* line = new LineButton(LineButton::Size::Large);
        line->setMark(theme::stateIcon(m_sampleList[i].worst()));
        line->setWords(QString::fromStdString(m_sampleTitles[i].first.in(currentLanguage())),
                       QStringLiteral("%1 · %2").arg(m_sampleList[i].words(), QString::fromStdString(m_sampleTitles[i].second.in(currentLanguage()))));
        connect(line, &LineButton::clicked, this, [this, path = m_sampleList[i].path] { Q_EMIT openWanted(copyOfSample(path)); });
        m_samples->addWidget(line);
    }
    if (m_sampleList.isEmpty() && m_samplesRead)
        m_samples->addWidget(emptyLine(tr("This build was made without recorded samples.")));
}

void StartView::knowledgeArrived()
{
    m_search->knowledgeArrived();
    propose();
}

void StartView::propose()
{
    const QString text = m_paste->text().trimmed();
    if (text.size() < 2)
        clear(m_proposals);
    else
        m_search->search(text, currentLanguage());
}

void StartView::showProposals(const QString& pasted, const QList<PasteProposal>& proposals)
{
    if (pasted != m_paste->text().trimmed())
        return;
    clear(m_proposals);
    for (const PasteProposal& one : proposals) {
        auto* line = new LineButton(LineButton::Size::Small);
        const bool guide = !one.playbook.isEmpty();
        line->setMark(theme::icon(guide ? QStringLiteral("guide") : QStringLiteral("knowledge"), theme::Ink::Accent));
        line->setWords(one.title, one.around);
        line->setLit(one.litFrom, one.litLength);
        connect(line, &LineButton::clicked, this, [this, one, guide] {
            Q_EMIT placeWanted({.view = guide ? QStringLiteral("guide") : QStringLiteral("knowledge"), .key = guide ? one.playbook : one.finding, .detail = {}});
        });
        m_proposals->addWidget(line);
    }
    if (proposals.isEmpty())
        m_proposals->addWidget(emptyLine(tr("No guide knows these words. Connect and sweep: the checks look without being told.")));
}

bool StartView::stepBack()
{
    if (m_paste->text().isEmpty())
        return false;
    m_paste->clear();
    return true;
}

void StartView::retranslate()
{
    m_title->setText(tr("What is wrong?"));
    m_paste->setPlaceholderText(tr("Paste the error message, in English or Chinese"));
    m_paste->setAccessibleName(m_paste->placeholderText());
    m_connect->setWords(tr("Connect to a cluster"), tr("Over SSH, through the apiserver, or both; read-only unless you say otherwise"));
    m_open->setWords(tr("Open an incident"), tr("A recorded one: everything works as on the live cluster"));
    m_recentTitle->setText(tr("Recent incidents"));
    m_clustersTitle->setText(tr("Clusters"));
    m_samplesTitle->setText(tr("Samples to try"));
    fillLists();
    propose();
}

} // namespace medic
