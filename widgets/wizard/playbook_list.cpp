// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/playbook_list.h"

#include "diagnostics/checks/paste.h"
#include "diagnostics/collect/words.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/line_button.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/wizard/wizard_words.h"

#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

using namespace playbooks;

PlaybookList::PlaybookList(const Library& library, QWidget* parent)
    : QWidget(parent), m_library(library), m_search(new QLineEdit), m_scroll(new QScrollArea)
{
    m_search->setObjectName(QStringLiteral("guideSearch"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(560);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::pageMargin, theme::groupGap, theme::pageMargin, 0);
    layout->setSpacing(theme::gridStep);
    layout->addWidget(m_search);
    layout->addWidget(m_scroll, 1);
    connect(m_search, &QLineEdit::textChanged, this, &PlaybookList::refresh);
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        if (!m_lines.isEmpty())
            m_lines.front()->click();
    });
}

void PlaybookList::setFindings(const std::vector<Finding>& findings)
{
    m_fits = m_library.fitting(findings);
    refresh();
}

void PlaybookList::setUnfinished(const QStringList& playbooks)
{
    if (m_unfinished == playbooks)
        return;
    m_unfinished = playbooks;
    refresh();
}

void PlaybookList::retranslate()
{
    m_search->setPlaceholderText(tr("Find a guide, or paste an error message"));
    m_search->setAccessibleName(m_search->placeholderText());
    refresh();
}

void PlaybookList::takeFocus()
{
    m_search->setFocus();
    m_search->selectAll();
}

bool PlaybookList::clearWords()
{
    const bool some = !m_search->text().isEmpty();
    m_search->clear();
    return some;
}

void PlaybookList::addHeading(QVBoxLayout* layout, const QString& words)
{
    layout->addSpacing(theme::groupGap);
    layout->addWidget(new PlainLabel(words, PlainLabel::Kind::Strong));
}

void PlaybookList::addLine(QVBoxLayout* layout, const PlaybookPtr& playbook, const QString& why, bool fits)
{
    auto* line = new LineButton(LineButton::Size::Large);
    line->setObjectName(QStringLiteral("guide-") + QString::fromStdString(playbook->id));
    line->setMark(theme::icon(QStringLiteral("guide"), fits ? theme::Ink::Accent : theme::Ink::Muted));
    QStringList trailing;
    if (m_unfinished.contains(QString::fromStdString(playbook->id)))
        trailing << tr("begun");
    if (playbook->users)
        trailing << tr("your own");
    if (!why.isEmpty())
        trailing << why;
    line->setWords(wizard::words(playbook->title), wizard::words(playbook->summary), trailing.join(QStringLiteral(" · ")));
    connect(line, &QAbstractButton::clicked, this, [this, id = QString::fromStdString(playbook->id)] { Q_EMIT chosen(id); });
    m_lines.append(line);
    layout->addWidget(line);
}

void PlaybookList::refresh()
{
    m_lines.clear();
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, theme::pageMargin);
    layout->setSpacing(2);
    const std::string typed = m_search->text().trimmed().toStdString();
    std::vector<PlaybookPtr> found = m_library.search(typed);
    std::vector<Library::Fit> matched;
    if (!typed.empty())
        matched = m_library.forText(checks::normalised(typed).text);
    const auto isIn = [](const std::vector<PlaybookPtr>& list, const PlaybookPtr& one) { return std::find(list.begin(), list.end(), one) != list.end(); };

    if (!matched.empty()) {
        addHeading(layout, tr("These know the error message"));
        for (const Library::Fit& fit : matched) {
            addLine(layout, fit.playbook, lineSafe(fit.matched), true);
            std::erase(found, fit.playbook);
        }
    }
    std::vector<PlaybookPtr> rest = found;
    QList<Library::Fit> fits;
    for (const Library::Fit& fit : m_fits)
        if (isIn(found, fit.playbook))
            fits.append(fit);
    if (!fits.isEmpty()) {
        addHeading(layout, tr("These fit what was found"));
        for (const Library::Fit& fit : fits) {
            addLine(layout, fit.playbook, tr("%n found", nullptr, static_cast<int>(fit.findings.size())), true);
            std::erase(rest, fit.playbook);
        }
    }
    if (!rest.empty()) {
        addHeading(layout, fits.isEmpty() && matched.empty() ? tr("Guides") : tr("The other guides"));
        for (const PlaybookPtr& playbook : rest)
            addLine(layout, playbook, {}, false);
    }
    if (m_lines.isEmpty()) {
        auto* nothing = new PlainLabel(m_library.all().empty() ? tr("There are no guides: the program's playbooks folder is missing or unreadable.")
                                                               : tr("No guide fits these words. Try fewer, or the words of the error message itself."),
                                       PlainLabel::Kind::Muted);
        nothing->setWordWrap(true);
        layout->addSpacing(theme::groupGap);
        layout->addWidget(nothing);
    }
    if (!m_library.problems().empty() && typed.empty()) {
        addHeading(layout, tr("These files cannot be used as guides"));
        for (const Error& problem : m_library.problems()) {
            auto* line = new PlainLabel(lineSafe(words::sentence(problem)), PlainLabel::Kind::Muted);
            line->setObjectName(QStringLiteral("brokenGuide"));
            line->setWordWrap(true);
            line->setTextInteractionFlags(Qt::TextSelectableByMouse);
            layout->addWidget(line);
        }
    }
    layout->addStretch(1);
    if (QWidget* before = m_scroll->takeWidget())
        before->deleteLater(); // one of its buttons may be what led here
    m_scroll->setWidget(page);
}

} // namespace medic
