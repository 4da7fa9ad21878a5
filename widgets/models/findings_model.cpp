// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/findings_model.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/state.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>
#include <map>
#include <set>

namespace medic {

struct FindingsModel::Group {
    std::string key;
    std::vector<Finding> findings; ///< most urgent first; never empty
    int row = 0;
    mutable QString title; ///< of all of them; made when it is first looked at: a hundred thousand are read for it
    [[nodiscard]] int children() const { return findings.size() > 1 ? int(findings.size()) : 0; }
};

namespace {

std::string groupKey(const Finding& finding) { return finding.id() + '|' + std::string(verdictName(finding.verdict())); }

bool sameShown(const Finding& a, const Finding& b)
{
    if (a.verdict() != b.verdict() || a.confidence() != b.confidence() || a.parameters() != b.parameters()
        || a.since() != b.since() || a.evidence().size() != b.evidence().size())
        return false;
    for (std::size_t i = 0; i < a.evidence().size(); ++i)
        if (a.evidence()[i].observation != b.evidence()[i].observation || a.evidence()[i].lines != b.evidence()[i].lines)
            return false;
    return true;
}

bool sameShown(const std::vector<Finding>& a, const std::vector<Finding>& b)
{
    return a.size() == b.size()
        && std::equal(a.begin(), a.end(), b.begin(), [](const Finding& x, const Finding& y) { return x.key() == y.key() && sameShown(x, y); });
}

QString several(const std::string& name, const std::set<std::string>& values)
{
    if (values.size() == 1)
        return QString::fromStdString(*values.begin());
    if (name == "node")
        return QCoreApplication::translate("medic::FindingsModel", "%n node(s)", nullptr, int(values.size()));
    double least = 0;
    double most = 0;
    bool numbers = true;
    bool first = true;
    for (const std::string& value : values) {
        bool good = false;
        const double number = QString::fromStdString(value).toDouble(&good);
        numbers = numbers && good;
        least = first ? number : std::min(least, number);
        most = first ? number : std::max(most, number);
        first = false;
    }
    if (numbers)
        return QStringLiteral("%1–%2").arg(least).arg(most);
    return QStringLiteral("%1 (+%2)").arg(QString::fromStdString(*values.begin())).arg(values.size() - 1);
}

} // namespace

QString groupTitle(const KnowledgeEntry* entry, const std::vector<Finding>& findings, Language language)
{
    if (findings.empty())
        return {};
    if (!entry)
        return QString::fromStdString(findings.front().id());
    std::map<std::string, std::set<std::string>> values;
    for (const Finding& finding : findings)
        for (const auto& [name, value] : finding.parameters())
            values[name].insert(value);
    Parameters parameters;
    for (const auto& [name, all] : values)
        parameters[name] = several(name, all).toStdString();
    return QString::fromStdString(fill(entry->title.in(language), parameters));
}

QString whereText(const Subject& subject)
{
    QStringList parts;
    if (subject.kind == SubjectKind::Cluster && subject.name.empty())
        parts << QCoreApplication::translate("medic::FindingsModel", "cluster");
    else if (subject.kind == SubjectKind::LocalMachine)
        parts << QCoreApplication::translate("medic::FindingsModel", "this machine");
    else if (!subject.nameSpace.empty())
        parts << lineSafe(subject.nameSpace + '/' + subject.name);
    else
        parts << lineSafe(subject.name);
    if (!subject.node.empty() && subject.node != subject.name)
        parts << lineSafe(subject.node);
    return parts.join(QStringLiteral(" · "));
}

QString subjectIcon(SubjectKind kind)
{
    switch (kind) {
    case SubjectKind::Cluster:
        return QStringLiteral("cluster");
    case SubjectKind::Node:
        return QStringLiteral("server");
    case SubjectKind::Pod:
    case SubjectKind::Workload:
        return QStringLiteral("pod");
    case SubjectKind::Service:
        return QStringLiteral("service");
    case SubjectKind::Namespace:
        return QStringLiteral("namespace");
    case SubjectKind::Certificate:
        return QStringLiteral("certificate");
    case SubjectKind::Component:
        return QStringLiteral("component");
    case SubjectKind::LocalMachine:
        return QStringLiteral("machine");
    }
    return QStringLiteral("cluster");
}

FindingsModel::FindingsModel(const Catalogue& catalogue, QObject* parent) : QAbstractItemModel(parent), m_catalogue(catalogue) { }
FindingsModel::~FindingsModel() = default;

void FindingsModel::update(const std::vector<Finding>& findings, std::optional<TimePoint> now)
{
    m_now = now;
    std::map<std::string, std::vector<Finding>> fresh;
    std::set<std::string> seen;
    for (const Finding& finding : findings)
        if (seen.insert(finding.key()).second)
            fresh[groupKey(finding)].push_back(finding);
    for (auto& [key, group] : fresh)
        std::stable_sort(group.begin(), group.end(), moreUrgent);

    for (int row = int(m_groups.size()) - 1; row >= 0; --row) {
        if (fresh.contains(m_groups[std::size_t(row)]->key))
            continue;
        beginRemoveRows({}, row, row);
        m_groups.erase(m_groups.begin() + row);
        number();
        endRemoveRows();
    }
    for (int row = 0; row < int(m_groups.size()); ++row) {
        auto found = fresh.extract(m_groups[std::size_t(row)]->key);
        updateChildren(row, std::move(found.mapped()));
    }
    if (fresh.empty())
        return;
    beginInsertRows({}, int(m_groups.size()), int(m_groups.size() + fresh.size()) - 1);
    for (auto& [key, group] : fresh)
        m_groups.push_back(std::make_unique<Group>(Group {.key = key, .findings = std::move(group)}));
    number();
    endInsertRows();
}

void FindingsModel::updateChildren(int row, std::vector<Finding> fresh)
{
    Group& group = *m_groups[std::size_t(row)];
    if (sameShown(group.findings, fresh))
        return;
    group.title.clear();
    const QModelIndex top = index(row, 0);
    const bool sameRows = group.findings.size() == fresh.size()
        && std::equal(group.findings.begin(), group.findings.end(), fresh.begin(), [](const Finding& a, const Finding& b) { return a.key() == b.key(); });
    if (sameRows || (group.children() == 0 && fresh.size() == 1)) {
        group.findings = std::move(fresh);
        if (group.children() > 0)
            Q_EMIT dataChanged(index(0, 0, top), index(group.children() - 1, ColumnCount - 1, top));
    } else {
        // Remove those that are gone, then insert the new ones where they belong; a child that only moved is removed and
        // inserted. The group itself must hold one finding at least at any moment, hence the two lists.
        if (group.children() > 0) {
            beginRemoveRows(top, 0, group.children() - 1);
            group.findings.resize(1, group.findings.front());
            endRemoveRows();
        }
        if (fresh.size() > 1) {
            beginInsertRows(top, 0, int(fresh.size()) - 1);
            group.findings = std::move(fresh);
            endInsertRows();
        } else {
            group.findings = std::move(fresh);
        }
    }
    Q_EMIT dataChanged(top, index(row, ColumnCount - 1));
}

void FindingsModel::setLanguage(Language language)
{
    m_language = language;
    for (const auto& group : m_groups)
        group->title.clear();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    for (int row = 0; row < int(m_groups.size()); ++row) {
        const QModelIndex top = index(row, 0);
        const int children = m_groups[std::size_t(row)]->children();
        if (children > 0)
            Q_EMIT dataChanged(index(0, 0, top), index(children - 1, ColumnCount - 1, top));
    }
    if (!m_groups.empty())
        Q_EMIT dataChanged(index(0, 0), index(int(m_groups.size()) - 1, ColumnCount - 1));
}

const FindingsModel::Group* FindingsModel::groupOf(const QModelIndex& at) const
{
    return at.isValid() && !at.internalPointer() && std::size_t(at.row()) < m_groups.size() ? m_groups[std::size_t(at.row())].get() : nullptr;
}

const Finding* FindingsModel::finding(const QModelIndex& at) const
{
    if (const Group* group = groupOf(at))
        return &group->findings.front();
    const auto* group = at.isValid() ? static_cast<const Group*>(at.internalPointer()) : nullptr;
    return group && std::size_t(at.row()) < group->findings.size() ? &group->findings[std::size_t(at.row())] : nullptr;
}

int FindingsModel::groupSize(const QModelIndex& at) const
{
    const Group* group = groupOf(at);
    return group ? int(group->findings.size()) : 1;
}

QModelIndex FindingsModel::indexOf(const std::string& key) const
{
    for (int row = 0; row < int(m_groups.size()); ++row) {
        const Group& group = *m_groups[std::size_t(row)];
        for (int child = 0; child < int(group.findings.size()); ++child)
            if (group.findings[std::size_t(child)].key() == key)
                return group.children() == 0 ? index(row, 0) : index(child, 0, index(row, 0));
    }
    return {};
}

QModelIndex FindingsModel::index(int row, int column, const QModelIndex& parent) const
{
    if (row < 0 || column < 0 || column >= ColumnCount || row >= rowCount(parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<void*>(m_groups[std::size_t(parent.row())].get()) : nullptr);
}

QModelIndex FindingsModel::parent(const QModelIndex& child) const
{
    if (!child.isValid() || !child.internalPointer())
        return {};
    return createIndex(static_cast<const Group*>(child.internalPointer())->row, 0, nullptr);
}

void FindingsModel::number()
{
    for (std::size_t row = 0; row < m_groups.size(); ++row)
        m_groups[row]->row = int(row);
}

int FindingsModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return int(m_groups.size());
    const Group* group = parent.column() == 0 ? groupOf(parent) : nullptr;
    return group ? group->children() : 0;
}

int FindingsModel::columnCount(const QModelIndex&) const { return ColumnCount; }

QString FindingsModel::title(const QModelIndex& at) const
{
    const Group* group = groupOf(at);
    if (group && group->children() > 0) {
        if (group->title.isEmpty())
            group->title = groupTitle(m_catalogue.find(group->findings.front().id()), group->findings, m_language);
        return group->title;
    }
    const Finding* one = finding(at);
    return one ? QString::fromStdString(m_catalogue.title(*one, m_language)) : QString();
}

QVariant FindingsModel::data(const QModelIndex& at, int role) const
{
    const Finding* one = finding(at);
    if (!one)
        return {};
    const Group* group = groupOf(at);
    const int count = group ? int(group->findings.size()) : 1;
    switch (role) {
    case Qt::DisplayRole:
        switch (Column(at.column())) {
        case State:
            return words::verdict(one->verdict());
        case Title:
            return lineSafe(title(at));
        case Where:
            return count > 1 ? tr("%n place(s)", nullptr, count) : whereText(one->subject());
        case Sure:
            return words::confidence(one->confidence());
        case Since:
            return one->since() ? sinceWords(*one->since(), m_now) : QString();
        case ColumnCount:
            break;
        }
        return {};
    case SortRole:
        if (at.column() == State) // severity, confidence, how many
            return -severity(one->verdict()) * 1000000 - int(one->confidence()) * 100000 - std::min(count, 99999);
        if (at.column() == Since)
            return one->since() ? double(one->since()->time_since_epoch().count()) : 0.0;
        return data(at, Qt::DisplayRole);
    case Qt::DecorationRole:
        if (at.column() == State)
            return theme::stateIcon(one->verdict());
        return at.column() == Where && count == 1 ? QVariant(theme::icon(subjectIcon(one->subject().kind), theme::Ink::Muted)) : QVariant();
    case Qt::ToolTipRole:
        if (at.column() == Title)
            return toolTipSafe(title(at));
        return at.column() == Since && one->since() ? QVariant(toolTipSafe(exactTime(*one->since()))) : QVariant();
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(words::verdict(one->verdict()), lineSafe(title(at)));
    case VerdictRole:
        return int(one->verdict());
    case IdRole:
        return QString::fromStdString(group ? group->key : one->key());
    case FilterRole: {
        const Subject& subject = one->subject();
        QStringList all {title(at), QString::fromStdString(one->id()), QString::fromStdString(subject.nameSpace + '/' + subject.name),
                         QString::fromStdString(subject.node), words::verdict(one->verdict())};
        for (const auto& [name, value] : one->parameters())
            all << QString::fromStdString(value);
        return all.join(u'\n');
    }
    default:
        return {};
    }
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case State:
        return tr("State");
    case Title:
        return tr("What is wrong");
    case Where:
        return tr("Where");
    case Sure:
        return tr("Confidence");
    case Since:
        return tr("Since");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace medic
