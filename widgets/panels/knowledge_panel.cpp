// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/knowledge_panel.h"

#include "diagnostics/collect/words.h"
#include "widgets/models/knowledge_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/reference_line.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QTimer>
#include <QVBoxLayout>

namespace medic {

KnowledgePanel::KnowledgePanel(const Catalogue& catalogue, TeamNotes* notes, QWidget* parent)
    : ReadingPanel(parent), m_catalogue(catalogue), m_notes(notes)
{
    rebuild();
}

KnowledgePanel::~KnowledgePanel() { keepNote(); }

void KnowledgePanel::showEntry(const QString& id, int here)
{
    if (id == m_id && here == m_here && m_note)
        return;
    keepNote();
    m_id = id;
    m_here = here;
    rebuild();
}

void KnowledgePanel::setLanguage(Language language)
{
    m_language = language;
    rebuild();
}

void KnowledgePanel::build()
{
    auto* const layout = page();
    m_note = nullptr;
    const KnowledgeEntry* entry = m_id.isEmpty() ? nullptr : m_catalogue.find(m_id.toStdString());
    if (!entry) {
        paragraph(tr("The team's own links and notes"), PlainLabel::Kind::Heading);
        paragraph(tr("What holds for every cluster of yours: telephone lists, runbooks, dashboards. What belongs to one finding is kept beside that finding."),
                  PlainLabel::Kind::Muted);
        addTeam(layout);
        layout->addStretch(1);
        return;
    }
    auto* top = new QHBoxLayout;
    top->addWidget(new PlainLabel(lineSafe(m_id), PlainLabel::Kind::Muted), 1);
    if (m_here > 0) {
        auto* go = new QToolButton;
        go->setAutoRaise(true);
        go->setFocusPolicy(Qt::TabFocus);
        go->setText(tr("%n finding(s) here", nullptr, m_here));
        go->setIcon(theme::icon(QStringLiteral("findings")));
        go->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        connect(go, &QToolButton::clicked, this, [this] { Q_EMIT findingsWanted(m_id); });
        top->addWidget(go);
    }
    layout->addLayout(top);
    paragraph(openTitle(entry->title.in(m_language)), PlainLabel::Kind::Heading);
    const std::pair<QString, const Text*> parts[] = {{tr("What it means"), &entry->meaning}, {tr("Why it matters"), &entry->why}, {tr("What to do next"), &entry->next}};
    for (const auto& [words, text] : parts) {
        if (text->empty())
            continue;
        heading(words);
        paragraph(openTitle(text->in(m_language)));
    }
    if (!entry->playbook.empty()) {
        connect(nextAction(tr("Open the guide"), QStringLiteral("guide")), &QPushButton::clicked, this,
                [this, id = QString::fromStdString(entry->playbook)] { Q_EMIT playbookWanted(id); });
    }
    references(entry->references, tr("References"));
    addTeam(layout);
    if (!entry->patterns.empty()) {
        heading(tr("Pasted text that means this (regular expressions)"));
        for (const std::string& pattern : entry->patterns)
            paragraph(QString::fromStdString(pattern), PlainLabel::Kind::Monospace);
    }
    layout->addStretch(1);
}

void KnowledgePanel::addTeam(QVBoxLayout* layout)
{
    if (!m_notes)
        return;
    layout->addSpacing(theme::groupGap);
    layout->addWidget(new PlainLabel(m_id.isEmpty() ? tr("Links") : tr("Ours: links and notes of the team"), PlainLabel::Kind::Strong));
    const TeamNote note = m_notes->note(m_id);
    for (qsizetype i = 0; i < note.links.size(); ++i) {
        auto* row = new QHBoxLayout;
        row->setSpacing(theme::innerGap);
        row->addWidget(referenceLine(note.links[i]), 1);
        auto* dead = new QToolButton;
        dead->setAutoRaise(true);
        dead->setFocusPolicy(Qt::TabFocus);
        dead->setText(note.links[i].dead ? tr("It works again") : tr("Mark as dead"));
        connect(dead, &QToolButton::clicked, this, [this, i] {
            TeamNote changed = m_notes->note(m_id);
            if (i < changed.links.size())
                changed.links[i].dead = !changed.links[i].dead;
            keep(changed);
        });
        auto* remove = iconButton(QStringLiteral("remove"), nullptr);
        remove->setToolTip(tr("Remove this link"));
        remove->setAccessibleName(remove->toolTip());
        connect(remove, &QToolButton::clicked, this, [this, i] {
            TeamNote changed = m_notes->note(m_id);
            if (i < changed.links.size())
                changed.links.removeAt(i);
            keep(changed);
        });
        row->addWidget(dead);
        row->addWidget(remove);
        layout->addLayout(row);
    }
    if (m_notes->problem()) {
        paragraph(tr("Notes cannot be kept: %1").arg(words::sentence(*m_notes->problem())));
        return;
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::innerGap);
    m_linkTitle = new QLineEdit;
    m_linkTitle->setPlaceholderText(tr("Title"));
    m_linkTitle->setAccessibleName(tr("Title of a new link"));
    m_linkUrl = new QLineEdit;
    m_linkUrl->setPlaceholderText(QStringLiteral("https://…"));
    m_linkUrl->setAccessibleName(tr("Address of a new link"));
    m_addLink = new QPushButton(tr("Add link"));
    m_addLink->setAutoDefault(false);
    row->addWidget(m_linkTitle, 2);
    row->addWidget(m_linkUrl, 3);
    row->addWidget(m_addLink);
    layout->addLayout(row);
    connect(m_addLink, &QPushButton::clicked, this, &KnowledgePanel::addLink);
    connect(m_linkUrl, &QLineEdit::returnPressed, this, &KnowledgePanel::addLink);
    m_note = new QPlainTextEdit;
    m_note->setPlainText(note.text);
    m_note->setPlaceholderText(tr("Notes of the team, kept in %1").arg(lineSafe(m_notes->file())));
    m_note->setAccessibleName(tr("Notes of the team"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(m_note->fontMetrics().height() * 6 + 16);
    m_noteOf = m_id;
    layout->addSpacing(theme::innerGap);
    layout->addWidget(m_note);
    // Kept a moment after the last letter, and whenever something else is shown.
    auto* soon = new QTimer(m_note);
    soon->setSingleShot(true);
    soon->setInterval(800);
    connect(m_note, &QPlainTextEdit::textChanged, soon, qOverload<>(&QTimer::start));
    connect(soon, &QTimer::timeout, this, &KnowledgePanel::keepNote);
}

void KnowledgePanel::addLink()
{
    const TeamLink link {.title = m_linkTitle->text().trimmed(), .url = m_linkUrl->text().trimmed()};
    if (!TeamNotes::opens(link)) {
        Q_EMIT said(tr("A link begins with https:// or http://"));
        m_linkUrl->setFocus();
        return;
    }
    TeamNote note = m_notes->note(m_id);
    note.text = m_note->toPlainText();
    note.links.append(link);
    keep(note);
}

void KnowledgePanel::keep(const TeamNote& note)
{
    keepNote();
    TeamNote whole = note;
    whole.text = m_notes->note(m_id).text;
    if (const auto kept = m_notes->set(m_id, whole); !kept) {
        Q_EMIT said(words::sentence(kept.error()));
        return;
    }
    // The button that was pressed is on the page that goes.
    QTimer::singleShot(0, this, &KnowledgePanel::rebuild);
}

void KnowledgePanel::keepNote()
{
    if (!m_note || !m_notes)
        return;
    TeamNote note = m_notes->note(m_noteOf);
    if (note.text == m_note->toPlainText())
        return;
    note.text = m_note->toPlainText();
    if (const auto kept = m_notes->set(m_noteOf, note); !kept)
        Q_EMIT said(words::sentence(kept.error()));
}

} // namespace medic
