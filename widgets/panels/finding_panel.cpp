// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/finding_panel.h"

#include "diagnostics/collect/words.h"
#include "diagnostics/model/value_words.h"
#include "widgets/models/findings_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/reference_line.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

namespace {

PlainLabel* paragraph(const QString& text, PlainLabel::Kind kind, QVBoxLayout* layout)
{
    auto* label = new PlainLabel(plainSafe(text), kind);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(label);
    return label;
}

} // namespace

FindingPanel::FindingPanel(const Catalogue& catalogue, const TeamNotes* notes, QWidget* parent) : QScrollArea(parent), m_catalogue(catalogue), m_notes(notes)
{
    if (notes)
        connect(notes, &TeamNotes::changed, this, [this](const QString& id) {
            if (m_finding && m_finding->id() == id.toStdString())
                rebuild();
        });
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

namespace {

bool looksTheSame(const Finding& a, const Finding& b)
{
    return a.key() == b.key() && a.verdict() == b.verdict() && a.confidence() == b.confidence() && a.parameters() == b.parameters() && a.since() == b.since()
        && std::equal(a.evidence().begin(), a.evidence().end(), b.evidence().begin(), b.evidence().end(), [](const Evidence& x, const Evidence& y) {
               return x.observation == y.observation && x.lines == y.lines && x.inErr == y.inErr;
           });
}

} // namespace

void FindingPanel::showFinding(const Finding& finding, std::optional<TimePoint> now)
{
    // While a sweep runs the same comes many times: what is being read keeps its place.
    const bool same = m_finding && looksTheSame(*m_finding, finding);
    m_finding = finding;
    m_now = now;
    if (!same)
        rebuild();
}

void FindingPanel::clear()
{
    m_finding.reset();
    rebuild();
}

void FindingPanel::setLanguage(Language language)
{
    m_language = language;
    rebuild();
}

void FindingPanel::rebuild()
{
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme::pageMargin, theme::gridStep, theme::groupGap, theme::pageMargin);
    layout->setSpacing(theme::innerGap);
    setWidget(page); // deletes the page before
    if (!m_finding)
        return;
    const Finding& finding = *m_finding;
    const KnowledgeEntry* entry = m_catalogue.find(finding.id());
    const auto text = [&](const Text& words) { return QString::fromStdString(fill(words, finding.parameters(), m_language)); };
    const auto heading = [&](const QString& words) {
        layout->addSpacing(theme::groupGap);
        layout->addWidget(new PlainLabel(words, PlainLabel::Kind::Strong));
    };

    auto* verdictLine = new QHBoxLayout;
    verdictLine->setSpacing(6);
    auto* mark = new QLabel;
    mark->setPixmap(theme::stateIcon(finding.verdict()).pixmap(QSize(16, 16), devicePixelRatioF()));
    verdictLine->addWidget(mark);
    QStringList facts {words::verdict(finding.verdict()), words::confidence(finding.confidence())};
    if (finding.since())
        facts << tr("since %1").arg(sinceWords(*finding.since(), m_now));
    auto* factsLabel = new PlainLabel(facts.join(QStringLiteral(" · ")), PlainLabel::Kind::Muted);
    if (finding.since())
        factsLabel->setToolTip(toolTipSafe(exactTime(*finding.since())));
    verdictLine->addWidget(factsLabel, 1);
    layout->addLayout(verdictLine);
    paragraph(QString::fromStdString(m_catalogue.title(finding, m_language)), PlainLabel::Kind::Heading, layout);

    auto* where = new QHBoxLayout;
    where->setSpacing(6);
    auto* subject = new QLabel;
    subject->setPixmap(theme::icon(subjectIcon(finding.subject().kind), theme::Ink::Muted).pixmap(QSize(16, 16), devicePixelRatioF()));
    where->addWidget(subject);
    const std::string node = !finding.subject().node.empty() ? finding.subject().node
        : finding.subject().kind == SubjectKind::Node        ? finding.subject().name
                                                             : std::string();
    auto* place = new ElidedLabel;
    place->setText(whereText(finding.subject()));
    where->addWidget(place, 1);
    if (!node.empty()) {
        auto* go = new QToolButton;
        go->setAutoRaise(true);
        go->setText(tr("Open the node"));
        go->setFocusPolicy(Qt::TabFocus);
        connect(go, &QToolButton::clicked, this, [this, node] { Q_EMIT nodeWanted(QString::fromStdString(node)); });
        where->addWidget(go);
    }
    layout->addLayout(where);

    if (entry && !entry->meaning.empty()) {
        heading(tr("What it means"));
        paragraph(text(entry->meaning), PlainLabel::Kind::Body, layout);
    }
    if (entry && !entry->why.empty()) {
        heading(tr("Why it matters"));
        paragraph(text(entry->why), PlainLabel::Kind::Body, layout);
    }
    heading(tr("How we know"));
    for (const Evidence& evidence : finding.evidence()) {
        auto* excerpt = new EvidenceExcerpt(evidence);
        connect(excerpt, &EvidenceExcerpt::opened, this, &FindingPanel::evidenceWanted);
        layout->addWidget(excerpt);
    }
    if (entry && (!entry->next.empty() || !entry->playbook.empty())) {
        heading(tr("What to do next"));
        if (!entry->next.empty())
            paragraph(text(entry->next), PlainLabel::Kind::Body, layout);
        if (!entry->playbook.empty()) {
            auto* go = new PrimaryButton;
            go->setText(tr("Start the guide"));
            go->setIcon(theme::icon(QStringLiteral("guide"), theme::Ink::OnAccent));
            connect(go, &QPushButton::clicked, this, [this, id = QString::fromStdString(entry->playbook), key = QString::fromStdString(finding.key())] {
                Q_EMIT playbookWanted(id, key);
            });
            auto* row = new QHBoxLayout;
            row->addWidget(go);
            row->addStretch(1);
            layout->addSpacing(theme::innerGap);
            layout->addLayout(row);
        }
    }
    const QString id = QString::fromStdString(finding.id());
    if (const TeamNote note = m_notes ? m_notes->note(id) : TeamNote(); !note.empty()) {
        heading(tr("Ours: links and notes of the team"));
        for (const TeamLink& link : note.links)
            layout->addWidget(medic::referenceLine(link));
        if (!note.text.trimmed().isEmpty())
            paragraph(note.text, PlainLabel::Kind::Body, layout);
    }
    if (entry && !entry->references.empty()) {
        heading(tr("References"));
        for (const Reference& reference : entry->references) {
            layout->addWidget(referenceLine(reference));
            if (!reference.fact.empty())
                paragraph(QString::fromStdString(reference.fact), PlainLabel::Kind::Muted, layout);
        }
    }
    if (entry) {
        auto* more = new QToolButton;
        more->setAutoRaise(true);
        more->setFocusPolicy(Qt::TabFocus);
        more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        more->setIcon(theme::icon(QStringLiteral("knowledge")));
        more->setText(tr("Add a link or a note"));
        connect(more, &QToolButton::clicked, this, [this, id] { Q_EMIT knowledgeWanted(id); });
        layout->addSpacing(theme::groupGap);
        layout->addWidget(more, 0, Qt::AlignLeft);
    }
    layout->addStretch(1);
}

void FindingPanel::changeEvent(QEvent* event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        rebuild(); // marks are pictures in the palette's colours
}

void FindingPanel::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    if (widget())
        widget()->setMaximumWidth(qMax(280, viewport()->width()));
}

// EvidenceExcerpt

EvidenceExcerpt::EvidenceExcerpt(const Evidence& evidence, QWidget* parent) : QWidget(parent), m_evidence(evidence)
{
    static constexpr std::size_t most = 5;
    const Observation& one = *evidence.observation;
    const QString node = one.node.empty() ? FindingPanel::tr("cluster") : lineSafe(one.node);
    m_head = QStringLiteral("%1 · %2").arg(node, lineSafe(QString::fromStdString(one.command).simplified()));
    const std::string& text = evidence.inErr ? one.err : one.out;
    // Only the lines that are shown are cut out: the output may be megabytes.
    std::vector<int> wanted = evidence.lines;
    std::sort(wanted.begin(), wanted.end());
    const bool whole = wanted.empty();
    std::size_t at = 0;
    int number = 1;
    std::size_t next = 0;
    while (at < text.size() && m_shown.size() < qsizetype(most) && (whole || next < wanted.size())) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const bool lit = !whole && wanted[next] == number;
        if (whole || lit)
            m_shown.append({number, lineSafe(text.substr(at, std::min<std::size_t>(end - at, 400))), lit});
        if (lit)
            ++next;
        at = end + 1;
        ++number;
    }
    if (whole && m_shown.size() > 2)
        m_shown.resize(2);
    if (m_shown.isEmpty())
        m_more = one.state == ProbeState::Complete ? FindingPanel::tr("it printed nothing") : words::probeState(one.state);
    else if (!whole && wanted.size() > most)
        m_more = FindingPanel::tr("and %n more line(s)", nullptr, int(wanted.size() - most));
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(FindingPanel::tr("Evidence: %1").arg(m_head));
    setToolTip(toolTipSafe(QString::fromStdString(one.command)));
}

QSize EvidenceExcerpt::sizeHint() const
{
    const int mono = QFontMetrics(theme::monospaceFont()).height() + 2;
    return {200, fontMetrics().height() + 6 + mono * int(m_shown.size()) + (m_more.isEmpty() ? 0 : fontMetrics().height() + 2) + 8};
}

void EvidenceExcerpt::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Colours& c = theme::Colours::of(palette());
    painter.fillRect(rect(), c.base);
    painter.setPen(hasFocus() ? c.accent : c.line);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    int y = 4;
    const auto write = [&](const QString& text, const QColor& colour, int left, int height) {
        painter.setPen(colour);
        painter.drawText(QRect(left, y, width() - left - 8, height), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, width() - left - 8));
    };
    theme::paintIcon(&painter, QRectF(8, y + 2, 13, 13), QStringLiteral("evidence"), c.muted);
    write(m_head, c.muted, 28, fontMetrics().height());
    y += fontMetrics().height() + 2;
    painter.setFont(theme::monospaceFont());
    const int height = painter.fontMetrics().height() + 2;
    const int gutter = m_shown.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(QString::number(m_shown.back().number)) + 16;
    for (const Shown& line : m_shown) {
        if (line.lit)
            painter.fillRect(QRect(1, y, width() - 2, height), c.matched);
        painter.setPen(c.muted);
        painter.drawText(QRect(0, y, gutter, height), Qt::AlignRight | Qt::AlignVCenter, QString::number(line.number));
        write(line.text, c.text, gutter + 8, height);
        y += height;
    }
    if (!m_more.isEmpty()) {
        painter.setFont(font());
        write(m_more, c.muted, 28, fontMetrics().height());
    }
}

void EvidenceExcerpt::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        Q_EMIT opened(m_evidence);
}

void EvidenceExcerpt::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space)
        Q_EMIT opened(m_evidence);
    else
        QWidget::keyPressEvent(event);
}

} // namespace medic
