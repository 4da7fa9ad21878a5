// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/knowledge_model.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/state.h"

#include <QRegularExpression>

namespace medic {

namespace {

void add(QStringList& words, const Text& text) { words << QString::fromStdString(text.en) << QString::fromStdString(text.zh); }

void add(QStringList& words, const TeamNote& note)
{
    words << note.text;
    for (const TeamLink& link : note.links)
        words << link.title << link.url;
}

} // namespace

QString openTitle(const std::string& title)
{
    static const QRegularExpression placeholder(QStringLiteral("\\{([A-Za-z0-9_.-]+)\\}"));
    return QString::fromStdString(title).replace(placeholder, QStringLiteral("‹\\1›"));
}

QList<KnowledgeRow> knowledgeRows(const Catalogue& catalogue, const TeamNotes* notes, const std::vector<Finding>& findings, Language language)
{
    QHash<QString, std::pair<int, Verdict>> here;
    for (const Finding& finding : findings) {
        auto& [count, verdict] = here[QString::fromStdString(finding.id())];
        if (count++ == 0 || severity(finding.verdict()) > severity(verdict))
            verdict = finding.verdict();
    }
    QList<KnowledgeRow> rows;
    rows.reserve(qsizetype(catalogue.entries().size()) + 1);
    const auto noted = [notes](KnowledgeRow& row, QStringList& words) {
        const TeamNote note = notes ? notes->note(row.id) : TeamNote();
        row.noted = !note.empty();
        add(words, note);
        for (const TeamLink& link : note.links) {
            ++row.references;
            row.dead += link.dead;
        }
        row.words = words.join(u'\n');
    };
    KnowledgeRow general {.id = {}, .title = QCoreApplication::translate("medic::KnowledgeModel", "The team's own links and notes"), .family = {}, .words = {}};
    QStringList generalWords {general.title};
    noted(general, generalWords);
    rows.append(general);
    for (const auto& [id, entry] : catalogue.entries()) {
        KnowledgeRow row {.id = QString::fromStdString(id), .title = openTitle(entry.title.in(language)), .family = QString::fromStdString(entry.family), .words = {}};
        const auto found = here.value(row.id, {0, Verdict::NotApplicable});
        row.here = found.first;
        row.verdict = found.second;
        QStringList words {row.id, row.family};
        for (const Text* text : {&entry.title, &entry.meaning, &entry.why, &entry.next})
            add(words, *text);
        for (const Reference& reference : entry.references) {
            words << QString::fromStdString(reference.title) << QString::fromStdString(reference.url) << QString::fromStdString(reference.fact);
            row.dead += reference.dead;
        }
        for (const std::string& pattern : entry.patterns)
            words << QString::fromStdString(pattern);
        row.references = int(entry.references.size());
        noted(row, words);
        rows.append(row);
    }
    return rows;
}

int KnowledgeModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(ColumnCount); }

QVariant KnowledgeModel::data(const QModelIndex& at, int role) const
{
    if (!at.isValid() || at.row() >= rowCount())
        return {};
    const KnowledgeRow& one = row(at.row());
    switch (role) {
    case Qt::DisplayRole:
        switch (Column(at.column())) {
        case Title:
            return lineSafe(one.title);
        case Family:
            return lineSafe(one.family);
        case Here:
            return one.here > 0 ? QString::number(one.here) : QString();
        case References:
            return one.dead > 0 ? tr("%1, %n dead", nullptr, one.dead).arg(one.references) : one.references > 0 ? QString::number(one.references) : QString();
        case Noted:
            return one.noted ? tr("yes") : QString();
        case ColumnCount:
            break;
        }
        return {};
    case SortRole:
        switch (Column(at.column())) {
        case Here: // what is the matter now comes first
            return one.id.isEmpty() ? -1e9 : -(severity(one.verdict) * 1000.0 + one.here) * (one.here > 0);
        case References:
            return -one.references;
        case Noted:
            return one.noted ? 0 : 1;
        case Family:
            return one.id;
        default:
            return data(at, Qt::DisplayRole);
        }
    case Qt::DecorationRole:
        return at.column() == Here && one.here > 0 ? QVariant(theme::stateIcon(one.verdict))
            : at.column() == Noted && one.noted    ? QVariant(theme::icon(QStringLiteral("edit"), theme::Ink::Muted))
                                                   : QVariant();
    case Qt::ToolTipRole:
        return at.column() == Title ? QVariant(toolTipSafe(one.id.isEmpty() ? one.title : one.title + u'\n' + one.id)) : QVariant();
    case Qt::AccessibleTextRole:
        return one.here > 0 ? QStringLiteral("%1, %2").arg(lineSafe(one.title), words::verdict(one.verdict)) : lineSafe(one.title);
    case VerdictRole:
        return int(one.verdict);
    case IdRole:
        return one.id;
    case FilterRole:
        return one.words;
    default:
        return {};
    }
}

QVariant KnowledgeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Title:
        return tr("What can be wrong");
    case Family:
        return tr("Family");
    case Here:
        return tr("Here");
    case References:
        return tr("References");
    case Noted:
        return tr("Ours");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace medic
